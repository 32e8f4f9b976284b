/* tests/cpu/test_fp_mpfr.c: both ways of computing against the MPFR library.
 *
 * MPFR gives the exact result (or, of quotients and roots, so many bits that no rounding of the
 * formats here can tell the difference). Rounding it means to scale it so that one place of the
 * format is 1, and to take an integer in the mode asked for: MPFR has a function for each.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <mpfr.h>

#include "base/bits.h"
#include "tests/cpu/fp_cases.h"

/* Enough for a sum of the largest and the smallest product of doubles. */
#define PRECISION 4400

struct format_facts {
    int fraction, bias;
    uint64_t infinity, nan, sign;
};

static struct format_facts facts_of(const struct fp_format *f)
{
    uint64_t infinity = mask_low(f->exponent_bits) << f->fraction_bits;
    return (struct format_facts){
        .fraction = (int)f->fraction_bits,
        .bias = (int)mask_low(f->exponent_bits - 1),
        .infinity = infinity,
        .nan = infinity | UINT64_C(1) << (f->fraction_bits - 1),
        .sign = UINT64_C(1) << (f->exponent_bits + f->fraction_bits),
    };
}

static void to_mpfr(mpfr_t value, const struct fp_format *format, uint64_t bits)
{
    struct format_facts f = facts_of(format);
    uint64_t magnitude = bits & (f.sign - 1),
             fraction = magnitude & mask_low(format->fraction_bits);
    int biased = (int)(magnitude >> f.fraction), exponent = biased ? biased : 1;

    if (magnitude > f.infinity)
        mpfr_set_nan(value);
    else if (magnitude == f.infinity)
        mpfr_set_inf(value, 1);
    else
        mpfr_set_ui_2exp(value, (biased ? UINT64_C(1) << f.fraction : 0) + fraction,
                         exponent - f.bias - f.fraction, MPFR_RNDN);
    mpfr_setsign(value, value, (bits & f.sign) != 0, MPFR_RNDN);
}

static bool is_signalling(const struct fp_format *format, uint64_t bits)
{
    struct format_facts f = facts_of(format);
    return (bits & (f.sign - 1)) > f.infinity && (bits & f.nan) != f.nan;
}

static void to_integer(mpfr_t result, const mpfr_t value, unsigned rm)
{
    switch (rm) {
    case FRM_RNE:
        mpfr_roundeven(result, value);
        break;
    case FRM_RTZ:
        mpfr_trunc(result, value);
        break;
    case FRM_RDN:
        mpfr_floor(result, value);
        break;
    case FRM_RUP:
        mpfr_ceil(result, value);
        break;
    case FRM_RMM:
        mpfr_round(result, value);
        break;
    }
}

/* |value| in places of 2^place, rounded. True: it was exact. */
static bool count_places(mpfr_t places, const mpfr_t value, long place, unsigned rm)
{
    mpfr_t scaled;
    mpfr_init2(scaled, PRECISION);
    mpfr_mul_2si(scaled, value, -place, MPFR_RNDN);
    to_integer(places, scaled, rm);
    bool exact = mpfr_equal_p(places, scaled);
    mpfr_abs(places, places, MPFR_RNDN);
    mpfr_clear(scaled);
    return exact;
}

static uint64_t from_mpfr(const mpfr_t value, const struct fp_format *format, unsigned rm,
                          unsigned *flags)
{
    struct format_facts f = facts_of(format);
    uint64_t sign = mpfr_signbit(value) ? f.sign : 0;
    if (mpfr_nan_p(value)) return f.nan;
    if (mpfr_inf_p(value)) return sign | f.infinity;
    if (mpfr_zero_p(value)) return sign;

    mpfr_t places;
    mpfr_init2(places, PRECISION);
    long exponent = mpfr_get_exp(value) - 1, minimum = 1 - f.bias;
    /* Below 2^minimum after rounding with no limit to the exponent? */
    count_places(places, value, exponent - f.fraction, rm);
    bool tiny = mpfr_get_exp(places) - 1 + exponent - f.fraction < minimum;
    if (exponent < minimum) exponent = minimum;
    bool exact = count_places(places, value, exponent - f.fraction, rm);
    uint64_t count = mpfr_get_uj(places, MPFR_RNDZ);
    mpfr_clear(places);

    if (count >> (f.fraction + 1)) {
        count >>= 1;
        exponent++;
    }
    if (exponent > f.bias) {
        bool to_infinity = rm == FRM_RNE || rm == FRM_RMM || rm == (sign ? FRM_RDN : FRM_RUP);
        *flags |= FP_OF | FP_NX;
        return sign | (f.infinity - !to_infinity);
    }
    if (!exact) *flags |= tiny ? FP_UF | FP_NX : FP_NX;
    if (!(count >> f.fraction)) return sign | count;
    return sign | (uint64_t)(exponent + f.bias) << f.fraction |
           (count - (UINT64_C(1) << f.fraction));
}

