/* tests/cpu/test_csr_status.c: WARL rules of mstatus and its kin, and of the floating-point CSRs.
 */
#include "tests/cpu/csr_fixture.h"

#include "host/fpu.h"

static void mstatus_writable_bits_are_those_of_the_specification(void **state)
{
    struct hart *h = hart_of(state);
    /* TSR TW TVM MXR SUM MPRV FS MPP SPP MPIE SPIE MIE SIE. */
    uint64_t bits = 0x7e79aa;
    uint64_t sd = UINT64_C(1) << (h->xlen - 1);
    assert_int_equal(settable(h, CSR_mstatus) & mask_low(h->xlen), bits | sd);
    csrw(h, CSR_mstatus, 0);
    uint64_t xl = h->xlen == 64 ? UINT64_C(0xa00000000) : 0; /* UXL = SXL = 64 bits, fixed */
    assert_int_equal(csrr(h, CSR_mstatus), xl);
}

static void sstatus_shows_only_the_supervisor_fields(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatus, UINT64_MAX);
    uint64_t seen = h->xlen == 64 ? UINT64_C(0x80000002000c6122) : UINT64_C(0x800c6122);
    assert_int_equal(csrr(h, CSR_sstatus) & mask_low(h->xlen), seen);
}

static void sstatus_write_leaves_the_machine_fields(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatus, UINT64_MAX);
    csrw(h, CSR_sstatus, 0);
    uint64_t kept = h->xlen == 64 ? UINT64_C(0xa00721888) : UINT64_C(0x721888);
    assert_int_equal(csrr(h, CSR_mstatus) & mask_low(h->xlen), kept);
}

static void mstatus_mpp_keeps_the_old_mode_when_the_new_is_reserved(void **state)
{
    struct hart *h = hart_of(state);
    for (uint64_t mode = 0; mode < 4; mode++) {
        csrw(h, CSR_mstatus, UINT64_C(1) << MSTATUS_MPP_SHIFT);
        csrw(h, CSR_mstatus, mode << MSTATUS_MPP_SHIFT);
        uint64_t got = (csrr(h, CSR_mstatus) & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT;
        assert_int_equal(got, mode == 2 ? 1 : mode);
    }
}

static void mstatus_loses_what_needs_supervisor_mode(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 1, (enum extension[]){EXT_S});
    /* TW MPRV FS MPP MPIE MIE stay; MPP = 3 is legal, 1 is not. */
    assert_int_equal(settable(&f->hart, CSR_mstatus), UINT64_C(0x8000000000227888));
    csrw(&f->hart, CSR_mstatus, UINT64_C(1) << MSTATUS_MPP_SHIFT);
    assert_int_equal(csrr(&f->hart, CSR_mstatus) & MSTATUS_MPP, MSTATUS_MPP);
    assert_int_equal(csrr(&f->hart, CSR_mstatus) & MSTATUS_SXL, 0);
    fixture_free(f);
}

static void mstatus_without_user_mode_is_machine_only(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 2, (enum extension[]){EXT_S, EXT_U});
    struct hart *h = &f->hart;
    csrw(h, CSR_mstatus, 0);
    assert_int_equal(csrr(h, CSR_mstatus), MSTATUS_MPP); /* also UXL = 0 */
    csrw(h, CSR_mstatus, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mstatus), UINT64_C(0x8000000000007888));
    fixture_free(f);
}

static void mstatus_fs_is_zero_without_f(void **state)
{
    (void)state;
    struct csr_fixture *f = fixture_without(64, 2, (enum extension[]){EXT_F, EXT_D});
    csrw(&f->hart, CSR_mstatus, UINT64_MAX);
    assert_int_equal(csrr(&f->hart, CSR_mstatus), UINT64_C(0xa007e19aa));
    fixture_free(f);
}

static void mstatus_sd_sums_up_fs(void **state)
{
    struct hart *h = hart_of(state);
    for (uint64_t fs = 0; fs < 4; fs++) {
        csrw(h, CSR_mstatus, fs << 13);
        assert_int_equal(csrr(h, CSR_mstatus) >> (h->xlen - 1) & 1, fs == 3);
        assert_int_equal(csrr(h, CSR_sstatus) >> (h->xlen - 1) & 1, fs == 3);
        assert_int_equal(csrr(h, CSR_sstatus) >> 13 & 3, fs);
    }
}

static void mstatus_fs_reads_dirty_after_fp_state_was_written(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatus, UINT64_C(1) << 13);
    h->fp_dirty = 1;
    assert_int_equal(csrr(h, CSR_mstatus) & MSTATUS_FS, MSTATUS_FS);
    csr_op(h, CSR_sstatus, CSR_SET, MSTATUS_SIE); /* keeps Dirty, now in mstatus itself */
    assert_int_equal(h->mstatus & MSTATUS_FS, MSTATUS_FS);
    assert_int_equal(h->fp_dirty, 0);
    h->fp_dirty = 1;
    csrw(h, CSR_mstatus, UINT64_C(2) << 13);
    assert_int_equal(csrr(h, CSR_mstatus) & MSTATUS_FS, UINT64_C(2) << 13);
}

