/* tests/cpu/test_trap.c: entering and leaving traps, delegation, vectors, interrupt order, WFI. */
#include "tests/cpu/csr_fixture.h"

#include <string.h>

#include "cpu/tlb.h"

#define MPP(mode)         ((uint64_t)(mode) << MSTATUS_MPP_SHIFT)
#define INTERRUPT(number) (CAUSE_INTERRUPT | (number))

/* In the order they must be taken; the S ones delegable. */
static const unsigned order[] = {11, 3, 7, 9, 1, 5, 13};

static void hart_enter(struct hart *h, enum priv priv)
{
    h->priv = priv;
    hart_mode_changed(h);
}

static void trap_saves_the_machine_state(void **state)
{
    struct hart *h = hart_of(state);
    for (int priv = PRIV_U; priv <= PRIV_M; priv++) {
        if (priv == 2) continue;
        for (unsigned mie = 0; mie < 2; mie++) {
            h->mstatus = mie ? MSTATUS_MIE : MSTATUS_MPIE;
            h->mtvec = 0x8000;
            h->pc = 0x1002;
            hart_enter(h, (enum priv)priv);
            trap_enter(h, CAUSE_LOAD_PAGE, 0xdead);
            assert_int_equal(h->priv, PRIV_M);
            assert_int_equal(h->pc, 0x8000);
            assert_int_equal(h->mepc, 0x1002);
            assert_int_equal(h->mcause, CAUSE_LOAD_PAGE);
            assert_int_equal(h->mtval, 0xdead);
            assert_int_equal(h->mstatus, MPP(priv) | (mie ? MSTATUS_MPIE : 0));
        }
    }
}

static void trap_saves_the_supervisor_state(void **state)
{
    struct hart *h = hart_of(state);
    h->medeleg = 1 << CAUSE_LOAD_PAGE;
    for (int priv = PRIV_U; priv <= PRIV_S; priv++)
        for (unsigned sie = 0; sie < 2; sie++) {
            h->mstatus = MPP(PRIV_M) | MSTATUS_MIE | (sie ? MSTATUS_SIE : MSTATUS_SPIE);
            h->stvec = 0x8000;
            h->pc = 0x1002;
            h->mcause = 99;
            hart_enter(h, (enum priv)priv);
            trap_enter(h, CAUSE_LOAD_PAGE, 0xdead);
            assert_int_equal(h->priv, PRIV_S);
            assert_int_equal(h->pc, 0x8000);
            assert_int_equal(h->sepc, 0x1002);
            assert_int_equal(h->scause, CAUSE_LOAD_PAGE);
            assert_int_equal(h->stval, 0xdead);
            assert_int_equal(h->mcause, 99);
            assert_int_equal(h->mstatus, MPP(PRIV_M) | MSTATUS_MIE |
                                             (priv == PRIV_S ? MSTATUS_SPP : 0) |
                                             (sie ? MSTATUS_SPIE : 0));
        }
}

static void trap_takes_the_context_of_its_mode(void **state)
{
    struct hart *h = hart_of(state);
    h->satp = UINT64_C(8) << 60;
    hart_enter(h, PRIV_U);
    const struct tlb_context *user = h->fetch;
    h->leave = false;
    trap_enter(h, CAUSE_ECALL_U, 0);
    assert_ptr_not_equal(h->fetch, user);
    assert_true(h->leave);
}

/* Every exception and interrupt, delegated or not, from every mode. */
static void trap_delegation_never_lowers_the_privilege(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned i = 0; i < 2 * 16; i++)
        for (unsigned delegated = 0; delegated < 2; delegated++)
            for (int priv = PRIV_U; priv <= PRIV_M; priv++) {
                if (priv == 2) continue;
                uint64_t code = i % 16, cause = i < 16 ? code : INTERRUPT(code);
                csr_poke(h, CSR_medeleg, delegated && i < 16 ? UINT64_C(1) << code : 0);
                csr_poke(h, CSR_mideleg, delegated && i >= 16 ? UINT64_C(1) << code : 0);
                bool held = h->medeleg | h->mideleg; /* the bit can be set at all */
                hart_enter(h, (enum priv)priv);
                trap_enter(h, cause, 0);
                assert_int_equal(h->priv, held && priv != PRIV_M ? PRIV_S : PRIV_M);
            }
}

