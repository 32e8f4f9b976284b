/* cpu/fp_extra.h: half precision (Zfh), and what Zfa adds to all formats.
 *
 * Halves go to the integer code: hosts have no arithmetic for them, and nobody waits for it.
 * Comparisons widen to singles, which is exact and raises NV for signalling NaNs as it should.
 */
#ifndef RIVET_CPU_FP_EXTRA_H
#define RIVET_CPU_FP_EXTRA_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/fp.h"

#define F16_SIGN UINT32_C(0x8000)
#define F16_NAN  UINT32_C(0x7e00) /* the canonical one */

/* The canonical NaN, which is never 0, when an operand is one; a signalling one raises NV. */
COLD uint64_t fp_nan_of(const struct fp_format *format, uint64_t a, uint64_t b);

static ALWAYS_INLINE uint16_t f16_unbox(uint64_t bits)
{
    return LIKELY(bits >> 16 == UINT64_C(0xffffffffffff)) ? (uint16_t)bits : F16_NAN;
}

static ALWAYS_INLINE uint64_t f16_box(uint16_t bits)
{
    return UINT64_C(0xffffffffffff0000) | bits;
}

/* As in cpu/fp.h; `h` is there to read alike. */
#define F16_BINARY(name)                                                                           \
    static inline uint16_t f16_##name(const struct hart *h, unsigned rm, uint16_t a, uint16_t b)   \
    {                                                                                              \
        (void)h;                                                                                   \
        return (uint16_t)fp_slow_2(fp_soft_##name, &fp_f16, rm, a, b);                             \
    }
F16_BINARY(add)
F16_BINARY(sub)
F16_BINARY(mul)
F16_BINARY(div)
#undef F16_BINARY

static inline uint16_t f16_sqrt(const struct hart *h, unsigned rm, uint16_t a)
{
    (void)h;
    return (uint16_t)fp_slow_1(fp_soft_sqrt, &fp_f16, rm, a);
}

static inline uint16_t f16_fma(const struct hart *h, unsigned rm, uint16_t a, uint16_t b,
                               uint16_t c)
{
    (void)h;
    return (uint16_t)fp_slow_3(fp_soft_fma, &fp_f16, rm, a, b, c);
}

/* Exact, but a signalling NaN raises NV. */
static inline uint32_t f32_from_f16(uint16_t a)
{
    return (uint32_t)fp_slow_convert(&fp_f32, &fp_f16, FRM_RNE, a);
}

static inline uint64_t f64_from_f16(uint16_t a)
{
    return fp_slow_convert(&fp_f64, &fp_f16, FRM_RNE, a);
}

static inline uint16_t f16_from_f32(unsigned rm, uint32_t a)
{
    return (uint16_t)fp_slow_convert(&fp_f16, &fp_f32, rm, a);
}

static inline uint16_t f16_from_f64(unsigned rm, uint64_t a)
{
    return (uint16_t)fp_slow_convert(&fp_f16, &fp_f64, rm, a);
}

#define F16_TO_INT(name, type, is_signed, width)                                                   \
    static inline type f16_to_##name(const struct hart *h, unsigned rm, uint16_t a)                \
    {                                                                                              \
        (void)h;                                                                                   \
        return (type)fp_slow_to_int(&fp_f16, rm, a, is_signed, width);                             \
    }                                                                                              \
    static inline uint16_t f16_from_##name(const struct hart *h, unsigned rm, type value)          \
    {                                                                                              \
        (void)h;                                                                                   \
        return (uint16_t)fp_slow_from_int(&fp_f16, rm, (uint64_t)value, is_signed);                \
    }
F16_TO_INT(i32, int32_t, true, 32)
F16_TO_INT(u32, uint32_t, false, 32)
F16_TO_INT(i64, int64_t, true, 64)
F16_TO_INT(u64, uint64_t, false, 64)
#undef F16_TO_INT

/* A NaN widened quietly: comparisons of it, quiet or not, raise what they would for the half. */
static inline uint32_t f16_widened(uint16_t a)
{
    uint32_t magnitude = a & 0x7fff, sign = (uint32_t)(a & F16_SIGN) << 16;
    if (magnitude > 0x7c00) return sign | UINT32_C(0x7f800000) | (magnitude & 0x3ff) << 13;
    return f32_from_f16(a);
}

static inline bool f16_eq(uint16_t a, uint16_t b)
{
    return f32_eq(f16_widened(a), f16_widened(b));
}

static inline bool f16_lt(uint16_t a, uint16_t b)
{
    return f32_lt(f16_widened(a), f16_widened(b));
}

static inline bool f16_le(uint16_t a, uint16_t b)
{
    return f32_le(f16_widened(a), f16_widened(b));
}

/* Subnormal halves are normal singles: their bit moves. */
static inline unsigned f16_classify(uint16_t a)
{
    unsigned magnitude = a & 0x7fff;
    if (magnitude == 0 || magnitude >= 0x400) return f32_classify(f16_widened(a));
    return 1u << (a & F16_SIGN ? 2 : 5);
}

static inline bool f16_is_nan(uint16_t a)
{
    return (a & 0x7fff) > 0x7c00;
}

/* As in cpu/fp_format.inc. */
static inline int16_t f16_order(uint16_t a)
{
    return (int16_t)(a & F16_SIGN ? a ^ 0x7fff : a);
}

/* IEEE 754-2019's minimum and maximum, in which a NaN wins over a number (fmin and fmax let the
 * number win), and comparisons that raise NV for signalling NaNs alone. */
#define WITH_NANS(format, type)                                                                    \
    static inline bool format##_unordered(type a, type b)                                          \
    {                                                                                              \
        return format##_is_nan(a) || format##_is_nan(b);                                           \
    }                                                                                              \
    static inline type format##_minimum(type a, type b)                                            \
    {                                                                                              \
        if (UNLIKELY(format##_unordered(a, b))) return (type)fp_nan_of(&fp_##format, a, b);        \
        return format##_order(a) < format##_order(b) ? a : b;                                      \
    }                                                                                              \
    static inline type format##_maximum(type a, type b)                                            \
    {                                                                                              \
        if (UNLIKELY(format##_unordered(a, b))) return (type)fp_nan_of(&fp_##format, a, b);        \
        return format##_order(a) > format##_order(b) ? a : b;                                      \
    }                                                                                              \
    static inline bool format##_lt_quiet(type a, type b)                                           \
    {                                                                                              \
        if (LIKELY(!format##_unordered(a, b))) return format##_lt(a, b);                           \
        return fp_nan_of(&fp_##format, a, b) == 0;                                                 \
    }                                                                                              \
    static inline bool format##_le_quiet(type a, type b)                                           \
    {                                                                                              \
        if (LIKELY(!format##_unordered(a, b))) return format##_le(a, b);                           \
        return fp_nan_of(&fp_##format, a, b) == 0;                                                 \
    }
WITH_NANS(f16, uint16_t)
WITH_NANS(f32, uint32_t)
WITH_NANS(f64, uint64_t)
#undef WITH_NANS

static inline uint16_t f16_min(uint16_t a, uint16_t b)
{
    if (UNLIKELY(f16_unordered(a, b))) return (uint16_t)fp_slow_number_of(&fp_f16, a, b);
    return f16_minimum(a, b);
}

static inline uint16_t f16_max(uint16_t a, uint16_t b)
{
    if (UNLIKELY(f16_unordered(a, b))) return (uint16_t)fp_slow_number_of(&fp_f16, a, b);
    return f16_maximum(a, b);
}

/* FROUND, FROUNDNX: `a` rounded to an integer of the same format; `exact` lets NX tell. */
COLD uint64_t fp_round(const struct fp_format *format, unsigned rm, uint64_t a, bool exact);

/* FCVTMOD.W.D: toward zero, modulo 2^32; flags as FCVT.W.D. */
COLD uint32_t fp_to_word_modular(uint64_t a);

/* FLI's constant number `index`, 0..31; no flags. */
COLD uint64_t fp_constant(const struct fp_format *format, unsigned index);

#endif
