/* tests/cpu/test_fp_rows_mpfr.c: every floating-point instruction against the MPFR library.
 *
 *   test_fp_rows_mpfr [EXT [CASES]]      F, D, Zfh or Zfa; else each of them
 *
 * Each case executes one word on a hart, RV64 or RV32: its operands lie where rounding happens, its
 * rounding mode is static or frm's, its narrow operands are now and then not boxed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "cpu/csr.h"
#include "cpu/insn.h"
#include "cpu/status.h"
#include "tests/cpu/fp_cases.h"
#include "tests/cpu/fp_rows.h"
#include "tests/cpu/rig.h"

/* An extension; sanitizers take their time. */
#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CASES 50000
#endif
#elif defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define CASES 50000
#endif
#ifndef CASES
#define CASES 1000000
#endif

enum { FD = 1, FS1 = 2, FS2 = 3, FS3 = 4 };

/* --- One case --------------------------------------------------------------------------------- */

static uint64_t box(const struct fp_format *format, uint64_t bits)
{
    unsigned width = 1 + format->exponent_bits + format->fraction_bits;
    return bits | ~mask_low(width);
}

/* A register holding the operand; one in sixteen of the narrow ones is no box, and then the operand
 * is the canonical NaN. */
static uint64_t make_register(uint64_t *random, const struct fp_row *row, uint64_t *operand)
{
    uint64_t bits = box(row->from, *operand);
    if (row->from == &fp_f64 || random_next(random) % 16 != 0) return bits;
    unsigned width = 1 + row->from->exponent_bits + row->from->fraction_bits;
    bits ^= UINT64_C(1) << (width + random_next(random) % (64 - width));
    *operand = row->action == MOVE_TO_X ? bits : facts_of(row->from).nan;
    return bits;
}

static void make_operands(uint64_t *random, const struct fp_row *row, struct fp_case *c)
{
    const struct fp_op from_int = {.kind = FROM_INT};
    const struct fp_op arithmetic = {.kind = ARITHMETIC, .from = row->from};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t integers[3];
        random_operands(random, &from_int, integers);
        c->x[i] = c->xlen == 32 ? (uint64_t)sign_extend(integers[0], 32) : integers[0];
    }
    if (row->from) random_operands(random, &arithmetic, c->f);
    c->rm = (unsigned)(random_next(random) % 5);
    c->number = (unsigned)(random_next(random) % 32);
}

/* The word with its registers, and its rounding mode where it has one: `rm`, or DYN. */
static uint32_t make_word(const struct fp_row *row, const struct fp_case *c, bool dynamic)
{
    uint32_t mask, match;
    assert_true(insn_row_pattern(insn_row_by_id(row->id), &mask, &match));
    uint32_t rs1 = row->action == CONSTANT ? c->number : FS1;
    uint32_t fields = FD << 7 | (dynamic ? FRM_DYN : c->rm) << 12 | rs1 << 15 |
                      (uint32_t)FS2 << 20 | (uint32_t)FS3 << 27;
    return match | (fields & ~mask);
}

