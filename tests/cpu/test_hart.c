/* tests/cpu/test_hart.c: a hart's reset state and its interrupt wires. */
#include "tests/cpu/csr_fixture.h"

#include <string.h>

static void hart_resets_to_machine_mode_with_interrupts_off(void **state)
{
    struct hart *h = hart_of(state);
    csr_poke(h, CSR_mstatus, UINT64_MAX);
    csr_poke(h, CSR_mcause, 3);
    csr_poke(h, h->xlen == 64 ? CSR_menvcfg : CSR_menvcfgh, UINT64_MAX);
    csr_poke(h, CSR_pmpcfg0, 0x9f);
    csr_poke(h, CSR_satp, UINT64_C(8) << 60);
    h->priv = PRIV_U;
    h->wfi = true;
    h->reservation = 0x1000;
    hart_reset(h, 0x1000);
    assert_int_equal(h->priv, PRIV_M);
    assert_int_equal(h->pc, 0x1000);
    assert_false(h->wfi);
    assert_int_equal(h->reservation, RESERVATION_NONE);
    assert_int_equal(csrr(h, CSR_mstatus) & (MSTATUS_MIE | MSTATUS_MPRV | MSTATUS_FS), 0);
    assert_int_equal(csrr(h, CSR_mcause), 0);
    assert_int_equal(h->menvcfg, 0);
    assert_int_equal(csrr(h, CSR_pmpcfg0), 0); /* A and L are 0: unlocked */
    assert_int_equal(csrr(h, CSR_satp), 0);
}

static void hart_reset_keeps_wires_and_the_instruction_clock(void **state)
{
    struct hart *h = hart_of(state);
    hart_irq_set(h, 7, true);
    h->instret = 1000;
    hart_reset(h, 0);
    assert_int_equal(hart_mip(h), MIP_MTIP);
    assert_int_equal(h->instret, 1000);
    assert_int_equal(csrr(h, CSR_minstret), 0);
    assert_int_equal(csrr(h, CSR_mcycle), 0);
}

static void hart_reset_sets_every_rounding_mode(void **state)
{
    struct hart *h = hart_of(state);
    static const uint8_t modes[8] = {0, 1, 2, 3, 4, FRM_INVALID, FRM_INVALID, 0};
    csr_poke(h, CSR_frm, 6);
    hart_reset(h, 0);
    assert_memory_equal(h->frm_of, modes, sizeof modes);
    assert_int_equal(h->frm_host, FRM_RNE);
}

static void hart_that_keeps_pausing_leaves_its_engine(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned n = 1; n < PAUSES; n++)
        hart_pause(h, false);
    assert_false(h->spins);
    assert_false(atomic_load(&h->kick));
    hart_pause(h, false);
    assert_true(h->spins);
    assert_true(atomic_load(&h->kick));
}

static void hart_takes_xlen_and_id_as_given(void **state)
{
    (void)state;
    struct csr_fixture *wide = fixture(64), *narrow = fixture(32);
    assert_int_equal(wide->hart.xlen, 64);
    assert_int_equal(narrow->hart.xlen, 32);
    assert_int_equal(narrow->hart.id, 5);
    fixture_free(wide);
    fixture_free(narrow);
}

static void count_call(void *owner)
{
    ++*(unsigned *)owner;
}

static void hart_irq_kicks_and_wakes_on_a_rising_wire(void **state)
{
    struct hart *h = hart_of(state);
    unsigned wakes = 0;
    h->wake = count_call;
    h->wake_owner = &wakes;
    hart_irq_set(h, 11, true);
    assert_true(atomic_load(&h->kick));
    assert_int_equal(wakes, 1);
    atomic_store(&h->kick, false);
    hart_irq_set(h, 11, true); /* no edge */
    hart_irq_set(h, 11, false);
    assert_false(atomic_load(&h->kick));
    assert_int_equal(wakes, 1);
    hart_irq_set(h, 11, true);
    assert_int_equal(wakes, 2);
}

static void hart_irq_needs_no_one_to_wake(void **state)
{
    struct hart *h = hart_of(state);
    hart_irq_set(h, 3, true);
    assert_int_equal(hart_mip(h), MIP_MSIP);
}

static void extension_table_names_every_extension(void **state)
{
    (void)state;
    for (unsigned i = 0; i < EXT_COUNT; i++) {
        assert_non_null(extension_info[i].name);
        assert_true(strlen(extension_info[i].text) > 0);
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(extension_info[i].name, extension_info[other].name);
    }
    assert_string_equal(extension_info[EXT_Svpbmt].name, "svpbmt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(hart_resets_to_machine_mode_with_interrupts_off),
        WITH32(hart_resets_to_machine_mode_with_interrupts_off),
        WITH64(hart_reset_keeps_wires_and_the_instruction_clock),
        WITH64(hart_reset_sets_every_rounding_mode),
        cmocka_unit_test(hart_takes_xlen_and_id_as_given),
        WITH64(hart_that_keeps_pausing_leaves_its_engine),
        WITH64(hart_irq_kicks_and_wakes_on_a_rising_wire),
        WITH64(hart_irq_needs_no_one_to_wake),
        cmocka_unit_test(extension_table_names_every_extension),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