static uint64_t int_from_mpfr(const mpfr_t value, const struct op *op, unsigned rm, unsigned *flags)
{
    mpfr_t rounded, low, high;
    uint64_t result;
    mpfr_inits2(PRECISION, rounded, low, high, (mpfr_ptr)0);
    mpfr_set_si_2exp(low, op->is_signed ? -1 : 0, op->width - 1, MPFR_RNDN);
    mpfr_set_ui_2exp(high, 1, op->is_signed ? op->width - 1 : op->width, MPFR_RNDN);
    mpfr_sub_ui(high, high, 1, MPFR_RNDN);
    to_integer(rounded, value, rm);

    bool above = mpfr_nan_p(value) || mpfr_greater_p(rounded, high);
    if (above || mpfr_less_p(rounded, low)) {
        *flags = FP_NV;
        mpfr_set(rounded, above ? high : low, MPFR_RNDN);
    } else if (!mpfr_equal_p(rounded, value)) {
        *flags = FP_NX;
    }
    result =
        op->is_signed ? (uint64_t)mpfr_get_sj(rounded, MPFR_RNDN) : mpfr_get_uj(rounded, MPFR_RNDN);
    mpfr_clears(rounded, low, high, (mpfr_ptr)0);
    return result;
}

/* The rounding mode matters to MPFR for the sign of a zero sum only. */
static void compute(mpfr_t result, const struct op *op, mpfr_t v[3], unsigned rm)
{
    mpfr_rnd_t mode = rm == FRM_RDN ? MPFR_RNDD : MPFR_RNDN;
    if (op->soft == soft_add)
        mpfr_add(result, v[0], v[1], mode);
    else if (op->soft == soft_sub)
        mpfr_sub(result, v[0], v[1], mode);
    else if (op->soft == soft_mul)
        mpfr_mul(result, v[0], v[1], mode);
    else if (op->soft == soft_div)
        mpfr_div(result, v[0], v[1], mode);
    else if (op->soft == soft_sqrt)
        mpfr_sqrt(result, v[0], mode);
    else if (op->soft == soft_fma)
        mpfr_fma(result, v[0], v[1], v[2], mode);
    else
        mpfr_set(result, v[0], mode);
}

static unsigned operand_count(const struct op *op)
{
    if (op->soft == soft_fma) return 3;
    return op->kind == ARITHMETIC && op->soft != soft_sqrt ? 2 : 1;
}

/* NV and DZ by their definitions (IEEE 754-2019 §7.2, §7.3). */
static unsigned special_flags(const struct op *op, const uint64_t o[3], mpfr_t v[3], mpfr_t result)
{
    bool nan = false, signalling = false;
    for (unsigned i = 0; i < operand_count(op); i++) {
        nan = nan || mpfr_nan_p(v[i]);
        signalling = signalling || is_signalling(op->from, o[i]);
    }
    bool no_product = op->soft == soft_fma && ((mpfr_inf_p(v[0]) && mpfr_zero_p(v[1])) ||
                                               (mpfr_zero_p(v[0]) && mpfr_inf_p(v[1])));
    if (signalling || no_product || (!nan && mpfr_nan_p(result))) return FP_NV;
    return op->soft == soft_div && mpfr_regular_p(v[0]) && mpfr_zero_p(v[1]) ? FP_DZ : 0;
}

static uint64_t reference(const struct op *op, unsigned rm, const uint64_t o[3], unsigned *flags)
{
    mpfr_t v[3], exact;
    uint64_t result;
    mpfr_init2(exact, op->soft == soft_div || op->soft == soft_sqrt ? 300 : PRECISION);
    for (unsigned i = 0; i < 3; i++) {
        mpfr_init2(v[i], 64);
        if (op->kind != FROM_INT)
            to_mpfr(v[i], op->from, o[i]);
        else if (op->is_signed)
            mpfr_set_sj(v[i], (int64_t)int_operand(op, o[i]), MPFR_RNDN);
        else
            mpfr_set_uj(v[i], int_operand(op, o[i]), MPFR_RNDN);
    }
    compute(exact, op, v, rm);
    if (op->kind == TO_INT) {
        *flags = 0;
        result = int_from_mpfr(exact, op, rm, flags);
    } else {
        *flags = op->kind == FROM_INT ? 0 : special_flags(op, o, v, exact);
        result = from_mpfr(exact, op->to, rm, flags);
    }
    mpfr_clears(exact, v[0], v[1], v[2], (mpfr_ptr)0);
    /* 32-bit results are compared as f*_to_*32 return them: signed ones sign-extended. */
    return op->kind == TO_INT ? int_operand(op, result) : result;
}

static void compare(const struct op *op, const char *who, unsigned rm, const uint64_t o[3],
                    const uint64_t result[2], const unsigned flags[2])
{
    if (result[0] == result[1] && flags[0] == flags[1]) return;
    fail_msg("%s(%#llx, %#llx, %#llx) rm %u: %s %#llx flags %#x, MPFR %#llx flags %#x", op->name,
             (unsigned long long)o[0], (unsigned long long)o[1], (unsigned long long)o[2], rm, who,
             (unsigned long long)result[0], flags[0], (unsigned long long)result[1], flags[1]);
}

static void integers_and_host_agree_with_mpfr(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (unsigned i = 0; i < ARRAY_COUNT(ops); i++) {
        for (unsigned n = 0; n < 4000; n++) {
            const struct op *op = &ops[i];
            uint64_t o[3], result[2];
            unsigned rm = n % 5, flags[2];
            random_operands(&random, op, o);
            result[1] = reference(op, rm, o, &flags[1]);
            result[0] = run_soft(op, rm, o, &flags[0]);
            compare(op, "integers", rm, o, result, flags);
            if (op->host == NULL) continue;
            result[0] = run_on_host(op, rm % 4, rm, o, &flags[0]);
            compare(op, "host", rm, o, result, flags);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_and_host_agree_with_mpfr),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
