/* tests/cpu/test_pmp.c: matching, priority and locking of physical memory protection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpu/pmp.h"

#define R     0x01
#define W     0x02
#define X     0x04
#define TOR   0x08
#define NA4   0x10
#define NAPOT 0x18
#define L     0x80

#define ALL_ONES_ADDRESS (UINT64_C(0x3fffffffffffff)) /* bits 55..2 */

static void entry(struct hart *h, unsigned n, unsigned cfg, uint64_t pmpaddr)
{
    h->pmpcfg[n] = (uint8_t)cfg;
    h->pmpaddr[n] = pmpaddr;
}

/* pmpaddr of a NAPOT range of `size` bytes, a power of two from 8, at `base`. */
static uint64_t napot(uint64_t base, uint64_t size)
{
    return base >> 2 | ((size >> 3) - 1);
}

static bool s_loads(const struct hart *h, uint64_t addr, unsigned size)
{
    return pmp_allows(h, addr, size, ACCESS_LOAD, PRIV_S);
}

static void with_all_entries_off_only_m_mode_may_pass(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    for (unsigned n = 0; n < PMP_COUNT; n++)
        entry(&h, n, R | W | X, ALL_ONES_ADDRESS);
    assert_true(pmp_allows(&h, 0x80000000, 8, ACCESS_STORE, PRIV_M));
    assert_false(pmp_allows(&h, 0x80000000, 8, ACCESS_STORE, PRIV_S));
    assert_false(pmp_allows(&h, 0x80000000, 4, ACCESS_FETCH, PRIV_U));
    assert_true(pmp_uniform(&h, 0x80000000));
}

static void napot_of_all_ones_covers_every_address(void **state)
{
    (void)state;
    static const uint64_t all_ones[] = {ALL_ONES_ADDRESS, UINT64_MAX, 0xffffffff};
    for (unsigned i = 0; i < 3; i++) {
        struct hart h = {.xlen = 64};
        entry(&h, 0, NAPOT | R | W | X, all_ones[i]);
        assert_true(s_loads(&h, 0, 8));
        assert_true(s_loads(&h, UINT64_C(0x3fffffff8), 8)); /* the top of RV32's 34 bits */
        if (i < 2) assert_true(s_loads(&h, UINT64_C(0xfffffffffffff8), 8));
        assert_true(pmp_uniform(&h, 0x80000000));
    }
}

static void permissions_are_told_apart(void **state)
{
    (void)state;
    static const unsigned bit[] = {[ACCESS_LOAD] = R, [ACCESS_STORE] = W, [ACCESS_FETCH] = X};
    for (unsigned cfg = 0; cfg < 8; cfg++)
        for (unsigned access = ACCESS_LOAD; access <= ACCESS_FETCH; access++) {
            struct hart h = {.xlen = 64};
            entry(&h, 3, NAPOT | cfg, ALL_ONES_ADDRESS);
            bool allowed = cfg & bit[access];
            assert_int_equal(pmp_allows(&h, 0x1000, 4, (enum access)access, PRIV_S), allowed);
            assert_int_equal(pmp_allows(&h, 0x1000, 4, (enum access)access, PRIV_U), allowed);
            assert_true(pmp_allows(&h, 0x1000, 4, (enum access)access, PRIV_M));
        }
}

static void na4_matches_exactly_four_bytes(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 0, NA4 | R, 0x80001000 >> 2);
    assert_false(s_loads(&h, 0x80000fff, 1));
    assert_true(s_loads(&h, 0x80001000, 1));
    assert_true(s_loads(&h, 0x80001000, 4));
    assert_true(s_loads(&h, 0x80001003, 1));
    assert_false(s_loads(&h, 0x80001004, 1));
}

static void napot_sizes_come_from_the_trailing_ones(void **state)
{
    (void)state;
    for (unsigned shift = 3; shift <= 40; shift++) {
        struct hart h = {.xlen = 64};
        uint64_t size = UINT64_C(1) << shift;
        uint64_t base = 6 * size;
        entry(&h, 0, NAPOT | R, napot(base, size));
        assert_false(s_loads(&h, base - 1, 1));
        assert_true(s_loads(&h, base, 8));
        assert_true(s_loads(&h, base + size - 1, 1));
        assert_false(s_loads(&h, base + size, 1));
    }
}

static void tor_reaches_from_the_previous_address_register(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 0, TOR | R, 0x1000 >> 2); /* from address zero */
    entry(&h, 1, 0, 0x3000 >> 2);       /* OFF, but a bottom all the same */
    entry(&h, 2, TOR | R, 0x4000 >> 2);
    assert_true(s_loads(&h, 0, 8));
    assert_true(s_loads(&h, 0xfff, 1));
    assert_false(s_loads(&h, 0x1000, 1));
    assert_false(s_loads(&h, 0x2fff, 1));
    assert_true(s_loads(&h, 0x3000, 1));
    assert_true(s_loads(&h, 0x3ffc, 4));
    assert_false(s_loads(&h, 0x4000, 1));
}

