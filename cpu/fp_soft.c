/* cpu/fp_soft.c: IEEE 754 arithmetic on integers.
 *
 * Every operation has three steps. Unpack: a bit pattern becomes a sign, an exponent and a
 * normalised significand, whatever the format. Compute: the exact result, or its first bits with
 * everything below ORed into the last one (the sticky bit), which rounds the same. Pack: round to
 * the format's precision, raise the flags. The first and the third are in fp_pack.c.
 */
#include "cpu/fp_soft.h"

#include "base/bits.h"
#include "cpu/fp_pack.h"
#include "cpu/hart.h"

/* A NaN result; a NaN operand passes through it, so a signalling one still raises NV in fp_pack().
 */
static struct number nan_of(struct number a, struct number b)
{
    bool signalling = a.kind == SIGNALLING_NAN || b.kind == SIGNALLING_NAN;
    return (struct number){.kind = signalling ? SIGNALLING_NAN : QUIET_NAN};
}

static bool is_nan(struct number n)
{
    return n.kind >= QUIET_NAN;
}

/* An operation without a result, such as infinity - infinity (IEEE 754-2019 §7.2). */
static struct number invalid(void)
{
    return (struct number){.kind = SIGNALLING_NAN};
}

/* Adds two finite numbers other than zero. */
static struct number add_finite(const struct fp_soft *s, struct number a, struct number b)
{
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)) {
        struct number swap = a;
        a = b;
        b = swap;
    }
    /* One bit of room for the carry. No operand has more than 106 bits, so at least 21 stay below
     * and a sticky bit can't be mistaken for one of the result. */
    u128 large = a.significand >> 1;
    u128 small = fp_shift_right_sticky(b.significand >> 1, (unsigned)(a.exponent - b.exponent));
    struct number sum = {.kind = FINITE, .sign = a.sign, .exponent = a.exponent + 1};

    sum.significand = a.sign == b.sign ? large + small : large - small;
    if (sum.significand == 0) return (struct number){.kind = ZERO, .sign = s->rm == FRM_RDN};
    return fp_normalise(sum);
}

static struct number add(const struct fp_soft *s, struct number a, struct number b)
{
    if (is_nan(a) || is_nan(b)) return nan_of(a, b);
    if (a.kind == INFINITE && b.kind == INFINITE && a.sign != b.sign) return invalid();
    if (a.kind == INFINITE) return a;
    if (b.kind == INFINITE) return b;
    if (a.kind == ZERO && b.kind == ZERO) {
        /* IEEE 754-2019 §6.3: zeros of unlike signs add up to +0, or -0 when rounding down. */
        if (a.sign != b.sign) a.sign = s->rm == FRM_RDN;
        return a;
    }
    if (a.kind == ZERO) return b;
    if (b.kind == ZERO) return a;
    return add_finite(s, a, b);
}

/* The exact product: 64 bits hold either significand. */
static struct number multiply(struct number a, struct number b)
{
    struct number product = {.sign = a.sign != b.sign};

    if (is_nan(a) || is_nan(b)) return nan_of(a, b);
    if ((a.kind == INFINITE && b.kind == ZERO) || (a.kind == ZERO && b.kind == INFINITE))
        return invalid();
    if (a.kind == INFINITE || b.kind == INFINITE) {
        product.kind = INFINITE;
        return product;
    }
    if (a.kind == ZERO || b.kind == ZERO) {
        product.kind = ZERO;
        return product;
    }
    product.kind = FINITE;
    product.exponent = a.exponent + b.exponent + 1;
    product.significand = (a.significand >> 64) * (b.significand >> 64);
    return fp_normalise(product);
}

static struct number divide(struct fp_soft *s, struct number a, struct number b)
{
    struct number quotient = {.sign = a.sign != b.sign};

    if (is_nan(a) || is_nan(b)) return nan_of(a, b);
    if (a.kind == b.kind && a.kind != FINITE) return invalid(); /* 0/0, infinity/infinity */
    if (a.kind == INFINITE || b.kind == ZERO) {
        if (a.kind == FINITE) s->flags |= FP_DZ;
        quotient.kind = INFINITE;
        return quotient;
    }
    if (a.kind == ZERO || b.kind == INFINITE) {
        quotient.kind = ZERO;
        return quotient;
    }
    /* 1.x/1.y lies in (1/2, 2): a quotient of 63 or 64 bits, the remainder's being sticky. */
    u128 dividend = a.significand >> 1, divisor = b.significand >> 64;
    quotient.kind = FINITE;
    quotient.exponent = a.exponent - b.exponent + 63;
    quotient.significand = dividend / divisor << 1 | (dividend % divisor != 0);
    return fp_normalise(quotient);
}

/* The integer square root, digit by digit, with a sticky bit below for a remainder. */
static u128 root_sticky(u128 value)
{
    u128 root = 0;
    for (int bit = 63; bit >= 0; bit--) {
        u128 candidate = root | (u128)1 << bit;
        if (candidate * candidate <= value) root = candidate;
    }
    return root << 1 | (root * root != value);
}

