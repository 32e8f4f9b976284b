/* tests/base/test_bits.c: bit fields, ranges and byte order at their limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bits.h"
#include "base/error.h"

static void mask_covers_no_bit_and_all_bits(void **state)
{
    (void)state;
    assert_true(mask_low(0) == 0);
    assert_true(mask_low(1) == 1);
    assert_true(mask_low(63) == UINT64_MAX >> 1);
    assert_true(mask_low(64) == UINT64_MAX);
}

static void bits_get_includes_both_ends(void **state)
{
    (void)state;
    assert_int_equal(bits_get(0xabcd, 11, 4), 0xbc);
    assert_true(bits_get(UINT64_MAX, 63, 0) == UINT64_MAX);
    assert_int_equal(bits_get(UINT64_C(1) << 63, 63, 63), 1);
}

static void bits_replace_touches_only_the_mask(void **state)
{
    (void)state;
    assert_int_equal(bits_replace(0xff00, 0x0ff0, 0x1234), 0xf230);
}

static void sign_extend_copies_the_top_bit(void **state)
{
    (void)state;
    assert_int_equal(sign_extend(0xfff, 12), -1);
    assert_int_equal(sign_extend(0x7ff, 12), 0x7ff);
    assert_int_equal(sign_extend(0xf000 | 0x800, 12), -2048);
    assert_int_equal(sign_extend(1, 1), -1);
    assert_true(sign_extend(UINT64_C(1) << 63, 64) == INT64_MIN);
}

static void range_contains_never_overflows(void **state)
{
    (void)state;
    assert_true(range_contains(8, 0, 8));
    assert_true(range_contains(8, 8, 0));
    assert_false(range_contains(8, 8, 1));
    assert_false(range_contains(8, 9, 0));
    assert_false(range_contains(8, 1, UINT64_MAX));
    assert_false(range_contains(8, UINT64_MAX, 2));
    assert_true(range_contains(UINT64_MAX, 1, UINT64_MAX - 1));
}

static void little_endian_at_each_width(void **state)
{
    (void)state;
    uint8_t bytes[9];
    for (unsigned size = 1; size <= 8; size *= 2) {
        memset(bytes, 0xee, sizeof bytes);
        store_le(bytes, size, UINT64_C(0x0807060504030201));
        for (unsigned i = 0; i < sizeof bytes; i++)
            assert_int_equal(bytes[i], i < size ? i + 1 : 0xee);
        assert_true(load_le(bytes, size) == (UINT64_C(0x0807060504030201) & mask_low(8 * size)));
    }
}

static void error_set_returns_false_cuts_long_texts_and_takes_no_error(void **state)
{
    (void)state;
    struct error err;
    assert_false(error_set(&err, "%s: %d", "file", 3));
    assert_string_equal(err.text, "file: 3");
    assert_false(error_set(&err, "%1000d", 1));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_false(error_set(NULL, "nobody cares"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mask_covers_no_bit_and_all_bits),
        cmocka_unit_test(bits_get_includes_both_ends),
        cmocka_unit_test(bits_replace_touches_only_the_mask),
        cmocka_unit_test(sign_extend_copies_the_top_bit),
        cmocka_unit_test(range_contains_never_overflows),
        cmocka_unit_test(little_endian_at_each_width),
        cmocka_unit_test(error_set_returns_false_cuts_long_texts_and_takes_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
