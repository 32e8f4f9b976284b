/* tests/host/test_fpu.c: the host FPU rounds and flags as a RISC-V FPU is told to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <string.h>

#include "host/fpu.h"

/* Volatile: arithmetic stays where it is written. */
struct numbers {
    volatile double one, three, zero, tiny, huge, result;
    volatile float subnormal, half, result_single;
};

static const struct numbers fresh = {
    .one = 1, .three = 3, .tiny = DBL_MIN, .huge = DBL_MAX, .subnormal = FLT_MIN / 4, .half = 0.5f};

static void fpu_rounds_one_third_four_ways(void **state)
{
    (void)state;
    struct numbers n = fresh;
    struct host_fpu saved = host_fpu_enter(0, 0);
    double positive[4], negative[4];
    for (unsigned frm = 0; frm < 4; frm++) {
        host_fpu_round_set(frm);
        n.result = n.one / n.three;
        positive[frm] = n.result;
        n.result = -n.one / n.three;
        negative[frm] = n.result;
    }
    host_fpu_leave(saved);
    /* 1/3 is nearer to the double below it. */
    uint64_t down, up;
    memcpy(&down, &positive[0], 8);
    memcpy(&up, &positive[3], 8);
    assert_true(down == UINT64_C(0x3fd5555555555555));
    assert_true(up == down + 1);
    assert_true(positive[1] == positive[0] && positive[2] == positive[0]);
    assert_true(negative[0] == -positive[0] && negative[1] == -positive[0]);
    assert_true(negative[2] == -positive[3] && negative[3] == -positive[0]);
}

static void fpu_enter_takes_the_rounding_mode_and_flags(void **state)
{
    (void)state;
    for (unsigned frm = 0; frm < 4; frm++) {
        struct numbers n = fresh;
        struct host_fpu saved = host_fpu_enter(frm, HOST_FPU_DZ);
        unsigned before = host_fpu_flags_get();
        n.result = n.one / n.three;
        unsigned after = host_fpu_flags_get();
        host_fpu_leave(saved);
        assert_int_equal(before, HOST_FPU_DZ);
        assert_int_equal(after, HOST_FPU_DZ | HOST_FPU_NX);
        assert_int_equal(n.result > 0.33333333333333333, frm == 3);
    }
}

static void fpu_raises_each_flag_for_its_reason(void **state)
{
    (void)state;
    struct numbers n = fresh;
    unsigned flags[6];
    struct host_fpu saved = host_fpu_enter(0, 0);
    n.result = n.one + n.one;
    flags[0] = host_fpu_flags_get();
    n.result = n.one / n.three;
    flags[1] = host_fpu_flags_get();
    host_fpu_flags_clear();
    n.result = n.tiny / n.three;
    flags[2] = host_fpu_flags_get();
    host_fpu_flags_clear();
    n.result = n.huge * n.three;
    flags[3] = host_fpu_flags_get();
    host_fpu_flags_clear();
    n.result = n.one / n.zero;
    flags[4] = host_fpu_flags_get();
    host_fpu_flags_clear();
    n.result = n.zero / n.zero;
    flags[5] = host_fpu_flags_get();
    host_fpu_leave(saved);
    assert_int_equal(flags[0], 0);
    assert_int_equal(flags[1], HOST_FPU_NX);
    assert_int_equal(flags[2], HOST_FPU_UF | HOST_FPU_NX);
    assert_int_equal(flags[3], HOST_FPU_OF | HOST_FPU_NX);
    assert_int_equal(flags[4], HOST_FPU_DZ);
    assert_int_equal(flags[5], HOST_FPU_NV);
}

static void fpu_flags_set_is_exact_and_raise_adds(void **state)
{
    (void)state;
    unsigned got[32], raised[32];
    struct host_fpu saved = host_fpu_enter(2, 0);
    for (unsigned flags = 0; flags < 32; flags++) {
        host_fpu_flags_set(flags);
        got[flags] = host_fpu_flags_get();
        host_fpu_flags_raise(HOST_FPU_UF);
        raised[flags] = host_fpu_flags_get();
    }
    host_fpu_leave(saved);
    for (unsigned flags = 0; flags < 32; flags++) {
        assert_int_equal(got[flags], flags);
        assert_int_equal(raised[flags], flags | HOST_FPU_UF);
    }
}

static void fpu_flags_are_sticky_across_a_change_of_rounding(void **state)
{
    (void)state;
    struct numbers n = fresh;
    struct host_fpu saved = host_fpu_enter(0, 0);
    n.result = n.one / n.three;
    host_fpu_round_set(3);
    n.result = n.one + n.one;
    unsigned flags = host_fpu_flags_get();
    host_fpu_leave(saved);
    assert_int_equal(flags, HOST_FPU_NX);
}

static void fpu_keeps_subnormals(void **state)
{
    (void)state;
    struct numbers n = fresh;
#if defined(__x86_64__)
    /* A caller built with -ffast-math has DAZ and FTZ on. */
    uint32_t mxcsr = _mm_getcsr();
    _mm_setcsr(mxcsr | 0x8040);
#endif
    struct host_fpu saved = host_fpu_enter(0, 0);
    n.result_single = n.subnormal * n.half;
    unsigned flags = host_fpu_flags_get();
    host_fpu_leave(saved);
#if defined(__x86_64__)
    assert_int_equal(_mm_getcsr() & 0x8040, 0x8040);
    _mm_setcsr(mxcsr);
#endif
    assert_true(n.result_single == FLT_MIN / 8);
    assert_int_equal(flags, 0); /* exact: x86's "denormal operand" is no RISC-V flag */
}

static void fpu_leave_gives_the_caller_back_its_environment(void **state)
{
    (void)state;
    struct numbers n = fresh;
    struct host_fpu test = host_fpu_enter(3, HOST_FPU_OF); /* play a caller of our own */
    struct host_fpu saved = host_fpu_enter(1, 0);
    n.result = n.zero / n.zero;
    host_fpu_leave(saved);
    unsigned flags = host_fpu_flags_get();
    n.result = n.one / n.three;
    host_fpu_leave(test);
    assert_int_equal(flags, HOST_FPU_OF);
    assert_true(n.result > 0.33333333333333333);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fpu_rounds_one_third_four_ways),
        cmocka_unit_test(fpu_enter_takes_the_rounding_mode_and_flags),
        cmocka_unit_test(fpu_raises_each_flag_for_its_reason),
        cmocka_unit_test(fpu_flags_set_is_exact_and_raise_adds),
        cmocka_unit_test(fpu_flags_are_sticky_across_a_change_of_rounding),
        cmocka_unit_test(fpu_keeps_subnormals),
        cmocka_unit_test(fpu_leave_gives_the_caller_back_its_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
