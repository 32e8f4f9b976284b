/* tests/cpu/test_smepmp.c: what mseccfg's MML, MMWP and RLB promise (Privileged spec, "Smepmp"). */
#include "tests/cpu/csr_fixture.h"

#include "cpu/pmp.h"
#include "cpu/tlb.h"

#define R     0x01
#define W     0x02
#define X     0x04
#define NAPOT 0x18
#define L     0x80
#define PAGE  0x80000000u

/* Entry 0 over the 4 KiB at PAGE. */
static void entry(struct hart *h, unsigned cfg)
{
    h->pmpcfg[0] = (uint8_t)(cfg | NAPOT);
    h->pmpaddr[0] = PAGE >> 2 | 0x1ff;
    tlb_flush_all(h);
}

/* What may be done at `address`, as a mask of R, W and X. */
static unsigned allowed(const struct hart *h, uint64_t address, enum priv priv)
{
    return (pmp_allows(h, address, 4, ACCESS_LOAD, priv) ? R : 0) |
           (pmp_allows(h, address, 4, ACCESS_STORE, priv) ? W : 0) |
           (pmp_allows(h, address, 4, ACCESS_FETCH, priv) ? X : 0);
}

static void mml_follows_the_truth_table(void **state)
{
    struct hart *h = hart_of(state);
    static const struct {
        unsigned cfg, m, other;
    } rows[] = {
        {0, 0, 0},
        {X, 0, X},
        {W, R | W, R},
        {W | X, R | W, R | W},
        {R, 0, R},
        {R | X, 0, R | X},
        {R | W, 0, R | W},
        {R | W | X, 0, R | W | X},
        {L, 0, 0},
        {L | X, X, 0},
        {L | W, X, X},
        {L | W | X, R | X, X},
        {L | R, R, 0},
        {L | R | X, R | X, 0},
        {L | R | W, R | W, 0},
        {L | R | W | X, R, R},
    };
    csrw(h, CSR_mseccfg, MSECCFG_MML);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        entry(h, rows[i].cfg);
        assert_int_equal(allowed(h, PAGE, PRIV_M), rows[i].m);
        assert_int_equal(allowed(h, PAGE, PRIV_S), rows[i].other);
        assert_int_equal(allowed(h, PAGE, PRIV_U), rows[i].other);
    }
}

static void memory_without_an_entry_is_data_to_m_mode_under_mml(void **state)
{
    struct hart *h = hart_of(state);
    assert_int_equal(allowed(h, PAGE, PRIV_M), R | W | X);
    csrw(h, CSR_mseccfg, MSECCFG_MML);
    assert_int_equal(allowed(h, PAGE, PRIV_M), R | W);
    assert_int_equal(allowed(h, PAGE, PRIV_S), 0);
}

static void mmwp_denies_m_mode_what_no_entry_allows(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mseccfg, MSECCFG_MMWP);
    assert_int_equal(allowed(h, PAGE, PRIV_M), 0);
    entry(h, R);
    assert_int_equal(allowed(h, PAGE, PRIV_M), R | W | X); /* not locked: says nothing to M */
    assert_int_equal(allowed(h, PAGE + 0x1000, PRIV_M), 0);
}

static void mml_and_mmwp_stay_set(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mseccfg, MSECCFG_MML | MSECCFG_MMWP);
    csrw(h, CSR_mseccfg, 0);
    assert_int_equal(csrr(h, CSR_mseccfg), MSECCFG_MML | MSECCFG_MMWP);
    hart_reset(h, 0);
    assert_int_equal(csrr(h, CSR_mseccfg), 0);
}

static void rlb_cannot_be_set_once_an_entry_is_locked(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_pmpcfg0, L);
    csrw(h, CSR_mseccfg, MSECCFG_RLB);
    assert_int_equal(csrr(h, CSR_mseccfg), 0);
}

static void rlb_opens_locked_entries(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mseccfg, MSECCFG_RLB);
    csrw(h, CSR_pmpcfg0, L | R);
    csrw(h, CSR_pmpaddr0, 5);
    csrw(h, CSR_pmpcfg0, L | R | W);
    assert_int_equal(csrr(h, CSR_pmpaddr0), 5);
    assert_int_equal(csrr(h, CSR_pmpcfg0) & 0xff, L | R | W);
    csrw(h, CSR_mseccfg, 0); /* and now they are locked for good */
    csrw(h, CSR_pmpcfg0, 0);
    csrw(h, CSR_mseccfg, MSECCFG_RLB);
    assert_int_equal(csrr(h, CSR_pmpcfg0) & 0xff, L | R | W);
    assert_int_equal(csrr(h, CSR_mseccfg), 0);
}

static void mml_refuses_new_entries_that_run_in_m_mode(void **state)
{
    struct hart *h = hart_of(state);
    static const unsigned refused[] = {L | X, L | R | X, L | W, L | W | X};
    csrw(h, CSR_mseccfg, MSECCFG_MML);
    for (unsigned i = 0; i < ARRAY_COUNT(refused); i++) {
        csrw(h, CSR_pmpcfg0, refused[i]);
        assert_int_equal(csrr(h, CSR_pmpcfg0) & 0xff, 0);
    }
    csrw(h, CSR_pmpcfg0, W); /* reserved without MML */
    assert_int_equal(csrr(h, CSR_pmpcfg0) & 0xff, W);
    csrw(h, CSR_pmpcfg0, L | R | W | X); /* shared read-only data: nobody executes it */
    assert_int_equal(csrr(h, CSR_pmpcfg0) & 0xff, L | R | W | X);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(mml_follows_the_truth_table),
        WITH32(mml_follows_the_truth_table),
        WITH64(memory_without_an_entry_is_data_to_m_mode_under_mml),
        WITH64(mmwp_denies_m_mode_what_no_entry_allows),
        WITH64(mml_and_mmwp_stay_set),
        WITH64(rlb_cannot_be_set_once_an_entry_is_locked),
        WITH64(rlb_opens_locked_entries),
        WITH64(mml_refuses_new_entries_that_run_in_m_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