static void trap_vectors_interrupts_but_no_exceptions(void **state)
{
    struct hart *h = hart_of(state);
    csr_poke(h, CSR_mtvec, 0x80001001);
    trap_enter(h, INTERRUPT(7), 0);
    assert_int_equal(h->pc, 0x8000101c);
    trap_enter(h, CAUSE_LOAD_ACCESS, 0);
    assert_int_equal(h->pc, 0x80001000);
    csr_poke(h, CSR_mtvec, 0x80001000);
    trap_enter(h, INTERRUPT(7), 0);
    assert_int_equal(h->pc, 0x80001000);

    csr_poke(h, CSR_stvec, 0x2001);
    csr_poke(h, CSR_mideleg, UINT64_MAX);
    hart_enter(h, PRIV_U);
    trap_enter(h, INTERRUPT(9), 0);
    assert_int_equal(h->pc, 0x2024);
}

static void trap_vector_wraps_at_32_bits_on_rv32(void **state)
{
    struct hart *h = hart_of(state);
    csr_poke(h, CSR_mtvec, 0xfffffffd);
    trap_enter(h, INTERRUPT(11), 0);
    assert_int_equal(h->pc, 0x28);
}

static void trap_wakes_the_hart(void **state)
{
    struct hart *h = hart_of(state);
    h->wfi = true;
    trap_enter(h, INTERRUPT(7), 0);
    assert_false(h->wfi);
}

static void trap_keeps_the_reservation(void **state)
{
    struct hart *h = hart_of(state);
    h->reservation = 0x80000000;
    trap_enter(h, CAUSE_ECALL_M, 0);
    assert_int_equal(h->reservation, 0x80000000);
}

static void mret_restores_what_the_trap_saved(void **state)
{
    struct hart *h = hart_of(state);
    for (int priv = PRIV_U; priv <= PRIV_M; priv++) {
        if (priv == 2) continue;
        for (unsigned mpie = 0; mpie < 2; mpie++) {
            uint64_t target = 0;
            hart_enter(h, PRIV_M);
            h->mepc = 0x1234;
            h->mstatus = MPP(priv) | (mpie ? MSTATUS_MPIE : MSTATUS_MIE) | MSTATUS_MPRV;
            assert_true(trap_mret(h, &target));
            assert_int_equal(target, 0x1234);
            assert_int_equal(h->priv, priv);
            /* MPP is U, the least privileged mode; MPRV survives only a return to M-mode. */
            assert_int_equal(h->mstatus, MSTATUS_MPIE | (mpie ? MSTATUS_MIE : 0) |
                                             (priv == PRIV_M ? MSTATUS_MPRV : 0));
        }
    }
}

static void mret_is_machine_mode_only(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t target;
    hart_enter(h, PRIV_S);
    assert_false(trap_mret(h, &target));
    hart_enter(h, PRIV_U);
    assert_false(trap_mret(h, &target));
    assert_int_equal(h->priv, PRIV_U);
}

static void mret_without_user_mode_leaves_mpp_at_m(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 2, (enum extension[]){EXT_S, EXT_U});
    uint64_t target;
    assert_true(trap_mret(&f->hart, &target));
    assert_int_equal(f->hart.priv, PRIV_M);
    assert_int_equal(f->hart.mstatus & MSTATUS_MPP, MSTATUS_MPP);
    assert_false(trap_sret(&f->hart, &target));
    fixture_free(f);
}

