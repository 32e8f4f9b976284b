/* tests/boot/test_smp.c: Debian's kernel on several harts. Runs at night (RIVET_LONG_TESTS). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define PROMPT "rivet:~# "

static void boot(struct console *c, char *const more[])
{
    struct guest_line line;
    assert_true(console_start_pipe(c, guest_command(&line, "console=ttyS0", more)));
    assert_true(console_expect(c, PROMPT));
}

static void say(struct console *c, const char *command, const char *answer)
{
    assert_true(console_type(c, command));
    assert_true(console_expect(c, answer));
    assert_true(console_expect(c, PROMPT));
}

static void harts_go_off_and_on_and_any_of_them_switches_off(void **state)
{
    (void)state;
    struct console c;
    boot(&c, (char *[]){"-smp", "cpus=2,maxcpus=4", NULL});
    say(&c, "cd /sys/devices/system/cpu; cat online possible; cd\n", "\n0-1\n0-3\n");
    say(&c,
        "to() { for i in $2; do echo $1 > /sys/devices/system/cpu/cpu$i/online; done; nproc; }\n"
        "to 1 '3 2'\n",
        "\n4\n");
    say(&c, "to 0 '1 2 3'\n", "\n1\n");
    say(&c, "to 1 '3 1 2'\n", "\n4\n");
    for (int hart = 0; hart < 4; hart++) {
        char command[64], answer[16];
        snprintf(command, sizeof command, "taskset %x sh -c 'echo ran $((40 + %d))'\n", 1 << hart,
                 hart);
        snprintf(answer, sizeof answer, "\nran %d\n", 40 + hart);
        say(&c, command, answer);
    }
    assert_true(console_type(&c, "echo 3 > /sys/kernel/reboot/cpu; poweroff -f\n"));
    assert_int_equal(console_end(&c), 0);
    assert_null(strstr(c.text, "stall"));
    free(c.text);
}

/* Four times as many harts as processors, and all of them busy for a while. */
static void many_harts_share_few_processors(void **state)
{
    (void)state;
    struct console c;
    boot(&c, (char *[]){"-smp", "8", NULL});
    say(&c,
        "for i in 1 2 3 4 5 6 7 8; do seq 10000 | sort -r | sha1sum & done; wait; "
        "echo all he''re\n",
        "all here\n");
    assert_true(console_type(&c, "poweroff -f\n"));
    assert_int_equal(console_end(&c), 0);
    static const char *const complaints[] = {"stall", "lockup", "hung task", "BUG:", "WARNING:"};
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++)
        if (strstr(c.text, complaints[i])) fail_msg("the kernel says \"%s\"", complaints[i]);
    free(c.text);
}

static void a_reboot_comes_from_any_hart(void **state)
{
    (void)state;
    struct console c;
    boot(&c, (char *[]){"-smp", "2", NULL});
    assert_true(console_type(&c, "echo 1 > /sys/kernel/reboot/cpu; reboot -f\n"));
    assert_true(console_expect(&c, "OpenSBI v"));
    assert_true(console_expect(&c, PROMPT));
    say(&c, "nproc\n", "\n2\n");
    assert_true(console_type(&c, "poweroff -f\n"));
    assert_int_equal(console_end(&c), 0);
    free(c.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harts_go_off_and_on_and_any_of_them_switches_off),
        cmocka_unit_test(many_harts_share_few_processors),
        cmocka_unit_test(a_reboot_comes_from_any_hart),
    };
    if (!getenv("RIVET_LONG_TESTS")) return GUEST_ABSENT;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
