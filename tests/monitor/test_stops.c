/* tests/monitor/test_stops.c: the machine stops exactly where it was asked to, on each engine. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/monitor/bench.h"

/* A loop of a million: adds, a store, and at its end the machine is switched off. */
static const char *const loop[] = {
    "lui t1, 244",        /* 80000000: 244 * 4096 = 999424 */
    "addi t1, t1, 576",   /* 80000004: a million */
    "auipc s0, 1",        /* 80000008: 80001008 */
    "addi t0, t0, 1",     /* 8000000c */
    "addi t2, t2, 2",     /* 80000010 */
    "sd t0, 0(s0)",       /* 80000014 */
    "bne t0, t1, . - 12", /* 80000018 */
    "lui t3, 256",        /* 8000001c: 0x100000, the syscon */
    "lui t4, 5",          /* 80000020 */
    "addi t4, t4, 1365",  /* 80000024: 0x5555, off */
    "sw t4, 0(t3)",       /* 80000028 */
    "j .",                /* 8000002c */
    NULL,
};

static int setup(void **state, const struct engine *engine)
{
    struct bench *b = bench_create(engine);
    bench_program(b, loop);
    *state = b;
    return 0;
}

static int setup_ref(void **state)
{
    return setup(state, &engine_ref);
}

static int setup_cached(void **state)
{
    return setup(state, &engine_cached);
}

static int teardown(void **state)
{
    bench_destroy(*state);
    return 0;
}

static void stops_before_an_instruction_in_the_middle_of_a_block(void **state)
{
    struct bench *b = *state;
    struct hart *h = bench_hart(b);
    uint64_t start = h->instret;
    assert_says(b, "break 0x80000014", "1   break   0x80000014");
    assert_says(b, "continue", "=> 0x0000000080000014");
    assert_int_equal(h->pc, 0x80000014);
    assert_int_equal(h->instret - start, 5);
    assert_int_equal(hart_x(h, 5), 1);
    assert_says(b, "print *(u64)s0", "0x0 =");
    assert_says(b, "continue", "=> 0x0000000080000014");
    assert_int_equal(h->instret - start, 9);
    assert_says(b, "print *(u64)s0", "0x1 =");
    assert_says(b, "info break", "hit 2 times");
}

static void a_condition_chooses_the_hit(void **state)
{
    struct bench *b = *state;
    assert_says(b, "break 0x80000010 if t0 == 777777", "if t0 == 777777");
    assert_says(b, "continue", "stop 1");
    assert_int_equal(hart_x(bench_hart(b), 5), 777777);
    assert_says(b, "info break", "hit 1 time");
    ask(b, "continue");
    assert_true(b->mon.ended);
}

static void ignore_lets_so_many_pass(void **state)
{
    struct bench *b = *state;
    ask(b, "break 0x80000010");
    assert_says(b, "ignore 1 1000", "ignored 1000 more");
    ask(b, "continue");
    assert_int_equal(hart_x(bench_hart(b), 5), 1001);
    ask(b, "continue 5");
    assert_int_equal(hart_x(bench_hart(b), 5), 1006);
}

static void a_temporary_one_and_a_disabled_one_are_passed(void **state)
{
    struct bench *b = *state;
    ask(b, "tbreak 0x80000010");
    ask(b, "break 0x80000018");
    ask(b, "continue");
    assert_int_equal(bench_hart(b)->pc, 0x80000010);
    assert_says(b, "disable 2", "");
    assert_says(b, "info break", "(disabled)");
    ask(b, "until 0x8000001c");
    assert_int_equal(bench_hart(b)->pc, 0x8000001c);
    assert_says(b, "delete 1", "no stop has this number");
}

static void commands_after_do_are_executed(void **state)
{
    struct bench *b = *state;
    ask(b, "break 0x80000010 if t0 == 5 do print/d t0; set t0 = 999999; continue");
    ask(b, "continue");
    assert_true(b->mon.ended);
    assert_int_equal(hart_x(bench_hart(b), 5), 1000000);
    assert_true(hart_x(bench_hart(b), 7) < 20); /* t2: seven rounds, not a million */
}

static void a_watchpoint_stops_before_the_store(void **state)
{
    struct bench *b = *state;
    assert_says(b, "watch 0x80001008,8 if t0 == 3", "8 bytes if t0 == 3");
    assert_says(b, "continue", "store of 0x3 (8 bytes) to 0x80001008, now 0x2");
    assert_int_equal(bench_hart(b)->pc, 0x80000014);
    ask(b, "delete");
    ask(b, "step");
    assert_says(b, "print *0x80001008", "0x3 =");
}

