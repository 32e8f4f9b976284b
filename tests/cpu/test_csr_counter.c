/* tests/cpu/test_csr_counter.c: counters: what they count, who may read them, how they stop. */
#include "tests/cpu/csr_fixture.h"

static void counters_count_retired_instructions(void **state)
{
    struct csr_fixture *f = *state;
    struct hart *h = &f->hart;
    h->instret = 1000;
    f->mtime = 77;
    assert_int_equal(csrr(h, CSR_instret), 1000);
    assert_int_equal(csrr(h, CSR_cycle), 1000);
    assert_int_equal(csrr(h, CSR_minstret), 1000);
    assert_int_equal(csrr(h, CSR_time), 77);
}

static void counter_reads_as_written_by_the_instruction_after(void **state)
{
    struct hart *h = hart_of(state);
    h->instret = 1000;
    csrw(h, CSR_minstret, 50);
    csrw(h, CSR_mcycle, UINT64_MAX);
    h->instret++; /* the writing instruction retires */
    assert_int_equal(csrr(h, CSR_instret), 50);
    assert_int_equal(csrr(h, CSR_mcycle), UINT64_MAX);
    h->instret++;
    assert_int_equal(csrr(h, CSR_minstret), 51);
    assert_int_equal(csrr(h, CSR_cycle), 0); /* wraps round */
}

static void counter_poked_from_outside_reads_so_at_once(void **state)
{
    struct hart *h = hart_of(state);
    h->instret = 1000;
    csr_poke(h, CSR_minstret, 50);
    assert_int_equal(csrr(h, CSR_instret), 50);
    h->instret++;
    assert_int_equal(csrr(h, CSR_instret), 51);
}

static void counter_halves_are_written_apart_on_rv32(void **state)
{
    struct csr_fixture *f = *state;
    struct hart *h = &f->hart;
    h->instret = UINT64_C(0x500000007);
    csr_poke(h, CSR_minstreth, 9);
    assert_int_equal(csrr(h, CSR_instreth), 9);
    assert_int_equal(csrr(h, CSR_instret), 7);
    csr_poke(h, CSR_minstret, UINT64_C(0x80000000));
    assert_int_equal(csrr(h, CSR_minstreth), 9);
    assert_int_equal(csrr(h, CSR_minstret), UINT64_C(0xffffffff80000000));
    assert_int_equal(csrr(h, CSR_cycleh), 5);
    f->mtime = UINT64_C(0x300000002);
    assert_int_equal(csrr(h, CSR_time), 2);
    assert_int_equal(csrr(h, CSR_timeh), 3);
}

static void counter_inhibited_stands_still_and_goes_on_from_there(void **state)
{
    struct hart *h = hart_of(state);
    h->instret = 100;
    csrw(h, CSR_mcountinhibit, COUNTER_IR); /* counts itself: it takes effect when complete */
    h->instret = 150;
    assert_int_equal(csrr(h, CSR_minstret), 101);
    assert_int_equal(csrr(h, CSR_mcycle), 150);
    csrw(h, CSR_minstret, 20); /* still writable */
    h->instret = 200;
    assert_int_equal(csrr(h, CSR_minstret), 20);
    csrw(h, CSR_mcountinhibit, COUNTER_CY);
    h->instret = 201;
    assert_int_equal(csrr(h, CSR_minstret), 20);
    assert_int_equal(csrr(h, CSR_mcycle), 201);
    h->instret = 211;
    assert_int_equal(csrr(h, CSR_minstret), 30);
    assert_int_equal(csrr(h, CSR_mcycle), 201);
}

static void mcountinhibit_has_cy_and_ir_only(void **state)
{
    assert_int_equal(settable(hart_of(state), CSR_mcountinhibit), COUNTER_CY | COUNTER_IR);
}

static void counteren_registers_hold_32_bits(void **state)
{
    struct hart *h = hart_of(state);
    assert_int_equal(settable(h, CSR_mcounteren), 0xffffffff);
    assert_int_equal(settable(h, CSR_scounteren), 0xffffffff);
}

/* Each counter n, each mode, each setting of the two enable bits. */
static void counter_gates_are_mcounteren_then_scounteren(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned n = 0; n < 32; n++)
        for (unsigned gates = 0; gates < 4; gates++) {
            uint64_t bit = UINT64_C(1) << n;
            h->priv = PRIV_M;
            csrw(h, CSR_mcounteren, gates & 1 ? bit : ~bit);
            csrw(h, CSR_scounteren, gates & 2 ? bit : ~bit);
            assert_true(readable(h, CSR_cycle + n));
            h->priv = PRIV_S;
            assert_int_equal(readable(h, CSR_cycle + n), gates & 1);
            h->priv = PRIV_U;
            assert_int_equal(readable(h, CSR_cycle + n), gates == 3);
            if (h->xlen == 32) assert_int_equal(readable(h, CSR_cycleh + n), gates == 3);
        }
}

static void counter_gate_without_supervisor_mode_is_mcounteren(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 1, (enum extension[]){EXT_S});
    f->hart.priv = PRIV_U;
    assert_illegal(&f->hart, CSR_time);
    f->hart.mcounteren = COUNTER_TM;
    assert_true(readable(&f->hart, CSR_time));
    fixture_free(f);
}

static void hpm_counters_are_legal_and_zero(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned n = 3; n < 32; n++) {
        assert_int_equal(settable(h, 0xb00 + n), 0);
        assert_int_equal(settable(h, 0x320 + n), 0);
        assert_int_equal(csrr(h, 0xc00 + n), 0);
        assert_false(writable(h, 0xc00 + n, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(counters_count_retired_instructions),
        WITH64(counter_reads_as_written_by_the_instruction_after),
        WITH64(counter_poked_from_outside_reads_so_at_once),
        WITH32(counter_halves_are_written_apart_on_rv32),
        WITH64(counter_inhibited_stands_still_and_goes_on_from_there),
        WITH64(mcountinhibit_has_cy_and_ir_only),
        WITH64(counteren_registers_hold_32_bits),
        WITH64(counter_gates_are_mcounteren_then_scounteren),
        WITH32(counter_gates_are_mcounteren_then_scounteren),
        cmocka_unit_test(counter_gate_without_supervisor_mode_is_mcounteren),
        WITH64(hpm_counters_are_legal_and_zero),
        WITH32(hpm_counters_are_legal_and_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