static void mstatus_fs_off_stays_off(void **state)
{
    struct hart *h = hart_of(state);
    h->fp_dirty = 1;
    assert_int_equal(csrr(h, CSR_mstatus) & MSTATUS_FS, 0);
}

static void mstatus_write_tells_the_engine_what_it_must_see(void **state)
{
    struct hart *h = hart_of(state);
    static const uint64_t wake[] = {MSTATUS_MIE, MSTATUS_SIE, MSTATUS_FS,
                                    MSTATUS_SUM, MSTATUS_MXR, MSTATUS_MPRV};
    for (size_t i = 0; i < ARRAY_COUNT(wake); i++) {
        h->leave = false;
        csr_op(h, CSR_mstatus, CSR_SET, wake[i]);
        assert_true(h->leave);
    }
    h->leave = false;
    csr_op(h, CSR_mstatus, CSR_CLEAR, MSTATUS_MIE | MSTATUS_SIE);
    csr_op(h, CSR_mstatus, CSR_SET, MSTATUS_SPIE | MSTATUS_TSR);
    assert_false(h->leave);
    csr_op(h, CSR_mstatus, CSR_CLEAR, MSTATUS_MPP);
    assert_false(h->leave); /* MPP was 0 already */
    csr_op(h, CSR_mstatus, CSR_SET, UINT64_C(1) << MSTATUS_MPP_SHIFT);
    assert_true(h->leave); /* MPRV is on: loads and stores change hands */
}

static void mstatus_mprv_picks_another_translation_context(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_satp, UINT64_C(8) << 60 | 1);
    assert_ptr_equal(h->data, h->fetch);
    csrw(h, CSR_mstatus, MSTATUS_MPRV | UINT64_C(1) << MSTATUS_MPP_SHIFT);
    assert_ptr_not_equal(h->data, h->fetch);
}

static void mstatush_is_little_endian_for_ever(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatush, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mstatush), 0);
}

static void misa_names_xlen_and_letters_and_cannot_be_written(void **state)
{
    (void)state;
    struct csr_fixture *wide = fixture(64), *narrow = fixture(32);
    struct csr_fixture *few = fixture_without(64, 2, (enum extension[]){EXT_C, EXT_Zbs});
    csrw(&wide->hart, CSR_misa, 0);
    assert_int_equal(csrr(&wide->hart, CSR_misa), UINT64_C(0x800000000014112f)); /* ABCDFIMSU */
    assert_int_equal(csrr(&narrow->hart, CSR_misa) & mask_low(32), 0x4014112f);
    assert_int_equal(csrr(&few->hart, CSR_misa), UINT64_C(0x8000000000141129)); /* ADFIMSU */
    fixture_free(wide);
    fixture_free(narrow);
    fixture_free(few);
}

static void tvec_with_a_reserved_mode_stays_as_it_was(void **state)
{
    struct hart *h = hart_of(state);
    static const unsigned tvecs[] = {CSR_mtvec, CSR_stvec};
    for (size_t i = 0; i < ARRAY_COUNT(tvecs); i++) {
        csrw(h, tvecs[i], 0x1001);
        assert_int_equal(csrr(h, tvecs[i]), 0x1001);
        csrw(h, tvecs[i], 0x2002);
        csrw(h, tvecs[i], 0x2003);
        assert_int_equal(csrr(h, tvecs[i]), 0x1001);
        csrw(h, tvecs[i], 0x2004);
        assert_int_equal(csrr(h, tvecs[i]), 0x2004);
    }
}

static void epc_holds_addresses_an_instruction_can_have(void **state)
{
    (void)state;
    struct csr_fixture *with = fixture(64);
    struct csr_fixture *without = fixture_without(64, 1, (enum extension[]){EXT_C});
    assert_int_equal(settable(&with->hart, CSR_mepc), ~UINT64_C(1));
    assert_int_equal(settable(&with->hart, CSR_sepc), ~UINT64_C(1));
    assert_int_equal(settable(&without->hart, CSR_mepc), ~UINT64_C(3));
    assert_int_equal(settable(&without->hart, CSR_sepc), ~UINT64_C(3));
    fixture_free(with);
    fixture_free(without);
}

static void cause_has_its_interrupt_bit_on_top(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t top = UINT64_C(1) << (h->xlen - 1);
    h->mcause = CAUSE_INTERRUPT | 7;
    h->scause = CAUSE_LOAD_PAGE;
    assert_int_equal(csrr(h, CSR_mcause) & mask_low(h->xlen), top | 7);
    assert_int_equal(csrr(h, CSR_scause), CAUSE_LOAD_PAGE);
    csrw(h, CSR_scause, top | 9);
    assert_int_equal(h->scause, CAUSE_INTERRUPT | 9);
    csrw(h, CSR_mcause, 11);
    assert_int_equal(h->mcause, 11);
}

