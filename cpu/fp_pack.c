/* cpu/fp_pack.c: between bit patterns of a floating-point format and unpacked numbers. */
#include "cpu/fp_pack.h"

#include "base/bits.h"
#include "cpu/hart.h"

const struct fp_format fp_f16 = {.exponent_bits = 5, .fraction_bits = 10};
const struct fp_format fp_f32 = {.exponent_bits = 8, .fraction_bits = 23};
const struct fp_format fp_f64 = {.exponent_bits = 11, .fraction_bits = 52};

static int format_bias(const struct fp_format *f)
{
    return (1 << (f->exponent_bits - 1)) - 1;
}

static uint64_t format_infinity(const struct fp_format *f)
{
    return mask_low(f->exponent_bits) << f->fraction_bits;
}

static uint64_t format_nan(const struct fp_format *f)
{
    return mask_low(f->exponent_bits + 1) << (f->fraction_bits - 1);
}

uint64_t fp_with_sign(const struct fp_format *f, bool sign, uint64_t magnitude)
{
    return (uint64_t)sign << (f->exponent_bits + f->fraction_bits) | magnitude;
}

struct number fp_normalise(struct number n)
{
    uint64_t high = (uint64_t)(n.significand >> 64);
    int shift = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)n.significand);
    n.significand <<= shift;
    n.exponent -= shift;
    return n;
}

struct number fp_unpack(const struct fp_format *f, uint64_t bits)
{
    uint64_t fraction = bits & mask_low(f->fraction_bits);
    uint64_t biased = bits >> f->fraction_bits & mask_low(f->exponent_bits);
    struct number n = {.kind = FINITE, .sign = bits >> (f->exponent_bits + f->fraction_bits) & 1};

    if (biased == mask_low(f->exponent_bits)) {
        bool quiet = fraction >> (f->fraction_bits - 1);
        n.kind = fraction == 0 ? INFINITE : quiet ? QUIET_NAN : SIGNALLING_NAN;
    } else if (biased == 0 && fraction == 0) {
        n.kind = ZERO;
    } else {
        bool hidden = biased != 0;
        n.exponent = (hidden ? (int)biased : 1) - format_bias(f);
        n.significand = (u128)((uint64_t)hidden << f->fraction_bits | fraction)
                        << (127 - f->fraction_bits);
        n = fp_normalise(n);
    }
    return n;
}

u128 fp_shift_right_sticky(u128 value, unsigned count)
{
    if (count == 0) return value;
    if (count >= 128) return value != 0;
    return value >> count | ((value << (128 - count)) != 0);
}

/*          kept        |  dropped
 *   +------------------+--------------------+
 *   | ...............L | xxxxxxxxxxxxx      |   half = 1000...; L decides a tie to even
 *   +------------------+--------------------+
 */
u128 fp_round_off(const struct fp_soft *s, bool sign, u128 value, unsigned drop, bool *inexact)
{
    u128 kept = value >> drop;
    u128 dropped = value << (128 - drop);
    u128 half = (u128)1 << 127;
    bool up = false;

    switch (s->rm) {
    case FRM_RNE:
        up = dropped > half || (dropped == half && (kept & 1));
        break;
    case FRM_RTZ:
        break;
    case FRM_RDN:
        up = sign && dropped != 0;
        break;
    case FRM_RUP:
        up = !sign && dropped != 0;
        break;
    case FRM_RMM:
        up = dropped >= half;
        break;
    }
    *inexact = dropped != 0;
    return kept + up;
}

/* IEEE 754-2019 §7.4: infinity, or the largest finite number where the mode rounds toward zero. */
static uint64_t overflow(struct fp_soft *s, const struct fp_format *f, bool sign)
{
    bool finite = s->rm == FRM_RTZ || (s->rm == FRM_RDN && !sign) || (s->rm == FRM_RUP && sign);
    s->flags |= FP_OF | FP_NX;
    return fp_with_sign(f, sign, format_infinity(f) - finite);
}

/* Rounds a finite number to the format.
 *
 * The rounded significand is added to the biased exponent less one, not ORed below it: the hidden
 * bit then counts the exponent up to what it should be, a carry out of rounding moves on to the
 * next exponent, and a subnormal (biased exponent 0, no hidden bit) that rounds up to 1.000
 * becomes the smallest normal number. */
static uint64_t round_pack(struct fp_soft *s, const struct fp_format *f, struct number n)
{
    unsigned drop = 127 - f->fraction_bits;
    int bias = format_bias(f), minimum = 1 - bias;
    bool inexact, tiny = false;

    if (n.exponent < minimum) {
        /* Tiny after rounding (Unprivileged spec, "F" Extension): would the result still be below
         * the smallest normal number if the exponent had no limit? */
        u128 unlimited = fp_round_off(s, n.sign, n.significand, drop, &inexact);
        tiny = n.exponent < minimum - 1 || unlimited >> (f->fraction_bits + 1) == 0;
        n.significand = fp_shift_right_sticky(n.significand, (unsigned)(minimum - n.exponent));
        n.exponent = minimum;
    }
    uint64_t rounded = (uint64_t)fp_round_off(s, n.sign, n.significand, drop, &inexact);
    if (n.exponent > bias) return overflow(s, f, n.sign);
    uint64_t bits = ((uint64_t)(n.exponent + bias - 1) << f->fraction_bits) + rounded;
    if (bits >= format_infinity(f)) return overflow(s, f, n.sign);
    if (inexact) s->flags |= tiny ? FP_UF | FP_NX : FP_NX;
    return fp_with_sign(f, n.sign, bits);
}

uint64_t fp_pack(struct fp_soft *s, const struct fp_format *f, struct number n)
{
    switch (n.kind) {
    case ZERO:
        return fp_with_sign(f, n.sign, 0);
    case FINITE:
        return round_pack(s, f, n);
    case INFINITE:
        return fp_with_sign(f, n.sign, format_infinity(f));
    case SIGNALLING_NAN:
        s->flags |= FP_NV;
        break;
    case QUIET_NAN:
        break;
    }
    return format_nan(f);
}
