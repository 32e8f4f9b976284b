/* tests/cpu/fp_cases.h: floating-point operations by name, and operands that find their edges.
 *
 * Shared by the programs that hold one implementation against another.
 */
#ifndef RIVET_TESTS_CPU_FP_CASES_H
#define RIVET_TESTS_CPU_FP_CASES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"
#include "cpu/fp.h"
#include "cpu/fp_soft.h"
#include "host/fpu.h"

enum op_kind { ARITHMETIC, TO_INT, FROM_INT, CONVERT };

/* One operation, twice: on the host's FPU and on integers. Operands an operation lacks are ignored;
 * those of FROM_INT are integers. `host` is NULL where the host has no such format. */
struct fp_op {
    const char *name;
    enum op_kind kind;
    const struct fp_format *from, *to; /* of operands and result; NULL: integer */
    bool is_signed;                    /* of the integer, if there is one */
    unsigned width;
    uint64_t (*host)(const struct hart *, unsigned rm, uint64_t a, uint64_t b, uint64_t c);
    uint64_t (*soft)(struct fp_soft *, const struct fp_op *, uint64_t a, uint64_t b, uint64_t c);
};

#define HOST_OP(name, ...)                                                                         \
    static uint64_t host_##name(const struct hart *h, unsigned rm, uint64_t a, uint64_t b,         \
                                uint64_t c)                                                        \
    {                                                                                              \
        (void)h, (void)rm, (void)a, (void)b, (void)c;                                              \
        return __VA_ARGS__;                                                                        \
    }

