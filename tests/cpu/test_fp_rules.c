/* tests/cpu/test_fp_rules.c: what the Unprivileged spec's F and D chapters say, case by case. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bits.h"
#include "cpu/fp.h"
#include "cpu/fp_soft.h"
#include "host/fpu.h"
#include "tests/cpu/fp_cases.h"

HOST_OP(f32_min, f32_min((uint32_t)a, (uint32_t)b))
HOST_OP(f32_max, f32_max((uint32_t)a, (uint32_t)b))
HOST_OP(f32_eq, f32_eq((uint32_t)a, (uint32_t)b))
HOST_OP(f32_lt, f32_lt((uint32_t)a, (uint32_t)b))
HOST_OP(f32_le, f32_le((uint32_t)a, (uint32_t)b))
HOST_OP(f32_classify, f32_classify((uint32_t)a))
HOST_OP(f64_min, f64_min(a, b))
HOST_OP(f64_max, f64_max(a, b))
HOST_OP(f64_eq, f64_eq(a, b))
HOST_OP(f64_lt, f64_lt(a, b))
HOST_OP(f64_le, f64_le(a, b))
HOST_OP(f64_classify, f64_classify(a))

/* Doubles. */
#define ZERO64      UINT64_C(0x0000000000000000)
#define MINUS_ZERO  UINT64_C(0x8000000000000000)
#define ONE         UINT64_C(0x3ff0000000000000)
#define MINUS_ONE   UINT64_C(0xbff0000000000000)
#define HALF        UINT64_C(0x3fe0000000000000)
#define MINUS_HALF  UINT64_C(0xbfe0000000000000)
#define TWO_HALF    UINT64_C(0x4004000000000000) /* 2.5 */
#define MINUS_2HALF UINT64_C(0xc004000000000000)
#define INF         UINT64_C(0x7ff0000000000000)
#define MINUS_INF   UINT64_C(0xfff0000000000000)
#define MAX         UINT64_C(0x7fefffffffffffff)
#define MINUS_MAX   UINT64_C(0xffefffffffffffff)
#define MIN_NORMAL  UINT64_C(0x0010000000000000)
#define QNAN        UINT64_C(0xfff8000000000123) /* not the canonical one */
#define SNAN        UINT64_C(0x7ff0000000000001)
#define NAN64       F64_NAN

/* Singles. */
#define S_ZERO      0x00000000u
#define S_MINUS_0   0x80000000u
#define S_ONE       0x3f800000u
#define S_MINUS_1   0xbf800000u
#define S_INF       0x7f800000u
#define S_MINUS_INF 0xff800000u
#define S_MAX       0x7f7fffffu
#define S_QNAN      0xffc00123u
#define S_SNAN      0x7f800001u
#define S_NAN       F32_NAN

#define I32_MIN UINT64_C(0xffffffff80000000)
#define I32_MAX UINT64_C(0x000000007fffffff)
#define U32_MAX UINT64_C(0x00000000ffffffff)
#define I64_MIN UINT64_C(0x8000000000000000)
#define I64_MAX UINT64_C(0x7fffffffffffffff)
#define U64_MAX UINT64_C(0xffffffffffffffff)

#define RNE FRM_RNE
#define RTZ FRM_RTZ
#define RDN FRM_RDN
#define RUP FRM_RUP
#define RMM FRM_RMM
#define OF  (FP_OF | FP_NX) /* overflow and underflow come with NX */
#define UF  (FP_UF | FP_NX)
#define NX  FP_NX
#define DZ  FP_DZ
#define NV  FP_NV

struct rule {
    uint64_t (*op)(const struct hart *, unsigned rm, uint64_t a, uint64_t b, uint64_t c);
    const char *name;
    unsigned rm;
    uint64_t operand[3];
    uint64_t result;
    unsigned flags;
};

#define RULE(op, rm, result, flags, ...)                                                           \
    {                                                                                              \
        host_##op, #op, rm, {__VA_ARGS__}, result, flags                                           \
    }