static void scratch_and_tval_hold_anything(void **state)
{
    struct hart *h = hart_of(state);
    static const unsigned plain[] = {CSR_mscratch, CSR_sscratch, CSR_mtval, CSR_stval};
    for (size_t i = 0; i < ARRAY_COUNT(plain); i++)
        assert_int_equal(settable(h, plain[i]), UINT64_MAX);
}

static void fcsr_traps_when_fs_is_off(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t value;
    for (unsigned number = CSR_fflags; number <= CSR_fcsr; number++) {
        csrw(h, CSR_mstatus, 0);
        assert_illegal(h, number);
        assert_true(csr_peek(h, number, &value));
        csrw(h, CSR_mstatus, UINT64_C(1) << 13);
        assert_true(readable(h, number));
    }
}

static void fcsr_is_frm_and_fflags(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t fcsr, fflags, frm;
    csr_poke(h, CSR_fcsr, UINT64_MAX);
    csr_peek(h, CSR_fcsr, &fcsr);
    assert_int_equal(fcsr, 0xff);
    csr_poke(h, CSR_fcsr, 0x72);
    csr_peek(h, CSR_fflags, &fflags);
    csr_peek(h, CSR_frm, &frm);
    assert_int_equal(fflags, 0x12);
    assert_int_equal(frm, 3);
    csr_poke(h, CSR_frm, 1);
    csr_poke(h, CSR_fflags, 0x21);
    csr_peek(h, CSR_fcsr, &fcsr);
    assert_int_equal(fcsr, 0x21);
}

static void fcsr_write_makes_fs_dirty(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatus, UINT64_C(1) << 13);
    csr_poke(h, CSR_frm, 0);
    assert_int_equal(csrr(h, CSR_mstatus) & MSTATUS_FS, MSTATUS_FS);
}

static void fflags_are_the_host_fpus_inside_an_engine(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mstatus, MSTATUS_FS);
    h->fflags = 0;
    struct host_fpu saved = host_fpu_enter(0, 0);
    host_fpu_flags_set(0x10);
    uint64_t seen = csrr(h, CSR_fflags);
    csr_op(h, CSR_fcsr, CSR_SET, 0x01);
    unsigned now = host_fpu_flags_get();
    csrw(h, CSR_fflags, 0);
    unsigned cleared = host_fpu_flags_get();
    host_fpu_leave(saved);
    assert_int_equal(seen, 0x10);
    assert_int_equal(now, 0x11);
    assert_int_equal(cleared, 0);
    assert_int_equal(h->fflags, 0);
}

static void frm_decides_what_dynamic_rounding_means(void **state)
{
    struct hart *h = hart_of(state);
    for (uint8_t frm = 0; frm < 8; frm++) {
        csr_poke(h, CSR_frm, frm);
        assert_int_equal(h->frm_of[FRM_DYN], frm <= 4 ? frm : FRM_INVALID);
        assert_int_equal(h->frm_host, frm <= 3 ? frm : FRM_RNE);
        uint64_t kept;
        csr_peek(h, CSR_frm, &kept);
        assert_int_equal(kept, frm);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(mstatus_writable_bits_are_those_of_the_specification),
        WITH32(mstatus_writable_bits_are_those_of_the_specification),
        WITH64(sstatus_shows_only_the_supervisor_fields),
        WITH32(sstatus_shows_only_the_supervisor_fields),
        WITH64(sstatus_write_leaves_the_machine_fields),
        WITH32(sstatus_write_leaves_the_machine_fields),
        WITH64(mstatus_mpp_keeps_the_old_mode_when_the_new_is_reserved),
        cmocka_unit_test(mstatus_loses_what_needs_supervisor_mode),
        cmocka_unit_test(mstatus_without_user_mode_is_machine_only),
        cmocka_unit_test(mstatus_fs_is_zero_without_f),
        WITH64(mstatus_sd_sums_up_fs),
        WITH32(mstatus_sd_sums_up_fs),
        WITH64(mstatus_fs_reads_dirty_after_fp_state_was_written),
        WITH64(mstatus_fs_off_stays_off),
        WITH64(mstatus_write_tells_the_engine_what_it_must_see),
        WITH64(mstatus_mprv_picks_another_translation_context),
        WITH32(mstatush_is_little_endian_for_ever),
        cmocka_unit_test(misa_names_xlen_and_letters_and_cannot_be_written),
        WITH64(tvec_with_a_reserved_mode_stays_as_it_was),
        WITH32(tvec_with_a_reserved_mode_stays_as_it_was),
        cmocka_unit_test(epc_holds_addresses_an_instruction_can_have),
        WITH64(cause_has_its_interrupt_bit_on_top),
        WITH32(cause_has_its_interrupt_bit_on_top),
        WITH64(scratch_and_tval_hold_anything),
        WITH32(scratch_and_tval_hold_anything),
        WITH64(fcsr_traps_when_fs_is_off),
        WITH64(fcsr_is_frm_and_fflags),
        WITH64(fcsr_write_makes_fs_dirty),
        WITH64(fflags_are_the_host_fpus_inside_an_engine),
        WITH64(frm_decides_what_dynamic_rounding_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
