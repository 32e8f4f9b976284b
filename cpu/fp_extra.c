/* cpu/fp_extra.c: Zfa's operations that no host has. */
#include "cpu/fp_extra.h"

#include "cpu/fp_soft.h"

uint64_t fp_nan_of(const struct fp_format *format, uint64_t a, uint64_t b)
{
    struct fp_soft s = {.rm = FRM_RNE};
    uint64_t sum = fp_soft_add(&s, format, a, b); /* of a NaN and anything: the canonical NaN */
    if (s.flags) host_fpu_flags_raise(s.flags);
    return sum;
}

uint64_t fp_round(const struct fp_format *format, unsigned rm, uint64_t a, bool exact)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = fp_soft_round(&s, format, a, exact);
    if (s.flags) host_fpu_flags_raise(s.flags);
    return result;
}

/* A double of 2^84 and more has 32 zeros at its end. */
uint32_t fp_to_word_modular(uint64_t a)
{
    const unsigned bias = 1023, fraction_bits = 52;
    unsigned biased = (unsigned)(a >> fraction_bits) & 0x7ff;
    uint64_t significand = (a & mask_low(fraction_bits)) | UINT64_C(1) << fraction_bits;
    uint32_t magnitude = 0;

    (void)fp_slow_to_int(&fp_f64, FRM_RTZ, a, true, 32); /* for its flags */
    if (biased >= bias && biased < bias + fraction_bits)
        magnitude = (uint32_t)(significand >> (bias + fraction_bits - biased));
    else if (biased >= bias + fraction_bits && biased < bias + fraction_bits + 32)
        magnitude = (uint32_t)(significand << (biased - bias - fraction_bits));
    return a & F64_SIGN ? 0 - magnitude : magnitude;
}

/* Unprivileged spec, "Zfa", table of FLI: as singles, but for the smallest normal number, which is
 * each format's own. 65536 is too large for a half and becomes infinity. */
uint64_t fp_constant(const struct fp_format *format, unsigned index)
{
    static const uint16_t upper_half[32] = {
        0xbf80, 0x0080, 0x3780, 0x3800, 0x3b80, 0x3c00, 0x3d80, 0x3e00, 0x3e80, 0x3ea0, 0x3ec0,
        0x3ee0, 0x3f00, 0x3f20, 0x3f40, 0x3f60, 0x3f80, 0x3fa0, 0x3fc0, 0x3fe0, 0x4000, 0x4020,
        0x4040, 0x4080, 0x4100, 0x4180, 0x4300, 0x4380, 0x4700, 0x4780, 0x7f80, 0x7fc0,
    };
    struct fp_soft s = {.rm = FRM_RNE};
    if (index == 1) return UINT64_C(1) << format->fraction_bits;
    return fp_soft_convert(&s, format, &fp_f32, (uint64_t)upper_half[index & 31] << 16);
}