#define HOST_FORMAT_OPS(f, bits)                                                                   \
    HOST_OP(f##_add, f##_add(h, rm, (bits)a, (bits)b))                                             \
    HOST_OP(f##_sub, f##_sub(h, rm, (bits)a, (bits)b))                                             \
    HOST_OP(f##_mul, f##_mul(h, rm, (bits)a, (bits)b))                                             \
    HOST_OP(f##_div, f##_div(h, rm, (bits)a, (bits)b))                                             \
    HOST_OP(f##_sqrt, f##_sqrt(h, rm, (bits)a))                                                    \
    HOST_OP(f##_fma, f##_fma(h, rm, (bits)a, (bits)b, (bits)c))                                    \
    HOST_OP(f##_to_i32, (uint64_t)f##_to_i32(h, rm, (bits)a))                                      \
    HOST_OP(f##_to_u32, f##_to_u32(h, rm, (bits)a))                                                \
    HOST_OP(f##_to_i64, (uint64_t)f##_to_i64(h, rm, (bits)a))                                      \
    HOST_OP(f##_to_u64, f##_to_u64(h, rm, (bits)a))                                                \
    HOST_OP(f##_from_i32, f##_from_i32(h, rm, (int32_t)a))                                         \
    HOST_OP(f##_from_u32, f##_from_u32(h, rm, (uint32_t)a))                                        \
    HOST_OP(f##_from_i64, f##_from_i64(h, rm, (int64_t)a))                                         \
    HOST_OP(f##_from_u64, f##_from_u64(h, rm, a))

HOST_FORMAT_OPS(f32, uint32_t)
HOST_FORMAT_OPS(f64, uint64_t)
HOST_OP(f32_from_f64, f32_from_f64(h, rm, a))
HOST_OP(f64_from_f32, f64_from_f32(h, rm, (uint32_t)a))

#define SOFT_OP(name, ...)                                                                         \
    static uint64_t soft_##name(struct fp_soft *s, const struct fp_op *op, uint64_t a, uint64_t b, \
                                uint64_t c)                                                        \
    {                                                                                              \
        (void)b, (void)c;                                                                          \
        return __VA_ARGS__;                                                                        \
    }

/* The integer operand as the instruction reads it: its low `width` bits. */
static inline uint64_t int_operand(const struct fp_op *op, uint64_t value)
{
    return op->is_signed ? (uint64_t)sign_extend(value, op->width) : value & mask_low(op->width);
}

SOFT_OP(add, fp_soft_add(s, op->from, a, b))
SOFT_OP(sub, fp_soft_sub(s, op->from, a, b))
SOFT_OP(mul, fp_soft_mul(s, op->from, a, b))
SOFT_OP(div, fp_soft_div(s, op->from, a, b))
SOFT_OP(sqrt, fp_soft_sqrt(s, op->from, a))
SOFT_OP(fma, fp_soft_fma(s, op->from, a, b, c))
SOFT_OP(convert, fp_soft_convert(s, op->to, op->from, a))
SOFT_OP(to_int, fp_soft_to_int(s, op->from, a, op->is_signed, op->width))
SOFT_OP(from_int, fp_soft_from_int(s, op->to, int_operand(op, a), op->is_signed))

/* clang-format off */
#define ARITHMETIC_ROW(f, op, host)  {#f "_" #op, ARITHMETIC, &fp_##f, &fp_##f, false, 0, host, soft_##op}
#define TO_INT_ROW(f, i, sign, width, host)    {#f "_to_" #i, TO_INT, &fp_##f, NULL, sign, width, host, soft_to_int}
#define FROM_INT_ROW(f, i, sign, width, host)  {#f "_from_" #i, FROM_INT, NULL, &fp_##f, sign, width, host, soft_from_int}
#define CONVERT_ROW(to, from, host)  {#to "_from_" #from, CONVERT, &fp_##from, &fp_##to, false, 0, host, soft_convert}

#define FORMAT_ROWS(f, HOST)                                  \
    ARITHMETIC_ROW(f, add, HOST(f##_add)),                    \
    ARITHMETIC_ROW(f, sub, HOST(f##_sub)),                    \
    ARITHMETIC_ROW(f, mul, HOST(f##_mul)),                    \
    ARITHMETIC_ROW(f, div, HOST(f##_div)),                    \
    ARITHMETIC_ROW(f, sqrt, HOST(f##_sqrt)),                  \
    ARITHMETIC_ROW(f, fma, HOST(f##_fma)),                    \
    TO_INT_ROW(f, i32, true, 32, HOST(f##_to_i32)),           \
    TO_INT_ROW(f, u32, false, 32, HOST(f##_to_u32)),          \
    TO_INT_ROW(f, i64, true, 64, HOST(f##_to_i64)),           \
    TO_INT_ROW(f, u64, false, 64, HOST(f##_to_u64)),          \
    FROM_INT_ROW(f, i32, true, 32, HOST(f##_from_i32)),       \
    FROM_INT_ROW(f, u32, false, 32, HOST(f##_from_u32)),      \
    FROM_INT_ROW(f, i64, true, 64, HOST(f##_from_i64)),       \
    FROM_INT_ROW(f, u64, false, 64, HOST(f##_from_u64))

#define ON_HOST(name) host_##name
#define NO_HOST(name) NULL
static const struct fp_op ops[] = {
    FORMAT_ROWS(f32, ON_HOST),
    FORMAT_ROWS(f64, ON_HOST),
    FORMAT_ROWS(f16, NO_HOST),
    CONVERT_ROW(f32, f64, host_f32_from_f64),
    CONVERT_ROW(f64, f32, host_f64_from_f32),
    CONVERT_ROW(f16, f32, NULL),
    CONVERT_ROW(f32, f16, NULL),
    CONVERT_ROW(f16, f64, NULL),
    CONVERT_ROW(f64, f16, NULL),
};
/* clang-format on */

/* Xorshift64*: the same numbers every run. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* Runs of equal bits, lone bits, or anything: what sits near the edges of rounding. */
static inline uint64_t random_pattern(uint64_t *state, unsigned width)
{
    uint64_t r = random_next(state);
    unsigned at = (unsigned)(r >> 32) % width;
    const uint64_t patterns[] = {
        0,
        mask_low(width),
        UINT64_C(1) << at,
        mask_low(at),
        mask_low(width) & ~mask_low(at),
        mask_low(width) ^ UINT64_C(1) << at,
        random_next(state) & mask_low(width),
        random_next(state) & mask_low(width),
    };
    return patterns[r % ARRAY_COUNT(patterns)];
}

/* A bit pattern of the format with its exponent where something happens: zeros and subnormals, the
 * smallest normals, around one, around the integers' ends, the largest, infinities and NaNs;
 * or near `partner`'s, or where a product or quotient with `partner` leaves the range. */
static inline uint64_t random_operand(uint64_t *state, const struct fp_format *f, uint64_t partner)
{
    uint64_t r = random_next(state), top = mask_low(f->exponent_bits), bias = top / 2;
    uint64_t near = (r >> 8) % 5 - 2, other = partner >> f->fraction_bits & top;
    const uint64_t exponents[] = {
        0,
        0,
        1 + (r >> 8) % 2,
        bias + near,
        bias + f->fraction_bits + near,
        bias + 31 + near,
        bias + 63 + near,
        top - 1 - (r >> 8) % 2,
        top,
        other + near,
        other - f->fraction_bits + near,
        bias - other + near,
        bias - other + f->fraction_bits + near,
        bias + other + near,
        bias + top - other + near,
        r >> 8,
    };
    uint64_t exponent = exponents[r % ARRAY_COUNT(exponents)] & top;
    return (r >> 63) << (f->exponent_bits + f->fraction_bits) | exponent << f->fraction_bits |
           random_pattern(state, f->fraction_bits);
}

/* The three operands of one case. */
static inline void random_operands(uint64_t *state, const struct fp_op *op, uint64_t operand[3])
{
    if (op->kind == FROM_INT) {
        operand[0] = random_pattern(state, 64) >> (random_next(state) % 64);
        if (random_next(state) & 1) operand[0] = -operand[0];
        operand[1] = operand[2] = 0;
        return;
    }
    operand[0] = random_operand(state, op->from, 0);
    operand[1] = random_operand(state, op->from, operand[0]);
    operand[2] = random_operand(state, op->from, operand[random_next(state) % 2]);
}

/* One operation on the host with its rounding mode set to `mode` and no flag raised before. */
static inline uint64_t run_on_host(const struct fp_op *op, unsigned mode, unsigned rm,
                                   const uint64_t o[3], unsigned *flags)
{
    struct hart hart = {.frm_host = (uint8_t)mode};
    struct host_fpu saved = host_fpu_enter(mode, 0);
    uint64_t result = op->host(&hart, rm, o[0], o[1], o[2]);
    *flags = host_fpu_flags_get();
    host_fpu_leave(saved);
    return result;
}

static inline uint64_t run_soft(const struct fp_op *op, unsigned rm, const uint64_t o[3],
                                unsigned *flags)
{
    struct fp_soft s = {.rm = rm};
    uint64_t result = op->soft(&s, op, o[0], o[1], o[2]);
    *flags = s.flags;
    return result;
}

#endif