/* Each rule holds with the host in the same mode and, the mode being static, in any other. */
static void check(const struct rule *rules, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct rule *r = &rules[i];
        for (unsigned mode = 0; mode < 4; mode++) {
            struct hart hart = {.frm_host = (uint8_t)mode};
            struct host_fpu saved = host_fpu_enter(mode, 0);
            uint64_t result = r->op(&hart, r->rm, r->operand[0], r->operand[1], r->operand[2]);
            unsigned flags = host_fpu_flags_get();
            host_fpu_leave(saved);
            if (result != r->result || flags != r->flags)
                fail_msg("rule %u, %s rm %u, host in %u: %#llx flags %#x, should be %#llx %#x", i,
                         r->name, r->rm, mode, (unsigned long long)result, flags,
                         (unsigned long long)r->result, r->flags);
        }
    }
}

static void arithmetic_on_special_values(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_add, RNE, NAN64, NV, INF, MINUS_INF),
        RULE(f64_add, RNE, INF, 0, INF, INF),
        RULE(f64_sub, RNE, NAN64, NV, INF, INF),
        RULE(f64_sub, RNE, INF, 0, INF, MINUS_INF),
        RULE(f64_add, RNE, ZERO64, 0, ONE, MINUS_ONE),
        RULE(f64_add, RUP, ZERO64, 0, ONE, MINUS_ONE),
        RULE(f64_add, RMM, ZERO64, 0, ONE, MINUS_ONE),
        RULE(f64_add, RDN, MINUS_ZERO, 0, ONE, MINUS_ONE),
        RULE(f64_add, RNE, ZERO64, 0, ZERO64, MINUS_ZERO),
        RULE(f64_add, RDN, MINUS_ZERO, 0, ZERO64, MINUS_ZERO),
        RULE(f64_add, RNE, MINUS_ZERO, 0, MINUS_ZERO, MINUS_ZERO),
        RULE(f64_sub, RDN, ZERO64, 0, ZERO64, MINUS_ZERO),
        RULE(f64_mul, RNE, NAN64, NV, INF, ZERO64),
        RULE(f64_mul, RNE, MINUS_ZERO, 0, ZERO64, MINUS_ONE),
        RULE(f64_mul, RNE, MINUS_INF, 0, INF, MINUS_ONE),
        RULE(f64_div, RNE, INF, DZ, ONE, ZERO64),
        RULE(f64_div, RNE, MINUS_INF, DZ, ONE, MINUS_ZERO),
        RULE(f64_div, RNE, NAN64, NV, ZERO64, ZERO64),
        RULE(f64_div, RNE, NAN64, NV, INF, MINUS_INF),
        RULE(f64_div, RNE, INF, 0, INF, ZERO64),
        RULE(f64_div, RNE, MINUS_ZERO, 0, MINUS_ONE, INF),
        RULE(f64_sqrt, RNE, MINUS_ZERO, 0, MINUS_ZERO),
        RULE(f64_sqrt, RNE, INF, 0, INF),
        RULE(f64_sqrt, RNE, NAN64, NV, MINUS_ONE),
        RULE(f64_sqrt, RNE, NAN64, NV, MINUS_INF),
        RULE(f32_add, RNE, S_NAN, NV, S_INF, S_MINUS_INF),
        RULE(f32_add, RDN, S_MINUS_0, 0, S_ONE, S_MINUS_1),
        RULE(f32_mul, RNE, S_NAN, NV, S_ZERO, S_INF),
        RULE(f32_div, RNE, S_MINUS_INF, DZ, S_MINUS_1, S_ZERO),
        RULE(f32_sqrt, RNE, S_NAN, NV, S_MINUS_1),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void nan_results_are_canonical_and_only_signalling_nans_raise_nv(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_add, RNE, NAN64, 0, QNAN, ONE),
        RULE(f64_add, RNE, NAN64, NV, SNAN, ONE),
        RULE(f64_sub, RNE, NAN64, NV, ONE, SNAN),
        RULE(f64_mul, RNE, NAN64, 0, ZERO64, QNAN),
        RULE(f64_mul, RNE, NAN64, NV, QNAN, SNAN),
        RULE(f64_div, RNE, NAN64, 0, QNAN, ZERO64),
        RULE(f64_sqrt, RNE, NAN64, 0, QNAN),
        RULE(f64_sqrt, RNE, NAN64, NV, SNAN),
        RULE(f64_fma, RNE, NAN64, 0, QNAN, INF, ONE),
        RULE(f64_fma, RNE, NAN64, NV, ONE, ONE, SNAN),
        RULE(f64_from_f32, RNE, NAN64, 0, S_QNAN),
        RULE(f64_from_f32, RNE, NAN64, NV, S_SNAN),
        RULE(f32_from_f64, RNE, S_NAN, 0, QNAN),
        RULE(f32_from_f64, RNE, S_NAN, NV, SNAN),
        RULE(f32_add, RNE, S_NAN, 0, S_QNAN, S_ONE),
        RULE(f32_mul, RNE, S_NAN, NV, S_SNAN, S_ONE),
        RULE(f32_fma, RNE, S_NAN, 0, S_QNAN, S_ONE, S_ONE),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void fma_rounds_once_and_infinity_times_zero_is_always_invalid(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_fma, RNE, NAN64, NV, INF, ZERO64, ONE),
        RULE(f64_fma, RNE, NAN64, NV, INF, ZERO64, QNAN),
        RULE(f64_fma, RNE, NAN64, NV, MINUS_ZERO, INF, QNAN),
        RULE(f32_fma, RNE, S_NAN, NV, S_INF, S_ZERO, S_QNAN),
        RULE(f64_fma, RNE, NAN64, NV, INF, ONE, MINUS_INF),
        RULE(f64_fma, RNE, INF, 0, INF, ONE, MAX),
        RULE(f64_fma, RNE, ZERO64, 0, ONE, ONE, MINUS_ONE),
        RULE(f64_fma, RDN, MINUS_ZERO, 0, ONE, ONE, MINUS_ONE),
        RULE(f64_fma, RNE, ZERO64, 0, ZERO64, MINUS_ONE, ZERO64),
        RULE(f64_fma, RNE, MINUS_ZERO, 0, ZERO64, MINUS_ONE, MINUS_ZERO),
        /* (1 + 2^-52)^2 - (1 + 2^-51) = 2^-104 */
        RULE(f64_fma, RNE, UINT64_C(0x3970000000000000), 0,
             ONE + 1, ONE + 1, UINT64_C(0xbff0000000000002)),
        /* (1 + 2^-23)^2 - (1 + 2^-22) = 2^-46 */
        RULE(f32_fma, RNE, 0x28800000u, 0, S_ONE + 1, S_ONE + 1, 0xbf800002u),
        /* The product alone would overflow. */
        RULE(f64_fma, RNE, MAX, 0, MAX, UINT64_C(0x4000000000000000), MINUS_MAX),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void overflow_goes_to_infinity_or_the_largest_number_by_mode(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_add, RNE, INF, OF, MAX, MAX),
        RULE(f64_add, RTZ, MAX, OF, MAX, MAX),
        RULE(f64_add, RDN, MAX, OF, MAX, MAX),
        RULE(f64_add, RUP, INF, OF, MAX, MAX),
        RULE(f64_add, RMM, INF, OF, MAX, MAX),
        RULE(f64_add, RDN, MINUS_INF, OF, MINUS_MAX, MINUS_MAX),
        RULE(f64_add, RUP, MINUS_MAX, OF, MINUS_MAX, MINUS_MAX),
        RULE(f64_add, RTZ, MAX, NX, MAX, ONE),
        RULE(f32_from_f64, RNE, S_INF, OF, MAX),
        RULE(f32_from_f64, RTZ, S_MAX, OF, MAX),
        /* Half a place above the largest single: a tie. */
        RULE(f32_from_f64, RNE, S_INF, OF, UINT64_C(0x47effffff0000000)),
        RULE(f32_from_f64, RNE, S_MAX, NX, UINT64_C(0x47efffffefffffff)),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void underflow_is_tininess_after_rounding_and_inexact(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        /* 2^-1022 * (1 - 2^-53) has 53 bits: tiny with any exponent, though it rounds to 2^-1022. */
        RULE(f64_mul, RNE, MIN_NORMAL, UF, MIN_NORMAL, UINT64_C(0x3fefffffffffffff)),
        /* 2^-1022 * (1 - 2^-104) rounds to 2^-1022 with an unlimited exponent too. */
        RULE(f64_mul, RNE, MIN_NORMAL, NX, MIN_NORMAL + 1, UINT64_C(0x3feffffffffffffe)),
        RULE(f64_mul, RTZ, MIN_NORMAL - 1, UF, MIN_NORMAL + 1, UINT64_C(0x3feffffffffffffe)),
        /* Exact subnormals don't underflow. */
        RULE(f64_mul, RNE, MIN_NORMAL / 2, 0, MIN_NORMAL, HALF),
        RULE(f64_sub, RNE, 1, 0, MIN_NORMAL + 1, MIN_NORMAL),
        RULE(f64_mul, RNE, 0, UF, 1, HALF),
        RULE(f64_mul, RUP, 1, UF, 1, HALF),
        RULE(f64_mul, RMM, 1, UF, 1, HALF),
        RULE(f64_div, RDN, 0, UF, 1, MAX),
        RULE(f32_mul, RNE, 0x00800000u, UF, 0x00800000u, 0x3f7fffffu),
        RULE(f32_mul, RNE, 0x00800000u, NX, 0x00800001u, 0x3f7ffffeu),
        RULE(f32_from_f64, RNE, 0x00800000u, NX, UINT64_C(0x380fffffffffffff)),
        RULE(f32_from_f64, RNE, 0x00800000u, UF, UINT64_C(0x380fffffe0000000)),
        RULE(f32_from_f64, RNE, 0, UF, 1),
        RULE(f64_from_f32, RNE, UINT64_C(0x36a0000000000000), 0, 1),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void each_mode_rounds_its_way(void **state)
{
    (void)state;
    const uint64_t tie = UINT64_C(0x3ca0000000000000); /* 2^-53: half a place of 1 */
    const struct rule rules[] = {
        RULE(f64_add, RNE, ONE, NX, ONE, tie),
        RULE(f64_add, RTZ, ONE, NX, ONE, tie),
        RULE(f64_add, RDN, ONE, NX, ONE, tie),
        RULE(f64_add, RUP, ONE + 1, NX, ONE, tie),
        RULE(f64_add, RMM, ONE + 1, NX, ONE, tie),
        RULE(f64_add, RNE, ONE + 2, NX, ONE + 1, tie),
        RULE(f64_sub, RDN, MINUS_ONE + 1, NX, MINUS_ONE, tie),
        RULE(f64_sub, RUP, MINUS_ONE, NX, MINUS_ONE, tie),
        RULE(f64_sub, RMM, MINUS_ONE + 1, NX, MINUS_ONE, tie),
    };
    check(rules, ARRAY_COUNT(rules));
}

static void min_and_max_order_zeros_and_prefer_numbers(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_min, RNE, MINUS_ZERO, 0, MINUS_ZERO, ZERO64),
        RULE(f64_min, RNE, MINUS_ZERO, 0, ZERO64, MINUS_ZERO),
        RULE(f64_max, RNE, ZERO64, 0, MINUS_ZERO, ZERO64),
        RULE(f64_max, RNE, ZERO64, 0, ZERO64, MINUS_ZERO),
        RULE(f64_min, RNE, MINUS_INF, 0, MINUS_MAX, MINUS_INF),
        RULE(f64_max, RNE, MINUS_MAX, 0, MINUS_MAX, MINUS_INF),
        RULE(f64_min, RNE, MINUS_ONE, 0, ONE, MINUS_ONE),
        RULE(f64_max, RNE, INF, 0, INF, MAX),
        RULE(f64_min, RNE, ONE, 0, QNAN, ONE),
        RULE(f64_max, RNE, ONE, 0, ONE, QNAN),
        RULE(f64_min, RNE, ONE, NV, SNAN, ONE),
        RULE(f64_max, RNE, ONE, NV, ONE, SNAN),
        RULE(f64_min, RNE, NAN64, 0, QNAN, QNAN),
        RULE(f64_max, RNE, NAN64, NV, QNAN, SNAN),
        RULE(f32_min, RNE, S_MINUS_0, 0, S_ZERO, S_MINUS_0),
        RULE(f32_max, RNE, S_ZERO, 0, S_MINUS_0, S_ZERO),
        RULE(f32_min, RNE, S_MINUS_INF, 0, S_MINUS_INF, S_MINUS_1),
        RULE(f32_max, RNE, S_ONE, NV, S_SNAN, S_ONE),
        RULE(f32_min, RNE, S_NAN, 0, S_QNAN, S_QNAN),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void feq_is_quiet_flt_and_fle_signal(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_eq, RNE, 1, 0, ZERO64, MINUS_ZERO),
        RULE(f64_lt, RNE, 0, 0, MINUS_ZERO, ZERO64),
        RULE(f64_le, RNE, 1, 0, ZERO64, MINUS_ZERO),
        RULE(f64_lt, RNE, 1, 0, MINUS_ONE, ONE),
        RULE(f64_lt, RNE, 0, 0, ONE, MINUS_ONE),
        RULE(f64_le, RNE, 1, 0, MINUS_INF, MINUS_INF),
        RULE(f64_eq, RNE, 0, 0, QNAN, QNAN),
        RULE(f64_eq, RNE, 0, NV, SNAN, ONE),
        RULE(f64_lt, RNE, 0, NV, QNAN, ONE),
        RULE(f64_lt, RNE, 0, NV, ONE, SNAN),
        RULE(f64_le, RNE, 0, NV, ONE, QNAN),
        RULE(f64_le, RNE, 0, NV, SNAN, SNAN),
        RULE(f32_eq, RNE, 0, 0, S_QNAN, S_ONE),
        RULE(f32_eq, RNE, 0, NV, S_ONE, S_SNAN),
        RULE(f32_lt, RNE, 0, NV, S_ONE, S_QNAN),
        RULE(f32_le, RNE, 0, NV, S_QNAN, S_ONE),
        RULE(f32_le, RNE, 1, 0, S_ONE, S_ONE),
        RULE(f32_lt, RNE, 1, 0, S_ONE, S_INF),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void fclass_sets_the_one_right_bit(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_classify, RNE, 1 << 0, 0, MINUS_INF),  RULE(f32_classify, RNE, 1 << 0, 0, S_MINUS_INF),
        RULE(f64_classify, RNE, 1 << 1, 0, MINUS_ONE),  RULE(f32_classify, RNE, 1 << 1, 0, 0x80800000u),
        RULE(f64_classify, RNE, 1 << 2, 0, I64_MIN + 1), RULE(f32_classify, RNE, 1 << 2, 0, 0x807fffffu),
        RULE(f64_classify, RNE, 1 << 3, 0, MINUS_ZERO), RULE(f32_classify, RNE, 1 << 3, 0, S_MINUS_0),
        RULE(f64_classify, RNE, 1 << 4, 0, ZERO64),     RULE(f32_classify, RNE, 1 << 4, 0, S_ZERO),
        RULE(f64_classify, RNE, 1 << 5, 0, MIN_NORMAL - 1), RULE(f32_classify, RNE, 1 << 5, 0, 1),
        RULE(f64_classify, RNE, 1 << 6, 0, MIN_NORMAL), RULE(f32_classify, RNE, 1 << 6, 0, S_MAX),
        RULE(f64_classify, RNE, 1 << 7, 0, INF),        RULE(f32_classify, RNE, 1 << 7, 0, S_INF),
        RULE(f64_classify, RNE, 1 << 8, 0, SNAN),       RULE(f32_classify, RNE, 1 << 8, 0, 0xff800001u),
        RULE(f64_classify, RNE, 1 << 9, 0, QNAN),       RULE(f32_classify, RNE, 1 << 9, 0, S_NAN),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void conversion_to_integers_saturates_with_nv_alone(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_to_i32, RTZ, I32_MAX, NV, QNAN),  RULE(f64_to_i32, RTZ, I32_MAX, NV, INF),
        RULE(f64_to_u32, RTZ, U32_MAX, NV, SNAN),  RULE(f64_to_u32, RTZ, U32_MAX, NV, INF),
        RULE(f64_to_i64, RTZ, I64_MAX, NV, QNAN),  RULE(f64_to_i64, RTZ, I64_MAX, NV, INF),
        RULE(f64_to_u64, RTZ, U64_MAX, NV, QNAN),  RULE(f64_to_u64, RTZ, U64_MAX, NV, INF),
        RULE(f64_to_i32, RTZ, I32_MIN, NV, MINUS_INF), RULE(f64_to_u32, RTZ, 0, NV, MINUS_INF),
        RULE(f64_to_i64, RTZ, I64_MIN, NV, MINUS_INF), RULE(f64_to_u64, RTZ, 0, NV, MINUS_INF),
        RULE(f32_to_i32, RTZ, I32_MAX, NV, S_QNAN), RULE(f32_to_u64, RTZ, U64_MAX, NV, S_SNAN),
        /* 2^31 - 1/2, -2^31 - 1/2: in or out by the rounding mode. */
        RULE(f64_to_i32, RTZ, I32_MAX, NX, UINT64_C(0x41dfffffffe00000)),
        RULE(f64_to_i32, RNE, I32_MAX, NV, UINT64_C(0x41dfffffffe00000)),
        RULE(f64_to_i32, RMM, I32_MAX, NV, UINT64_C(0x41dfffffffe00000)),
        RULE(f64_to_i32, RDN, I32_MAX, NX, UINT64_C(0x41dfffffffe00000)),
        RULE(f64_to_i32, RNE, I32_MIN, NX, UINT64_C(0xc1e0000000100000)),
        RULE(f64_to_i32, RDN, I32_MIN, NV, UINT64_C(0xc1e0000000100000)),
        RULE(f64_to_i32, RTZ, I32_MIN, 0, UINT64_C(0xc1e0000000000000)),
        /* 2^32 - 1/2 */
        RULE(f64_to_u32, RTZ, U32_MAX, NX, UINT64_C(0x41effffffff00000)),
        RULE(f64_to_u32, RUP, U32_MAX, NV, UINT64_C(0x41effffffff00000)),
        /* Negative, yet zero after rounding. */
        RULE(f64_to_u32, RTZ, 0, NX, MINUS_HALF),
        RULE(f64_to_u32, RNE, 0, NX, MINUS_HALF),
        RULE(f64_to_u32, RDN, 0, NV, MINUS_HALF),
        RULE(f64_to_u32, RMM, 0, NV, MINUS_HALF),
        RULE(f64_to_u64, RTZ, 0, NV, MINUS_ONE),
        RULE(f64_to_u64, RTZ, 0, 0, MINUS_ZERO),
        RULE(f64_to_i64, RTZ, I64_MIN, 0, UINT64_C(0xc3e0000000000000)),
        RULE(f64_to_i64, RTZ, I64_MAX, NV, UINT64_C(0x43e0000000000000)),
        RULE(f64_to_u64, RTZ, I64_MIN, 0, UINT64_C(0x43e0000000000000)),
        RULE(f64_to_u64, RTZ, U64_MAX, NV, UINT64_C(0x43f0000000000000)),
        RULE(f32_to_i32, RTZ, I32_MAX, NV, 0x4f000000u),
        RULE(f32_to_i32, RTZ, I32_MIN, 0, 0xcf000000u),
        RULE(f32_to_u32, RTZ, UINT64_C(0xffffff00), 0, 0x4f7fffffu),
        RULE(f32_to_i64, RTZ, I64_MAX, NV, 0x5f000000u),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void conversion_to_integers_rounds_by_the_static_mode(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_to_i32, RNE, 2, NX, TWO_HALF), RULE(f64_to_i32, RNE, (uint64_t)-2, NX, MINUS_2HALF),
        RULE(f64_to_i32, RTZ, 2, NX, TWO_HALF), RULE(f64_to_i32, RTZ, (uint64_t)-2, NX, MINUS_2HALF),
        RULE(f64_to_i32, RDN, 2, NX, TWO_HALF), RULE(f64_to_i32, RDN, (uint64_t)-3, NX, MINUS_2HALF),
        RULE(f64_to_i32, RUP, 3, NX, TWO_HALF), RULE(f64_to_i32, RUP, (uint64_t)-2, NX, MINUS_2HALF),
        RULE(f64_to_i32, RMM, 3, NX, TWO_HALF), RULE(f64_to_i32, RMM, (uint64_t)-3, NX, MINUS_2HALF),
        RULE(f64_to_i64, RMM, 1, NX, HALF),     RULE(f64_to_i64, RNE, 0, NX, HALF),
        RULE(f64_to_i64, RUP, 1, NX, 1),        RULE(f64_to_i64, RDN, 0, NX, 1),
        RULE(f32_to_i32, RMM, 1, NX, 0x3f000000u), RULE(f32_to_i64, RUP, 1, NX, 1),
        RULE(f64_to_i64, RMM, 1, 0, ONE),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void conversion_from_integers_rounds(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct rule rules[] = {
        RULE(f64_from_i64, RDN, ZERO64, 0, 0),
        RULE(f64_from_i32, RTZ, MINUS_ONE, 0, U32_MAX),
        RULE(f64_from_u32, RTZ, UINT64_C(0x41efffffffe00000), 0, U32_MAX),
        RULE(f64_from_i64, RNE, UINT64_C(0xc3e0000000000000), 0, I64_MIN),
        RULE(f64_from_u64, RNE, UINT64_C(0x43f0000000000000), NX, U64_MAX),
        RULE(f64_from_u64, RTZ, UINT64_C(0x43efffffffffffff), NX, U64_MAX),
        RULE(f64_from_i64, RUP, UINT64_C(0x4340000000000001), NX, UINT64_C(0x20000000000001)),
        RULE(f64_from_i64, RMM, UINT64_C(0x4340000000000001), NX, UINT64_C(0x20000000000001)),
        RULE(f64_from_i64, RNE, UINT64_C(0x4340000000000000), NX, UINT64_C(0x20000000000001)),
        RULE(f32_from_i32, RNE, 0x4b800000u, NX, 0x1000001),
        RULE(f32_from_i32, RMM, 0x4b800001u, NX, 0x1000001),
        RULE(f32_from_i32, RUP, 0x4b800001u, NX, 0x1000001),
        RULE(f32_from_u32, RNE, 0x4f800000u, NX, U32_MAX),
        RULE(f32_from_u64, RTZ, 0x5f7fffffu, NX, U64_MAX),
        RULE(f32_from_i64, RDN, 0xdf000000u, 0, I64_MIN),
    };
    /* clang-format on */
    check(rules, ARRAY_COUNT(rules));
}

static void singles_that_are_not_boxed_read_as_nan(void **state)
{
    (void)state;
    assert_int_equal(f32_unbox(f32_box(S_ONE)), S_ONE);
    assert_int_equal(f32_box(S_ONE), UINT64_C(0xffffffff3f800000));
    assert_int_equal(f32_unbox(S_ONE), F32_NAN);
    assert_int_equal(f32_unbox(UINT64_C(0xfffffffe3f800000)), F32_NAN);
}

static void round_to_integral_keeps_the_format(void **state)
{
    (void)state;
    static const struct {
        uint64_t a, result;
        unsigned rm;
        unsigned flags;
    } rules[] = {
        {TWO_HALF, UINT64_C(0x4000000000000000), RNE, NX},
        {TWO_HALF, UINT64_C(0x4008000000000000), RMM, NX},
        {MINUS_HALF, MINUS_ZERO, RNE, NX},
        {MINUS_HALF, MINUS_ONE, RDN, NX},
        {1, ONE, RUP, NX},
        {1, ZERO64, RNE, NX},
        {ONE, ONE, RUP, 0},
        {MAX, MAX, RUP, 0},
        {MINUS_INF, MINUS_INF, RNE, 0},
        {MINUS_ZERO, MINUS_ZERO, RUP, 0},
        {QNAN, NAN64, RNE, 0},
        {SNAN, NAN64, RNE, NV},
        /* 2^52 - 1/2 */
        {UINT64_C(0x432fffffffffffff), UINT64_C(0x4330000000000000), RNE, NX},
        {UINT64_C(0x432fffffffffffff), UINT64_C(0x432ffffffffffffe), RTZ, NX},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rules); i++) {
        for (unsigned exact = 0; exact < 2; exact++) {
            struct fp_soft s = {.rm = rules[i].rm};
            uint64_t result = fp_soft_round(&s, &fp_f64, rules[i].a, exact);
            assert_int_equal(result, rules[i].result);
            assert_int_equal(s.flags, exact ? rules[i].flags : rules[i].flags & ~(unsigned)FP_NX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_on_special_values),
        cmocka_unit_test(nan_results_are_canonical_and_only_signalling_nans_raise_nv),
        cmocka_unit_test(fma_rounds_once_and_infinity_times_zero_is_always_invalid),
        cmocka_unit_test(overflow_goes_to_infinity_or_the_largest_number_by_mode),
        cmocka_unit_test(underflow_is_tininess_after_rounding_and_inexact),
        cmocka_unit_test(each_mode_rounds_its_way),
        cmocka_unit_test(min_and_max_order_zeros_and_prefer_numbers),
        cmocka_unit_test(feq_is_quiet_flt_and_fle_signal),
        cmocka_unit_test(fclass_sets_the_one_right_bit),
        cmocka_unit_test(conversion_to_integers_saturates_with_nv_alone),
        cmocka_unit_test(conversion_to_integers_rounds_by_the_static_mode),
        cmocka_unit_test(conversion_from_integers_rounds),
        cmocka_unit_test(singles_that_are_not_boxed_read_as_nan),
        cmocka_unit_test(round_to_integral_keeps_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
