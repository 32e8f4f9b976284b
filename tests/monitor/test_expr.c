/* tests/monitor/test_expr.c: what expressions are worth, and where a bad one is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/monitor/bench.h"

static void operators_bind_as_in_c(void **state)
{
    struct bench *b = bench_create(&engine_ref);
    (void)state;
    assert_says(b, "print 2 + 3 * 4", "0xe =");
    assert_says(b, "print (2 + 3) * 4", "0x14 =");
    assert_says(b, "print 1 << 4 | 3", "0x13 =");
    assert_says(b, "print 7 - 2 - 1", "0x4 =");
    assert_says(b, "print 1 == 2 || 3 > 2 && !0", "0x1 =");
    assert_says(b, "print -1", "= -1");
    assert_says(b, "print ~0 >> 60", "= -1"); /* signed, as in C */
    assert_says(b, "print 0x8000_0000 + 0b101", "0x80000005 =");
    assert_says(b, "print 'A'", "0x41 =");
    bench_destroy(b);
}

static void registers_go_by_all_their_names(void **state)
{
    struct bench *b = bench_create(&engine_ref);
    (void)state;
    hart_set_x(bench_hart(b), 10, UINT64_MAX);
    assert_says(b, "print a0 == x10 && $a0 == a0", "0x1 =");
    assert_says(b, "print a0 < 0", "0x0 =");
    assert_says(b, "print (s64)a0 < 0", "0x1 =");
    assert_says(b, "print (u8)a0", "0xff =");
    assert_says(b, "print pc", "0x80000000");
    assert_says(b, "set mstatus.MPP = 3", "mstatus.MPP = 0x3");
    assert_says(b, "print mstatus.mpp", "0x3 =");
    assert_says(b, "print mstatus >> 11 & 3", "0x3 =");
    bench_destroy(b);
}

static void memory_is_read_in_each_size(void **state)
{
    struct bench *b = bench_create(&engine_ref);
    (void)state;
    assert_says(b, "set *(u64)0x80001000 = 0x8182838485868788", "8 bytes");
    assert_says(b, "print *0x80001000", "0x8182838485868788");
    assert_says(b, "print *(u32)0x80001000", "0x85868788");
    assert_says(b, "print *(s8)0x80001000", "= -120");
    assert_says(b, "print *(p:u16)(0x80001000 + 2)", "0x8586 =");
    assert_says(b, "print $_", "0x8586 =");
    assert_says(b, "print *0x50", "nothing answers at");
    bench_destroy(b);
}

static void symbols_are_numbers(void **state)
{
    struct bench *b = bench_create(&engine_ref);
    (void)state;
    symbols_add(&b->mon.symbols, "sp", 2, 0x80001230, 16, true);
    symbols_add(&b->mon.symbols, "main.c.part", 11, 0x80001240, 0, true);
    assert_says(b, "print &sp + 4", "0x80001234 = 2147488308 <sp+0x4>");
    assert_says(b, "print main.c.part", "0x80001240");
    assert_says(b, "print sp", "0x0 =");
    bench_destroy(b);
}

/* The caret stands under the character. */
static void a_bad_expression_points_at_the_character(void **state)
{
    static const struct {
        const char *line, *caret, *why;
    } cases[] = {
        {"print a0 + @", "             ^", "a value is expected here"},
        {"print nosuch", "        ^", "no register, CSR or symbol \"nosuch\""},
        {"print (1 + 2", "        ^", "not closed"},
        {"print 0x12g", "            ^", "not a digit"},
        {"print 1 2", "          ^", "nothing more is expected"},
        {"print 99999999999999999999", "        ^", "64 bits"},
        {"print 1 / 0", "        ^", "division by zero"},
    };
    struct bench *b = bench_create(&engine_ref);
    (void)state;
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        char shown[160];
        snprintf(shown, sizeof shown, "  %s\n%s\n", cases[i].line, cases[i].caret);
        assert_says(b, cases[i].line, shown);
        assert_says(b, cases[i].line, cases[i].why);
    }
    bench_destroy(b);
}

static void depth_and_length_have_limits(void **state)
{
    struct bench *b = bench_create(&engine_ref);
    char line[4096] = "print ";
    (void)state;
    memset(line + 6, '(', 3000);
    assert_says(b, line, "too deep");
    memset(line + 6, '-', 3000);
    assert_says(b, line, "too deep");
    strcpy(line, "print 1");
    for (unsigned i = 0; i < 500; i++)
        strcat(line, "+1");
    assert_says(b, line, "too long");
    bench_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_in_c),
        cmocka_unit_test(registers_go_by_all_their_names),
        cmocka_unit_test(memory_is_read_in_each_size),
        cmocka_unit_test(symbols_are_numbers),
        cmocka_unit_test(a_bad_expression_points_at_the_character),
        cmocka_unit_test(depth_and_length_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
