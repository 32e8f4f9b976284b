/* loader/image.c: kernels and firmware in whatever wrapping they come. */
#include "loader/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "loader/elf.h"
#include "loader/unpack.h"

/* Linux Image header (Linux, Documentation/arch/riscv/boot-image-header.rst), little-endian:
 *
 *      0x00 code0, code1   0x08 text_offset   0x10 image_size   0x18 flags
 *      0x20 version  0x24 res1  0x28 res2     0x30 magic "RISCV\0\0\0"
 *      0x38 magic2 "RSC\x05"                  0x3c offset of the PE header
 *
 * flags bit 0 is the byte order (0: little-endian). image_size counts what the kernel takes in
 * memory, bss included; text_offset is where it wants to be from a 2 MiB (RV32: 4 MiB) boundary.
 */
#define IMAGE_HEADER_SIZE 64
#define IMAGE_SIZE        0x10
#define IMAGE_FLAGS       0x18
#define IMAGE_MAGIC2      0x38

/* A kernel with the EFI stub is a PE file too, and its section table tells how long the file must
 * be:
 *
 *      pe + 0  "PE\0\0"   pe + 6  number of sections   pe + 20  size of the optional header
 *      pe + 24 + that: the sections, 40 bytes each: 16 bytes of it in the file at 20
 */
#define IMAGE_PE_OFFSET   0x3c
#define PE_SECTIONS       6
#define PE_OPTIONAL_SIZE  20
#define PE_HEADER_SIZE    24
#define SECTION_SIZE      40
#define SECTION_FILE_SIZE 16
#define SECTION_FILE_AT   20

/* EFI zboot header (Linux, drivers/firmware/efi/libstub/zboot-header.S):
 *
 *      0x00 "MZ\0\0"  0x04 "zimg"  0x08 payload offset  0x0c payload size  0x18 "gzip", "zstd22"
 */
#define ZBOOT_HEADER_SIZE 64
#define ZBOOT_OFFSET      0x08
#define ZBOOT_SIZE        0x0c

#define FIRST_INSTRUCTIONS 32

static bool is_linux_image(const struct blob *blob)
{
    return blob->size >= IMAGE_HEADER_SIZE && memcmp(blob->bytes + IMAGE_MAGIC2, "RSC\x05", 4) == 0;
}

static bool is_zboot(const struct blob *blob)
{
    return blob->size >= ZBOOT_HEADER_SIZE && memcmp(blob->bytes, "MZ\0\0zimg", 8) == 0;
}

/* False: the file ends before what its PE headers promise. Without such headers there is no
 * telling.
 */
static bool image_is_whole(const struct blob *blob)
{
    if (memcmp(blob->bytes, "MZ", 2) != 0) return true;
    uint64_t pe = load_le(blob->bytes + IMAGE_PE_OFFSET, 4);
    if (!range_contains(blob->size, pe, PE_HEADER_SIZE)) return false;
    if (memcmp(blob->bytes + pe, "PE\0\0", 4) != 0) return true;
    uint64_t count = load_le(blob->bytes + pe + PE_SECTIONS, 2);
    uint64_t table = pe + PE_HEADER_SIZE + load_le(blob->bytes + pe + PE_OPTIONAL_SIZE, 2);
    if (!range_contains(blob->size, table, count * SECTION_SIZE)) return false;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *section = blob->bytes + table + i * SECTION_SIZE;
        if (!range_contains(blob->size, load_le(section + SECTION_FILE_AT, 4),
                            load_le(section + SECTION_FILE_SIZE, 4)))
            return false;
    }
    return true;
}

static bool linux_image_load(const struct blob *blob, uint64_t base, struct placement *placement,
                             struct loaded *loaded, struct error *err)
{
    struct error reason = {0};
    uint64_t size = load_le(blob->bytes + IMAGE_SIZE, 8);
    if (load_le(blob->bytes + IMAGE_FLAGS, 8) & 1)
        return error_set(err, "%s: a big-endian Linux Image; RISC-V here is little-endian",
                         blob->name);
    if (!image_is_whole(blob))
        return error_set(err, "%s: truncated Linux Image: %" PRIu64 " bytes are not all of it",
                         blob->name, blob->size);
    if (size == 0) size = blob->size; /* kernels before 5.5 leave it out */
    if (size < blob->size) size = blob->size;
    if (!place_reserve(placement, "kernel", base, size, &reason) ||
        !bus_write_ram(placement->bus, base, blob->bytes, blob->size))
        return error_set(err, "%s: %s", blob->name, reason.text);
    *loaded = (struct loaded){.entry = base, .low = base, .high = base + size};
    return true;
}

static bool elf_image_load(const struct blob *blob, unsigned xlen, uint64_t base,
                           struct placement *placement, const char *what, struct loaded *loaded,
                           struct error *err)
{
    struct elf_image image;
    if (!elf_load(blob, xlen, base, placement, what, &image, err)) return false;
    *loaded = (struct loaded){.entry = image.entry, .low = image.low, .high = image.high};
    return true;
}

/* Why the hart would not get past an op that lies at `at`; NULL: it would. `written` are the
 * registers that earlier ops have set. */
