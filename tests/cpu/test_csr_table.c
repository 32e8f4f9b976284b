/* tests/cpu/test_csr_table.c: the CSR table: rows, facts, permissions that follow from numbers. */
#include "tests/cpu/csr_fixture.h"

#include <string.h>

static void csr_rows_are_unique_in_number_and_name(void **state)
{
    (void)state;
    for (unsigned i = 0; csr_info_at(i); i++) {
        const struct csr_info *info = csr_info_at(i);
        assert_ptr_equal(csr_info_by_number(info->number), info);
        assert_ptr_equal(csr_info_by_name(info->name), info);
    }
    assert_null(csr_info_by_number(0x7ff));
    assert_null(csr_info_by_number(4096));
    assert_null(csr_info_by_name("nothing"));
}

static void csr_fields_fit_xlen_and_never_overlap(void **state)
{
    (void)state;
    for (unsigned i = 0; csr_info_at(i); i++)
        for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
            uint64_t seen = 0;
            const struct csr_field *field = csr_info_at(i)->fields;
            for (; field && field->name; field++) {
                if (!(field->bases & (xlen == 64 ? RV64 : RV32))) continue;
                assert_true(field->low <= field->high && field->high < xlen);
                uint64_t bits = mask_low(field->high - field->low + 1) << field->low;
                assert_int_equal(seen & bits, 0);
                seen |= bits;
                assert_true((field->rule == CSR_CHOICE) == (field->legal != NULL));
                assert_non_null(field->meaning);
            }
        }
}

static const struct csr_field *field_find(unsigned number, const char *name)
{
    const struct csr_field *field = csr_info_by_number(number)->fields;
    while (strcmp(field->name, name) != 0)
        field++;
    return field;
}

static void csr_field_words_come_from_the_row(void **state)
{
    (void)state;
    char word[32];
    assert_true(csr_field_word(field_find(CSR_mstatus, "FS"), 3, word, sizeof word));
    assert_string_equal(word, "Dirty");
    assert_true(csr_field_word(field_find(CSR_mstatus, "MPP"), 0, word, sizeof word));
    assert_string_equal(word, "U");
    assert_true(csr_field_word(field_find(CSR_satp, "MODE"), 10, word, sizeof word));
    assert_string_equal(word, "Sv57");
    assert_false(csr_field_word(field_find(CSR_satp, "MODE"), 1, word, sizeof word));
    assert_false(csr_field_word(field_find(CSR_satp, "PPN"), 0, word, sizeof word));
    assert_false(csr_field_word(field_find(CSR_mstatus, "FS"), 3, word, 5)); /* no room for the 0 */
}

static void csr_absent_traps_in_every_mode(void **state)
{
    struct hart *h = hart_of(state);
    static const unsigned absent[] = {
        0x004, 0x016,               /* next to fcsr and seed */
        0x10b, 0x3a4, 0x3ae, 0x3c0, /* next to senvcfg; PMP entries past the 16th */
        0x3ef, 0x600, 0x7a3, 0x7a5, /* pmpaddr63, hstatus, tdata3, tcontrol */
        0xdb0, 0xfb0, 0xfff,        /* stopi, mtopi */
        4096,
    };
    for (size_t i = 0; i < ARRAY_COUNT(absent); i++)
        for (int priv = PRIV_U; priv <= PRIV_M; priv++) {
            uint64_t value;
            h->priv = (enum priv)priv;
            assert_illegal(h, absent[i]);
            assert_false(csr_peek(h, absent[i], &value));
            assert_false(csr_poke(h, absent[i], 0));
        }
}

static void csr_number_says_the_lowest_privilege(void **state)
{
    struct hart *h = hart_of(state);
    csr_poke(h, CSR_mcounteren, UINT64_MAX);
    csr_poke(h, CSR_scounteren, UINT64_MAX);
    csr_poke(h, h->xlen == 64 ? CSR_menvcfg : CSR_menvcfgh, UINT64_MAX);
    csr_poke(h, CSR_mstatus, MSTATUS_FS);
    for (unsigned n = 0; n < 4; n++)
        h->mstateen[n] = UINT64_MAX;
    for (unsigned i = 0; csr_info_at(i); i++) {
        unsigned number = csr_info_at(i)->number;
        /* seed can't be just read, and nothing is behind mireg, sireg and their like. */
        if (!csr_exists(h, number) || number == CSR_seed) continue;
        if (strncmp(csr_info_at(i)->name + 1, "ireg", 4) == 0) continue;
        for (unsigned priv = PRIV_U; priv <= PRIV_M; priv++) {
            if (priv == 2) continue;
            h->priv = (enum priv)priv;
            assert_int_equal(readable(h, number), priv >= bits_get(number, 9, 8));
        }
    }
}

