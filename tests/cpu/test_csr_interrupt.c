/* tests/cpu/test_csr_interrupt.c: mie, mip, sie, sip, delegation registers, stimecmp. */
#include "tests/cpu/csr_fixture.h"

#define S_BITS (MIP_SSIP | MIP_STIP | MIP_SEIP | MIP_LCOFIP)
#define M_BITS (MIP_MSIP | MIP_MTIP | MIP_MEIP)

static void medeleg_cannot_delegate_ecall_from_m_nor_reserved_codes(void **state)
{
    struct hart *h = hart_of(state);
    assert_int_equal(settable(h, CSR_medeleg), 0xb3ff);
    if (h->xlen == 32) assert_int_equal(settable(h, CSR_medelegh), 0);
}

static void mideleg_delegates_supervisor_interrupts_only(void **state)
{
    assert_int_equal(settable(hart_of(state), CSR_mideleg), S_BITS);
}

static void mie_holds_the_seven_standard_interrupts(void **state)
{
    assert_int_equal(settable(hart_of(state), CSR_mie), S_BITS | M_BITS);
}

static void interrupts_of_supervisor_mode_go_with_it(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 2, (enum extension[]){EXT_S, EXT_Sscofpmf});
    assert_int_equal(settable(&f->hart, CSR_mie), M_BITS);
    assert_int_equal(settable(&f->hart, CSR_mip), 0);
    fixture_free(f);
}

static void mip_lets_software_set_the_supervisor_bits_only(void **state)
{
    assert_int_equal(settable(hart_of(state), CSR_mip), S_BITS);
}

static void mip_shows_the_wires(void **state)
{
    struct hart *h = hart_of(state);
    static const unsigned lines[] = {3, 7, 9, 11};
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        hart_irq_set(h, lines[i], true);
        assert_int_equal(csrr(h, CSR_mip), UINT64_C(1) << lines[i]);
        csrw(h, CSR_mip, 0);
        assert_int_equal(csrr(h, CSR_mip), UINT64_C(1) << lines[i]);
        hart_irq_set(h, lines[i], false);
        assert_int_equal(csrr(h, CSR_mip), 0);
    }
}

static void mip_seip_wire_does_not_stick_through_csrrs(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t old;
    hart_irq_set(h, 9, true);
    assert_true(csr_access(h, CSR_mip, CSR_SET, MIP_SSIP, true, true, &old));
    assert_int_equal(old, MIP_SEIP); /* rd sees the wire */
    hart_irq_set(h, 9, false);
    assert_int_equal(csrr(h, CSR_mip), MIP_SSIP); /* what was written did not */
}

static void mip_seip_is_the_or_of_wire_and_software(void **state)
{
    struct hart *h = hart_of(state);
    csr_op(h, CSR_mip, CSR_SET, MIP_SEIP);
    hart_irq_set(h, 9, true);
    hart_irq_set(h, 9, false);
    assert_int_equal(csrr(h, CSR_mip), MIP_SEIP);
    hart_irq_set(h, 9, true);
    csr_op(h, CSR_mip, CSR_CLEAR, MIP_SEIP);
    assert_int_equal(csrr(h, CSR_mip), MIP_SEIP);
    hart_irq_set(h, 9, false);
    assert_int_equal(csrr(h, CSR_mip), 0);
}

static void sie_and_sip_show_what_is_delegated(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mie, UINT64_MAX);
    csrw(h, CSR_mip, UINT64_MAX);
    hart_irq_set(h, 7, true);
    for (unsigned i = 0; i < 8; i++) {
        uint64_t some = (i & 1 ? MIP_SSIP : 0) | (i & 2 ? MIP_STIP : 0) | (i & 4 ? MIP_SEIP : 0);
        csrw(h, CSR_mideleg, some);
        assert_int_equal(csrr(h, CSR_sie), some);
        assert_int_equal(csrr(h, CSR_sip), some);
    }
}

static void sie_write_reaches_delegated_bits_of_mie_only(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mideleg, MIP_SSIP | MIP_STIP);
    csrw(h, CSR_sie, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mie), MIP_SSIP | MIP_STIP);
    csrw(h, CSR_mie, UINT64_MAX);
    csrw(h, CSR_sie, 0);
    assert_int_equal(csrr(h, CSR_mie), M_BITS | MIP_SEIP | MIP_LCOFIP);
}

static void sip_lets_software_write_ssip_when_delegated(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_sip, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mip), 0);
    csrw(h, CSR_mideleg, S_BITS);
    csrw(h, CSR_sip, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mip), MIP_SSIP | MIP_LCOFIP);
    csrw(h, CSR_mip, S_BITS);
    csrw(h, CSR_sip, 0);
    assert_int_equal(csrr(h, CSR_mip), MIP_STIP | MIP_SEIP);
}

