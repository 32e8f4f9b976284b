/* tests/boot/test_debian.c: a day in Debian 13 on a disk. Runs at night (RIVET_LONG_TESTS).
 *
 * The disk is guest/debian's, under an overlay, so that it stays as it was made.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define PROMPT "root@rivet:~# "

struct place {
    char folder[64], drive[4352], share[256];
};

/* A folder with a package of one program, to be seen at /host. */
static const char package[] =
    "mkdir -p package/DEBIAN package/usr/bin && "
    "printf 'Package: greet\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody\\n"
    "Description: a word\\n' > package/DEBIAN/control && "
    "printf '#!/bin/sh\\necho \"a word from $(basename $0)\"\\n' > package/usr/bin/greet && "
    "chmod 755 package package/DEBIAN package/usr package/usr/bin package/usr/bin/greet && "
    "dpkg-deb --root-owner-group -b package greet.deb && "
    "printf '#include <stdio.h>\\nint main(void) { return printf(\"six times seven is %%d\\\\n\", "
    "6 * 7)"
    " < 0; }\\n' > answer.c";

static int setup(void **state)
{
    static struct place place = {.folder = "/tmp/rivet-debian-XXXXXX"};
    char image[4096], command[2048];
    snprintf(image, sizeof image, "%s/debian.img",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    if (!getenv("RIVET_LONG_TESTS") || access(image, R_OK) != 0) exit(GUEST_ABSENT);
    if (!mkdtemp(place.folder)) return -1;
    snprintf(place.drive, sizeof place.drive, "file=%s,if=virtio,overlay=%s/layer", image,
             place.folder);
    snprintf(place.share, sizeof place.share,
             "local,path=%s,mount_tag=host,security_model=mapped-xattr", place.folder);
    snprintf(command, sizeof command, "cd %s && { %s; } > /dev/null", place.folder, package);
    *state = &place;
    return system(command);
}

static int teardown(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", ((struct place *)*state)->folder);
    return system(command);
}

static void start(struct console *c, struct place *place)
{
    struct guest_line line;
    char *more[] = {"-drive",  place->drive,
                    "-netdev", "user,id=n0",
                    "-device", "virtio-net-device,netdev=n0",
                    "-device", "virtio-rng-device",
                    "-virtfs", place->share,
                    "-m",      "1G",
                    NULL};
    char *const *argv = guest_command(&line, "console=ttyS0 root=/dev/vda", more);
    snprintf(line.initrd, sizeof line.initrd, "%s/initrd-virtio.cpio.gz",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    assert_true(console_start_pipe(c, argv));
}

static void log_in(struct console *c)
{
    assert_true(console_expect(c, "rivet login: "));
    assert_true(console_type(c, "root\n"));
    assert_true(console_expect(c, PROMPT));
}

static void say(struct console *c, const char *command, const char *answer)
{
    assert_true(console_type(c, command));
    assert_true(console_expect(c, answer));
    assert_true(console_expect(c, PROMPT));
}

static void switch_off(struct console *c)
{
    assert_true(console_type(c, "poweroff\n"));
    assert_true(console_expect(c, "Power down"));
    assert_int_equal(console_end(c), 0);
    free(c->text);
}

static void a_day_in_debian(void **state)
{
    struct console c;
    start(&c, *state);
    log_in(&c);
    say(&c, "systemctl is-system-running --wait\n", "running");
    say(&c, "networkctl --no-pager status | grep State\n", "routable");
    say(&c, "dpkg -i /host/greet.deb && greet\n", "a word from greet");
    say(&c, "gcc -O2 -o answer /host/answer.c && ./answer | tee /host/from-guest\n",
        "six times seven is 42");
    assert_true(console_type(&c, "reboot\n"));
    assert_true(console_expect(&c, "OpenSBI v"));
    log_in(&c);
    say(&c, "greet; ./answer; cat /host/from-guest\n", "a word from greet");
    switch_off(&c);
    start(&c, *state);
    log_in(&c);
    say(&c, "./answer && rm answer\n", "six times seven is 42");
    switch_off(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_in_debian),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
