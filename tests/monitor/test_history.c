/* tests/monitor/test_history.c: hist shows what was executed, in its order, with what it changed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpu/history.h"
#include "monitor/history.h"
#include "tests/monitor/bench.h"

static const char *const program[] = {
    "auipc s0, 1",            /* 80000000: 80001000 */
    "addi t1, zero, 500",     /* 80000004 */
    "addi t0, t0, 1",         /* 80000008 */
    "slli t2, t0, 4",         /* 8000000c */
    "sh t2, 8(s0)",           /* 80000010 */
    "ld t3, 8(s0)",           /* 80000014 */
    "bne t0, t1, . - 16",     /* 80000018 */
    "auipc t4, 0",            /* 8000001c */
    "addi t4, t4, 28",        /* 80000020: 80000038 */
    "csrrw t5, mtvec, t4",    /* 80000024 */
    "ecall",                  /* 80000028 */
    "j .",                    /* 8000002c */
    "nop",                    /* 80000030 */
    "nop",                    /* 80000034 */
    "csrrs a0, mcause, zero", /* 80000038 */
    "amoadd.d a1, t0, (s0)",  /* 8000003c */
    "j .",                    /* 80000040 */
    NULL,
};

static int setup(void **state, const struct engine *engine)
{
    struct bench *b = bench_create(engine);
    bench_program(b, program);
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

/* The first entry of the part is as if its page were gone by now. */
static void history_entry_break(struct history *history)
{
    history->parts[0].words[0] = 0x10;
}

/* Asserts that the answer's lines hold these, one after the other. */
static void assert_lines(const char *answer, const char *const *parts)
{
    const char *at = answer;
    for (; *parts; parts++) {
        const char *hit = strstr(at, *parts);
        if (!hit) fail_msg("%s\nlacks, in its place: %s", answer, *parts);
        at = hit + strlen(*parts);
    }
}

static void each_instruction_with_what_it_changed(void **state)
{
    struct bench *b = *state;
    ask(b, "hist on");
    ask(b, "break 0x8000001c");
    ask(b, "continue");
    assert_lines(ask(b, "hist 6"),
                 (const char *const[]){"-6 M 0x0000000080000018 bne t0, t1, 0x80000008\n",
                                       "-5 M 0x0000000080000008 addi t0, t0, 1", " t0=0x1f4\n",
                                       "-4 M 0x000000008000000c slli t2, t0, 4", " t2=0x1f40\n",
                                       "-3 M 0x0000000080000010 sh t2, 8(s0)",
                                       " [0x80001008]=0x1f40\n",
                                       "-2 M 0x0000000080000014 ld t3, 8(s0)", " t3=0x1f40\n",
                                       "-1 M 0x0000000080000018 bne t0, t1", NULL});
    /* far back, in another part of the ring, the values are those of that time */
    assert_lines(ask(b, "hist 800"),
                 (const char *const[]){"-800 M 0x0000000080000008 addi t0, t0, 1", " t0=0x155\n",
                                       "-799 M", " t2=0x1550\n", NULL});
}

static void traps_stand_between(void **state)
{
    struct bench *b = *state;
    ask(b, "hist on");
    ask(b, "break 0x80000040");
    ask(b, "continue");
    assert_lines(ask(b, "hist 5"),
                 (const char *const[]){"-3 M 0x0000000080000024 csrrw t5, mtvec, t4", " t5=0x",
                                       "--- environment call from M-mode, from M-mode ---\n",
                                       "-2 M 0x0000000080000038 ", " a0=0xb\n",
                                       "-1 M 0x000000008000003c amoadd.d a1, t0, (s0)", " a1=0x",
                                       " [0x80001000]\n", NULL});
}

static void steps_are_in_it_as_well(void **state)
{
    struct bench *b = *state;
    assert_says(b, "hist", "nothing was recorded; hist on starts that");
    ask(b, "hist on");
    assert_says(b, "hist", "nothing has been executed since");
    ask(b, "step 3");
    ask(b, "break 0x80000010");
    ask(b, "continue");
    assert_lines(ask(b, "hist"),
                 (const char *const[]){"-4 M 0x0000000080000000 auipc s0, 0x1", " s0=0x80001000\n",
                                       "-3 M 0x0000000080000004 li t1, 500", " t1=0x1f4\n",
                                       "-2 M 0x0000000080000008", " t0=0x1\n",
                                       "-1 M 0x000000008000000c", " t2=0x10\n", NULL});
    ask(b, "continue"); /* past a breakpoint */
    assert_lines(ask(b, "hist 5"),
                 (const char *const[]){"-5 M 0x0000000080000010", "[0x80001008]=0x10\n",
                                       "-1 M 0x000000008000000c", " t2=0x20\n", NULL});
    ask(b, "hist off");
    assert_says(b, "hist", "hist on starts that");
    ask(b, "continue");
}

static void what_was_before_a_change_by_hand_is_forgotten(void **state)
{
    struct bench *b = *state;
    ask(b, "hist on");
    ask(b, "step 3");
    ask(b, "set t0 = 7");
    assert_says(b, "hist", "nothing has been executed since");
    ask(b, "step");
    assert_lines(ask(b, "hist"),
                 (const char *const[]){"-1 M 0x000000008000000c", " t2=0x70\n", NULL});
    assert_says(b, "hist 0", "1 to ");
    assert_says(b, "hist 100000", "1 to ");
}

/* A watched page's accesses are executed outside of blocks: what they load is kept as well. */
static void what_is_executed_outside_a_block_has_its_result(void **state)
{
    struct bench *b = *state;
    ask(b, "hist on");
    ask(b, "awatch 0x80001100,8");
    ask(b, "break 0x8000001c");
    ask(b, "continue");
    assert_lines(ask(b, "hist 400"),
                 (const char *const[]){"-400 M 0x0000000080000008", " t0=0x1a5\n",
                                       "-397 M 0x0000000080000014 ld t3, 8(s0)", " t3=0x1a50\n",
                                       "-2 M 0x0000000080000014 ld t3, 8(s0)", " t3=0x1f40\n",
                                       NULL});
}

static void registers_are_unknown_behind_code_that_is_gone(void **state)
{
    struct bench *b = *state;
    ask(b, "hist on");
    ask(b, "break 0x80000014");
    ask(b, "continue");
    history_entry_break(&b->mon.recording->harts[0]);
    assert_lines(ask(b, "hist"), (const char *const[]){"(can't be read any more)", NULL});
    ask(b, "step 4"); /* loads t3, and adds one to t0, of which nothing is known */
    assert_lines(ask(b, "hist"), (const char *const[]){"ld t3, 8(s0)", " t3=0x10\n",
                                                       "addi t0, t0, 1", " t0=?\n", NULL});
}

#define BOTH(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, setup_ref, teardown),                                    \
        cmocka_unit_test_setup_teardown(name, setup_cached, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(each_instruction_with_what_it_changed),
        BOTH(traps_stand_between),
        BOTH(steps_are_in_it_as_well),
        BOTH(what_is_executed_outside_a_block_has_its_result),
        BOTH(registers_are_unknown_behind_code_that_is_gone),
        BOTH(what_was_before_a_change_by_hand_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
