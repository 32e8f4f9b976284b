/* tests/boot/test_monitor.c: the monitor at a terminal and at a pipe, and gdb, on Debian's kernel.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define PROMPT "(rivet) "

static void begin_terminal(struct console *c, char *const more[])
{
    struct guest_line line;
    assert_true(console_start_terminal(c, guest_command(&line, "console=ttyS0", more)));
}

static void ctrl_c_stops_the_guest_when_the_terminal_is_the_monitors(void **state)
{
    struct console c;
    (void)state;
    begin_terminal(&c, (char *[]){"-monitor", "stdio", NULL});
    assert_true(console_expect(&c, "OpenSBI v"));
    assert_true(console_type(&c, "\003"));
    assert_true(console_expect(&c, "hart 0 stopped"));
    assert_true(console_type(&c, "quit 3\n"));
    assert_int_equal(console_end(&c), 3);
    assert_true(c.left.c_lflag & ICANON);
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

/* A port nobody listens at, for the one who comes next. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    close(fd);
    return ntohs(address.sin_port);
}

/* gdb-multiarch at the boot: a breakpoint where nothing is mapped yet, a watchpoint, steps. */
static void gdb_debugs_a_kernel_boot(void **state)
{
    struct guest_line line;
    struct console c, gdb;
    (void)state;
    if (system("command -v gdb-multiarch >/dev/null") != 0) skip();
    char place[32], target[32], start[64], watch[64];
    unsigned port = free_port();
    snprintf(place, sizeof place, "tcp::%u", port);
    snprintf(target, sizeof target, "target remote :%u", port);
    char *const more[] = {
        "-S", "-gdb", place, "-ex", "print/x &start_kernel", "-ex", "print/x &jiffies_64", NULL};
    assert_true(console_start_terminal(&c, guest_command(&line, "console=ttyS0", more)));
    assert_true(console_expect(&c, "0x"));
    assert_true(console_expect(&c, "0x"));
    assert_true(console_expect(&c, PROMPT));
    const char *at = strstr(c.text, "0x");
    snprintf(start, sizeof start, "break *%.18s", at);
    snprintf(watch, sizeof watch, "watch *(long *)%.18s", strstr(at + 2, "0x"));
    /* gdb gives an answer two seconds, which a busy host may need. */
    /* clang-format off */
    char *const argv[] = {"gdb-multiarch", "-nx", "-batch",
                          "-ex", "set confirm off", "-ex", "set remotetimeout 200",
                          "-ex", target, "-ex", start, "-ex", "continue",
                          "-ex", "stepi", "-ex", "x/i $pc", "-ex", "print $priv",
                          "-ex", "delete", "-ex", watch, "-ex", "continue",
                          "-ex", "info threads", "-ex", "monitor symbol pc", "-ex", "kill", NULL};
    /* clang-format on */
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
        cmocka_unit_test(ctrl_c_stops_the_guest_when_the_terminal_is_the_monitors),
        cmocka_unit_test(a_pipe_gets_json),
        cmocka_unit_test(a_script_that_fails_says_where),
        cmocka_unit_test(gdb_debugs_a_kernel_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
