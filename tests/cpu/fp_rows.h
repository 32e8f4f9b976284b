/* tests/cpu/fp_rows.h: what each floating-point instruction does, said once more in MPFR's words.
 *
 * Written from the Unprivileged spec's chapters "F", "D", "Zfh" and "Zfa", not from the table of
 * instructions. Loads and stores are not here.
 */
#ifndef RIVET_TESTS_CPU_FP_ROWS_H
#define RIVET_TESTS_CPU_FP_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/cpu/fp_mpfr.h"

/* clang-format off */
enum action {
    ADD, SUB, MUL, DIV, SQRT, MADD, MSUB, NMSUB, NMADD,
    ROUND, ROUND_NX, TO_FORMAT, FROM_X, TO_X, TO_WORD_MODULAR,
    MIN, MAX, MINM, MAXM, EQ, LT, LE, LT_QUIET, LE_QUIET, CLASS,
    SGNJ, SGNJN, SGNJX, CONSTANT, MOVE_TO_X, MOVE_FROM_X, MOVE_HIGH, MOVE_PAIR,
};
/* clang-format on */

struct fp_row {
    const char *id; /* of the instruction's row */
    enum action action;
    const struct fp_format *from, *to; /* of operands and result; NULL: integer */
    bool is_signed;                    /* of the integer, if there is one */
    unsigned width;
};

/* One execution: operands as the instruction reads them, already out of their NaN boxes. */
struct fp_case {
    uint64_t f[3];   /* fs1, fs2, fs3 */
    uint64_t x[2];   /* rs1, rs2 */
    unsigned rm;     /* FRM_RNE..FRM_RMM */
    unsigned number; /* of FLI's constant */
    unsigned xlen;
};

