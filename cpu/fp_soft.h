/* cpu/fp_soft.h: IEEE 754 arithmetic on integers, for any format in any rounding mode.
 *
 * The host's FPU does nearly all of the guest's arithmetic (cpu/fp.h). This is for the rest: the
 * rounding mode RMM, which hosts lack, a static mode other than the one the host is set to, and
 * operations whose flags differ between RISC-V and the host. It is also what the tests hold the
 * host against.
 */
#ifndef RIVET_CPU_FP_SOFT_H
#define RIVET_CPU_FP_SOFT_H

#include <stdbool.h>
#include <stdint.h>

/* A binary interchange format (IEEE 754-2019 §3.4):
 *
 *    1   exponent_bits   fraction_bits
 *   +---+-------------+----------------+
 *   | s |   biased    |    fraction    |    value = (-1)^s * 1.fraction * 2^(biased - bias)
 *   +---+-------------+----------------+    bias = 2^(exponent_bits - 1) - 1
 *
 *    biased  fraction
 *    0       0         zero
 *    0       other     subnormal: (-1)^s * 0.fraction * 2^(1 - bias)
 *    all 1   0         infinity
 *    all 1   1xxx...   quiet NaN; RISC-V's canonical one is +1000...
 *    all 1   0xxx...   signalling NaN (some x is 1)
 */
struct fp_format {
    unsigned exponent_bits;
    unsigned fraction_bits; /* 10..52 */
};

extern const struct fp_format fp_f16, fp_f32, fp_f64;

/* fcsr.fflags (Unprivileged spec, "Floating-Point Control and Status Register"). */
#define FP_NX 0x01 /* inexact */
#define FP_UF 0x02 /* underflow: tiny after rounding, and inexact */
#define FP_OF 0x04 /* overflow */
#define FP_DZ 0x08 /* divide by zero */
#define FP_NV 0x10 /* invalid operation */

/* The surroundings of one or more operations: how to round, and the flags raised so far. */
struct fp_soft {
    unsigned rm;    /* FRM_RNE..FRM_RMM */
    unsigned flags; /* operations OR theirs in */
};

/* Operands and results are bit patterns of `format`, right-aligned; bits above it are ignored in
 * operands and zero in results. A NaN result is the canonical NaN. */
uint64_t fp_soft_add(struct fp_soft *, const struct fp_format *format, uint64_t a, uint64_t b);
uint64_t fp_soft_sub(struct fp_soft *, const struct fp_format *format, uint64_t a, uint64_t b);
uint64_t fp_soft_mul(struct fp_soft *, const struct fp_format *format, uint64_t a, uint64_t b);
uint64_t fp_soft_div(struct fp_soft *, const struct fp_format *format, uint64_t a, uint64_t b);
uint64_t fp_soft_sqrt(struct fp_soft *, const struct fp_format *format, uint64_t a);
/* a * b + c, rounded once. */
uint64_t fp_soft_fma(struct fp_soft *, const struct fp_format *format, uint64_t a, uint64_t b,
                     uint64_t c);

/* From one format to another. */
uint64_t fp_soft_convert(struct fp_soft *, const struct fp_format *to, const struct fp_format *from,
                         uint64_t a);

/* To an integer value in the same format. With `exact`, NX tells that the value changed. */
uint64_t fp_soft_round(struct fp_soft *, const struct fp_format *format, uint64_t a, bool exact);

/* To an integer of `width` bits (1..64), sign- or zero-extended to 64. What doesn't fit saturates
 * and raises NV alone; NaN counts as +infinity. */
uint64_t fp_soft_to_int(struct fp_soft *, const struct fp_format *format, uint64_t a,
                        bool is_signed, unsigned width);

/* From an integer: `value` is an int64_t when `is_signed`. */
uint64_t fp_soft_from_int(struct fp_soft *, const struct fp_format *format, uint64_t value,
                          bool is_signed);

#endif
