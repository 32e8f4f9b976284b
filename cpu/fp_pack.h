/* cpu/fp_pack.h: unpacked floating-point numbers, and rounding them back into a format.
 *
 * Private to fp_soft.c and fp_pack.c.
 */
#ifndef RIVET_CPU_FP_PACK_H
#define RIVET_CPU_FP_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/fp_soft.h"

/* Wide enough for the exact product of two significands. ISO C has no such type, hence the one
 * typedef. */
__extension__ typedef unsigned __int128 u128;

enum kind { ZERO, FINITE, INFINITE, QUIET_NAN, SIGNALLING_NAN };

/* An unpacked number. FINITE ones are normalised: bit 127 is set.
 *
 *    127 126                                  0
 *   +---+--------------------------------------+
 *   | 1 .            fraction                  |     value = (-1)^sign * 1.fraction * 2^exponent
 *   +---+--------------------------------------+
 */
struct number {
    enum kind kind;
    bool sign;
    int exponent;
    u128 significand;
};

struct number fp_unpack(const struct fp_format *format, uint64_t bits);

/* The bit pattern of a number, rounded if it is finite; a SIGNALLING_NAN raises NV. */
uint64_t fp_pack(struct fp_soft *, const struct fp_format *format, struct number n);

/* `magnitude` with the sign bit in front. */
uint64_t fp_with_sign(const struct fp_format *format, bool sign, uint64_t magnitude);

/* Shifts the leading one to bit 127 and corrects the exponent; the significand isn't zero. */
struct number fp_normalise(struct number n);

/* Shifts right; whatever falls off the end makes bit 0 sticky. */
u128 fp_shift_right_sticky(u128 value, unsigned count);

/* `value` / 2^`drop` as an integer, by the rounding mode; 1 <= drop <= 127. */
u128 fp_round_off(const struct fp_soft *, bool sign, u128 value, unsigned drop, bool *inexact);

#endif