static void tor_with_bottom_at_or_above_top_matches_nothing(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 0, 0, 0x4000 >> 2);
    entry(&h, 1, TOR | L, 0x4000 >> 2);
    entry(&h, 2, TOR | L, 0x3000 >> 2);
    entry(&h, 3, NAPOT | R, ALL_ONES_ADDRESS);
    assert_true(s_loads(&h, 0x3000, 4));
    assert_true(s_loads(&h, 0x3ffc, 8));
    entry(&h, 0, TOR | L, 0); /* [0, 0) */
    entry(&h, 1, 0, 0);
    entry(&h, 2, 0, 0);
    assert_true(s_loads(&h, 0, 4));
}

static void the_lowest_numbered_match_wins(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 4, NAPOT | R, napot(0x2000, 0x1000));
    entry(&h, 9, NAPOT | R | W, napot(0x2000, 0x1000));
    assert_true(s_loads(&h, 0x2000, 8));
    assert_false(pmp_allows(&h, 0x2000, 8, ACCESS_STORE, PRIV_S));
    entry(&h, 1, NA4, 0x2008 >> 2);
    assert_false(s_loads(&h, 0x2008, 4));
    assert_true(s_loads(&h, 0x2000, 8));
    entry(&h, 15, NAPOT | R, napot(0x8000, 0x1000));
    assert_true(s_loads(&h, 0x8000, 8));
}

static void a_partial_match_fails_whatever_the_bits_say(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 0, NA4 | R | W | X, 0xc >> 2);
    entry(&h, 1, NAPOT | R | W | X, ALL_ONES_ADDRESS);
    assert_false(s_loads(&h, 0x8, 8)); /* the specification's own example */
    assert_false(pmp_allows(&h, 0x8, 8, ACCESS_LOAD, PRIV_M));
    assert_false(s_loads(&h, 0xe, 4));
    assert_true(s_loads(&h, 0x8, 4));
    assert_true(s_loads(&h, 0xc, 4));
    assert_true(s_loads(&h, 0x10, 8));
}

static void a_locked_entry_binds_m_mode_too(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 0, NAPOT | R | L, napot(0x1000, 0x1000));
    assert_true(pmp_allows(&h, 0x1000, 8, ACCESS_LOAD, PRIV_M));
    assert_false(pmp_allows(&h, 0x1000, 8, ACCESS_STORE, PRIV_M));
    assert_false(pmp_allows(&h, 0x1000, 4, ACCESS_FETCH, PRIV_M));
    assert_true(pmp_allows(&h, 0x2000, 8, ACCESS_STORE, PRIV_M)); /* matches nothing */
    entry(&h, 0, L, napot(0x1000, 0x1000));                       /* locked, but OFF */
    assert_true(pmp_allows(&h, 0x1000, 8, ACCESS_STORE, PRIV_M));
}

static void a_page_is_uniform_unless_an_entry_cuts_it(void **state)
{
    (void)state;
    struct hart h = {.xlen = 64};
    entry(&h, 2, NA4 | R, 0x5ffc >> 2);
    entry(&h, 3, NAPOT | R, napot(0x8000, 0x1000));
    entry(&h, 4, 0, 0x10000 >> 2);
    entry(&h, 5, TOR | R, 0x12800 >> 2);
    assert_true(pmp_uniform(&h, 0x4000));
    assert_false(pmp_uniform(&h, 0x5000));
    assert_true(pmp_uniform(&h, 0x6000));
    assert_true(pmp_uniform(&h, 0x8000));
    assert_true(pmp_uniform(&h, 0x11000));
    assert_false(pmp_uniform(&h, 0x12000));
    entry(&h, 0, NAPOT | R, napot(0x4000, 0x4000)); /* a better match hides the cut */
    assert_true(pmp_uniform(&h, 0x5000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_all_entries_off_only_m_mode_may_pass),
        cmocka_unit_test(napot_of_all_ones_covers_every_address),
        cmocka_unit_test(permissions_are_told_apart),
        cmocka_unit_test(na4_matches_exactly_four_bytes),
        cmocka_unit_test(napot_sizes_come_from_the_trailing_ones),
        cmocka_unit_test(tor_reaches_from_the_previous_address_register),
        cmocka_unit_test(tor_with_bottom_at_or_above_top_matches_nothing),
        cmocka_unit_test(the_lowest_numbered_match_wins),
        cmocka_unit_test(a_partial_match_fails_whatever_the_bits_say),
        cmocka_unit_test(a_locked_entry_binds_m_mode_too),
        cmocka_unit_test(a_page_is_uniform_unless_an_entry_cuts_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
