/* tests/dev/test_clint.c: what the CLINT promises. */
#include "tests/dev/wiring.h"

#include "dev/clint.h"
#include "host/thread.h"

#define NEVER UINT64_MAX

struct bench {
    struct test_clock clock;
    struct probe software, timer;
    unsigned rearmed;
    struct device *clint;
};

static void count_rearm(void *owner, struct device *device)
{
    (void)device;
    (*(unsigned *)owner)++;
}

static void bench_init(struct bench *bench, unsigned harts)
{
    *bench = (struct bench){.clock.now = 1000};
    struct irq software[CLINT_MAX_HARTS], timer[CLINT_MAX_HARTS];
    for (unsigned hart = 0; hart < harts; hart++) {
        software[hart] = probe_wire(&bench->software, hart);
        timer[hart] = probe_wire(&bench->timer, hart);
    }
    struct timebase timebase = {.now = test_clock_now, .owner = &bench->clock};
    bench->clint = clint_create("clint", harts, timebase, software, timer, NULL);
    assert_non_null(bench->clint);
    bench->clint->rearm = count_rearm;
    bench->clint->rearm_owner = &bench->rearmed;
}

static void bench_fini(struct bench *bench)
{
    bench->clint->ops->destroy(bench->clint);
}

static uint64_t tick(struct bench *bench)
{
    return bench->clint->ops->tick(bench->clint, bench->clock.now * 100);
}

static void clint_refuses_no_hart_and_too_many(void **state)
{
    (void)state;
    struct timebase timebase = {0};
    struct error err;
    assert_null(clint_create("clint", 0, timebase, NULL, NULL, &err));
    assert_null(clint_create("clint", 65, timebase, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "65"));
}

static void clint_msip_drives_its_own_hart_only(void **state)
{
    (void)state;
    for (unsigned harts = 1; harts <= CLINT_MAX_HARTS; harts *= 4) {
        struct bench bench;
        bench_init(&bench, harts);
        for (unsigned hart = 0; hart < harts; hart++) {
            reg_store(bench.clint, 4 * hart, 4, 0xffffffff);
            assert_int_equal(reg_load(bench.clint, 4 * hart, 4), 1);
            for (unsigned other = 0; other < harts; other++)
                assert_int_equal(bench.software.level[other], other == hart);
            reg_store(bench.clint, 4 * hart, 4, 2);
            assert_false(bench.software.level[hart]);
        }
        reg_store(bench.clint, 4 * harts, 4, 1);
        assert_int_equal(reg_load(bench.clint, 4 * harts, 4), 0);
        bench_fini(&bench);
    }
}

static void clint_64_bit_access_reaches_two_msips(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 3);
    reg_store(bench.clint, 0, 8, UINT64_C(0x100000000));
    assert_false(bench.software.level[0]);
    assert_true(bench.software.level[1]);
    reg_store(bench.clint, 8, 8, UINT64_C(0x100000001)); /* hart 3 does not exist */
    assert_true(bench.software.level[2]);
    assert_int_equal(reg_load(bench.clint, 8, 8), 1);
    assert_int_equal(reg_load(bench.clint, 0, 8), UINT64_C(0x100000000));
    bench_fini(&bench);
}

static void clint_timer_is_off_until_mtimecmp_is_stored(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2);
    assert_true(reg_load(bench.clint, 0x4008, 8) == UINT64_MAX);
    assert_true(tick(&bench) == NEVER);
    assert_false(bench.timer.level[0]);
    bench_fini(&bench);
}

static void clint_tick_returns_the_nearest_of_all_harts_deadlines(void **state)
{
    (void)state;
    for (unsigned harts = 1; harts <= CLINT_MAX_HARTS; harts *= 2) {
        struct bench bench;
        bench_init(&bench, harts);
        for (unsigned hart = 0; hart < harts; hart++)
            reg_store(bench.clint, 0x4000 + 8 * hart, 8, 2000 + (hart * 7 + 3) % harts);
        for (unsigned time = 2000; time < 2000 + harts; time++) {
            bench.clock.now = time - 1;
            assert_int_equal(tick(&bench), time * 100);
            bench.clock.now = time;
            tick(&bench);
            unsigned high = 0;
            for (unsigned hart = 0; hart < harts; hart++)
                high += bench.timer.level[hart];
            assert_int_equal(high, time - 2000 + 1);
        }
        assert_true(tick(&bench) == NEVER);
        bench_fini(&bench);
    }
}

static void clint_mtimecmp_in_the_past_raises_at_once_and_in_the_future_lowers(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    reg_store(bench.clint, 0x4000, 8, 1000);
    assert_true(bench.timer.level[0]);
    assert_int_equal(bench.rearmed, 1);
    reg_store(bench.clint, 0x4000, 8, 1001);
    assert_false(bench.timer.level[0]);
    assert_int_equal(bench.rearmed, 2);
    bench_fini(&bench);
}

static void clint_mtimecmp_takes_32_bit_halves(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    reg_store(bench.clint, 0x4004, 4, 0);
    assert_false(bench.timer.level[0]); /* low half is still all ones */
    reg_store(bench.clint, 0x4000, 4, 900);
    assert_true(bench.timer.level[0]);
    assert_int_equal(reg_load(bench.clint, 0x4000, 8), 900);
    reg_store(bench.clint, 0x4004, 4, 5);
    assert_false(bench.timer.level[0]);
    assert_int_equal(reg_load(bench.clint, 0x4004, 4), 5);
    bench_fini(&bench);
}

