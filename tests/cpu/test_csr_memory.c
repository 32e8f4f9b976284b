/* tests/cpu/test_csr_memory.c: satp, the environment configuration, PMP's CSRs and their locks. */
#include "tests/cpu/csr_fixture.h"

#include "cpu/tlb.h"

static void satp_accepts_bare_sv39_sv48_sv57(void **state)
{
    struct hart *h = hart_of(state);
    for (uint64_t mode = 0; mode < 16; mode++) {
        uint64_t old = UINT64_C(9) << 60 | UINT64_C(0x1234) << 44 | 0x777;
        uint64_t new = mode << 60 | UINT64_C(0xffff) << 44 | mask_low(44);
        bool legal = mode == 0 || mode == 8 || mode == 9 || mode == 10;
        csrw(h, CSR_satp, old);
        csrw(h, CSR_satp, new);
        assert_int_equal(csrr(h, CSR_satp), legal ? new : old); /* else the whole stays */
    }
}

static void satp_on_rv32_is_sv32_with_9_bit_asids(void **state)
{
    struct hart *h = hart_of(state);
    assert_int_equal(settable(h, CSR_satp) & mask_low(32), 0xffffffff);
    assert_int_equal(h->satp, 0xffffffff);
}

static void satp_traps_in_supervisor_mode_under_tvm(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatus, MSTATUS_TVM);
    assert_true(readable(h, CSR_satp)); /* M-mode is never concerned */
    h->priv = PRIV_S;
    assert_illegal(h, CSR_satp);
    h->priv = PRIV_M;
    csrw(h, CSR_mstatus, 0);
    h->priv = PRIV_S;
    assert_true(readable(h, CSR_satp) && writable(h, CSR_satp, 0));
}

static void satp_write_picks_a_context_and_flushes_nothing(void **state)
{
    struct hart *h = hart_of(state);
    h->priv = PRIV_S;
    csrw(h, CSR_satp, UINT64_C(8) << 60 | UINT64_C(1) << 44);
    const struct tlb_context *one = h->fetch;
    uint64_t flushes = h->tlb->flushes;
    h->leave = false;
    csrw(h, CSR_satp, UINT64_C(8) << 60 | UINT64_C(2) << 44);
    assert_true(h->leave);
    assert_ptr_not_equal(h->fetch, one);
    csrw(h, CSR_satp, UINT64_C(8) << 60 | UINT64_C(1) << 44);
    assert_ptr_equal(h->fetch, one);
    assert_int_equal(h->tlb->flushes, flushes);
}

/* PMM, CBZE, CBCFE, CBIE and FIOM, which menvcfg and senvcfg share. */
#define ENVCFG_U (UINT64_C(3) << 32 | 0xf1)

static void menvcfg_bits_follow_their_extensions(void **state)
{
    (void)state;
    static const struct {
        enum extension without;
        uint64_t bits;
    } rows[] = {
        {EXT_Zba, MENVCFG_STCE | MENVCFG_PBMTE | MENVCFG_ADUE | ENVCFG_U},
        {EXT_Sstc, MENVCFG_PBMTE | MENVCFG_ADUE | ENVCFG_U},
        {EXT_Svpbmt, MENVCFG_STCE | MENVCFG_ADUE | ENVCFG_U},
        {EXT_Svadu, MENVCFG_STCE | MENVCFG_PBMTE | ENVCFG_U},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct csr_fixture *f = fixture_without(64, 1, &rows[i].without);
        assert_int_equal(settable(&f->hart, CSR_menvcfg), rows[i].bits);
        fixture_free(f);
    }
}

static void menvcfgh_is_the_upper_half_on_rv32(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_menvcfgh, UINT64_MAX);
    csrw(h, CSR_menvcfg, 1);
    assert_int_equal(csrr(h, CSR_menvcfg), 1);
    assert_int_equal(h->menvcfg, MENVCFG_STCE | MENVCFG_ADUE | 1); /* no Svpbmt with Sv32 */
    csrw(h, CSR_menvcfgh, 0);
    assert_int_equal(h->menvcfg, 1);
}

static void menvcfg_flushes_when_ptes_read_differently(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t flushes = h->tlb->flushes;
    csrw(h, CSR_menvcfg, 1);
    assert_int_equal(h->tlb->flushes, flushes);
    csrw(h, CSR_menvcfg, MENVCFG_ADUE);
    assert_int_equal(h->tlb->flushes, flushes + 1);
    csrw(h, CSR_menvcfg, MENVCFG_PBMTE | MENVCFG_ADUE);
    assert_int_equal(h->tlb->flushes, flushes + 2);
}

static void senvcfg_holds_what_is_for_user_mode(void **state)
{
    assert_int_equal(settable(hart_of(state), CSR_senvcfg), ENVCFG_U);
}

static void cbie_never_holds_its_reserved_value(void **state)
{
    struct hart *h = hart_of(state);
    static const unsigned csrs[] = {CSR_menvcfg, CSR_senvcfg};
    for (unsigned i = 0; i < ARRAY_COUNT(csrs); i++) {
        csrw(h, csrs[i], 1 << 4);
        csrw(h, csrs[i], 2 << 4);
        assert_int_equal(csrr(h, csrs[i]), 1 << 4);
        csrw(h, csrs[i], 3 << 4);
        assert_int_equal(csrr(h, csrs[i]), 3 << 4);
    }
}

