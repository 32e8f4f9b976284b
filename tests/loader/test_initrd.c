/* tests/loader/test_initrd.c: an initrd is recognised, and its end is missed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "loader/initrd.h"

#define MOST 4096

/* Appends one member of a cpio archive; returns the new size. */
static size_t cpio_add(uint8_t *archive, size_t at, const char *name, const char *data)
{
    char header[128];
    snprintf(header, sizeof header, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 1,
             0100644, 0, 0, 1, 0, (unsigned)strlen(data), 0, 0, 0, 0, (unsigned)strlen(name) + 1,
             0);
    memcpy(archive + at, header, 110);
    memcpy(archive + at + 110, name, strlen(name) + 1);
    at = (at + 110 + strlen(name) + 1 + 3) & ~(size_t)3;
    memcpy(archive + at, data, strlen(data));
    return (at + strlen(data) + 3) & ~(size_t)3;
}

static size_t cpio_make(uint8_t archive[MOST])
{
    memset(archive, 0, MOST);
    size_t size = cpio_add(archive, 0, "init", "#!/bin/sh\n");
    return cpio_add(archive, size, "TRAILER!!!", "");
}

/* The bytes stand alone on the heap, so that a sanitizer sees a read past them. */
static bool check(const uint8_t *bytes, size_t size, struct error *err)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    struct blob blob = {.name = "initrd", .bytes = copy, .size = size};
    bool good = initrd_check(&blob, err);
    free(copy);
    return good;
}

static void archives_one_after_the_other_are_an_initrd(void **state)
{
    (void)state;
    uint8_t archive[MOST], all[3 * MOST] = {0};
    struct error err = {0};
    size_t size = cpio_make(archive);
    assert_true(check(archive, size, &err));
    size_t packed = ZSTD_compress(all, MOST, archive, size, 1);
    assert_false(ZSTD_isError(packed));
    assert_true(check(all, packed, &err));
    memcpy(all + packed + 100, archive, size);
    assert_true(check(all, packed + 100 + size, &err));
    assert_false(check(all, packed + 100 + size - 4, &err));
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    uint8_t archive[MOST], packed[MOST];
    struct error err = {0};
    size_t size = cpio_make(archive);
    size_t end = size - 4 - 1; /* the padding after the trailer may be gone */
    for (size_t cut = 0; cut < end; cut++)
        assert_false(check(archive, cut, &err));
    assert_non_null(strstr(err.text, "initrd: truncated or damaged cpio"));
    size_t packed_size = ZSTD_compress(packed, sizeof packed, archive, size, 1);
    for (size_t cut = 0; cut < packed_size; cut++)
        assert_false(check(packed, cut, &err));
    assert_non_null(strstr(err.text, "initrd: truncated zstd"));
}

static void what_no_kernel_takes_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(check((const uint8_t *)"", 0, &err));
    assert_string_equal(err.text, "initrd: empty file, not an initrd");
    assert_false(check((const uint8_t *)"hello, world", 12, &err));
    assert_non_null(strstr(err.text, "not an initrd"));
    assert_true(check((const uint8_t *)"\xfd"
                                       "7zXZ\0and so on",
                      15, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(archives_one_after_the_other_are_an_initrd),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(what_no_kernel_takes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