static void clint_mtime_follows_the_timebase_and_can_be_set(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    struct timebase guest = clint_timebase(bench.clint);
    assert_int_equal(reg_load(bench.clint, 0xbff8, 8), 1000);
    reg_store(bench.clint, 0x4000, 8, 5000);
    reg_store(bench.clint, 0xbff8, 8, 4990);
    assert_int_equal(timebase_now(&guest), 4990);
    assert_int_equal(tick(&bench), 101000); /* ten ticks on, in the timebase's time */
    bench.clock.now += 10;
    assert_int_equal(tick(&bench) == NEVER, 1);
    assert_true(bench.timer.level[0]);
    reg_store(bench.clint, 0xbffc, 4, 7);
    assert_int_equal(reg_load(bench.clint, 0xbffc, 4), 7);
    assert_int_equal(reg_load(bench.clint, 0xbff8, 4), 5000);
    reg_store(bench.clint, 0xbff8, 8, 0);
    assert_false(bench.timer.level[0]);
    bench.clint->ops->reset(bench.clint);
    assert_int_equal(reg_load(bench.clint, 0xbff8, 8), 1010);
    bench_fini(&bench);
}

static void clint_deadline_past_the_end_of_time_is_never(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    reg_store(bench.clint, 0x4000, 8, UINT64_MAX / 2);
    assert_true(tick(&bench) == NEVER);
    bench_fini(&bench);
}

static void clint_state_comes_back_with_its_wires(void **state)
{
    (void)state;
    struct bench bench, other;
    bench_init(&bench, 4);
    bench_init(&other, 4);
    reg_store(bench.clint, 8, 4, 1);
    reg_store(bench.clint, 0x4000, 8, 10);
    reg_store(bench.clint, 0x4018, 8, 123456);
    reg_store(bench.clint, 0xbff8, 8, 100000);
    reg_store(other.clint, 0, 4, 1);
    assert_false(state_copy(bench.clint, other.clint, 3));
    assert_true(other.software.level[0]);
    assert_true(state_copy(bench.clint, other.clint, 0));
    assert_false(other.software.level[0]);
    assert_true(other.software.level[2]);
    assert_true(other.timer.level[0]);
    assert_false(other.timer.level[3]);
    assert_int_equal(reg_load(other.clint, 0xbff8, 8), 100000);
    assert_int_equal(tick(&other), tick(&bench));
    bench_fini(&bench);
    bench_fini(&other);
}

static void clint_refuses_the_state_of_a_bigger_machine(void **state)
{
    (void)state;
    struct bench bench, other;
    bench_init(&bench, 4);
    bench_init(&other, 2);
    reg_store(bench.clint, 12, 4, 1);
    assert_false(state_copy(bench.clint, other.clint, 0));
    bench_fini(&bench);
    bench_fini(&other);
}

struct storm {
    struct bench *bench;
    uint64_t seed;
};

static void store_at_random(void *owner)
{
    struct storm *storm = owner;
    for (unsigned i = 0; i < 20000; i++) {
        storm->seed = storm->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        unsigned hart = storm->seed >> 40 & 3;
        if (storm->seed >> 50 & 1)
            reg_store(storm->bench->clint, 4 * hart, 4, storm->seed >> 60 & 1);
        else
            reg_store(storm->bench->clint, 0x4000 + 8 * hart, 8, storm->seed >> 60 & 1 ? 5 : NEVER);
    }
}

static void clint_wires_end_as_the_registers_say_whoever_stores_last(void **state)
{
    (void)state;
    enum { HARTS = 4, THREADS = 4 };
    struct bench bench;
    struct host_thread threads[THREADS];
    struct storm storms[THREADS];
    bench_init(&bench, HARTS);
    bench.clint->rearm = NULL; /* it counts without a lock */
    for (unsigned i = 0; i < THREADS; i++) {
        storms[i] = (struct storm){.bench = &bench, .seed = i};
        assert_true(host_thread_start(&threads[i], "storm", store_at_random, &storms[i], NULL));
    }
    for (unsigned i = 0; i < THREADS; i++)
        host_thread_join(&threads[i]);
    for (unsigned hart = 0; hart < HARTS; hart++) {
        uint64_t mtimecmp = reg_load(bench.clint, 0x4000 + 8 * hart, 8);
        assert_int_equal(bench.software.level[hart], reg_load(bench.clint, 4 * hart, 4));
        assert_int_equal(bench.timer.level[hart], mtimecmp == 5);
    }
    bench_fini(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clint_refuses_no_hart_and_too_many),
        cmocka_unit_test(clint_msip_drives_its_own_hart_only),
        cmocka_unit_test(clint_64_bit_access_reaches_two_msips),
        cmocka_unit_test(clint_timer_is_off_until_mtimecmp_is_stored),
        cmocka_unit_test(clint_tick_returns_the_nearest_of_all_harts_deadlines),
        cmocka_unit_test(clint_mtimecmp_in_the_past_raises_at_once_and_in_the_future_lowers),
        cmocka_unit_test(clint_mtimecmp_takes_32_bit_halves),
        cmocka_unit_test(clint_mtime_follows_the_timebase_and_can_be_set),
        cmocka_unit_test(clint_deadline_past_the_end_of_time_is_never),
        cmocka_unit_test(clint_state_comes_back_with_its_wires),
        cmocka_unit_test(clint_refuses_the_state_of_a_bigger_machine),
        cmocka_unit_test(clint_wires_end_as_the_registers_say_whoever_stores_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
