/* tests/cpu/test_fp_host.c: the host's FPU and the integer code agree, bits and flags. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bits.h"
#include "tests/cpu/fp_cases.h"

static void check(const struct fp_op *op, unsigned mode, unsigned rm, const uint64_t operand[3])
{
    unsigned host_flags, soft_flags;
    uint64_t host = run_on_host(op, mode, rm, operand, &host_flags);
    uint64_t soft = run_soft(op, rm, operand, &soft_flags);
    if (host == soft && host_flags == soft_flags) return;
    fail_msg("%s(%#llx, %#llx, %#llx) rm %u: host %#llx flags %#x, integers %#llx flags %#x",
             op->name, (unsigned long long)operand[0], (unsigned long long)operand[1],
             (unsigned long long)operand[2], rm, (unsigned long long)host, host_flags,
             (unsigned long long)soft, soft_flags);
}

static void host_agrees_with_integers_in_its_rounding_mode(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (unsigned i = 0; i < ARRAY_COUNT(ops); i++) {
        for (unsigned n = 0; ops[i].host != NULL && n < 30000; n++) {
            uint64_t operand[3];
            random_operands(&random, &ops[i], operand);
            check(&ops[i], n % 4, n % 4, operand);
        }
    }
}

static void static_rounding_mode_overrides_that_of_the_host(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (unsigned i = 0; i < ARRAY_COUNT(ops); i++) {
        for (unsigned n = 0; ops[i].host != NULL && n < 2000; n++) {
            uint64_t operand[3];
            random_operands(&random, &ops[i], operand);
            check(&ops[i], n % 4, n / 4 % 5, operand);
        }
    }
}

static void flags_accumulate(void **state)
{
    (void)state;
    struct hart hart = {.frm_host = FRM_RNE};
    struct host_fpu saved = host_fpu_enter(FRM_RNE, FP_OF);
    volatile uint64_t by_host = f64_div(&hart, FRM_RNE, UINT64_C(0x3ff0000000000000), 0);
    volatile uint64_t by_integers = f64_add(&hart, FRM_RMM, UINT64_C(0x3ff0000000000000), 1);
    unsigned flags = host_fpu_flags_get();
    host_fpu_leave(saved);
    assert_int_equal(by_host, UINT64_C(0x7ff0000000000000));
    assert_int_equal(by_integers, UINT64_C(0x3ff0000000000000));
    assert_int_equal(flags, FP_OF | FP_DZ | FP_NX);
}

/* Whether flags may differ on a host that detects tininess before rounding: the result is inexact
 * and, before rounding, below the smallest normal number. */
static bool may_underflow(const struct fp_op *op, const uint64_t o[3])
{
    unsigned flags;
    uint64_t toward_zero = run_soft(op, FRM_RTZ, o, &flags);
    uint64_t magnitude = toward_zero & mask_low(op->to->exponent_bits + op->to->fraction_bits);
    return (flags & FP_NX) && magnitude < UINT64_C(1) << op->to->fraction_bits;
}

static bool is_foreseen(const struct fp_op *op, const uint64_t o[3])
{
    uint32_t a = (uint32_t)o[0], b = (uint32_t)o[1];
    if (op->host == host_f32_mul) return f32_mul_may_be_tiny(a, b);
    if (op->host == host_f32_div) return f32_div_may_be_tiny(a, b);
    if (op->host == host_f32_fma) return f32_fma_may_be_tiny(a, b);
    if (op->host == host_f64_mul) return f64_mul_may_be_tiny(o[0], o[1]);
    if (op->host == host_f64_div) return f64_div_may_be_tiny(o[0], o[1]);
    if (op->host == host_f64_fma) return f64_fma_may_be_tiny(o[0], o[1]);
    return op->host == host_f32_from_f64 && f32_from_f64_may_be_tiny(o[0]);
}

static void every_result_that_may_be_tiny_is_foreseen(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (unsigned i = 0; i < ARRAY_COUNT(ops); i++) {
        const struct fp_op *op = &ops[i];
        for (unsigned n = 0; op->host != NULL && op->to != NULL && n < 20000; n++) {
            uint64_t o[3];
            random_operands(&random, op, o);
            if (may_underflow(op, o) && !is_foreseen(op, o))
                fail_msg("%s(%#llx, %#llx, %#llx)", op->name, (unsigned long long)o[0],
                         (unsigned long long)o[1], (unsigned long long)o[2]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_agrees_with_integers_in_its_rounding_mode),
        cmocka_unit_test(static_rounding_mode_overrides_that_of_the_host),
        cmocka_unit_test(flags_accumulate),
        cmocka_unit_test(every_result_that_may_be_tiny_is_foreseen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
