/* tests/cpu/fp_mpfr.h: the formats' bit patterns to MPFR's numbers and back.
 *
 * MPFR gives the exact result (or, of quotients and roots, so many bits that no rounding of the
 * formats here can tell the difference). Rounding it means to scale it so that one place of the
 * format is 1, and to take an integer in the mode asked for: MPFR has a function for each.
 */
#ifndef RIVET_TESTS_CPU_FP_MPFR_H
#define RIVET_TESTS_CPU_FP_MPFR_H

#include <stdbool.h>
#include <stdint.h>

#include <mpfr.h>

#include "base/bits.h"
#include "cpu/fp_soft.h"
#include "cpu/hart.h"

/* Enough for a sum of the largest and the smallest product of doubles. */
#define PRECISION 4400

struct format_facts {
    int fraction, bias;
    uint64_t infinity, nan, sign;
};

static inline struct format_facts facts_of(const struct fp_format *f)
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

static inline void to_mpfr(mpfr_t value, const struct fp_format *format, uint64_t bits)
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

static inline bool is_signalling(const struct fp_format *format, uint64_t bits)
{
    struct format_facts f = facts_of(format);
    return (bits & (f.sign - 1)) > f.infinity && (bits & f.nan) != f.nan;
}

static inline void to_integer(mpfr_t result, const mpfr_t value, unsigned rm)
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
static inline bool count_places(mpfr_t places, const mpfr_t value, long place, unsigned rm)
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

static inline uint64_t from_mpfr(const mpfr_t value, const struct fp_format *format, unsigned rm,
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

/* As FCVT does: out of range saturates. */
static inline uint64_t int_from_mpfr(const mpfr_t value, bool is_signed, unsigned width,
                                     unsigned rm, unsigned *flags)
{
    mpfr_t rounded, low, high;
    uint64_t result;
    mpfr_inits2(PRECISION, rounded, low, high, (mpfr_ptr)0);
    mpfr_set_si_2exp(low, is_signed ? -1 : 0, width - 1, MPFR_RNDN);
    mpfr_set_ui_2exp(high, 1, is_signed ? width - 1 : width, MPFR_RNDN);
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
        is_signed ? (uint64_t)mpfr_get_sj(rounded, MPFR_RNDN) : mpfr_get_uj(rounded, MPFR_RNDN);
    mpfr_clears(rounded, low, high, (mpfr_ptr)0);
    return result;
}

#endif
