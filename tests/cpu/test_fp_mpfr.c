/* tests/cpu/test_fp_mpfr.c: both ways of computing against the MPFR library. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bits.h"
#include "tests/cpu/fp_cases.h"
#include "tests/cpu/fp_mpfr.h"

/* The rounding mode matters to MPFR for the sign of a zero sum only. */
static void compute(mpfr_t result, const struct fp_op *op, mpfr_t v[3], unsigned rm)
{
    mpfr_rnd_t mode = rm == FRM_RDN ? MPFR_RNDD : MPFR_RNDN;
    if (op->soft == soft_add)
        mpfr_add(result, v[0], v[1], mode);
    else if (op->soft == soft_sub)
        mpfr_sub(result, v[0], v[1], mode);
    else if (op->soft == soft_mul)
        mpfr_mul(result, v[0], v[1], mode);
    else if (op->soft == soft_div)
        mpfr_div(result, v[0], v[1], mode);
    else if (op->soft == soft_sqrt)
        mpfr_sqrt(result, v[0], mode);
    else if (op->soft == soft_fma)
        mpfr_fma(result, v[0], v[1], v[2], mode);
    else
        mpfr_set(result, v[0], mode);
}

static unsigned operand_count(const struct fp_op *op)
{
    if (op->soft == soft_fma) return 3;
    return op->kind == ARITHMETIC && op->soft != soft_sqrt ? 2 : 1;
}

/* NV and DZ by their definitions (IEEE 754-2019 §7.2, §7.3). */
static unsigned special_flags(const struct fp_op *op, const uint64_t o[3], mpfr_t v[3],
                              mpfr_t result)
{
    bool nan = false, signalling = false;
    for (unsigned i = 0; i < operand_count(op); i++) {
        nan = nan || mpfr_nan_p(v[i]);
        signalling = signalling || is_signalling(op->from, o[i]);
    }
    bool no_product = op->soft == soft_fma && ((mpfr_inf_p(v[0]) && mpfr_zero_p(v[1])) ||
                                               (mpfr_zero_p(v[0]) && mpfr_inf_p(v[1])));
    if (signalling || no_product || (!nan && mpfr_nan_p(result))) return FP_NV;
    return op->soft == soft_div && mpfr_regular_p(v[0]) && mpfr_zero_p(v[1]) ? FP_DZ : 0;
}

static uint64_t reference(const struct fp_op *op, unsigned rm, const uint64_t o[3], unsigned *flags)
{
    mpfr_t v[3], exact;
    uint64_t result;
    mpfr_init2(exact, op->soft == soft_div || op->soft == soft_sqrt ? 300 : PRECISION);
    for (unsigned i = 0; i < 3; i++) {
        mpfr_init2(v[i], 64);
        if (op->kind != FROM_INT)
            to_mpfr(v[i], op->from, o[i]);
        else if (op->is_signed)
            mpfr_set_sj(v[i], (int64_t)int_operand(op, o[i]), MPFR_RNDN);
        else
            mpfr_set_uj(v[i], int_operand(op, o[i]), MPFR_RNDN);
    }
    compute(exact, op, v, rm);
    if (op->kind == TO_INT) {
        *flags = 0;
        result = int_from_mpfr(exact, op->is_signed, op->width, rm, flags);
    } else {
        *flags = op->kind == FROM_INT ? 0 : special_flags(op, o, v, exact);
        result = from_mpfr(exact, op->to, rm, flags);
    }
    mpfr_clears(exact, v[0], v[1], v[2], (mpfr_ptr)0);
    /* 32-bit results are compared as f*_to_*32 return them: signed ones sign-extended. */
    return op->kind == TO_INT ? int_operand(op, result) : result;
}

static void compare(const struct fp_op *op, const char *who, unsigned rm, const uint64_t o[3],
                    const uint64_t result[2], const unsigned flags[2])
{
    if (result[0] == result[1] && flags[0] == flags[1]) return;
    fail_msg("%s(%#llx, %#llx, %#llx) rm %u: %s %#llx flags %#x, MPFR %#llx flags %#x", op->name,
             (unsigned long long)o[0], (unsigned long long)o[1], (unsigned long long)o[2], rm, who,
             (unsigned long long)result[0], flags[0], (unsigned long long)result[1], flags[1]);
}

static void integers_and_host_agree_with_mpfr(void **state)
{
    (void)state;
    uint64_t random = 4;
    for (unsigned i = 0; i < ARRAY_COUNT(ops); i++) {
        for (unsigned n = 0; n < 4000; n++) {
            const struct fp_op *op = &ops[i];
            uint64_t o[3], result[2];
            unsigned rm = n % 5, flags[2];
            random_operands(&random, op, o);
            result[1] = reference(op, rm, o, &flags[1]);
            result[0] = run_soft(op, rm, o, &flags[0]);
            compare(op, "integers", rm, o, result, flags);
            if (op->host == NULL) continue;
            result[0] = run_on_host(op, rm % 4, rm, o, &flags[0]);
            compare(op, "host", rm, o, result, flags);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_and_host_agree_with_mpfr),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