/* clang-format off */
#define ROWS(s, P)                                                                       \
    {"fadd_" #s, ADD, P, P, 0, 0}, {"fsub_" #s, SUB, P, P, 0, 0},                        \
    {"fmul_" #s, MUL, P, P, 0, 0}, {"fdiv_" #s, DIV, P, P, 0, 0},                        \
    {"fsqrt_" #s, SQRT, P, P, 0, 0},                                                     \
    {"fmadd_" #s, MADD, P, P, 0, 0}, {"fmsub_" #s, MSUB, P, P, 0, 0},                    \
    {"fnmsub_" #s, NMSUB, P, P, 0, 0}, {"fnmadd_" #s, NMADD, P, P, 0, 0},                \
    {"fround_" #s, ROUND, P, P, 0, 0}, {"froundnx_" #s, ROUND_NX, P, P, 0, 0},           \
    {"fmin_" #s, MIN, P, P, 0, 0}, {"fmax_" #s, MAX, P, P, 0, 0},                        \
    {"fminm_" #s, MINM, P, P, 0, 0}, {"fmaxm_" #s, MAXM, P, P, 0, 0},                    \
    {"feq_" #s, EQ, P, NULL, 0, 0}, {"flt_" #s, LT, P, NULL, 0, 0},                      \
    {"fle_" #s, LE, P, NULL, 0, 0}, {"fltq_" #s, LT_QUIET, P, NULL, 0, 0},               \
    {"fleq_" #s, LE_QUIET, P, NULL, 0, 0}, {"fclass_" #s, CLASS, P, NULL, 0, 0},         \
    {"fsgnj_" #s, SGNJ, P, P, 0, 0}, {"fsgnjn_" #s, SGNJN, P, P, 0, 0},                  \
    {"fsgnjx_" #s, SGNJX, P, P, 0, 0}, {"fli_" #s, CONSTANT, P, P, 0, 0},                \
    {"fcvt_w_" #s, TO_X, P, NULL, true, 32}, {"fcvt_wu_" #s, TO_X, P, NULL, false, 32}, \
    {"fcvt_l_" #s, TO_X, P, NULL, true, 64}, {"fcvt_lu_" #s, TO_X, P, NULL, false, 64}, \
    {"fcvt_" #s "_w", FROM_X, NULL, P, true, 32}, {"fcvt_" #s "_wu", FROM_X, NULL, P, false, 32}, \
    {"fcvt_" #s "_l", FROM_X, NULL, P, true, 64}, {"fcvt_" #s "_lu", FROM_X, NULL, P, false, 64}

static const struct fp_row fp_rows[] = {
    ROWS(s, &fp_f32), ROWS(d, &fp_f64), ROWS(h, &fp_f16),
    {"fcvt_s_d", TO_FORMAT, &fp_f64, &fp_f32, 0, 0}, {"fcvt_d_s", TO_FORMAT, &fp_f32, &fp_f64, 0, 0},
    {"fcvt_s_h", TO_FORMAT, &fp_f16, &fp_f32, 0, 0}, {"fcvt_h_s", TO_FORMAT, &fp_f32, &fp_f16, 0, 0},
    {"fcvt_d_h", TO_FORMAT, &fp_f16, &fp_f64, 0, 0}, {"fcvt_h_d", TO_FORMAT, &fp_f64, &fp_f16, 0, 0},
    {"fcvtmod_w_d", TO_WORD_MODULAR, &fp_f64, NULL, true, 32},
    {"fmv_x_w", MOVE_TO_X, &fp_f32, NULL, 0, 32}, {"fmv_w_x", MOVE_FROM_X, NULL, &fp_f32, 0, 32},
    {"fmv_x_h", MOVE_TO_X, &fp_f16, NULL, 0, 16}, {"fmv_h_x", MOVE_FROM_X, NULL, &fp_f16, 0, 16},
    {"fmv_x_d", MOVE_TO_X, &fp_f64, NULL, 0, 64}, {"fmv_d_x", MOVE_FROM_X, NULL, &fp_f64, 0, 64},
    {"fmvh_x_d", MOVE_HIGH, &fp_f64, NULL, 0, 32}, {"fmvp_d_x", MOVE_PAIR, NULL, &fp_f64, 0, 32},
};
#undef ROWS
/* clang-format on */

/* --- Rounding: what MPFR computes ------------------------------------------------------------- */

/* fs1 op fs2, or fs1 * fs2 + fs3, exactly but for quotients and roots. MPFR's mode matters for the
 * sign of a zero sum only. */
static inline void exact_result(mpfr_t result, enum action action, mpfr_t v[3], unsigned rm)
{
    mpfr_rnd_t mode = rm == FRM_RDN ? MPFR_RNDD : MPFR_RNDN;
    if (action == NMSUB || action == NMADD) mpfr_neg(v[0], v[0], mode);
    if (action == MSUB || action == NMADD) mpfr_neg(v[2], v[2], mode);
    switch (action) {
    case ADD:
        mpfr_add(result, v[0], v[1], mode);
        break;
    case SUB:
        mpfr_sub(result, v[0], v[1], mode);
        break;
    case MUL:
        mpfr_mul(result, v[0], v[1], mode);
        break;
    case DIV:
        mpfr_div(result, v[0], v[1], mode);
        break;
    case SQRT:
        mpfr_sqrt(result, v[0], mode);
        break;
    case MADD:
    case MSUB:
    case NMSUB:
    case NMADD:
        mpfr_fma(result, v[0], v[1], v[2], mode);
        break;
    default:
        mpfr_set(result, v[0], mode);
    }
}

static inline unsigned action_operands(enum action action)
{
    if (action >= MADD && action <= NMADD) return 3;
    return action <= DIV || (action >= MIN && action <= LE_QUIET) ? 2 : 1;
}

/* Is any operand a NaN, any a signalling one? */
static inline bool nan_operand(const struct fp_row *row, const struct fp_case *c, bool *signalling)
{
    bool nan = false;
    *signalling = false;
    for (unsigned i = 0; i < action_operands(row->action); i++) {
        struct format_facts f = facts_of(row->from);
        nan = nan || (c->f[i] & (f.sign - 1)) > f.infinity;
        *signalling = *signalling || is_signalling(row->from, c->f[i]);
    }
    return nan;
}

/* NV and DZ by their definitions (IEEE 754-2019 §7.2, §7.3). */
static inline unsigned invalid_or_by_zero(const struct fp_row *row, const struct fp_case *c,
                                          mpfr_t v[3], mpfr_t result)
{
    bool signalling, nan = nan_operand(row, c, &signalling);
    bool fused = row->action >= MADD && row->action <= NMADD;
    bool no_product = fused && ((mpfr_inf_p(v[0]) && mpfr_zero_p(v[1])) ||
                                (mpfr_zero_p(v[0]) && mpfr_inf_p(v[1])));
    if (signalling || no_product || (!nan && mpfr_nan_p(result))) return FP_NV;
    return row->action == DIV && mpfr_regular_p(v[0]) && mpfr_zero_p(v[1]) ? FP_DZ : 0;
}

/* ECMAScript's conversion: to an integer towards zero, modulo 2^32; flags as FCVT.W.D's. */
static inline uint64_t word_modular(const mpfr_t value, unsigned *flags)
{
    mpfr_t whole;
    (void)int_from_mpfr(value, true, 32, FRM_RTZ, flags);
    if (!mpfr_number_p(value)) return 0;
    mpfr_init2(whole, PRECISION);
    mpfr_trunc(whole, value);
    mpz_t integer;
    mpz_init(integer);
    mpfr_get_z(integer, whole, MPFR_RNDZ);
    mpz_fdiv_r_2exp(integer, integer, 32);
    uint64_t word = mpz_get_ui(integer);
    mpz_clear(integer);
    mpfr_clear(whole);
    return (uint64_t)sign_extend(word, 32);
}

/* Zfa, FROUND: an integer of the same format; the sign stays, a NaN becomes the canonical one. */
static inline uint64_t whole_number(const struct fp_row *row, const mpfr_t value, unsigned rm,
                                    unsigned *flags)
{
    mpfr_t whole;
    mpfr_init2(whole, 64);
    to_integer(whole, value, rm);
    bool changed = mpfr_number_p(value) && !mpfr_equal_p(whole, value);
    mpfr_setsign(whole, whole, mpfr_signbit(value), MPFR_RNDN);
    uint64_t result = from_mpfr(whole, row->to, rm, flags);
    if (changed && row->action == ROUND_NX) *flags |= FP_NX;
    mpfr_clear(whole);
    return result;
}

static inline void set_operands(mpfr_t v[3], const struct fp_row *row, const struct fp_case *c)
{
    for (unsigned i = 0; i < 3; i++) {
        mpfr_init2(v[i], 64);
        if (row->from)
            to_mpfr(v[i], row->from, c->f[i]);
        else if (row->is_signed)
            mpfr_set_sj(v[i], sign_extend(c->x[0], row->width), MPFR_RNDN);
        else
            mpfr_set_uj(v[i], c->x[0] & mask_low(row->width), MPFR_RNDN);
    }
}

static inline uint64_t expect_rounded(const struct fp_row *row, const struct fp_case *c,
                                      unsigned *flags)
{
    mpfr_t v[3], exact;
    uint64_t result;
    mpfr_init2(exact, row->action == DIV || row->action == SQRT ? 300 : PRECISION);
    set_operands(v, row, c);
    exact_result(exact, row->action, v, c->rm);
    if (row->action == TO_WORD_MODULAR) {
        result = word_modular(exact, flags);
    } else if (row->action == TO_X) {
        result = int_from_mpfr(exact, row->is_signed, row->width, c->rm, flags);
        if (row->width == 32) result = (uint64_t)sign_extend(result, 32);
    } else {
        if (row->from) *flags = invalid_or_by_zero(row, c, v, exact);
        result = row->action == ROUND || row->action == ROUND_NX
                     ? whole_number(row, exact, c->rm, flags)
                     : from_mpfr(exact, row->to, c->rm, flags);
    }
    mpfr_clears(exact, v[0], v[1], v[2], (mpfr_ptr)0);
    return result;
}

/* --- Comparing: fs1 and fs2 as numbers -------------------------------------------------------- */

/* -1, 0, 1; neither operand is a NaN. With `zeros`, -0 is below +0. */
static inline int order(const struct fp_row *row, const struct fp_case *c, bool zeros)
{
    mpfr_t v[3];
    set_operands(v, row, c);
    int sign = mpfr_cmp(v[0], v[1]);
    if (sign == 0 && zeros) sign = (mpfr_signbit(v[0]) == 0) - (mpfr_signbit(v[1]) == 0);
    mpfr_clears(v[0], v[1], v[2], (mpfr_ptr)0);
    return (sign > 0) - (sign < 0);
}

static inline uint64_t expect_comparison(const struct fp_row *row, const struct fp_case *c,
                                         unsigned *flags)
{
    bool signalling, nan = nan_operand(row, c, &signalling);
    bool quiet = row->action != LT && row->action != LE;
    if (signalling || (nan && !quiet)) *flags = FP_NV;
    if (nan) return 0;
    int sign = order(row, c, false);
    if (row->action == EQ) return sign == 0;
    return row->action == LE || row->action == LE_QUIET ? sign <= 0 : sign < 0;
}

static inline uint64_t expect_extreme(const struct fp_row *row, const struct fp_case *c,
                                      unsigned *flags)
{
    struct format_facts f = facts_of(row->from);
    bool signalling, nan = nan_operand(row, c, &signalling);
    bool wins = row->action == MINM || row->action == MAXM; /* the NaN, over a number */
    bool nan0 = (c->f[0] & (f.sign - 1)) > f.infinity, nan1 = (c->f[1] & (f.sign - 1)) > f.infinity;
    if (signalling) *flags = FP_NV;
    if (nan && (wins || (nan0 && nan1))) return f.nan;
    if (nan) return c->f[nan0 ? 1 : 0];
    bool smaller = row->action == MIN || row->action == MINM;
    int sign = order(row, c, true);
    return c->f[smaller ? sign > 0 : sign < 0];
}

/* The one bit of FCLASS's result. */
static inline uint64_t expect_class(const struct fp_row *row, const struct fp_case *c)
{
    struct format_facts f = facts_of(row->from);
    uint64_t magnitude = c->f[0] & (f.sign - 1);
    bool negative = (c->f[0] & f.sign) != 0;
    if (magnitude > f.infinity) return is_signalling(row->from, c->f[0]) ? 1 << 8 : 1 << 9;
    if (magnitude == f.infinity) return negative ? 1 << 0 : 1 << 7;
    if (magnitude >> f.fraction) return negative ? 1 << 1 : 1 << 6;
    if (magnitude) return negative ? 1 << 2 : 1 << 5;
    return negative ? 1 << 3 : 1 << 4;
}

/* --- Bits: no arithmetic ---------------------------------------------------------------------- */

/* Zfa, FLI: numbers 0..31; a format that can't hold one rounds it, which is exact or infinite. */
static inline uint64_t expect_constant(const struct fp_row *row, const struct fp_case *c)
{
    static const double constants[] = {
        -1.0,  0.0,    0x1p-16, 0x1p-15, 0x1p-8, 0x1p-7, 0.0625, 0.125, 0.25,   0.3125,
        0.375, 0.4375, 0.5,     0.625,   0.75,   0.875,  1.0,    1.25,  1.5,    1.75,
        2.0,   2.5,    3.0,     4.0,     8.0,    16.0,   128.0,  256.0, 0x1p15, 0x1p16};
    struct format_facts f = facts_of(row->to);
    unsigned flags;
    if (c->number == 1) return UINT64_C(1) << f.fraction; /* the smallest normal */
    if (c->number == 30) return f.infinity;
    if (c->number == 31) return f.nan;
    mpfr_t value;
    mpfr_init2(value, 64);
    mpfr_set_d(value, constants[c->number], MPFR_RNDN);
    uint64_t result = from_mpfr(value, row->to, FRM_RNE, &flags);
    mpfr_clear(value);
    return result;
}

static inline uint64_t expect_bits(const struct fp_row *row, const struct fp_case *c)
{
    uint64_t sign = row->from ? facts_of(row->from).sign : 0;
    switch (row->action) {
    case SGNJ:
        return (c->f[0] & ~sign) | (c->f[1] & sign);
    case SGNJN:
        return (c->f[0] & ~sign) | (~c->f[1] & sign);
    case SGNJX:
        return c->f[0] ^ (c->f[1] & sign);
    case MOVE_TO_X:
        return (uint64_t)sign_extend(c->f[0] & mask_low(row->width), row->width);
    case MOVE_FROM_X:
        return c->x[0] & mask_low(row->width);
    case MOVE_HIGH:
        return (uint64_t)sign_extend(c->f[0] >> 32, 32);
    case MOVE_PAIR:
        return c->x[1] << 32 | (uint32_t)c->x[0];
    default:
        return expect_constant(row, c);
    }
}

/* The result's bits, right-aligned (integers sign-extended as the instruction leaves them), and the
 * flags it raises. */
static inline uint64_t fp_expect(const struct fp_row *row, const struct fp_case *c, unsigned *flags)
{
    *flags = 0;
    if (row->action <= TO_WORD_MODULAR) return expect_rounded(row, c, flags);
    if (row->action <= MAXM) return expect_extreme(row, c, flags);
    if (row->action <= LE_QUIET) return expect_comparison(row, c, flags);
    if (row->action == CLASS) return expect_class(row, c);
    return expect_bits(row, c);
}

#endif