static void csr_number_says_read_only(void **state)
{
    struct hart *h = hart_of(state);
    for (unsigned i = 0; csr_info_at(i); i++) {
        unsigned number = csr_info_at(i)->number;
        if (!csr_exists(h, number) || bits_get(number, 11, 10) != 3) continue;
        uint64_t before = 1, after = 2, old;
        assert_true(readable(h, number));
        assert_false(csr_access(h, number, CSR_WRITE, 0, true, true, &old));
        assert_false(csr_access(h, number, CSR_SET, 0, true, true, &old));
        assert_true(csr_peek(h, number, &before) && csr_poke(h, number, ~before));
        assert_true(csr_peek(h, number, &after));
        assert_int_equal(before, after);
    }
}

static void csr_refused_changes_nothing(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mscratch, 0x1234);
    h->priv = PRIV_S;
    assert_illegal(h, CSR_mscratch);
    h->priv = PRIV_M;
    assert_int_equal(csrr(h, CSR_mscratch), 0x1234);
}

static void csr_set_and_clear_start_from_the_old_value(void **state)
{
    struct hart *h = hart_of(state);
    uint64_t old;
    csrw(h, CSR_mscratch, 0xf0f0);
    assert_true(csr_access(h, CSR_mscratch, CSR_SET, 0x0f, true, true, &old));
    assert_int_equal(old, 0xf0f0);
    assert_true(csr_access(h, CSR_mscratch, CSR_CLEAR, 0xf000, true, true, &old));
    assert_int_equal(old, 0xf0ff);
    assert_true(csr_access(h, CSR_mscratch, CSR_WRITE, 1, true, true, &old));
    assert_int_equal(old, 0xff);
    assert_true(csr_access(h, CSR_mscratch, CSR_CLEAR, 1, true, false, &old)); /* csrrc, rs1 = x0 */
    assert_int_equal(csrr(h, CSR_mscratch), 1);
}

static const struct {
    enum extension extension;
    unsigned number;
} brought[] = {
    {EXT_F, CSR_fcsr},       {EXT_F, CSR_frm},
    {EXT_F, CSR_fflags},     {EXT_S, CSR_sstatus},
    {EXT_S, CSR_satp},       {EXT_S, CSR_medeleg},
    {EXT_S, CSR_mideleg},    {EXT_S, CSR_senvcfg},
    {EXT_S, CSR_scounteren}, {EXT_U, CSR_mcounteren},
    {EXT_U, CSR_menvcfg},    {EXT_Sstc, CSR_stimecmp},
    {EXT_Zicntr, CSR_time},  {EXT_Zihpm, CSR_hpmcounter3},
};

static void csr_goes_with_its_extension(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(brought); i++) {
        struct csr_fixture *f = fixture_without(64, 1, &brought[i].extension);
        csr_poke(&f->hart, CSR_mstatus, MSTATUS_FS);
        assert_illegal(&f->hart, brought[i].number);
        fixture_free(f);
    }
}

static void csr_upper_halves_exist_on_rv32_only(void **state)
{
    (void)state;
    static const unsigned halves[] = {
        CSR_cycleh,    CSR_timeh,         CSR_instreth, CSR_hpmcounter3h, CSR_hpmcounter31h,
        CSR_stimecmph, CSR_mstatush,      CSR_medelegh, CSR_menvcfgh,     CSR_mcycleh,
        CSR_minstreth, CSR_mhpmcounter3h, CSR_pmpcfg1,  CSR_pmpcfg3,
    };
    struct csr_fixture *wide = fixture(64), *narrow = fixture(32);
    for (size_t i = 0; i < ARRAY_COUNT(halves); i++) {
        assert_illegal(&wide->hart, halves[i]);
        assert_true(readable(&narrow->hart, halves[i]));
    }
    fixture_free(wide);
    fixture_free(narrow);
}

static void csr_values_are_sign_extended_on_rv32(void **state)
{
    struct hart *h = hart_of(state);
    csrw(h, CSR_mscratch, UINT64_C(0x180000001));
    assert_int_equal(csrr(h, CSR_mscratch), UINT64_C(0xffffffff80000001));
}

static void csr_identity_reads_as_the_hart(void **state)
{
    struct hart *h = hart_of(state);
    assert_int_equal(csrr(h, CSR_mhartid), 5);
    assert_int_equal(csrr(h, CSR_mvendorid), 0);
    assert_int_equal(csrr(h, CSR_mconfigptr), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csr_rows_are_unique_in_number_and_name),
        cmocka_unit_test(csr_fields_fit_xlen_and_never_overlap),
        cmocka_unit_test(csr_field_words_come_from_the_row),
        WITH64(csr_absent_traps_in_every_mode),
        WITH32(csr_absent_traps_in_every_mode),
        WITH64(csr_number_says_the_lowest_privilege),
        WITH32(csr_number_says_the_lowest_privilege),
        WITH64(csr_number_says_read_only),
        WITH32(csr_number_says_read_only),
        WITH64(csr_refused_changes_nothing),
        WITH64(csr_set_and_clear_start_from_the_old_value),
        WITH32(csr_set_and_clear_start_from_the_old_value),
        cmocka_unit_test(csr_goes_with_its_extension),
        cmocka_unit_test(csr_upper_halves_exist_on_rv32_only),
        WITH32(csr_values_are_sign_extended_on_rv32),
        WITH64(csr_identity_reads_as_the_hart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
