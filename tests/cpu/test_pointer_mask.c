/* tests/cpu/test_pointer_mask.c: tagged addresses (Privileged spec, "Pointer Masking Extensions").
 */
#include "tests/cpu/csr_fixture.h"

#include "cpu/envcfg.h"
#include "cpu/memory.h"

#define RAM_BASE UINT64_C(0x80000000)
#define PAGES    16
#define ROOT     (RAM_BASE + 0x1000)
#define PMLEN7   (UINT64_C(2) << 32)
#define PMLEN16  (UINT64_C(3) << 32)

static struct ram ram;

static int setup(void **state)
{
    struct csr_fixture *f = fixture(64);
    assert_true(ram_init(&ram, PAGES * PAGE_SIZE, NULL));
    assert_true(bus_add_ram(&f->bus, RAM_BASE, &ram, NULL));
    csrw(&f->hart, CSR_pmpaddr0, UINT64_MAX);
    csrw(&f->hart, CSR_pmpcfg0, 0x1f);
    store_le(ram.bytes, 8, 0x1122334455667788);
    *state = f;
    return 0;
}

static int teardown_ram(void **state)
{
    fixture_free(*state);
    ram_fini(&ram);
    return 0;
}

/* Sv39: the gigapage at `va` is RAM, for S-mode (U = 0). */
static void map(struct hart *h, uint64_t va)
{
    store_le(ram.bytes + 0x1000 + 8 * (va >> 30 & 511), 8, RAM_BASE >> 12 << 10 | 0xcf);
    csrw(h, CSR_satp, UINT64_C(8) << 60 | ROOT >> 12);
    tlb_flush_all(h);
}

static void mode(struct hart *h, enum priv priv)
{
    h->priv = priv;
    hart_mode_changed(h);
}

static void a_tag_is_ignored_in_machine_mode(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t value = 0, tagged = RAM_BASE | UINT64_C(0xfe) << 56;
    assert_false(memory_load(h, tagged, 8, &value));
    csrw(h, CSR_mseccfg, PMLEN7);
    assert_true(memory_load(h, tagged, 8, &value));
    assert_int_equal(value, 0x1122334455667788);
    assert_false(memory_load(h, RAM_BASE | UINT64_C(1) << 56, 8, &value)); /* bit 56 counts */
    csrw(h, CSR_mseccfg, PMLEN16);
    assert_true(memory_load(h, RAM_BASE | UINT64_C(0xffff) << 48, 8, &value));
    assert_int_equal(memory_store(h, RAM_BASE | UINT64_C(0xffff) << 48, 4, 9), EXEC_NEXT);
    assert_int_equal(load_le(ram.bytes, 4), 9);
    csrw(h, CSR_mseccfg, 0);
    assert_false(memory_load(h, tagged, 8, &value));
    assert_int_equal(h->trap.tval, tagged);
}

static void a_virtual_address_is_extended_by_its_sign(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t high = UINT64_C(0xffffffc000000000), value = 0;
    map(h, high);
    csrw(h, CSR_menvcfg, PMLEN7);
    mode(h, PRIV_S);
    assert_true(memory_load(h, high & ~(UINT64_C(0x7f) << 57), 8, &value)); /* bit 56 is set */
    assert_true(memory_load(h, high, 8, &value));
    assert_false(memory_load(h, UINT64_C(0x2a) << 57 | 0x123000, 8, &value)); /* not mapped */
    assert_int_equal(h->trap.cause, CAUSE_LOAD_PAGE);
    assert_int_equal(h->trap.tval, 0x123000); /* tval is the address that was used */
}

static void each_mode_has_its_own_setting(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_menvcfg, PMLEN7);
    csrw(h, CSR_senvcfg, PMLEN16);
    mode(h, PRIV_M);
    assert_int_equal(h->pmlen, 0);
    mode(h, PRIV_S);
    assert_int_equal(h->pmlen, 7);
    mode(h, PRIV_U);
    assert_int_equal(h->pmlen, 16);
    mode(h, PRIV_M);
    csrw(h, CSR_mstatus, MSTATUS_MPRV | UINT64_C(1) << MSTATUS_MPP_SHIFT);
    assert_int_equal(h->pmlen, 7); /* MPRV lends the mode's setting too */
    csrw(h, CSR_mstatus, MSTATUS_MPRV | MSTATUS_MXR | UINT64_C(1) << MSTATUS_MPP_SHIFT);
    assert_int_equal(h->pmlen, 0); /* MXR switches it off */
}

static void atomics_ignore_tags_too(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mseccfg, PMLEN7);
    assert_ptr_equal(memory_atomic(h, (RAM_BASE + 8) | UINT64_C(0xaa) << 56, 8, true),
                     ram.bytes + 8);
}

static void fetches_never_ignore_tags(void **state)
{
    struct hart *h = hart_of(state);
    uint16_t parcel;
    csrw(h, CSR_mseccfg, PMLEN7);
    assert_true(memory_fetch(h, RAM_BASE, &parcel));
    assert_false(memory_fetch(h, RAM_BASE | UINT64_C(0xfe) << 56, &parcel));
}

static void pmm_never_holds_its_reserved_value(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_menvcfg, PMLEN7);
    csrw(h, CSR_menvcfg, UINT64_C(1) << 32);
    assert_int_equal(csrr(h, CSR_menvcfg), PMLEN7);
}

#define WITH_RAM(test) cmocka_unit_test_setup_teardown(test, setup, teardown_ram)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RAM(a_tag_is_ignored_in_machine_mode),
        WITH_RAM(a_virtual_address_is_extended_by_its_sign),
        WITH_RAM(each_mode_has_its_own_setting),
        WITH_RAM(atomics_ignore_tags_too),
        WITH_RAM(fetches_never_ignore_tags),
        WITH_RAM(pmm_never_holds_its_reserved_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
