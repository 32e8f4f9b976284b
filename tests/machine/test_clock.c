/* tests/machine/test_clock.c: the machine's time by instructions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "machine/clock.h"

static void clock_follows_the_instructions_of_the_slices_hart(void **state)
{
    (void)state;
    struct clock clock;
    struct hart hart = {.instret = 500};
    clock_init(&clock, 100000000); /* 10 ns each */
    assert_int_equal(clock_now_ns(&clock), 0);
    clock_slice_begin(&clock, &hart);
    hart.instret += 7;
    assert_int_equal(clock_now_ns(&clock), 70);
}

static void clock_never_goes_back_when_the_next_hart_begins(void **state)
{
    (void)state;
    struct clock clock;
    struct hart first = {0}, second = {0};
    clock_init(&clock, 1000000000);
    clock_slice_begin(&clock, &first);
    first.instret = 100;
    assert_int_equal(clock_now_ns(&clock), 100);
    clock_slice_end(&clock);
    clock_slice_begin(&clock, &second);
    second.instret = 50;
    assert_int_equal(clock_now_ns(&clock), 100);
    second.instret = 150;
    assert_int_equal(clock_now_ns(&clock), 150);
}

static void clock_advances_by_the_slice_not_by_what_was_run(void **state)
{
    (void)state;
    struct clock clock;
    struct hart hart = {0};
    clock_init(&clock, 1000000000);
    clock_slice_begin(&clock, &hart);
    hart.instret = 10;
    clock_slice_end(&clock);
    clock_advance(&clock, 1000);
    assert_int_equal(clock_now_ns(&clock), 1000);
}

static void clock_step_lasts_what_the_hart_retired(void **state)
{
    (void)state;
    struct clock clock;
    struct hart hart = {0};
    clock_init(&clock, 1000000000);
    clock_slice_begin(&clock, &hart);
    hart.instret = 3;
    clock_step_end(&clock);
    assert_int_equal(clock_now_ns(&clock), 3);
}

static void clock_converts_large_times_without_overflow(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, CLOCK_IPS_MOST);
    const uint64_t year_ns = UINT64_C(31536000) * 1000000000 / 3600; /* some hours */
    assert_int_equal(clock_instructions(&clock, year_ns), year_ns * 1000);
    assert_int_equal(clock_duration_ns(&clock, year_ns * 1000), year_ns);
}

static void clock_of_the_host_stands_while_the_machine_stands(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, 0);
    uint64_t stopped = clock_now_ns(&clock);
    assert_int_equal(clock_now_ns(&clock), stopped);
    clock_start(&clock);
    uint64_t before = clock_now_ns(&clock);
    while (clock_now_ns(&clock) == before)
        ;
    clock_stop(&clock);
    stopped = clock_now_ns(&clock);
    assert_true(stopped > before);
    assert_int_equal(clock_now_ns(&clock), stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_follows_the_instructions_of_the_slices_hart),
        cmocka_unit_test(clock_never_goes_back_when_the_next_hart_begins),
        cmocka_unit_test(clock_advances_by_the_slice_not_by_what_was_run),
        cmocka_unit_test(clock_step_lasts_what_the_hart_retired),
        cmocka_unit_test(clock_converts_large_times_without_overflow),
        cmocka_unit_test(clock_of_the_host_stands_while_the_machine_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