static void run_case(struct rig *rig, const struct fp_row *row, uint64_t *random)
{
    struct hart *h = &rig->hart;
    struct fp_case c = {.xlen = h->xlen};
    bool dynamic = random_next(random) % 2;
    unsigned before = (unsigned)(random_next(random) % 32), raised;

    make_operands(random, row, &c);
    uint32_t word = make_word(row, &c, dynamic);
    store_le(rig->ram.bytes, 4, word);
    for (unsigned i = 0; row->from && i < 3; i++)
        h->f[FS1 + i] = make_register(random, row, &c.f[i]);
    hart_set_x(h, FS1, c.x[0]);
    hart_set_x(h, FS2, c.x[1]);
    h->pc = BASE;
    csr_poke(h, CSR_fcsr, (dynamic ? c.rm : (c.rm + 1) % 5) << 5 | before);
    csr_poke(h, CSR_mstatus, MSTATUS_FS & -MSTATUS_FS);
    engine_ref.run(h, 1);

    uint64_t expected = fp_expect(row, &c, &raised);
    uint64_t got = row->to ? h->f[FD] : hart_x(h, FD);
    if (row->to) expected = box(row->to, expected);
    if (!row->to && h->xlen == 32) expected = (uint64_t)sign_extend(expected, 32);
    uint64_t status;
    csr_peek(h, CSR_mstatus, &status);
    bool dirty = !row->to || (status & MSTATUS_FS) == MSTATUS_FS;
    if (h->pc == BASE + 4 && got == expected && h->fflags == (before | raised) && dirty) return;
    fail_msg("RV%u %s word %#x rm %u f %#llx %#llx %#llx x %#llx: %#llx flags %#x, "
             "MPFR %#llx flags %#x%s%s",
             h->xlen, row->id, word, c.rm, (unsigned long long)h->f[FS1],
             (unsigned long long)h->f[FS2], (unsigned long long)h->f[FS3],
             (unsigned long long)c.x[0], (unsigned long long)got, h->fflags,
             (unsigned long long)expected, before | raised, dirty ? "" : ", FS not Dirty",
             h->pc == BASE + 4 ? "" : ", trapped");
}

/* --- Groups ----------------------------------------------------------------------------------- */

static bool group_has(enum extension group, const struct insn_row *row)
{
    return row->ext == group || (group == EXT_Zfh && row->ext == EXT_Zfhmin);
}

/* The rows of a group that `xlen` has, into `rows`; how many. */
static unsigned group_rows(enum extension group, unsigned xlen, const struct fp_row *rows[])
{
    unsigned count = 0;
    for (unsigned i = 0; i < ARRAY_COUNT(fp_rows); i++) {
        const struct insn_row *row = insn_row_by_id(fp_rows[i].id);
        if (row && group_has(group, row) && (row->bases & (xlen == 64 ? RV64 : RV32)))
            rows[count++] = &fp_rows[i];
    }
    return count;
}

/* `cases` of one extension, three in four of them on RV64. */
static void group_agrees(enum extension group, uint64_t cases)
{
    uint64_t random = 0x9e3779b97f4a7c15;
    for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
        const struct fp_row *rows[ARRAY_COUNT(fp_rows)];
        unsigned count = group_rows(group, xlen, rows);
        uint64_t each = (xlen == 64 ? cases - cases / 4 : cases / 4) / count + 1;
        struct rig rig;
        rig_init(&rig, xlen, &engine_ref);
        for (unsigned i = 0; i < count; i++)
            for (uint64_t n = 0; n < each; n++)
                run_case(&rig, rows[i], &random);
        rig_fini(&rig);
    }
}

static const struct {
    const char *name;
    enum extension ext;
} groups[] = {{"F", EXT_F}, {"D", EXT_D}, {"Zfh", EXT_Zfh}, {"Zfa", EXT_Zfa}};

static void every_instruction_agrees_with_mpfr(void **state)
{
    const char *const *argv = *state;
    uint64_t cases = argv[1] && argv[2] ? strtoull(argv[2], NULL, 0) : CASES;
    for (unsigned i = 0; i < ARRAY_COUNT(groups); i++)
        if (!argv[1] || strcmp(argv[1], groups[i].name) == 0) group_agrees(groups[i].ext, cases);
}

/* Loads and stores but move bits; the rest of a group's rows has to be in fp_rows. */
static void every_row_has_an_expectation(void **state)
{
    (void)state;
    for (unsigned i = 0; i < insn_row_count; i++) {
        bool grouped = false, found = false;
        for (unsigned g = 0; g < ARRAY_COUNT(groups); g++)
            grouped = grouped || group_has(groups[g].ext, &insn_rows[i]);
        if (!grouped || strchr(insn_rows[i].operands, '(')) continue;
        for (unsigned k = 0; k < ARRAY_COUNT(fp_rows); k++)
            found = found || strcmp(fp_rows[k].id, insn_rows[i].id) == 0;
        if (!found) fail_msg("%s has no row in fp_rows.h", insn_rows[i].id);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_instruction_agrees_with_mpfr, argv),
        cmocka_unit_test(every_row_has_an_expectation),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