static struct number square_root(struct number a)
{
    if (is_nan(a)) return nan_of(a, a);
    if (a.kind == ZERO) return a; /* the root of -0 is -0 */
    if (a.sign) return invalid();
    if (a.kind == INFINITE) return a;
    /* a = significand * 2^(exponent - 127), and the exponent of the integer must be even to be
     * halved: for an even `exponent` the significand moves one bit right (its low bits are 0). */
    bool odd = a.exponent & 1;
    a.significand = root_sticky(a.significand >> (odd ? 0 : 1));
    a.exponent = (a.exponent - odd) / 2 + 63;
    return fp_normalise(a);
}

/* Operations ----------------------------------------------------------------------------------- */

uint64_t fp_soft_add(struct fp_soft *s, const struct fp_format *f, uint64_t a, uint64_t b)
{
    return fp_pack(s, f, add(s, fp_unpack(f, a), fp_unpack(f, b)));
}

uint64_t fp_soft_sub(struct fp_soft *s, const struct fp_format *f, uint64_t a, uint64_t b)
{
    return fp_soft_add(s, f, a, b ^ fp_with_sign(f, true, 0));
}

uint64_t fp_soft_mul(struct fp_soft *s, const struct fp_format *f, uint64_t a, uint64_t b)
{
    return fp_pack(s, f, multiply(fp_unpack(f, a), fp_unpack(f, b)));
}

uint64_t fp_soft_div(struct fp_soft *s, const struct fp_format *f, uint64_t a, uint64_t b)
{
    return fp_pack(s, f, divide(s, fp_unpack(f, a), fp_unpack(f, b)));
}

uint64_t fp_soft_sqrt(struct fp_soft *s, const struct fp_format *f, uint64_t a)
{
    return fp_pack(s, f, square_root(fp_unpack(f, a)));
}

/* Infinity * 0 + a quiet NaN is invalid too (Unprivileged spec, "F" Extension: FMADD): the product
 * comes out signalling, and stays so through the addition. */
uint64_t fp_soft_fma(struct fp_soft *s, const struct fp_format *f, uint64_t a, uint64_t b,
                     uint64_t c)
{
    return fp_pack(s, f, add(s, multiply(fp_unpack(f, a), fp_unpack(f, b)), fp_unpack(f, c)));
}

uint64_t fp_soft_convert(struct fp_soft *s, const struct fp_format *to,
                         const struct fp_format *from, uint64_t a)
{
    return fp_pack(s, to, fp_unpack(from, a));
}

/* The integer nearest to a finite number below 2^65, by the rounding mode. */
static u128 to_integer(const struct fp_soft *s, struct number n, bool *inexact)
{
    unsigned below_one = n.exponent < 0 ? (unsigned)-n.exponent : 0;
    unsigned drop = n.exponent < 0 ? 127 : 127 - (unsigned)n.exponent;
    return fp_round_off(s, n.sign, fp_shift_right_sticky(n.significand, below_one), drop, inexact);
}

uint64_t fp_soft_round(struct fp_soft *s, const struct fp_format *f, uint64_t a, bool exact)
{
    struct number n = fp_unpack(f, a);
    bool inexact;

    if (n.kind != FINITE || n.exponent >= (int)f->fraction_bits) return fp_pack(s, f, n);
    n.significand = to_integer(s, n, &inexact);
    if (inexact && exact) s->flags |= FP_NX;
    if (n.significand == 0) return fp_with_sign(f, n.sign, 0);
    n.exponent = 127;
    return fp_pack(s, f, fp_normalise(n));
}

uint64_t fp_soft_to_int(struct fp_soft *s, const struct fp_format *f, uint64_t a, bool is_signed,
                        unsigned width)
{
    struct number n = fp_unpack(f, a);
    bool inexact = false, negative = n.sign && !is_nan(n);
    /* The largest magnitude that fits: 2^width - 1 or 0 unsigned; 2^(width-1) - 1 or 2^(width-1).
     */
    uint64_t limit = is_signed ? mask_low(width - 1) + negative : negative ? 0 : mask_low(width);
    u128 magnitude = ~(u128)0;

    if (n.kind == ZERO)
        magnitude = 0;
    else if (n.kind == FINITE && n.exponent <= 64)
        magnitude = to_integer(s, n, &inexact);
    if (magnitude > limit) {
        magnitude = limit;
        s->flags |= FP_NV;
    } else if (inexact) {
        s->flags |= FP_NX;
    }
    return negative ? -(uint64_t)magnitude : (uint64_t)magnitude;
}

uint64_t fp_soft_from_int(struct fp_soft *s, const struct fp_format *f, uint64_t value,
                          bool is_signed)
{
    bool negative = is_signed && (int64_t)value < 0;
    struct number n = {.kind = FINITE, .sign = negative, .exponent = 127};

    if (value == 0) return 0;
    n.significand = negative ? -value : value;
    return fp_pack(s, f, fp_normalise(n));
}