static const char *op_fault(const struct blob *blob, uint64_t at, const struct op *op,
                            uint64_t written)
{
    if (op->code == OP_ILLEGAL) return "is no instruction";
    enum format_kind kind = op_kind(op->code);
    if (kind == KIND_JUMP && at + (uint64_t)(int64_t)op->imm >= blob->size)
        return "jumps out of the file";
    if (kind == KIND_INDIRECT && !(written >> op->rs1 & 1)) return "jumps nobody knows where";
    return NULL;
}

/* Raw code has no header to know it by; but the hart starts at its first byte, so that all must be
 * instructions along the way of direct jumps, up to the first computed one. */
static bool starts_with_code(const struct blob *blob, const struct isa *isa, const char *no_what,
                             struct error *err)
{
    uint64_t at = 0, written = 1; /* x0 is known */
    for (unsigned i = 0; i < FIRST_INSTRUCTIONS && at + 2 <= blob->size; i++) {
        uint8_t bytes[4] = {0};
        uint64_t left = blob->size - at;
        memcpy(bytes, blob->bytes + at, left < sizeof bytes ? left : sizeof bytes);
        uint32_t word = (uint32_t)load_le(bytes, 4);
        struct op op;
        decode(isa, word, true, &op);
        const char *fault = op_fault(blob, at, &op, written);
        if (fault)
            return error_set(err,
                             "%s: %s, nor RISC-V code, as 0x%08" PRIx32 " at offset %" PRIu64 " %s",
                             blob->name, no_what, word, at, fault);
        if (op_kind(op.code) == KIND_INDIRECT) break;
        written |= UINT64_C(1) << op.rd;
        at +=
            op_kind(op.code) == KIND_JUMP ? (uint64_t)(int64_t)op.imm : insn_length((uint16_t)word);
    }
    return true;
}

static bool raw_load(const struct blob *blob, uint64_t base, struct placement *placement,
                     const char *what, struct loaded *loaded, struct error *err)
{
    struct error reason = {0};
    if (!place_bytes(placement, what, base, blob->bytes, blob->size, &reason))
        return error_set(err, "%s: %s", blob->name, reason.text);
    *loaded = (struct loaded){.entry = base, .low = base, .high = base + blob->size};
    return true;
}

static bool unpacked_kernel_load(const struct blob *blob, const struct isa *isa, uint64_t base,
                                 struct placement *placement, struct loaded *loaded,
                                 struct error *err)
{
    if (elf_detect(blob))
        return elf_image_load(blob, isa->xlen, base, placement, "kernel", loaded, err);
    if (is_linux_image(blob)) return linux_image_load(blob, base, placement, loaded, err);
    if (blob->size >= 2 && memcmp(blob->bytes, "MZ", 2) == 0)
        return error_set(err,
                         "%s: not a kernel: begins like a Linux Image, but isn't one for "
                         "RISC-V, or not all of one",
                         blob->name);
    return starts_with_code(blob, isa,
                            "not a kernel: neither an ELF file nor a RISC-V Linux Image, nor one "
                            "of these in gzip, zstd or EFI zboot",
                            err) &&
           raw_load(blob, base, placement, "kernel", loaded, err);
}

/* The compressed payload of a zboot image. */
static bool zboot_payload(const struct blob *blob, struct blob *payload, struct error *err)
{
    uint64_t offset = load_le(blob->bytes + ZBOOT_OFFSET, 4);
    uint64_t size = load_le(blob->bytes + ZBOOT_SIZE, 4);
    if (!range_contains(blob->size, offset, size))
        return error_set(err,
                         "%s: truncated EFI zboot image: its payload is %" PRIu64
                         " bytes at offset %" PRIu64 " of a file of %" PRIu64,
                         blob->name, size, offset, blob->size);
    *payload = (struct blob){.name = blob->name, .bytes = blob->bytes + offset, .size = size};
    return unpack_detect(payload) ||
           error_set(err, "%s: an EFI zboot image packed with something other than gzip or zstd",
                     blob->name);
}

bool image_load_kernel(const struct blob *blob, const struct isa *isa, uint64_t base,
                       struct placement *placement, struct loaded *loaded, struct error *err)
{
    struct blob packed = *blob, kernel;
    if (blob->size == 0) return error_set(err, "%s: empty file, not a kernel", blob->name);
    if (is_zboot(blob) && !zboot_payload(blob, &packed, err)) return false;
    if (!unpack_detect(&packed))
        return unpacked_kernel_load(blob, isa, base, placement, loaded, err);
    if (!unpack(&packed, placement->bus->ram->region.size, &kernel, err)) return false;
    bool done = unpacked_kernel_load(&kernel, isa, base, placement, loaded, err);
    free((void *)(uintptr_t)kernel.bytes);
    return done;
}

bool image_load_firmware(const struct blob *blob, const struct isa *isa, uint64_t base,
                         struct placement *placement, struct loaded *loaded, struct error *err)
{
    if (blob->size == 0) return error_set(err, "%s: empty file, not firmware", blob->name);
    if (elf_detect(blob))
        return elf_image_load(blob, isa->xlen, base, placement, "firmware", loaded, err);
    return starts_with_code(blob, isa, "not firmware: neither an ELF file", err) &&
           raw_load(blob, base, placement, "firmware", loaded, err);
}
