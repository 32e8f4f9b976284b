/* tests/boot/test_shell.c: a person at the keyboard, with the monitor and Debian's shell.
 *
 * One boot, then a conversation: the tests run in order and each leaves the machine where the next
 * begins.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define PROMPT  "rivet:~# "
#define MONITOR "(rivet) "

enum { PASTE_LINES = 20000 }; /* of 2 to 6 bytes: 109 kB */

static int boot(void **state)
{
    static struct guest_line line;
    static char *const stopped[] = {"-S", NULL};
    struct console *c = calloc(1, sizeof *c);
    *state = c;
    return c && console_start_terminal(c, guest_command(&line, "console=ttyS0", stopped)) ? 0 : -1;
}

static int forget(void **state)
{
    struct console *c = *state;
    free(c->text);
    free(c);
    return 0;
}

/* Names come from the kernel's own table in RAM, before it has executed anything. */
static void the_monitor_stops_where_nothing_is_mapped_yet(void **state)
{
    struct console *c = *state;
    assert_true(console_expect(c, MONITOR));
    assert_true(console_type(c, "reg\tpc\n")); /* Tab completes to regs */
    assert_true(console_expect(c, "regs pc"));
    assert_true(console_expect(c, "0x0000000000001000"));
    assert_true(console_type(c, "tbreak start_ker\t\n"));
    assert_true(console_expect(c, "<start_kernel> (pending: not mapped yet)"));
    assert_true(console_type(c, "c\n"));
    assert_true(console_expect(c, "OpenSBI v"));
    assert_true(console_expect(c, "stop 1 (tbreak start_kernel)"));
    assert_true(console_expect(c, MONITOR));
}

static void an_empty_line_steps_again_and_ctrl_c_drops_one(void **state)
{
    struct console *c = *state;
    assert_true(console_type(c, "step\n"));
    assert_true(console_expect(c, "<start_kernel+0x2>"));
    assert_true(console_type(c, "\n"));
    assert_true(console_expect(c, "<start_kernel+0x4>"));
    assert_true(console_expect(c, MONITOR));
    assert_true(console_type(c, "nonsense\003"));
    assert_true(console_expect(c, MONITOR));
    assert_true(console_type(c, "c\n"));
}

static void debian_boots_to_a_shell(void **state)
{
    assert_true(console_expect(*state, "Linux version 6."));
    assert_true(console_expect(*state, "Run /init as init process"));
    assert_true(console_expect(*state, PROMPT));
}

static void the_shell_answers(void **state)
{
    struct console *c = *state;
    assert_true(console_type(c, "uname -sm; echo $((6 * 7))\n"));
    assert_true(console_expect(c, "Linux riscv64"));
    assert_true(console_expect(c, "\n42\n" PROMPT));
}

static void processes_files_and_pipes_work(void **state)
{
    struct console *c = *state;
    assert_true(console_type(c, "for i in 1 2 3; do echo $i; done | sort -r | tr '\\n' ,; echo\n"));
    assert_true(console_expect(c, "3,2,1,\n" PROMPT));
    assert_true(console_type(c, "head -c 1000000 /dev/zero | sha1sum\n"));
    assert_true(console_expect(c, "bef3595266a65a2ff36b700a75e8ed95c68210b6"));
    assert_true(console_expect(c, PROMPT));
}

static void the_fpu_computes(void **state)
{
    struct console *c = *state;
    assert_true(
        console_type(c, "awk 'BEGIN { for (i = 1; i < 1000; i++) x += 1 / i; print x }'\n"));
    assert_true(console_expect(c, "7.48447\n" PROMPT));
}

static void ctrl_c_interrupts_what_runs_in_the_guest(void **state)
{
    struct console *c = *state;
    assert_true(console_type(c, "sh -c 'echo started; exec sleep 100000'\n"));
    assert_true(console_expect(c, "\nstarted\n"));
    assert_true(console_type(c, "\003"));
    assert_true(console_expect(c, PROMPT));
}

/* The shell takes its line editor's settings off the terminal before it executes: only then is a
 * Ctrl-C for the loop. */
static void ctrl_a_c_stops_a_guest_that_runs_flat_out(void **state)
{
    struct console *c = *state;
    assert_true(console_type(c, "echo lo''op; while :; do :; done\n"));
    assert_true(console_expect(c, "\nloop\n"));
    assert_true(console_type(c, "\001c"));
    assert_true(console_expect(c, "hart 0 stopped"));
    assert_true(console_type(c, "bt\n"));
    assert_true(console_expect(c, "#0 "));
    assert_true(console_type(c, "\001c")); /* and back */
    assert_true(console_type(c, "\003"));
    assert_true(console_expect(c, PROMPT));
    assert_true(console_type(c, "\001c"));
    assert_true(console_expect(c, MONITOR));
    assert_true(console_type(c, "send echo $((7 * 8))\n"));
    assert_true(console_expect(c, MONITOR));
    assert_true(console_type(c, "c\n"));
    assert_true(console_expect(c, "\n56\n" PROMPT));
}

static void a_pasted_text_arrives_whole(void **state)
{
    struct console *c = *state;
    char *text = malloc(PASTE_LINES * 6 + 1), *end = text;
    for (int i = 1; i <= PASTE_LINES; i++)
        end += sprintf(end, "%d\n", i);
    assert_true(end - text > 100000);
    assert_true(console_type(c, "stty -echo; seq 20000 > /tmp/sent; echo go; cat > /tmp/came\n"));
    assert_true(console_expect(c, "\ngo\n"));
    assert_true(console_type(c, text));
    assert_true(console_type(c, "\004"));
    assert_true(console_type(c, "stty echo; cmp /tmp/sent /tmp/came && echo wh''ole\n"));
    assert_true(console_expect(c, "whole\n" PROMPT));
    free(text);
}

static void the_clock_is_the_hosts(void **state)
{
    struct console *c = *state;
    char date[32];
    time_t now = time(NULL);
    strftime(date, sizeof date, "at %Y-%m-", gmtime(&now));
    assert_true(console_type(c, "date -u '+at %Y-%m-%d'\n"));
    assert_true(console_expect(c, "+at %Y"));
    assert_true(console_expect(c, date));
    assert_true(console_expect(c, PROMPT));
}

static void poweroff_ends_the_program_with_status_0(void **state)
{
    struct console *c = *state;
    struct termios raw;
    assert_int_equal(tcgetattr(c->terminal, &raw), 0);
    assert_false(raw.c_lflag & ICANON);
    assert_true(console_type(c, "poweroff -f\n"));
    assert_true(console_expect(c, "Power down"));
    assert_int_equal(console_end(c), 0);
    assert_true(c->left.c_lflag & ICANON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_monitor_stops_where_nothing_is_mapped_yet),
        cmocka_unit_test(an_empty_line_steps_again_and_ctrl_c_drops_one),
        cmocka_unit_test(debian_boots_to_a_shell),
        cmocka_unit_test(the_shell_answers),
        cmocka_unit_test(processes_files_and_pipes_work),
        cmocka_unit_test(the_fpu_computes),
        cmocka_unit_test(ctrl_c_interrupts_what_runs_in_the_guest),
        cmocka_unit_test(ctrl_a_c_stops_a_guest_that_runs_flat_out),
        cmocka_unit_test(a_pasted_text_arrives_whole),
        cmocka_unit_test(the_clock_is_the_hosts),
        cmocka_unit_test(poweroff_ends_the_program_with_status_0),
    };
    return cmocka_run_group_tests(tests, boot, forget);
}
