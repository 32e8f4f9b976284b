/* tests/boot/test_terminal.c: on every way out of a running guest the terminal is as it was.
 *
 * The kernel speaks as early as it can. Booting it is slow on the reference engine, so only one
 * test asks for more of it there than the firmware.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

static void start(struct console *c, char *engine, const char *until)
{
    struct guest_line line;
    char *const options[] = {"-accel", engine, NULL};
    struct termios raw;
    assert_true(console_start_terminal(c, guest_command(&line, "earlycon console=ttyS0", options)));
    assert_true(console_expect(c, until));
    assert_int_equal(tcgetattr(c->terminal, &raw), 0);
    assert_int_equal(raw.c_lflag & (ICANON | ECHO | ISIG), 0);
}

static void assert_restored(const struct console *c)
{
    assert_int_equal(c->left.c_lflag & (ICANON | ECHO | ISIG), ICANON | ECHO | ISIG);
    assert_int_equal(c->left.c_oflag & OPOST, OPOST);
    assert_int_equal(c->left.c_iflag & ICRNL, ICRNL);
}

static void the_reference_engine_starts_linux_and_ctrl_a_x_ends_it(void **state)
{
    struct console c;
    (void)state;
    start(&c, "ref", "Linux version 6.");
    assert_true(console_type(&c, "\001x"));
    assert_int_equal(console_end(&c), 0);
    assert_restored(&c);
    free(c.text);
}

static void a_signal_ends_it_and_restores_the_terminal(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct console c;
        start(&c, "cached", "OpenSBI v");
        assert_int_equal(kill(c.pid, signals[i]), 0);
        assert_int_equal(console_end(&c), 128 + signals[i]);
        assert_restored(&c);
        free(c.text);
    }
}

static void a_stopped_program_gives_the_terminal_back_and_takes_it_again(void **state)
{
    struct console c;
    struct termios now;
    (void)state;
    start(&c, "cached", "OpenSBI v");
    assert_int_equal(kill(c.pid, SIGTSTP), 0);
    assert_true(console_watch(&c, true));
    assert_int_equal(tcgetattr(c.terminal, &now), 0);
    assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG), ICANON | ECHO | ISIG);
    assert_int_equal(kill(c.pid, SIGCONT), 0);
    assert_true(console_watch(&c, false));
    assert_true(console_expect(&c, "Linux version 6."));
    assert_int_equal(tcgetattr(c.terminal, &now), 0);
    assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG), 0);
    assert_true(console_type(&c, "\001x"));
    assert_int_equal(console_end(&c), 0);
    assert_restored(&c);
    free(c.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_engine_starts_linux_and_ctrl_a_x_ends_it),
        cmocka_unit_test(a_signal_ends_it_and_restores_the_terminal),
        cmocka_unit_test(a_stopped_program_gives_the_terminal_back_and_takes_it_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