static void pmpcfg_packs_the_entries_of_its_xlen(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned i = 0; i < PMP_COUNT; i++)
        h->pmpcfg[i] = (uint8_t)(i | 1) & 0x1f;
    if (h->xlen == 64) {
        assert_int_equal(csrr(h, CSR_pmpcfg0), UINT64_C(0x0707050503030101));
        assert_int_equal(csrr(h, CSR_pmpcfg2), UINT64_C(0x0f0f0d0d0b0b0909));
    } else {
        assert_int_equal(csrr(h, CSR_pmpcfg0), 0x03030101);
        assert_int_equal(csrr(h, CSR_pmpcfg1), 0x07070505);
        assert_int_equal(csrr(h, CSR_pmpcfg2), 0x0b0b0909);
        assert_int_equal(csrr(h, CSR_pmpcfg3), 0x0f0f0d0d);
    }
}

static void pmpcfg_keeps_every_legal_byte_and_drops_w_without_r(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned byte = 0; byte < 256; byte++) {
        if (byte & PMPCFG_L) continue;
        csrw(h, CSR_pmpcfg0, byte << 8);
        unsigned legal = byte & 0x1f; /* bits 6:5 are zero */
        if (!(legal & PMPCFG_R)) legal &= ~PMPCFG_W;
        assert_int_equal(csrr(h, CSR_pmpcfg0), legal << 8);
    }
}

static void pmpcfg_locked_entry_stays_until_reset(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_pmpaddr1, 0x100);
    csrw(h, CSR_pmpcfg0, 0x9900); /* entry 1: L, NAPOT, R */
    csrw(h, CSR_pmpcfg0, 0x0f0f);
    csrw(h, CSR_pmpaddr1, 0x200);
    assert_int_equal(csrr(h, CSR_pmpcfg0), 0x990f); /* its neighbour changes */
    assert_int_equal(csrr(h, CSR_pmpaddr1), 0x100);
    hart_reset(h, 0);
    csrw(h, CSR_pmpaddr1, 0x200);
    assert_int_equal(csrr(h, CSR_pmpcfg0), 0);
    assert_int_equal(csrr(h, CSR_pmpaddr1), 0x200);
}

static void pmpcfg_lock_holds_with_the_entry_off(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_pmpcfg0, 0x80);
    csrw(h, CSR_pmpcfg0, 0x1f);
    csrw(h, CSR_pmpaddr0, 1);
    assert_int_equal(csrr(h, CSR_pmpcfg0) & 0xff, 0x80);
    assert_int_equal(csrr(h, CSR_pmpaddr0), 0);
}

static void pmpaddr_below_a_locked_tor_entry_is_locked(void **state)
{
    struct hart *h = hart_of(state);
    static const struct {
        unsigned cfg;
        bool locks;
    } rows[] = {{0x88, true}, {0x08, false}, {0x90, false}, {0x98, false}, {0x80, false}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        hart_reset(h, 0);
        csrw(h, CSR_pmpaddr2, 0x40);
        csrw(h, CSR_pmpcfg0, (uint64_t)rows[i].cfg << 24); /* entry 3 */
        csrw(h, CSR_pmpaddr2, 0x50);
        assert_int_equal(csrr(h, CSR_pmpaddr2), rows[i].locks ? 0x40 : 0x50);
    }
}

static void pmpaddr_holds_54_bits_on_rv64_and_32_on_rv32(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t bits = mask_low(h->xlen == 64 ? 54 : 32);
    assert_int_equal(settable(h, CSR_pmpaddr0) & mask_low(h->xlen), bits);
    assert_int_equal(settable(h, CSR_pmpaddr15) & mask_low(h->xlen), bits);
    assert_int_equal(h->pmpaddr[15], bits);
}

static void pmp_change_flushes_the_tlb_and_no_change_does_not(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t flushes = h->tlb->flushes;
    csrw(h, CSR_pmpaddr0, 0x1000);
    assert_int_equal(h->tlb->flushes, flushes + 1);
    assert_true(h->leave);
    csrw(h, CSR_pmpcfg2, 0x1f);
    assert_int_equal(h->tlb->flushes, flushes + 2);
    csrw(h, CSR_pmpcfg2, 0x1f);
    assert_int_equal(h->tlb->flushes, flushes + 2);
}

static void pmp_is_machine_mode_only(void **state)
{
    struct hart *h = hart_of(state);
    h->priv = PRIV_S;
    assert_illegal(h, CSR_pmpcfg0);
    assert_illegal(h, CSR_pmpaddr0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(satp_accepts_bare_sv39_sv48_sv57),
        WITH32(satp_on_rv32_is_sv32_with_9_bit_asids),
        WITH64(satp_traps_in_supervisor_mode_under_tvm),
        WITH64(satp_write_picks_a_context_and_flushes_nothing),
        cmocka_unit_test(menvcfg_bits_follow_their_extensions),
        WITH32(menvcfgh_is_the_upper_half_on_rv32),
        WITH64(menvcfg_flushes_when_ptes_read_differently),
        WITH64(cbie_never_holds_its_reserved_value),
        WITH64(senvcfg_holds_what_is_for_user_mode),
        WITH64(pmpcfg_packs_the_entries_of_its_xlen),
        WITH32(pmpcfg_packs_the_entries_of_its_xlen),
        WITH64(pmpcfg_keeps_every_legal_byte_and_drops_w_without_r),
        WITH64(pmpcfg_locked_entry_stays_until_reset),
        WITH32(pmpcfg_locked_entry_stays_until_reset),
        WITH64(pmpcfg_lock_holds_with_the_entry_off),
        WITH64(pmpaddr_below_a_locked_tor_entry_is_locked),
        WITH64(pmpaddr_holds_54_bits_on_rv64_and_32_on_rv32),
        WITH32(pmpaddr_holds_54_bits_on_rv64_and_32_on_rv32),
        WITH64(pmp_change_flushes_the_tlb_and_no_change_does_not),
        WITH64(pmp_is_machine_mode_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
