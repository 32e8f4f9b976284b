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
    struct blob blob = {.name = "Image", .bytes = bytes, .size = size};
    guest_ram_init(guest);
    return image_load_kernel(&blob, 64, BASE, &guest->placement, loaded, err);
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

static void firmware_may_be_raw_but_not_empty(void **state)
{
    (void)state;
    struct guest_ram guest;
    struct loaded loaded;
    struct error err = {0};
    struct blob blob = {.name = "fw.bin", .bytes = (const uint8_t *)"\x73\0\x50\x10", .size = 4};
    guest_ram_init(&guest);
    assert_true(image_load_firmware(&blob, 64, RAM_BASE, &guest.placement, &loaded, &err));
    assert_int_equal(loaded.entry, RAM_BASE);
    assert_memory_equal(guest.ram.bytes, blob.bytes, 4);
    blob.size = 0;
    assert_false(image_load_firmware(&blob, 64, RAM_BASE, &guest.placement, &loaded, &err));
    assert_string_equal(err.text, "fw.bin: empty file, not firmware");
    guest_ram_fini(&guest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linux_image_is_loaded_in_every_wrapping),
        cmocka_unit_test(image_size_counts_memory_the_file_does_not_have),
        cmocka_unit_test(what_is_not_a_kernel_is_refused),
        cmocka_unit_test(damaged_compression_is_refused),
        cmocka_unit_test(compression_bomb_is_refused),
        cmocka_unit_test(firmware_may_be_raw_but_not_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