static void sret_restores_what_the_trap_saved(void **state)
{
    struct hart *h = hart_of(state);
    for (int from = PRIV_S; from <= PRIV_M; from += 2)
        for (unsigned spp = 0; spp < 2; spp++)
            for (unsigned spie = 0; spie < 2; spie++) {
                uint64_t target = 0;
                hart_enter(h, (enum priv)from);
                h->sepc = 0x1234;
                h->mstatus = (spp ? MSTATUS_SPP : 0) | (spie ? MSTATUS_SPIE : MSTATUS_SIE) |
                             MSTATUS_MPRV | MSTATUS_MIE;
                assert_true(trap_sret(h, &target));
                assert_int_equal(target, 0x1234);
                assert_int_equal(h->priv, spp ? PRIV_S : PRIV_U);
                assert_int_equal(h->mstatus, MSTATUS_SPIE | MSTATUS_MIE | (spie ? MSTATUS_SIE : 0));
            }
}

static void sret_traps_in_user_mode_and_under_tsr(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t target;
    hart_enter(h, PRIV_U);
    assert_false(trap_sret(h, &target));
    h->mstatus = MSTATUS_TSR;
    hart_enter(h, PRIV_S);
    assert_false(trap_sret(h, &target));
    hart_enter(h, PRIV_M);
    assert_true(trap_sret(h, &target));
}

static void interrupt_needs_pending_and_enabled(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t cause = 0;
    csr_poke(h, CSR_mstatus, MSTATUS_MIE);
    assert_false(trap_interrupt_pending(h, &cause));
    hart_irq_set(h, 7, true);
    assert_false(trap_interrupt_pending(h, &cause));
    csr_poke(h, CSR_mie, MIP_MTIP);
    assert_true(trap_interrupt_pending(h, &cause));
    assert_int_equal(cause, INTERRUPT(7));
    hart_irq_set(h, 7, false);
    assert_false(trap_interrupt_pending(h, &cause));
}

/* Global enables: xIE counts in mode x, lower modes are always open, higher ones always closed. */
static void interrupt_follows_the_enable_of_its_mode(void **state)
{
    struct hart *h = hart_of(state);
    csr_poke(h, CSR_mie, UINT64_MAX);
    csr_poke(h, CSR_mip, MIP_SSIP);
    for (unsigned delegated = 0; delegated < 2; delegated++)
        for (int priv = PRIV_U; priv <= PRIV_M; priv++)
            for (unsigned enables = 0; enables < 4; enables++) {
                if (priv == 2) continue;
                bool mie = enables & 1, sie = enables & 2;
                uint64_t cause;
                csr_poke(h, CSR_mideleg, delegated ? MIP_SSIP : 0);
                csr_poke(h, CSR_mstatus, (mie ? MSTATUS_MIE : 0) | (sie ? MSTATUS_SIE : 0));
                h->priv = (enum priv)priv;
                bool open =
                    delegated ? priv == PRIV_U || (priv == PRIV_S && sie) : priv != PRIV_M || mie;
                assert_int_equal(trap_interrupt_pending(h, &cause), open);
            }
}

static void interrupts_come_in_order_of_priority(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t cause;
    csr_poke(h, CSR_mie, UINT64_MAX);
    csr_poke(h, CSR_mip, UINT64_MAX);
    csr_poke(h, CSR_mstatus, MSTATUS_MIE);
    hart_irq_set(h, 3, true);
    hart_irq_set(h, 7, true);
    hart_irq_set(h, 11, true);
    for (size_t i = 0; i < ARRAY_COUNT(order); i++) {
        assert_true(trap_interrupt_pending(h, &cause));
        assert_int_equal(cause, INTERRUPT(order[i]));
        hart_irq_set(h, order[i], false);
        csr_poke(h, CSR_mip, h->mip_soft & ~(UINT64_C(1) << order[i]));
    }
    assert_false(trap_interrupt_pending(h, &cause));
}

static void interrupts_for_machine_mode_come_before_delegated_ones(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t cause;
    csr_poke(h, CSR_mie, UINT64_MAX);
    csr_poke(h, CSR_mideleg, MIP_SEIP); /* SEI ranks above STI, but STI is for M-mode */
    csr_poke(h, CSR_mip, MIP_SEIP | MIP_STIP);
    hart_enter(h, PRIV_U);
    assert_true(trap_interrupt_pending(h, &cause));
    assert_int_equal(cause, INTERRUPT(5));
}

