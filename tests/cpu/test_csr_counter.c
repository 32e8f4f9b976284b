/* tests/cpu/test_csr_counter.c: counters: what they count, who may read them, how they stop. */
#include "cpu/counter.h"
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

static void mcountinhibit_has_a_bit_for_each_counter_but_time(void **state)
{
    assert_int_equal(settable(hart_of(state), CSR_mcountinhibit), 0x7fffd);
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

static void hpm_counters_past_the_last_are_legal_and_zero(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned n = COUNTER_COUNT; n < 32; n++) {
        assert_int_equal(settable(h, 0xb00 + n), 0);
        assert_int_equal(settable(h, 0x320 + n), 0);
        assert_int_equal(csrr(h, 0xc00 + n), 0);
        assert_false(writable(h, 0xc00 + n, 0));
    }
}

static void hpm_counter_counts_its_event(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned n = 3; n < COUNTER_COUNT; n++)
        for (unsigned event = 1; event < HPM_EVENT_COUNT; event++) {
            csrw(h, 0x320 + n, hpm_event_info[event].selector);
            csrw(h, 0xb00 + n, 10);
            h->instret += 8; /* the csrw and seven more */
            for (unsigned i = 0; i < 7; i++)
                hpm_count(h, (enum hpm_event)event);
            assert_int_equal(csrr(h, 0xc00 + n), 17);
            csrw(h, 0x320 + n, 0);
            hpm_count(h, (enum hpm_event)event);
            uint64_t value = csrr(h, 0xb00 + n);
            h->instret += 5;
            assert_int_equal(csrr(h, 0xb00 + n), value);
        }
}

static void hpm_event_that_is_none_is_not_taken(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mhpmevent7, hpm_event_info[HPM_FENCES].selector);
    csrw(h, CSR_mhpmevent7, 3); /* SBI's cache references */
    assert_int_equal(csrr(h, CSR_mhpmevent7), hpm_event_info[HPM_FENCES].selector);
}

static void hpm_counter_counts_in_the_modes_it_shall(void **state)
{
    static const struct {
        enum priv priv;
        uint64_t inhibit;
    } modes[] = {{PRIV_M, COUNTER_MINH}, {PRIV_S, COUNTER_SINH}, {PRIV_U, COUNTER_UINH}};
    struct hart *h = hart_of(state);
    for (unsigned i = 0; i < ARRAY_COUNT(modes); i++)
        for (unsigned at = 0; at < ARRAY_COUNT(modes); at++) {
            counter_configure(h, 9, modes[i].inhibit | 1, h->instret);
            counter_write(h, 9, 100, h->instret);
            h->priv = modes[at].priv;
            counters_mode_changed(h, h->instret);
            uint64_t before = counter_read(h, 9, h->instret);
            h->instret += 50;
            assert_int_equal(counter_read(h, 9, h->instret) - before, i == at ? 0 : 50);
        }
}

static void hpm_overflow_sets_of_and_its_interrupt_once(void **state)
{
    struct hart *h = hart_of(state);
    csr_poke(h, CSR_mhpmevent12, 2);
    csr_poke(h, CSR_mhpmcounter12, UINT64_MAX - 99);
    assert_int_equal(h->counter_deadline, h->instret + 100);
    h->instret += 99;
    counters_check(h);
    assert_int_equal(csrr(h, CSR_scountovf), 0);
    h->instret++;
    counters_check(h);
    assert_int_equal(csrr(h, CSR_scountovf), 1 << 12);
    assert_int_equal(csrr(h, CSR_mip) & MIP_LCOFIP, MIP_LCOFIP);
    assert_int_equal(csrr(h, CSR_mhpmcounter12), 0);
    assert_int_equal(h->counter_deadline, UINT64_MAX);

    csrw(h, CSR_mip, 0);
    csr_poke(h, CSR_mhpmcounter12, UINT64_MAX);
    h->instret += 2;
    counters_check(h);
    assert_int_equal(csrr(h, CSR_mip) & MIP_LCOFIP, 0);
    assert_int_equal(csrr(h, CSR_mhpmcounter12), 1);
}

static void hpm_overflow_of_the_nearest_counter_comes_first(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned n = 3; n < COUNTER_COUNT; n++) {
        csr_poke(h, 0x320 + n, hpm_event_info[HPM_FENCES].selector);
        csr_poke(h, 0xb00 + n, -(uint64_t)n);
    }
    for (unsigned count = 1; count < COUNTER_COUNT; count++) {
        hpm_count(h, HPM_FENCES);
        assert_int_equal(csrr(h, CSR_scountovf),
                         count < 3 ? 0 : mask_low(count + 1) & ~mask_low(3));
    }
}

static void hpm_has_no_overflow_without_its_extension(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 1, (enum extension[]){EXT_Sscofpmf});
    csrw(&f->hart, CSR_mhpmevent3, UINT64_MAX << 32 | 2);
    assert_int_equal(csrr(&f->hart, CSR_mhpmevent3), 2);
    csrw(&f->hart, CSR_mhpmcounter3, UINT64_MAX);
    f->hart.instret += 2;
    counters_check(&f->hart);
    assert_int_equal(csrr(&f->hart, CSR_mhpmcounter3), 0);
    assert_int_equal(csrr(&f->hart, CSR_mip), 0);
    assert_int_equal(f->hart.counter_deadline, UINT64_MAX);
    fixture_free(f);
}

static void hpm_upper_halves_hold_of_and_modes_on_rv32(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mhpmevent3, 2);
    csrw(h, CSR_mhpmevent3h, UINT64_MAX);
    assert_int_equal((uint32_t)csrr(h, CSR_mhpmevent3h), 0xf0000000);
    assert_int_equal(csrr(h, CSR_mhpmevent3), 2);
    csrw(h, CSR_mcyclecfgh, UINT64_MAX);
    assert_int_equal((uint32_t)csrr(h, CSR_mcyclecfgh), 0x70000000);
    assert_int_equal(csrr(h, CSR_mcyclecfg), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(counters_count_retired_instructions),
        WITH64(counter_reads_as_written_by_the_instruction_after),
        WITH64(counter_poked_from_outside_reads_so_at_once),
        WITH32(counter_halves_are_written_apart_on_rv32),
        WITH64(counter_inhibited_stands_still_and_goes_on_from_there),
        WITH64(mcountinhibit_has_a_bit_for_each_counter_but_time),
        WITH64(counteren_registers_hold_32_bits),
        WITH64(counter_gates_are_mcounteren_then_scounteren),
        WITH32(counter_gates_are_mcounteren_then_scounteren),
        cmocka_unit_test(counter_gate_without_supervisor_mode_is_mcounteren),
        WITH64(hpm_counters_past_the_last_are_legal_and_zero),
        WITH32(hpm_counters_past_the_last_are_legal_and_zero),
        WITH64(hpm_counter_counts_its_event),
        WITH32(hpm_counter_counts_its_event),
        WITH64(hpm_event_that_is_none_is_not_taken),
        WITH64(hpm_counter_counts_in_the_modes_it_shall),
        WITH64(hpm_overflow_sets_of_and_its_interrupt_once),
        WITH64(hpm_overflow_of_the_nearest_counter_comes_first),
        cmocka_unit_test(hpm_has_no_overflow_without_its_extension),
        WITH32(hpm_upper_halves_hold_of_and_modes_on_rv32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
