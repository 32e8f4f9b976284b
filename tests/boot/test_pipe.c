/* tests/boot/test_pipe.c: a script at rivet's standard input, as `printf ... | ./boot` has it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

/* Everything is typed, and the input closed, long before the guest has a serial driver. */
static void commands_typed_before_the_boot_are_answered(void **state)
{
    struct guest_line line;
    struct console c;
    (void)state;
    assert_true(console_start_pipe(&c, guest_command(&line, "console=ttyS0", NULL)));
    assert_true(console_type(&c, "uname -a\nexpr 6 '*' 7\npoweroff -f\n"));
    console_close_input(&c);
    assert_true(console_expect(&c, "Linux rivet 6."));
    assert_true(console_expect(&c, "42\n"));
    assert_int_equal(console_end(&c), 0);
    free(c.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_typed_before_the_boot_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
