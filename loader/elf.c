/* loader/elf.c: ELF executables into physical memory, read with libelf. */
#include "loader/elf.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <string.h>

#include "base/bits.h"

bool elf_detect(const struct blob *blob)
{
    return blob->size >= SELFMAG && memcmp(blob->bytes, ELFMAG, SELFMAG) == 0;
}

static bool header_check(const struct blob *blob, const GElf_Ehdr *header, unsigned xlen,
                         struct error *err)
{
    unsigned file_xlen = header->e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
    if (header->e_machine != EM_RISCV)
        return error_set(err, "%s: an ELF file for another machine (e_machine %u, not RISC-V's %u)",
                         blob->name, header->e_machine, EM_RISCV);
    if (header->e_ident[EI_DATA] != ELFDATA2LSB)
        return error_set(err, "%s: a big-endian ELF file; RISC-V here is little-endian",
                         blob->name);
    if (file_xlen != xlen)
        return error_set(err, "%s: a %u-bit ELF file for a %u-bit machine", blob->name, file_xlen,
                         xlen);
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return error_set(err, "%s: not an executable ELF file (e_type %u: %s)", blob->name,
                         header->e_type,
                         header->e_type == ET_REL ? "an object file, still to be linked"
                                                  : "ET_EXEC or ET_DYN expected");
    return true;
}

/* What the program headers say as a whole, before anything is loaded. */
static bool segments_survey(const struct blob *blob, Elf *elf, size_t count,
                            struct elf_image *image, struct error *err)
{
    *image = (struct elf_image){.low = UINT64_MAX};
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment))
            return error_set(err, "%s: damaged ELF file: %s", blob->name, elf_errmsg(-1));
        if (segment.p_type == PT_INTERP)
            return error_set(err,
                             "%s: a dynamically linked program; only static ones can run "
                             "without an operating system",
                             blob->name);
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
        if (segment.p_filesz > segment.p_memsz || segment.p_memsz > UINT64_MAX - segment.p_paddr ||
            !range_contains(blob->size, segment.p_offset, segment.p_filesz))
            return error_set(err,
                             "%s: damaged or truncated ELF file: segment %zu is %" PRIu64
                             " bytes at offset %" PRIu64 " of a file of %" PRIu64,
                             blob->name, i, (uint64_t)segment.p_filesz, (uint64_t)segment.p_offset,
                             blob->size);
        uint64_t end = segment.p_paddr + segment.p_memsz;
        if (segment.p_paddr < image->low) image->low = segment.p_paddr;
        if (end > image->high) image->high = end;
    }
    return image->high != 0 ||
           error_set(err, "%s: an ELF file with nothing to load (no PT_LOAD segment)", blob->name);
}

/* Loads one segment, moved up by `bias`, and finds the entry point if it lies in it: e_entry is a
 * virtual address, the hart starts at the physical one. */
static bool segment_load(const struct blob *blob, const GElf_Phdr *segment, uint64_t bias,
                         uint64_t entry, struct placement *placement, const char *what,
                         struct elf_image *image, struct error *err)
{
    struct error reason = {0};
    uint64_t base = segment->p_paddr + bias;
    uint8_t *to = NULL;
    if (place_reserve(placement, what, base, segment->p_memsz, &reason))
        to = bus_ram_at(placement->bus, base, segment->p_memsz);
    if (!to) return error_set(err, "%s: %s", blob->name, reason.text);
    memcpy(to, blob->bytes + segment->p_offset, segment->p_filesz);
    memset(to + segment->p_filesz, 0, segment->p_memsz - segment->p_filesz);
    bus_ram_written(placement->bus, base, segment->p_memsz);
    if (entry >= segment->p_vaddr && entry - segment->p_vaddr < segment->p_memsz)
        image->entry = base + (entry - segment->p_vaddr);
    return true;
}

static bool segments_load(const struct blob *blob, Elf *elf, size_t count, uint64_t bias,
                          uint64_t entry, struct placement *placement, const char *what,
                          struct elf_image *image, struct error *err)
{
    image->entry = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment))
            return error_set(err, "%s: damaged ELF file: %s", blob->name, elf_errmsg(-1));
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
        if (!segment_load(blob, &segment, bias, entry, placement, what, image, err)) return false;
    }
    return image->entry != UINT64_MAX ||
           error_set(err, "%s: the entry point 0x%" PRIx64 " is in none of the loaded segments",
                     blob->name, entry);
}

static bool load_opened(const struct blob *blob, Elf *elf, unsigned xlen, uint64_t base,
                        struct placement *placement, const char *what, struct elf_image *image,
                        struct error *err)
{
    GElf_Ehdr header;
    size_t count;
    if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
        return error_set(err, "%s: damaged or truncated ELF file", blob->name);
    if (!header_check(blob, &header, xlen, err)) return false;
    if (elf_getphdrnum(elf, &count) != 0)
        return error_set(err, "%s: damaged ELF file: %s", blob->name, elf_errmsg(-1));
    if (!segments_survey(blob, elf, count, image, err)) return false;
    uint64_t bias = header.e_type == ET_DYN && image->low == 0 ? base : 0;
    if (bias > UINT64_MAX - image->high)
        return error_set(err, "%s: segments reach beyond the address space", blob->name);
    image->low += bias;
    image->high += bias;
    return segments_load(blob, elf, count, bias, header.e_entry, placement, what, image, err);
}

bool elf_load(const struct blob *blob, unsigned xlen, uint64_t base, struct placement *placement,
              const char *what, struct elf_image *image, struct error *err)
{
    if (!elf_detect(blob)) return error_set(err, "%s: not an ELF file", blob->name);
    if (elf_version(EV_CURRENT) == EV_NONE)
        return error_set(err, "%s: libelf is too old for this program", blob->name);
    /* libelf wants a mutable pointer but only writes through it under ELF_C_WRITE. */
    Elf *elf = elf_memory((char *)(uintptr_t)blob->bytes, blob->size);
    if (!elf)
        return error_set(err, "%s: damaged or truncated ELF file: %s", blob->name, elf_errmsg(-1));
    bool loaded = load_opened(blob, elf, xlen, base, placement, what, image, err);
    elf_end(elf);
    return loaded;
}
