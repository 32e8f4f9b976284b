/* tests/cpu/test_csr_stateen.c: what state enables and indirect CSRs promise. */
#include "tests/cpu/csr_fixture.h"

static bool readable_in(struct hart *h, unsigned number, enum priv priv)
{
    uint64_t value;
    h->priv = priv;
    bool readable = csr_access(h, number, CSR_SET, 0, true, false, &value);
    h->priv = PRIV_M;
    return readable;
}

/* mstateen0's bit for a CSR of S-mode. */
static void bit_opens(struct hart *h, unsigned number, uint64_t bit)
{
    unsigned csr = h->xlen == 64 ? CSR_mstateen0 : CSR_mstateen0h;
    uint64_t at = h->xlen == 64 ? bit : bit >> 32;
    csrw(h, csr, 0);
    assert_false(readable_in(h, number, PRIV_S));
    assert_true(readable_in(h, number, PRIV_M));
    csrw(h, csr, at);
    assert_true(readable_in(h, number, PRIV_S));
    assert_false(readable_in(h, number, PRIV_U));
}

static void mstateen0_opens_what_its_bits_stand_for(void **state)
{
    struct hart *h = hart_of(state);
    bit_opens(h, CSR_sstateen0, STATEEN_SE);
    bit_opens(h, CSR_senvcfg, STATEEN_ENVCFG);
    bit_opens(h, CSR_siselect, STATEEN_CSRIND);
}

static void mstateen_is_zero_after_reset_and_has_no_other_bits(void **state)
{
    struct hart *h = hart_of(state);
    assert_int_equal(csrr(h, CSR_mstateen0), 0);
    csrw(h, CSR_mstateen0, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mstateen0), STATEEN_SE | STATEEN_ENVCFG | STATEEN_CSRIND);
    csrw(h, CSR_mstateen3, UINT64_MAX);
    assert_int_equal(csrr(h, CSR_mstateen3), STATEEN_SE);
    hart_reset(h, 0);
    assert_int_equal(csrr(h, CSR_mstateen0), 0);
}

static void without_smstateen_nothing_is_closed(void **state)
{
    (void)state;
    static const enum extension without[] = {EXT_Smstateen};
    struct csr_fixture *f = fixture_without(64, 1, without);
    assert_true(readable_in(&f->hart, CSR_senvcfg, PRIV_S));
    assert_true(readable_in(&f->hart, CSR_sstateen0, PRIV_S));
    assert_false(csr_exists(&f->hart, CSR_mstateen0));
    fixture_free(f);
}

static void indirect_windows_are_illegal_whatever_is_selected(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_miselect, 0x30);
    assert_int_equal(csrr(h, CSR_miselect), 0x30);
    assert_false(readable_in(h, CSR_mireg, PRIV_M));
    assert_false(readable_in(h, CSR_mireg6, PRIV_M));
    assert_false(readable_in(h, CSR_sireg, PRIV_M));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(mstateen0_opens_what_its_bits_stand_for),
        WITH32(mstateen0_opens_what_its_bits_stand_for),
        WITH64(mstateen_is_zero_after_reset_and_has_no_other_bits),
        WITH64(without_smstateen_nothing_is_closed),
        WITH64(indirect_windows_are_illegal_whatever_is_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
