/* tests/machine/test_run.c: how a machine runs, talks, and ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"

static const char *const engines[] = {"ref", "cached"};

static void the_guest_switches_itself_off(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct bench bench;
        bench_init(&bench, guest_poweroff, sizeof guest_poweroff, engines[i]);
        assert_int_equal(bench_run(&bench).end, END_POWEROFF);
        bench_fini(&bench);
    }
}

static void the_guest_reports_a_failure_with_its_code(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, guest_fail, sizeof guest_fail, "cached");
    struct machine_exit end = bench_run(&bench);
    assert_int_equal(end.end, END_FAIL);
    assert_int_equal(end.code, 42);
    bench_fini(&bench);
}

static void a_reboot_starts_the_images_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct bench bench;
        struct error err;
        bench_init(&bench, guest_reboot_once, sizeof guest_reboot_once, engines[i]);
        assert_int_equal(bench_run(&bench).end, END_REBOOT);
        assert_true(machine_reset(bench.machine, &err));
        assert_int_equal(bench_run(&bench).end, END_POWEROFF);
        bench_fini(&bench);
    }
}

/* The console takes less than the guest has: nothing is lost or out of order, and what is printed
 * last is there although the guest is gone. */
static void output_is_whole_and_in_order_whatever_the_console_takes(void **state)
{
    (void)state;
    static const size_t bites[] = {SIZE_MAX, 1000, 97};
    for (unsigned i = 0; i < 3; i++) {
        struct bench bench;
        bench_init(&bench, guest_print, sizeof guest_print, "cached");
        bench.bite = bites[i];
        assert_int_equal(bench_run(&bench).end, END_POWEROFF);
        assert_int_equal(bench.count, PRINT_COUNT);
        for (size_t at = 0; at < bench.count; at++)
            if (bench.text[at] != (uint8_t)at) fail_msg("byte %zu is %u", at, bench.text[at]);
        bench_fini(&bench);
    }
}

/* A console that takes nothing: the guest waits, and the machine can still be stopped. */
static void a_stuck_console_stops_neither_the_program_nor_its_memory(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, guest_print, sizeof guest_print, "cached");
    bench.bite = 0;
    bench.stop_after = 100;
    assert_int_equal(bench_run(&bench).end, END_STOPPED);
    uint64_t printed = machine_hart(bench.machine, 0)->x64[6]; /* its counter, in t1 */
    assert_true(printed < PRINT_COUNT);
    bench_fini(&bench);
}

static void a_pasted_text_reaches_the_guest_without_a_lost_byte(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct bench bench;
    uint8_t *typed = malloc(COUNT + 1);
    assert_non_null(typed);
    for (unsigned i = 0; i < COUNT; i++)
        typed[i] = (uint8_t)(1 + i % 251);
    typed[COUNT] = 0;
    bench_init(&bench, guest_echo, sizeof guest_echo, "cached");
    bench.typed = typed;
    bench.typed_count = COUNT + 1;
    assert_int_equal(bench_run(&bench).end, END_POWEROFF);
    assert_int_equal(bench.count, COUNT);
    assert_memory_equal(bench.text, typed, COUNT);
    bench_fini(&bench);
    free(typed);
}

static void a_guest_that_runs_wild_can_be_stopped(void **state)
{
    (void)state;
    static const struct {
        const uint32_t *words;
        size_t size;
    } guests[] = {{guest_nowhere, sizeof guest_nowhere},
                  {guest_sleep, sizeof guest_sleep},
                  {guest_spin, sizeof guest_spin},
                  {guest_bad_mtvec, sizeof guest_bad_mtvec}};
    for (unsigned i = 0; i < 8; i++) {
        struct bench bench;
        bench_init(&bench, guests[i / 2].words, guests[i / 2].size, engines[i % 2]);
        bench.stop_after = 10;
        assert_int_equal(bench_run(&bench).end, END_STOPPED);
        bench_fini(&bench);
    }
}

static void many_harts_run_and_stop_as_one(void **state)
{
    (void)state;
    struct bench bench;
    struct error err = {0};
    unsigned seen = 0;
    bench_init(&bench, guest_tell, sizeof guest_tell, "cached");
    machine_destroy(bench.machine);
    bench.config.harts = 8;
    bench.machine = machine_create(&bench.config, &err);
    assert_non_null(bench.machine);
    bench.stop_at = 8;
    assert_int_equal(bench_run(&bench).end, END_STOPPED);
    assert_int_equal(bench.count, 8);
    for (unsigned i = 0; i < 8; i++)
        seen |= 1u << bench.text[i];
    assert_int_equal(seen, 0xff);
    bench_fini(&bench);
}

static void run_print(void *owner)
{
    struct bench *bench = owner;
    struct machine_exit end;
    struct error err;
    machine_run(bench->machine, &bench->console, &end, &err);
}

static void two_machines_run_in_one_process(void **state)
{
    (void)state;
    struct bench one, other;
    struct host_thread thread;
    struct error err;
    bench_init(&one, guest_print, sizeof guest_print, "cached");
    bench_init(&other, guest_print, sizeof guest_print, "ref");
    assert_true(host_thread_start(&thread, "other", run_print, &other, &err));
    run_print(&one);
    host_thread_join(&thread);
    assert_int_equal(one.count, PRINT_COUNT);
    assert_int_equal(other.count, PRINT_COUNT);
    assert_memory_equal(one.text, other.text, PRINT_COUNT);
    bench_fini(&one);
    bench_fini(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guest_switches_itself_off),
        cmocka_unit_test(the_guest_reports_a_failure_with_its_code),
        cmocka_unit_test(a_reboot_starts_the_images_again),
        cmocka_unit_test(output_is_whole_and_in_order_whatever_the_console_takes),
        cmocka_unit_test(a_stuck_console_stops_neither_the_program_nor_its_memory),
        cmocka_unit_test(a_pasted_text_reaches_the_guest_without_a_lost_byte),
        cmocka_unit_test(a_guest_that_runs_wild_can_be_stopped),
        cmocka_unit_test(many_harts_run_and_stop_as_one),
        cmocka_unit_test(two_machines_run_in_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
