/* tests/dev/test_rtc.c: what the real-time clock promises. */
#include "tests/dev/wiring.h"

#include "dev/rtc.h"

#define NOW UINT64_C(0x1234567887654321)

struct bench {
    struct test_clock clock;
    struct probe probe;
    struct device *rtc;
};

static void bench_init(struct bench *bench)
{
    *bench = (struct bench){.clock.now = NOW};
    struct wall_clock clock = {.now_ns = test_clock_now, .owner = &bench->clock};
    bench->rtc = rtc_create("rtc", clock, probe_wire(&bench->probe, 0), NULL);
}

static void bench_fini(struct bench *bench)
{
    bench->rtc->ops->destroy(bench->rtc);
}

static void rtc_arm(struct device *rtc, uint64_t alarm_ns)
{
    reg_store(rtc, 0x0c, 4, alarm_ns >> 32);
    reg_store(rtc, 0x08, 4, alarm_ns & 0xffffffff);
}

static void rtc_latches_the_high_half_when_the_low_is_read(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    bench.clock.now = 0x1ffffffff;
    assert_int_equal(reg_load(bench.rtc, 0x00, 4), 0xffffffff);
    bench.clock.now = 0x200000000;
    assert_int_equal(reg_load(bench.rtc, 0x04, 4), 1);
    bench_fini(&bench);
}

static void rtc_keeps_the_time_the_guest_sets_even_over_a_reset(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    reg_store(bench.rtc, 0x04, 4, 0x100);
    reg_store(bench.rtc, 0x00, 4, 0x200);
    bench.rtc->ops->reset(bench.rtc);
    bench.clock.now += 5;
    assert_int_equal(reg_load(bench.rtc, 0x00, 4), 0x205);
    assert_int_equal(reg_load(bench.rtc, 0x04, 4), 0x100);
    bench_fini(&bench);
}

static void rtc_alarm_gives_a_deadline_and_raises_the_enabled_interrupt(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    reg_store(bench.rtc, 0x10, 4, 1);
    assert_int_equal(reg_load(bench.rtc, 0x10, 4), 1);
    rtc_arm(bench.rtc, NOW + 1000);
    assert_int_equal(reg_load(bench.rtc, 0x18, 4), 1);
    assert_int_equal(reg_load(bench.rtc, 0x08, 4), (NOW + 1000) & 0xffffffff);
    assert_int_equal(reg_load(bench.rtc, 0x0c, 4), NOW >> 32);
    assert_int_equal(bench.rtc->ops->tick(bench.rtc, 50), 1050);
    assert_false(bench.probe.level[0]);

    bench.clock.now += 1000;
    assert_true(bench.rtc->ops->tick(bench.rtc, 1050) == UINT64_MAX);
    assert_true(bench.probe.level[0]);
    assert_int_equal(reg_load(bench.rtc, 0x18, 4), 0);
    reg_store(bench.rtc, 0x1c, 4, 1);
    assert_false(bench.probe.level[0]);
    bench_fini(&bench);
}

static void rtc_alarm_in_the_past_fires_at_once(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    rtc_arm(bench.rtc, NOW - 1);
    assert_false(bench.probe.level[0]); /* not enabled */
    reg_store(bench.rtc, 0x10, 4, 1);
    assert_true(bench.probe.level[0]);
    reg_store(bench.rtc, 0x10, 4, 0);
    assert_false(bench.probe.level[0]);
    bench_fini(&bench);
}

static void rtc_cleared_alarm_never_fires(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    reg_store(bench.rtc, 0x10, 4, 1);
    rtc_arm(bench.rtc, NOW + 10);
    reg_store(bench.rtc, 0x14, 4, 0);
    assert_int_equal(reg_load(bench.rtc, 0x18, 4), 0);
    bench.clock.now += 20;
    assert_true(bench.rtc->ops->tick(bench.rtc, 0) == UINT64_MAX);
    assert_false(bench.probe.level[0]);
    bench_fini(&bench);
}

static void rtc_state_comes_back_with_alarm_and_wire(void **state)
{
    (void)state;
    struct bench bench, other;
    bench_init(&bench);
    bench_init(&other);
    reg_store(bench.rtc, 0x10, 4, 1);
    rtc_arm(bench.rtc, NOW - 1);
    rtc_arm(bench.rtc, NOW + 100);
    assert_false(state_copy(bench.rtc, other.rtc, 1));
    assert_false(other.probe.level[0]);
    assert_true(state_copy(bench.rtc, other.rtc, 0));
    assert_true(other.probe.level[0]);
    assert_int_equal(other.rtc->ops->tick(other.rtc, 7), 107);
    bench_fini(&bench);
    bench_fini(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rtc_latches_the_high_half_when_the_low_is_read),
        cmocka_unit_test(rtc_keeps_the_time_the_guest_sets_even_over_a_reset),
        cmocka_unit_test(rtc_alarm_gives_a_deadline_and_raises_the_enabled_interrupt),
        cmocka_unit_test(rtc_alarm_in_the_past_fires_at_once),
        cmocka_unit_test(rtc_cleared_alarm_never_fires),
        cmocka_unit_test(rtc_state_comes_back_with_alarm_and_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
