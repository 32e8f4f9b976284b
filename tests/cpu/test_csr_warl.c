/* tests/cpu/test_csr_warl.c: whatever software writes to a CSR, what it reads back is legal by the
 * rules of its row ("WARL"). Derived from the table: a new row is tested without a line here. */
#include "tests/cpu/csr_fixture.h"

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static bool is_there(const struct hart *h, const struct csr_field *field)
{
    return csr_field_exists(h, field) && field->rule != CSR_ZERO;
}

/* Bits of no field read as zero. */
static uint64_t bits_of_fields(const struct hart *h, const struct csr_info *info)
{
    uint64_t bits = info->fields ? 0 : mask_low(h->xlen);
    for (const struct csr_field *f = info->fields; f && f->name; f++)
        if (is_there(h, f)) bits |= mask_low(f->high - f->low + 1) << f->low;
    return bits;
}

static void assert_legal(const struct hart *h, const struct csr_info *info, uint64_t value)
{
    uint64_t shown = value & mask_low(h->xlen);
    if (shown & ~bits_of_fields(h, info))
        fail_msg("%s reads as 0x%llx: a bit in no field", info->name, (unsigned long long)shown);
    if (h->xlen == 32 && value != (uint64_t)sign_extend(shown, 32))
        fail_msg("%s isn't sign-extended", info->name);
    for (const struct csr_field *f = info->fields; f && f->name; f++) {
        if (f->rule != CSR_CHOICE || !csr_field_exists(h, f)) continue;
        if (!f->legal(h, bits_get(shown, f->high, f->low)))
            fail_msg("%s.%s holds an illegal value", info->name, f->name);
    }
}

/* Fields that software can't write stay as they were. */
static void assert_fixed_kept(const struct hart *h, const struct csr_info *info, uint64_t before,
                              uint64_t after)
{
    for (const struct csr_field *f = info->fields; f && f->name; f++) {
        bool sums_up = f->high == h->xlen - 1 && f->rule == CSR_FIXED; /* SD follows FS */
        if (f->rule != CSR_FIXED || !csr_field_exists(h, f) || sums_up) continue;
        if (info->number == CSR_seed) continue; /* another value each time */
        if (bits_get(before, f->high, f->low) != bits_get(after, f->high, f->low))
            fail_msg("%s.%s was written", info->name, f->name);
    }
}

static void write_and_read(struct hart *h, const struct csr_info *info, uint64_t value)
{
    uint64_t before, after, again;
    assert_true(csr_peek(h, info->number, &before));
    assert_true(csr_poke(h, info->number, value));
    assert_true(csr_peek(h, info->number, &after));
    assert_legal(h, info, after);
    assert_fixed_kept(h, info, before, after);
    if (info->number == CSR_seed) return;
    csr_poke(h, info->number, after); /* a legal value stays */
    csr_peek(h, info->number, &again);
    if (after != again)
        fail_msg("%s: 0x%llx was read, and written back it reads as 0x%llx", info->name,
                 (unsigned long long)after, (unsigned long long)again);
}

/* All ones, all zeros, each bit alone, and numbers at random. */
static void rows_hold(struct hart *h, uint64_t *seed, unsigned rounds)
{
    for (unsigned i = 0; csr_info_at(i); i++) {
        const struct csr_info *info = csr_info_at(i);
        if (!csr_exists(h, info->number)) continue;
        write_and_read(h, info, UINT64_MAX);
        write_and_read(h, info, 0);
        for (unsigned bit = 0; bit < h->xlen; bit++)
            write_and_read(h, info, UINT64_C(1) << bit);
        for (unsigned round = 0; round < rounds; round++)
            write_and_read(h, info, random_next(seed) & random_next(seed));
    }
}

static void every_row_reads_back_legal(void **state)
{
    uint64_t seed = 0x5eed;
    rows_hold(hart_of(state), &seed, 200);
}

/* Harts with any extensions left out. */
static void every_row_reads_back_legal_whatever_is_missing(void **state)
{
    (void)state;
    uint64_t seed = 0xfeed;
    for (unsigned try = 0; try < 60; try++) {
        enum extension without[EXT_COUNT];
        unsigned count = 0;
        for (unsigned ext = EXT_I + 1; ext < EXT_COUNT; ext++)
            if (random_next(&seed) % 4 == 0) without[count++] = (enum extension)ext;
        struct csr_fixture *f = fixture_without(try % 2 ? 32 : 64, count, without);
        rows_hold(&f->hart, &seed, 3);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH64(every_row_reads_back_legal),
        WITH32(every_row_reads_back_legal),
        cmocka_unit_test(every_row_reads_back_legal_whatever_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
