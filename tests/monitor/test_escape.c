/* tests/monitor/test_escape.c: Ctrl-A is Rivet's key, everything else the guest's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "monitor/escape.h"

static void bytes_are_the_guests(void **state)
{
    (void)state;
    struct escape escape = {0};
    for (unsigned byte = 0; byte < 256; byte++)
        if (byte != 1) assert_int_equal(escape_feed(&escape, (uint8_t)byte), ESCAPE_BYTE);
}

static void ctrl_a_and_a_letter_are_a_key(void **state)
{
    (void)state;
    static const struct {
        char letter;
        enum escape_key key;
    } rows[] = {{'x', ESCAPE_QUIT},  {'h', ESCAPE_HELP}, {'c', ESCAPE_MONITOR},
                {'b', ESCAPE_BREAK}, {1, ESCAPE_BYTE},   {'z', ESCAPE_NONE}};
    struct escape escape = {0};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(escape_feed(&escape, 1), ESCAPE_NONE);
        assert_int_equal(escape_feed(&escape, (uint8_t)rows[i].letter), rows[i].key);
        assert_int_equal(escape_feed(&escape, 'x'), ESCAPE_BYTE);
    }
}

static void every_key_has_a_help_line(void **state)
{
    (void)state;
    struct escape_help help;
    unsigned count = 0;
    while (escape_help(count, &help))
        count++;
    assert_int_equal(count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_the_guests),
        cmocka_unit_test(ctrl_a_and_a_letter_are_a_key),
        cmocka_unit_test(every_key_has_a_help_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
