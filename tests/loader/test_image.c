/* tests/loader/test_image.c: kernels in each wrapping, and what is refused as one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "base/bits.h"
#include "loader/image.h"
#include "ram.h"

#define KERNEL_SIZE 4096
#define PACKED_SIZE 8192
#define BASE        (RAM_BASE + 0x200000)

/* A Linux Image header and some noise after it that doesn't compress to nothing. */
static void kernel_fill(uint8_t kernel[KERNEL_SIZE])
{
    uint32_t noise = 1;
    for (unsigned i = 0; i < KERNEL_SIZE; i++) {
        noise = noise * 1664525 + 1013904223;
        kernel[i] = (uint8_t)(noise >> 24);
    }
    memset(kernel, 0, 64);
    store_le(kernel + 0x08, 8, 0x200000);
    store_le(kernel + 0x10, 8, 0x3000);
    memcpy(kernel + 0x30, "RISCV\0\0\0RSC\x05", 12);
}

static uint64_t gzip_pack(const void *bytes, size_t size, uint8_t packed[PACKED_SIZE])
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)size;
    stream.next_out = packed;
    stream.avail_out = PACKED_SIZE;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return PACKED_SIZE - stream.avail_out;
}

static bool kernel_load(struct guest_ram *guest, const void *bytes, uint64_t size,
                        struct loaded *loaded, struct error *err)
{
    struct ext_set extensions = isa_default_extensions(64);
    struct isa *isa = isa_create(64, &extensions, err);
    struct blob blob = {.name = "Image", .bytes = bytes, .size = size};
    assert_non_null(isa);
    guest_ram_init(guest);
    bool taken = image_load_kernel(&blob, isa, BASE, &guest->placement, loaded, err);
    isa_destroy(isa);
    return taken;
}

static void assert_loads(const void *bytes, uint64_t size, const uint8_t kernel[KERNEL_SIZE])
{
    struct guest_ram guest;
    struct loaded loaded;
    struct error err = {0};
    if (!kernel_load(&guest, bytes, size, &loaded, &err)) fail_msg("%s", err.text);
    assert_memory_equal(guest.ram.bytes + (BASE - RAM_BASE), kernel, KERNEL_SIZE);
    assert_int_equal(loaded.entry, BASE);
    assert_int_equal(loaded.high, BASE + 0x3000);
    guest_ram_fini(&guest);
}

static void assert_refused(const void *bytes, uint64_t size, const char *reason)
{
    struct guest_ram guest;
    struct loaded loaded;
    struct error err = {0};
    assert_false(kernel_load(&guest, bytes, size, &loaded, &err));
    if (strncmp(err.text, "Image: ", 7) != 0 || !strstr(err.text, reason))
        fail_msg("\"%s\" lacks \"%s\"", err.text, reason);
    guest_ram_fini(&guest);
}

static void linux_image_is_loaded_in_every_wrapping(void **state)
{
    (void)state;
    uint8_t kernel[KERNEL_SIZE], packed[PACKED_SIZE], zboot[PACKED_SIZE + 64] = {0};
    kernel_fill(kernel);
    assert_loads(kernel, sizeof kernel, kernel);
    uint64_t size = gzip_pack(kernel, sizeof kernel, packed);
    assert_loads(packed, size, kernel);
    memcpy(zboot, "MZ\0\0zimg", 8);
    store_le(zboot + 8, 4, 64);
    store_le(zboot + 12, 4, size);
    memcpy(zboot + 64, packed, size);
    assert_loads(zboot, size + 64, kernel);
    size = ZSTD_compress(packed, sizeof packed, kernel, sizeof kernel, 3);
    assert_false(ZSTD_isError(size));
    assert_loads(packed, size, kernel);
}

static void image_size_counts_memory_the_file_does_not_have(void **state)
{
    (void)state;
    uint8_t kernel[KERNEL_SIZE];
    kernel_fill(kernel);
    store_le(kernel + 0x10, 8, RAM_SIZE);
    assert_refused(kernel, sizeof kernel, "do not fit");
    store_le(kernel + 0x10, 8, UINT64_MAX);
    assert_refused(kernel, sizeof kernel, "do not fit");
}

static void what_is_not_a_kernel_is_refused(void **state)
{
    (void)state;
    uint8_t kernel[KERNEL_SIZE], packed[PACKED_SIZE];
    kernel_fill(kernel);
    assert_refused(kernel, 0, "empty");
    assert_refused(kernel, 63, "not a kernel");
    assert_refused(kernel + 64, KERNEL_SIZE - 64, "not a kernel");
    uint64_t size = gzip_pack(kernel + 64, KERNEL_SIZE - 64, packed);
    assert_refused(packed, size, "not a kernel");
    kernel[0x18] = 1;
    assert_refused(kernel, sizeof kernel, "big-endian");
}

static void damaged_compression_is_refused(void **state)
{
    (void)state;
    uint8_t kernel[KERNEL_SIZE], packed[PACKED_SIZE];
    kernel_fill(kernel);
    uint64_t size = gzip_pack(kernel, sizeof kernel, packed);
    assert_refused(packed, size - 1, "truncated gzip");
    assert_refused(packed, 3, "truncated gzip");
    packed[size / 2] ^= 0x55;
    assert_refused(packed, size, "damaged gzip");
    size = ZSTD_compress(packed, sizeof packed, kernel, sizeof kernel, 3);
    assert_refused(packed, size - 1, "truncated zstd");
    memset(packed + 4, 0xff, size - 4);
    assert_refused(packed, size, "damaged zstd");
    memcpy(packed, "MZ\0\0zimg\x40\0\0\0\xff\xff\0\0", 16);
    assert_refused(packed, 100, "truncated EFI zboot");
}

