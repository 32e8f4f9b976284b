/* cpu/fp.c: the floating-point operations that the host's FPU would do differently. */
#include "cpu/fp.h"

#include "cpu/fp_soft.h"

_Static_assert((int)FP_NX == HOST_FPU_NX && (int)FP_UF == HOST_FPU_UF &&
                   (int)FP_OF == HOST_FPU_OF && (int)FP_DZ == HOST_FPU_DZ &&
                   (int)FP_NV == HOST_FPU_NV,
               "flags are numbered as in fflags");

/* The guest's sticky flags are the host's. */
static uint64_t finish(const struct fp_soft *s, uint64_t result)
{
    if (s->flags != 0) host_fpu_flags_raise(s->flags);
    return result;
}

uint64_t fp_slow_1(uint64_t (*op)(struct fp_soft *, const struct fp_format *, uint64_t),
                   const struct fp_format *format, unsigned rm, uint64_t a)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = op(&s, format, a);
    return finish(&s, result);
}

uint64_t fp_slow_2(uint64_t (*op)(struct fp_soft *, const struct fp_format *, uint64_t, uint64_t),
                   const struct fp_format *format, unsigned rm, uint64_t a, uint64_t b)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = op(&s, format, a, b);
    return finish(&s, result);
}

uint64_t fp_slow_3(uint64_t (*op)(struct fp_soft *, const struct fp_format *, uint64_t, uint64_t,
                                  uint64_t),
                   const struct fp_format *format, unsigned rm, uint64_t a, uint64_t b, uint64_t c)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = op(&s, format, a, b, c);
    return finish(&s, result);
}

uint64_t fp_slow_convert(const struct fp_format *to, const struct fp_format *from, unsigned rm,
                         uint64_t a)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = fp_soft_convert(&s, to, from, a);
    return finish(&s, result);
}

uint64_t fp_slow_to_int(const struct fp_format *format, unsigned rm, uint64_t a, bool is_signed,
                        unsigned width)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = fp_soft_to_int(&s, format, a, is_signed, width);
    return finish(&s, result);
}

uint64_t fp_slow_from_int(const struct fp_format *format, unsigned rm, uint64_t value,
                          bool is_signed)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = fp_soft_from_int(&s, format, value, is_signed);
    return finish(&s, result);
}

/* Toward zero first, which raises NX as it should; the rest is exact. */
int64_t fp_to_int_in_mode(unsigned rm, double a)
{
    int64_t whole = (int64_t)a;
    double rest = a - (double)whole;

    switch (rm) {
    case FRM_RNE:
        if (rest == 0.5 || rest == -0.5) return whole + whole % 2;
        return whole + (rest > 0.5) - (rest < -0.5);
    case FRM_RDN:
        return whole - (rest < 0);
    case FRM_RUP:
        return whole + (rest > 0);
    case FRM_RMM:
        return whole + (rest >= 0.5) - (rest <= -0.5);
    }
    return whole;
}

uint64_t fp_slow_number_of(const struct fp_format *format, uint64_t a, uint64_t b)
{
    uint64_t infinity = mask_low(format->exponent_bits) << format->fraction_bits;
    uint64_t quiet = UINT64_C(1) << (format->fraction_bits - 1);
    uint64_t magnitude = mask_low(format->exponent_bits + format->fraction_bits);
    bool a_is_nan = (a & magnitude) > infinity, b_is_nan = (b & magnitude) > infinity;
    bool signalling = (a_is_nan && !(a & quiet)) || (b_is_nan && !(b & quiet));

    if (signalling) host_fpu_flags_raise(FP_NV);
    return !a_is_nan ? a : !b_is_nan ? b : infinity | quiet;
}
