/* tests/boot/test_monitor.c: the monitor at a terminal and at a pipe, and gdb, on Debian's kernel.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define PROMPT "(rivet) "

static void begin_terminal(struct console *c, char *const more[])
{
    struct guest_line line;
    assert_true(console_start_terminal(c, guest_command(&line, "console=ttyS0", more)));
}

/* One boot, from the first instruction to the shell, in and out of the monitor. */
static void a_person_stops_looks_and_goes_on(void **state)
{
    struct console c;
    (void)state;
    begin_terminal(&c, (char *[]){"-S", NULL});
    assert_true(console_expect(&c, PROMPT));
    assert_true(console_type(&c, "reg\tpc\n")); /* Tab completes to regs */
    assert_true(console_expect(&c, "regs pc"));
    assert_true(console_expect(&c, "0x0000000000001000"));
    assert_true(console_type(&c, "tbreak start_ker\t\n"));
    assert_true(console_expect(&c, "<start_kernel> (pending: not mapped yet)"));
    assert_true(console_type(&c, "c\n"));
    assert_true(console_expect(&c, "stop 1 (tbreak start_kernel)"));
    assert_true(console_type(&c, "step\n"));
    assert_true(console_expect(&c, "<start_kernel+0x2>"));
    assert_true(console_type(&c, "\n")); /* an empty line steps again */
    assert_true(console_expect(&c, "<start_kernel+0x4>"));
    assert_true(console_type(&c, "nonsense\003")); /* Ctrl-C drops the line */
    assert_true(console_expect(&c, PROMPT));
    assert_true(console_type(&c, "c\n"));
    assert_true(console_expect(&c, "rivet:~# "));
    assert_true(console_type(&c, "echo $((6 * 7))\n"));
    assert_true(console_expect(&c, "\n42\n"));
    assert_true(console_type(&c, "while :; do :; done\n"));
    assert_true(console_type(&c, "\001c")); /* while it runs flat out */
    assert_true(console_expect(&c, "hart 0 stopped"));
    assert_true(console_type(&c, "bt\n"));
    assert_true(console_expect(&c, "#0 "));
    assert_true(console_type(&c, "\001c")); /* and back */
    assert_true(console_type(&c, "\003"));
    assert_true(console_expect(&c, "rivet:~# "));
    assert_true(console_type(&c, "poweroff -f\n"));
    assert_int_equal(console_end(&c), 0);
    assert_true(c.left.c_lflag & ICANON);
    free(c.text);
}

static void ctrl_c_stops_the_guest_when_the_terminal_is_the_monitors(void **state)
{
    struct console c;
    (void)state;
    begin_terminal(&c, (char *[]){"-monitor", "stdio", NULL});
    assert_true(console_expect(&c, "Run /init as init process"));
    assert_true(console_type(&c, "\003"));
    assert_true(console_expect(&c, "hart 0 stopped"));
    assert_true(console_type(&c, "send poweroff -f\n"));
    assert_true(console_expect(&c, PROMPT));
    assert_true(console_type(&c, "continue\n"));
    assert_true(console_expect(&c, "Power down"));
    assert_int_equal(console_end(&c), 0);
    free(c.text);
}

static void a_pipe_gets_json(void **state)
{
    struct guest_line line;
    struct console c;
    (void)state;
    char *const more[] = {"-S", "-json", "-monitor", "stdio", NULL};
    assert_true(console_start_pipe(&c, guest_command(&line, "console=ttyS0", more)));
    assert_true(console_type(&c, "break start_kernel\ncontinue\nprint @\nquit 7\n"));
    assert_true(console_expect(&c, "{\"command\":\"break start_kernel\",\"ok\":true,\"data\":[{"));
    assert_true(console_expect(&c, "{\"console\":\""));
    assert_true(
        console_expect(&c, "{\"command\":\"continue\",\"ok\":true,\"data\":[{\"event\":\"stop\""));
    assert_true(console_expect(&c, "{\"command\":\"print @\",\"ok\":false,\"error\":\""));
    assert_int_equal(console_end(&c), 7);
    free(c.text);
}

/* The script's second line is wrong: nothing after it is executed. */
static void a_script_that_fails_says_where(void **state)
{
    struct guest_line line;
    struct console c;
    char path[] = "/tmp/rivet-script-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    static const char script[] = "# what follows\nprint 1 +\necho never\n";
    assert_true(write(fd, script, sizeof script - 1) == (ssize_t)sizeof script - 1);
    close(fd);
    char *const more[] = {"-x", path, NULL};
    assert_true(console_start_pipe(&c, guest_command(&line, "console=ttyS0", more)));
    assert_true(console_expect(&c, "a value is missing here"));
    assert_true(console_expect(&c, ":2: stopped here: print 1 +"));
    assert_int_equal(console_end(&c), 1);
    assert_null(strstr(c.text, "never"));
    unlink(path);
    free(c.text);
}

/* gdb-multiarch at the boot: a breakpoint where nothing is mapped yet, a watchpoint, steps. */
static void gdb_debugs_a_kernel_boot(void **state)
{
    struct guest_line line;
    struct console c, gdb;
    (void)state;
    if (system("command -v gdb-multiarch >/dev/null") != 0) skip();
    char *const more[] = {
        "-S", "-gdb", "tcp::23456", "-ex", "print/x &start_kernel", "-ex", "print/x &jiffies_64",
        NULL};
    assert_true(console_start_terminal(&c, guest_command(&line, "console=ttyS0", more)));
    assert_true(console_expect(&c, "0x"));
    char start[40], jiffies[40], watch[64];
    snprintf(start, sizeof start, "*0x%.16s", c.text + c.found);
    assert_true(console_expect(&c, "0x"));
    snprintf(jiffies, sizeof jiffies, "0x%.16s", c.text + c.found);
    snprintf(watch, sizeof watch, "watch *(long *)%s", jiffies);
    assert_true(console_expect(&c, PROMPT));
    char break_at[64];
    snprintf(break_at, sizeof break_at, "break %s", start);
    char *const argv[] = {"gdb-multiarch",
                          "-nx",
                          "-batch",
                          "-ex",
                          "set confirm off",
                          "-ex",
                          "target remote :23456",
                          "-ex",
                          break_at,
                          "-ex",
                          "continue",
                          "-ex",
                          "stepi",
                          "-ex",
                          "x/i $pc",
                          "-ex",
                          "print $priv",
                          "-ex",
                          "delete",
                          "-ex",
                          watch,
                          "-ex",
                          "continue",
                          "-ex",
                          "info threads",
                          "-ex",
                          "monitor symbol pc",
                          "-ex",
                          "kill",
                          NULL};
    assert_true(console_start_pipe(&gdb, argv));
    assert_true(console_expect(&gdb, "0x0000000000001000 in ??"));
    assert_true(console_expect(&gdb, "Breakpoint 1,"));
    assert_true(console_expect(&gdb, "=> 0x"));
    assert_true(console_expect(&gdb, "$1 = 1"));
    assert_true(console_expect(&gdb, "Old value ="));
    assert_true(console_expect(&gdb, "New value ="));
    assert_true(console_expect(&gdb, "hart 0, S-mode"));
    assert_true(console_expect(&gdb, " is "));
    console_end(&gdb);
    console_end(&c);
    free(gdb.text);
    free(c.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_stops_looks_and_goes_on),
        cmocka_unit_test(ctrl_c_stops_the_guest_when_the_terminal_is_the_monitors),
        cmocka_unit_test(a_pipe_gets_json),
        cmocka_unit_test(a_script_that_fails_says_where),
        cmocka_unit_test(gdb_debugs_a_kernel_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