static void interrupt_of_the_supervisor_timer_is_taken(void **state)
{
    struct csr_fixture *f = *state;
    struct hart *h = &f->hart;
    uint64_t cause;
    csr_poke(h, CSR_menvcfg, MENVCFG_STCE);
    csr_poke(h, CSR_stimecmp, 10);
    csr_poke(h, CSR_mideleg, MIP_STIP);
    csr_poke(h, CSR_sie, MIP_STIP);
    hart_enter(h, PRIV_U);
    assert_false(trap_interrupt_pending(h, &cause));
    f->mtime = 10;
    assert_true(trap_interrupt_pending(h, &cause));
    assert_int_equal(cause, INTERRUPT(5));
}

static void wfi_obeys_tw_and_user_mode(void **state)
{
    struct hart *h = hart_of(state);
    for (int priv = PRIV_U; priv <= PRIV_M; priv++)
        for (unsigned tw = 0; tw < 2; tw++) {
            if (priv == 2) continue;
            h->mstatus = tw ? MSTATUS_TW : 0;
            h->priv = (enum priv)priv;
            h->wfi = false;
            bool legal = priv == PRIV_M || (priv == PRIV_S && !tw);
            assert_int_equal(trap_wfi(h), legal);
            assert_int_equal(h->wfi, legal);
        }
}

static void wfi_in_user_mode_is_legal_without_supervisor_mode(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 1, (enum extension[]){EXT_S});
    f->hart.priv = PRIV_U;
    assert_true(trap_wfi(&f->hart));
    f->hart.mstatus = MSTATUS_TW;
    assert_false(trap_wfi(&f->hart));
    fixture_free(f);
}

static void wfi_goes_on_when_an_enabled_interrupt_is_pending(void **state)
{
    struct hart *h = hart_of(state); /* mstatus.MIE is 0: it need not be takeable */
    hart_irq_set(h, 7, true);
    assert_true(trap_wfi(h));
    assert_true(h->wfi); /* pending, not enabled */
    csr_poke(h, CSR_mie, MIP_MTIP);
    assert_true(trap_wfi(h));
    assert_false(h->wfi);
}

static void cause_text_names_every_cause(void **state)
{
    (void)state;
    assert_string_equal(cause_text(CAUSE_LOAD_PAGE), "load page fault");
    assert_string_equal(cause_text(INTERRUPT(5)), "supervisor timer interrupt");
    assert_string_equal(cause_text(10), "reserved exception");
    assert_string_equal(cause_text(12345), "reserved exception");
    assert_string_equal(cause_text(INTERRUPT(0)), "reserved interrupt");
    assert_string_equal(cause_text(UINT64_MAX), "reserved interrupt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(trap_saves_the_machine_state),
        WITH32(trap_saves_the_machine_state),
        WITH64(trap_saves_the_supervisor_state),
        WITH64(trap_takes_the_context_of_its_mode),
        WITH64(trap_delegation_never_lowers_the_privilege),
        WITH64(trap_vectors_interrupts_but_no_exceptions),
        WITH32(trap_vector_wraps_at_32_bits_on_rv32),
        WITH64(trap_wakes_the_hart),
        WITH64(trap_keeps_the_reservation),
        WITH64(mret_restores_what_the_trap_saved),
        WITH64(mret_is_machine_mode_only),
        cmocka_unit_test(mret_without_user_mode_leaves_mpp_at_m),
        WITH64(sret_restores_what_the_trap_saved),
        WITH64(sret_traps_in_user_mode_and_under_tsr),
        WITH64(interrupt_needs_pending_and_enabled),
        WITH64(interrupt_follows_the_enable_of_its_mode),
        WITH64(interrupts_come_in_order_of_priority),
        WITH64(interrupts_for_machine_mode_come_before_delegated_ones),
        WITH64(interrupt_of_the_supervisor_timer_is_taken),
        WITH64(wfi_obeys_tw_and_user_mode),
        cmocka_unit_test(wfi_in_user_mode_is_legal_without_supervisor_mode),
        WITH64(wfi_goes_on_when_an_enabled_interrupt_is_pending),
        cmocka_unit_test(cause_text_names_every_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
