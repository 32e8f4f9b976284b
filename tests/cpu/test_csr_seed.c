/* tests/cpu/test_csr_seed.c: what the entropy source's CSR promises. */
#include "tests/cpu/csr_fixture.h"

static bool count_up(void *owner, uint16_t *bits)
{
    *bits = ++*(uint16_t *)owner;
    return true;
}

static void seed_gives_the_source_s_bits_anew_at_each_access(void **state)
{
    struct hart *h = hart_of(state);
    static uint16_t next;
    uint64_t value;
    next = 0xabc0;
    h->entropy = count_up;
    h->entropy_owner = &next;
    for (unsigned i = 1; i < 4; i++) {
        assert_true(csr_access(h, CSR_seed, CSR_WRITE, 0, true, true, &value));
        assert_int_equal((uint32_t)value, 0x8000abc0 + i); /* ES16 */
    }
}

static void seed_waits_where_there_is_no_source(void **state)
{
    uint64_t value;
    assert_true(csr_access(hart_of(state), CSR_seed, CSR_WRITE, 0, true, true, &value));
    assert_int_equal((uint32_t)value, 0x40000000);
}

static void seed_is_illegal_to_instructions_that_only_read(void **state)
{
    uint64_t value;
    assert_false(csr_access(hart_of(state), CSR_seed, CSR_SET, 0, true, false, &value));
    assert_true(csr_access(hart_of(state), CSR_seed, CSR_SET, 0, true, true, &value));
}

static void seed_is_open_below_machine_mode_as_mseccfg_says(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t value;
    for (unsigned open = 0; open < 4; open++) {
        h->priv = PRIV_M;
        csrw(h, CSR_mseccfg, open << 8);
        assert_int_equal(csrr(h, CSR_mseccfg), open << 8);
        h->priv = PRIV_U;
        assert_int_equal(csr_access(h, CSR_seed, CSR_WRITE, 0, true, true, &value), open & 1);
        h->priv = PRIV_S;
        assert_int_equal(csr_access(h, CSR_seed, CSR_WRITE, 0, true, true, &value), open >> 1);
    }
}

static void the_monitor_takes_no_entropy(void **state)
{
    struct hart *h = hart_of(state);
    static uint16_t next;
    uint64_t value;
    next = 7;
    h->entropy = count_up;
    h->entropy_owner = &next;
    assert_true(csr_peek(h, CSR_seed, &value));
    assert_int_equal(next, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(seed_gives_the_source_s_bits_anew_at_each_access),
        WITH32(seed_gives_the_source_s_bits_anew_at_each_access),
        WITH64(seed_waits_where_there_is_no_source),
        WITH64(seed_is_illegal_to_instructions_that_only_read),
        WITH64(seed_is_open_below_machine_mode_as_mseccfg_says),
        WITH64(the_monitor_takes_no_entropy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