/* 64 MiB of zeros in a few hundred bytes, for 16 MiB of RAM. */
static void compression_bomb_is_refused(void **state)
{
    (void)state;
    size_t zeros_size = 64 << 20;
    void *zeros = calloc(zeros_size, 1);
    uint8_t *packed = malloc(1 << 20);
    assert_true(zeros && packed);
    size_t size = ZSTD_compress(packed, 1 << 20, zeros, zeros_size, 1);
    assert_false(ZSTD_isError(size));
    assert_refused(packed, size, "decompresses to more than");
    free(packed);
    free(zeros);
}

/* Loads `count` bytes as firmware; true when they were taken. */
static bool firmware_load(const void *bytes, size_t count, struct guest_ram *guest,
                          struct error *err)
{
    struct ext_set extensions = isa_default_extensions(64);
    struct isa *isa = isa_create(64, &extensions, err);
    struct blob blob = {.name = "fw.bin", .bytes = bytes, .size = count};
    struct loaded loaded = {0};
    assert_non_null(isa);
    guest_ram_init(guest);
    bool taken = image_load_firmware(&blob, isa, RAM_BASE, &guest->placement, &loaded, err);
    if (taken) assert_int_equal(loaded.entry, RAM_BASE);
    isa_destroy(isa);
    return taken;
}

static void raw_firmware_goes_to_its_base(void **state)
{
    (void)state;
    static const uint8_t code[] = {0x73, 0x00, 0x50, 0x10, 0x01, 0x00}; /* wfi; c.nop */
    static const uint8_t jump[] = {0x01, 0xa0, 0x00, 0x00};             /* c.j 0; then data */
    struct guest_ram guest;
    struct error err = {0};
    assert_true(firmware_load(code, sizeof code, &guest, &err));
    assert_memory_equal(guest.ram.bytes, code, sizeof code);
    guest_ram_fini(&guest);
    assert_true(firmware_load(jump, sizeof jump, &guest, &err));
    guest_ram_fini(&guest);
}

static void what_a_hart_could_not_run_is_no_firmware(void **state)
{
    (void)state;
    static const uint8_t zeros[64], late[] = {0x01, 0x00, 0x00, 0x00};
    struct guest_ram guest;
    struct error err = {0};
    assert_false(firmware_load(zeros, 0, &guest, &err));
    assert_string_equal(err.text, "fw.bin: empty file, not firmware");
    guest_ram_fini(&guest);
    assert_false(firmware_load(zeros, sizeof zeros, &guest, &err));
    assert_non_null(strstr(err.text, "fw.bin: not firmware"));
    guest_ram_fini(&guest);
    assert_false(firmware_load(late, sizeof late, &guest, &err));
    assert_non_null(strstr(err.text, "at offset 2"));
    guest_ram_fini(&guest);
}

/* As a payload linked for the kernel's place begins: csrw sie, zero; c.j over a word of data. */
static void raw_code_is_a_kernel_at_its_base(void **state)
{
    (void)state;
    static const uint8_t code[] = {0x73, 0x10, 0x40, 0x10, 0x19, 0xa0, 0, 0, 0, 0, 0x01, 0x00};
    static const uint8_t ret[] = {0x82, 0x80};
    struct guest_ram guest;
    struct loaded loaded;
    struct error err = {0};
    assert_true(kernel_load(&guest, code, sizeof code, &loaded, &err));
    assert_memory_equal(guest.ram.bytes + (BASE - RAM_BASE), code, sizeof code);
    assert_int_equal(loaded.entry, BASE);
    assert_int_equal(loaded.high, BASE + sizeof code);
    guest_ram_fini(&guest);
    assert_refused(code, 8, "jumps out of the file");
    assert_refused(code + 6, 6, "at offset 0 is no instruction");
    assert_refused(ret, sizeof ret, "jumps nobody knows where");
}

/* "MZ", a PE header at 64 with one section that takes the rest of the file. */
static void a_linux_image_cut_short_is_refused(void **state)
{
    (void)state;
    uint8_t kernel[KERNEL_SIZE];
    kernel_fill(kernel);
    memset(kernel + 64, 0, 64);
    memcpy(kernel, "MZ", 2);
    store_le(kernel + 0x3c, 4, 64);
    memcpy(kernel + 64, "PE\0\0", 4);
    store_le(kernel + 64 + 6, 2, 1);
    store_le(kernel + 64 + 24 + 16, 4, KERNEL_SIZE - 1024);
    store_le(kernel + 64 + 24 + 20, 4, 1024);
    assert_loads(kernel, sizeof kernel, kernel);
    assert_refused(kernel, sizeof kernel - 1, "truncated Linux Image");
    assert_refused(kernel, 100, "truncated Linux Image");
    assert_refused(kernel, 40, "not all of one");
    store_le(kernel + 0x3c, 4, UINT32_MAX);
    assert_refused(kernel, sizeof kernel, "truncated Linux Image");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linux_image_is_loaded_in_every_wrapping),
        cmocka_unit_test(image_size_counts_memory_the_file_does_not_have),
        cmocka_unit_test(what_is_not_a_kernel_is_refused),
        cmocka_unit_test(damaged_compression_is_refused),
        cmocka_unit_test(compression_bomb_is_refused),
        cmocka_unit_test(raw_firmware_goes_to_its_base),
        cmocka_unit_test(what_a_hart_could_not_run_is_no_firmware),
        cmocka_unit_test(raw_code_is_a_kernel_at_its_base),
        cmocka_unit_test(a_linux_image_cut_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
