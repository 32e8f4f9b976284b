/* tests/monitor/test_explain.c: explain says what an instruction is about to do, also as JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/monitor/bench.h"

static const char *const program[] = {
    "lw a0, 4(s0)", "lbu a1, 7(s0)",
    "ld a2, 0(s0)", "flw fa0, 0(s0)",
    "lw a3, 0(s1)", "jal ra, . + 8",
    "j .",          "nop",
    "ret",          NULL,
};

static int setup(void **state)
{
    struct bench *b = bench_create(&engine_cached);
    const uint64_t value = 0xfedcba9876543210;
    bench_program(b, program);
    ask(b, "set s0 = 0x80001000");
    ask(b, "set s1 = 0x10000000");
    bus_write_ram(&b->machine->bus, 0x80001000, &value, 8);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    bench_destroy(*state);
    return 0;
}

static void a_load_is_foretold(void **state)
{
    struct bench *b = *state;
    assert_says(b, "explain", "a0   will be 0xfffffffffedcba98  (-19088744)");
    ask(b, "step");
    assert_says(b, "print/x a0", "0xfffffffffedcba98");
    assert_says(b, "explain", "a1   will be 0xfe  (254)");
    ask(b, "step");
    assert_says(b, "explain", "a2   will be 0xfedcba9876543210  (-");
    ask(b, "step");
    assert_says(b, "explain", "fa0  will be 0x76543210, NaN-boxed");
    assert_says(b, "explain 0x80000010", "reading it would change it"); /* the UART */
}

static void json_has_the_whole_decoding(void **state)
{
    struct bench *b = *state;
    b->mon.out.json = true;
    ask(b, "explain 0x80000000");
    const char *data = text_get(&b->mon.out.data);
    assert_non_null(strstr(data, "\"decode\":{\"word\": \"0x00442503\""));
    assert_non_null(strstr(data, "\"fields\": [{"));
    assert_null(strchr(data, '\n'));
    b->mon.out.json = false;
}

static void finish_says_a_result_only_where_there_is_one(void **state)
{
    struct bench *b = *state;
    symbols_add(&b->mon.symbols, "caller", 6, 0x80000000, 0x1c, true);
    symbols_add(&b->mon.symbols, "leaf", 4, 0x8000001c, 8, true);
    ask(b, "set pc = 0x80000014");
    ask(b, "step");
    ask(b, "break 0x80000020");
    assert_null(strstr(ask(b, "finish"), "a0 ="));
    assert_int_equal(bench_hart(b)->pc, 0x80000020);
    assert_says(b, "finish", "a0 = 0x0");
    assert_int_equal(bench_hart(b)->pc, 0x80000018);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_load_is_foretold, setup, teardown),
        cmocka_unit_test_setup_teardown(json_has_the_whole_decoding, setup, teardown),
        cmocka_unit_test_setup_teardown(finish_says_a_result_only_where_there_is_one, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
