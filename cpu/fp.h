/* cpu/fp.h: the guest's floating point, done by the host's FPU.
 *
 * While a hart runs, the host's rounding mode is h->frm_host and the host's sticky exception flags
 * are the guest's fflags (host/fpu.h). An operation in that mode is therefore one host
 * instruction, with three exceptions that go to the integer code of cpu/fp_soft.h, out of line:
 *
 *  - it asks for another rounding mode: a static one, or RMM, which no host has;
 *  - the result is a NaN: RISC-V's results are always the canonical one;
 *  - the host's flags would differ: see cpu/fp_format.inc at each operation.
 *
 * Values are bit patterns, uint32_t for singles and uint64_t for doubles. `rm` is a resolved
 * rounding mode, FRM_RNE..FRM_RMM. For each format P = f32, f64 there are, with BITS the type:
 *
 *     BITS P_add P_sub P_mul P_div (h, rm, a, b)        BITS P_sqrt(h, rm, a)
 *     BITS P_fma(h, rm, a, b, c)      a * b + c         BITS P_min P_max (a, b)
 *     bool P_eq P_lt P_le (a, b)                        unsigned P_classify(a)
 *     int32_t P_to_i32, uint32_t P_to_u32, int64_t P_to_i64, uint64_t P_to_u64 (h, rm, a)
 *     BITS P_from_i32 P_from_u32 P_from_i64 P_from_u64 (h, rm, value)
 *
 * Files that include this must be compiled with -frounding-math -ftrapping-math
 * -ffp-contract=off, and no other floating point may be done on a hart's thread.
 */
#ifndef RIVET_CPU_FP_H
#define RIVET_CPU_FP_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/fp_soft.h"
#include "cpu/hart.h"
#include "host/fpu.h"

#if FLT_EVAL_METHOD != 0
#error "this host computes in a wider format than its operands have"
#endif

#define F32_SIGN UINT32_C(0x80000000)
#define F64_SIGN UINT64_C(0x8000000000000000)
#define F32_NAN  UINT32_C(0x7fc00000) /* the canonical ones */
#define F64_NAN  UINT64_C(0x7ff8000000000000)

/* One operation of fp_soft.h with one, two or three operands; raises its flags on the host. */
COLD uint64_t fp_slow_1(uint64_t (*op)(struct fp_soft *, const struct fp_format *, uint64_t),
                        const struct fp_format *format, unsigned rm, uint64_t a);
COLD uint64_t fp_slow_2(uint64_t (*op)(struct fp_soft *, const struct fp_format *, uint64_t,
                                       uint64_t),
                        const struct fp_format *format, unsigned rm, uint64_t a, uint64_t b);
COLD uint64_t fp_slow_3(uint64_t (*op)(struct fp_soft *, const struct fp_format *, uint64_t,
                                       uint64_t, uint64_t),
                        const struct fp_format *format, unsigned rm, uint64_t a, uint64_t b,
                        uint64_t c);
COLD uint64_t fp_slow_convert(const struct fp_format *to, const struct fp_format *from, unsigned rm,
                              uint64_t a);
COLD uint64_t fp_slow_to_int(const struct fp_format *format, unsigned rm, uint64_t a,
                             bool is_signed, unsigned width);
COLD uint64_t fp_slow_from_int(const struct fp_format *format, unsigned rm, uint64_t value,
                               bool is_signed);

/* `a` to an integer in any rounding mode, when |a| is below 2^63. Guests' floor, ceil and round
 * are made of this. */
int64_t fp_to_int_in_mode(unsigned rm, double a);

/* FMIN and FMAX when an operand is a NaN: the other operand, or the canonical NaN; a signalling one
 * raises NV. */
COLD uint64_t fp_slow_number_of(const struct fp_format *format, uint64_t a, uint64_t b);

/* Whether the host rounds as asked and then raises the right flags (for `may_be_tiny` see
 * "Underflow" in cpu/fp_format.inc). */
static ALWAYS_INLINE bool fp_host_does(const struct hart *h, unsigned rm, bool may_be_tiny)
{
    return rm == h->frm_host && (HOST_FPU_TINY_AFTER_ROUNDING || !may_be_tiny);
}

#define FP(name)      f32_##name
#define BITS          uint32_t
#define SIGNED_BITS   int32_t
#define REAL          float
#define FORMAT        (&fp_f32)
#define FP_MATH(name) name##f
#define FP_HOST_FMA   host_fpu_fma32
#define FRACTION      23
#define SIGN          F32_SIGN
#define CANONICAL_NAN F32_NAN
#define FP_INFINITY   UINT32_C(0x7f800000)
#define ABOVE_I32     UINT32_C(0x4f000000) /* 2^31: the largest single below fits */
#define ABOVE_U32     UINT32_C(0x4f800000) /* 2^32 */
#define ABOVE_I64     UINT32_C(0x5f000000) /* 2^63 */
#include "cpu/fp_format.inc"

#define FP(name)      f64_##name
#define BITS          uint64_t
#define SIGNED_BITS   int64_t
#define REAL          double
#define FORMAT        (&fp_f64)
#define FP_MATH(name) name
#define FP_HOST_FMA   host_fpu_fma64
#define FRACTION      52
#define SIGN          F64_SIGN
#define CANONICAL_NAN F64_NAN
#define FP_INFINITY   UINT64_C(0x7ff0000000000000)
#define ABOVE_I32     UINT64_C(0x41dfffffffc00001) /* just above 2^31 - 1 */
#define ABOVE_U32     UINT64_C(0x41efffffffe00001) /* just above 2^32 - 1 */
#define ABOVE_I64     UINT64_C(0x43e0000000000000) /* 2^63 */
#include "cpu/fp_format.inc"

static ALWAYS_INLINE bool f32_from_f64_may_be_tiny(uint64_t a)
{
    return (a & ~F64_SIGN) - 1 < UINT64_C(0x3810000000000000) - 1; /* 0 < |a| < 2^-126 */
}

static ALWAYS_INLINE uint32_t f32_from_f64(const struct hart *h, unsigned rm, uint64_t a)
{
    if (UNLIKELY(!fp_host_does(h, rm, f32_from_f64_may_be_tiny(a))))
        return (uint32_t)fp_slow_convert(&fp_f32, &fp_f64, rm, a);
    return f32_result((float)f64_real(a));
}

/* Always exact: `rm` says nothing. */
static ALWAYS_INLINE uint64_t f64_from_f32(const struct hart *h, unsigned rm, uint32_t a)
{
    (void)h, (void)rm;
    return f64_result((double)f32_real(a));
}

/* A single in a register of FLEN = 64 bits (Unprivileged spec, "NaN Boxing of Narrower Values"):
 *
 *    63          32 31          0
 *   +--------------+-------------+
 *   | all ones     | the single  |    anything else above it: reads as the canonical NaN
 *   +--------------+-------------+
 */
static ALWAYS_INLINE uint32_t f32_unbox(uint64_t bits)
{
    uint32_t nan = F32_NAN;
    if (LIKELY(bits >> 32 == UINT32_MAX)) return (uint32_t)bits;
    /* Hidden from the compiler: gcc 12 folds an operation on a NaN it knows, -ftrapping-math or
     * not, and the flags that the other operand or a comparison raises go with it. */
    __asm__("" : "+r"(nan));
    return nan;
}

static ALWAYS_INLINE uint64_t f32_box(uint32_t bits)
{
    return UINT64_C(0xffffffff00000000) | bits;
}

#endif