static void interrupt_csrs_make_the_engine_look_round(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mideleg, S_BITS);
    static const struct {
        unsigned number;
        uint64_t bits;
    } rows[] = {
        {CSR_mie, MIP_MTIP}, {CSR_mip, MIP_SEIP},     {CSR_sie, MIP_STIP},
        {CSR_sip, MIP_SSIP}, {CSR_mideleg, MIP_SSIP}, {CSR_stimecmp, 9},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        csrw(h, rows[i].number, 0);
        h->leave = false;
        csrw(h, rows[i].number, rows[i].bits);
        assert_true(h->leave);
        if (rows[i].number == CSR_sip) csrw(h, CSR_mideleg, S_BITS);
    }
}

static void stimecmp_raises_stip_when_time_reaches_it(void **state)
{
    struct csr_fixture *f = *state;
    struct hart *h = &f->hart;
    csrw(h, CSR_stimecmp, 100);
    assert_int_equal(hart_timer_deadline(h), UINT64_MAX);
    f->mtime = 200;
    assert_int_equal(csrr(h, CSR_mip), 0); /* STCE is off */
    csrw(h, CSR_menvcfg, MENVCFG_STCE);
    assert_int_equal(hart_timer_deadline(h), 100);
    assert_int_equal(csrr(h, CSR_mip), MIP_STIP);
    f->mtime = 100;
    assert_int_equal(csrr(h, CSR_mip), MIP_STIP);
    f->mtime = 99;
    assert_int_equal(csrr(h, CSR_mip), 0);
}

static void stip_is_read_only_while_stimecmp_drives_it(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_stimecmp, 100);
    csrw(h, CSR_mip, MIP_STIP);
    csrw(h, CSR_menvcfg, MENVCFG_STCE);
    assert_int_equal(csrr(h, CSR_mip), 0);
    csrw(h, CSR_mip, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mip), MIP_SSIP | MIP_SEIP | MIP_LCOFIP);
    csrw(h, CSR_mip, 0);
    csrw(h, CSR_menvcfg, 0); /* back to what software had written before */
    assert_int_equal(csrr(h, CSR_mip), MIP_STIP);
}

static void stimecmp_needs_tm_and_stce_below_machine_mode(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned gates = 0; gates < 4; gates++) {
        h->priv = PRIV_M;
        csrw(h, CSR_mcounteren, gates & 1 ? COUNTER_TM : 0);
        csrw(h, CSR_menvcfg, gates & 2 ? MENVCFG_STCE : 0);
        assert_true(readable(h, CSR_stimecmp));
        h->priv = PRIV_S;
        assert_int_equal(readable(h, CSR_stimecmp), gates == 3);
        assert_int_equal(writable(h, CSR_stimecmp, gates), gates == 3);
        h->priv = PRIV_U;
        assert_illegal(h, CSR_stimecmp);
    }
}

static void stimecmp_write_makes_the_run_loop_ask_for_the_deadline(void **state)
{
    struct hart *h = hart_of(state);
    atomic_store(&h->kick, false);
    csrw(h, CSR_stimecmp, 1234);
    assert_true(atomic_load(&h->kick));
    atomic_store(&h->kick, false);
    csrw(h, CSR_menvcfg, MENVCFG_STCE);
    assert_true(atomic_load(&h->kick));
}

static void stimecmp_halves_are_written_apart_on_rv32(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_stimecmph, 7);
    csrw(h, CSR_stimecmp, UINT64_C(0xffffffff80000000));
    assert_int_equal(h->stimecmp, UINT64_C(0x780000000));
    assert_int_equal(csrr(h, CSR_stimecmph), 7);
    csrw(h, CSR_stimecmph, UINT64_MAX);
    assert_int_equal(h->stimecmp, UINT64_C(0xffffffff80000000));
    h->priv = PRIV_S; /* the gates hold for both */
    assert_illegal(h, CSR_stimecmp);
    assert_illegal(h, CSR_stimecmph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(medeleg_cannot_delegate_ecall_from_m_nor_reserved_codes),
        WITH32(medeleg_cannot_delegate_ecall_from_m_nor_reserved_codes),
        WITH64(mideleg_delegates_supervisor_interrupts_only),
        WITH64(mie_holds_the_seven_standard_interrupts),
        cmocka_unit_test(interrupts_of_supervisor_mode_go_with_it),
        WITH64(mip_lets_software_set_the_supervisor_bits_only),
        WITH64(mip_shows_the_wires),
        WITH64(mip_seip_wire_does_not_stick_through_csrrs),
        WITH64(mip_seip_is_the_or_of_wire_and_software),
        WITH64(sie_and_sip_show_what_is_delegated),
        WITH64(sie_write_reaches_delegated_bits_of_mie_only),
        WITH64(sip_lets_software_write_ssip_when_delegated),
        WITH64(interrupt_csrs_make_the_engine_look_round),
        WITH64(stimecmp_raises_stip_when_time_reaches_it),
        WITH64(stip_is_read_only_while_stimecmp_drives_it),
        WITH64(stimecmp_needs_tm_and_stce_below_machine_mode),
        WITH64(stimecmp_write_makes_the_run_loop_ask_for_the_deadline),
        WITH32(stimecmp_halves_are_written_apart_on_rv32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