static void an_address_beside_it_stops_nothing(void **state)
{
    struct bench *b = *state;
    ask(b, "awatch 0x80001010");
    ask(b, "rwatch 0x80001008");
    ask(b, "watch p:0x80001000");
    ask(b, "continue");
    assert_true(b->mon.ended);
}

static void physical_and_other_address_spaces_are_told_apart(void **state)
{
    struct bench *b = *state;
    ask(b, "break asid=7:0x80000010");
    ask(b, "break p:0x80000014");
    ask(b, "continue");
    assert_int_equal(bench_hart(b)->pc, 0x80000014);
    assert_says(b, "info break", "physical 0x80000014");
}

static void an_unknown_symbol_stays_pending_and_fires(void **state)
{
    struct bench *b = *state;
    assert_says(b, "break later", "pending: no such symbol yet");
    symbols_add(&b->mon.symbols, "later", 5, 0x80000010, 4, true);
    assert_says(b, "continue", "stop 1 (break later)");
    assert_int_equal(bench_hart(b)->pc, 0x80000010);
}

static void a_device_access_is_caught_before_it_happens(void **state)
{
    struct bench *b = *state;
    ask(b, "set t0 = 999990");
    ask(b, "set pc = 0x80000000");
    assert_says(b, "catch mmio uart0", "catch");
    assert_says(b, "catch mmio syscon0", "catch");
    assert_says(b, "continue", "syscon0 + 0x0");
    assert_false(b->mon.ended);
    ask(b, "continue");
    assert_true(b->mon.ended);
}

/* The message says what would happen, and to what. */
static void a_stop_tells_what_is_about_to_happen(void **state)
{
    struct bench *b = *state;
    const char *const lines[] = {"addi t0, zero, 5", "csrrs zero, mscratch, t0", "j .", NULL};
    bench_program(b, lines);
    ask(b, "catch csr mscratch w");
    assert_says(b, "continue", "write to mscratch, now 0x0, to be set in it: 0x5\n");
    assert_says(b, "catch trap 64", "causes are 0 to 63");
    assert_says(b, "catch irq 99", "causes are 0 to 63");
    assert_says(b, "break main.c:12", "no code is known for this line");
}

static void steps_are_exact(void **state)
{
    struct bench *b = *state;
    uint64_t start = bench_hart(b)->instret;
    ask(b, "step");
    assert_int_equal(bench_hart(b)->pc, 0x80000004);
    ask(b, "step 6");
    assert_int_equal(bench_hart(b)->instret - start, 7);
    assert_int_equal(bench_hart(b)->pc, 0x8000000c);
    ask(b, "break 0x80000018");
    ask(b, "step 100");
    assert_int_equal(bench_hart(b)->pc, 0x80000018);
}

static void hundred_breakpoints_elsewhere_change_nothing(void **state)
{
    struct bench *b = *state;
    char line[64];
    for (unsigned i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "break 0x%x", 0x80002000 + i * 0x1010);
        ask(b, line);
    }
    ask(b, "continue");
    assert_true(b->mon.ended);
    assert_int_equal(hart_x(bench_hart(b), 5), 1000000);
}

#define ON(name, engine)                                                                           \
    {                                                                                              \
#name " (" #engine ")", name, setup_##engine, teardown, NULL                               \
    }
#define BOTH(name) ON(name, ref), ON(name, cached)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(stops_before_an_instruction_in_the_middle_of_a_block),
        BOTH(a_condition_chooses_the_hit),
        BOTH(ignore_lets_so_many_pass),
        BOTH(a_temporary_one_and_a_disabled_one_are_passed),
        BOTH(commands_after_do_are_executed),
        BOTH(a_watchpoint_stops_before_the_store),
        BOTH(an_address_beside_it_stops_nothing),
        BOTH(physical_and_other_address_spaces_are_told_apart),
        BOTH(an_unknown_symbol_stays_pending_and_fires),
        BOTH(a_device_access_is_caught_before_it_happens),
        BOTH(a_stop_tells_what_is_about_to_happen),
        BOTH(steps_are_exact),
        BOTH(hundred_breakpoints_elsewhere_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
