/* tests/boot/test_bad_days.c: a full disk and a server that dies, seen by Debian's kernel. Runs at
 * night (RIVET_LONG_TESTS). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "host/thread.h"
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define FULL_AT (4 << 20)

struct place {
    char folder[64], disk[128], remote[128], drive[160], nbd[256], socket[128];
};

static void shell(const char *format, const char *path)
{
    char command[512];
    snprintf(command, sizeof command, format, path);
    assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
    static struct place place = {.folder = "/tmp/rivet-bad-days-XXXXXX"};
    if (!getenv("RIVET_LONG_TESTS")) exit(GUEST_ABSENT);
    if (!mkdtemp(place.folder)) return -1;
    snprintf(place.disk, sizeof place.disk, "%s/disk", place.folder);
    snprintf(place.remote, sizeof place.remote, "%s/remote", place.folder);
    snprintf(place.socket, sizeof place.socket, "%s/socket", place.folder);
    snprintf(place.drive, sizeof place.drive, "file=%s,if=virtio", place.disk);
    snprintf(place.nbd, sizeof place.nbd, "file=nbd+unix:///?socket=%s,if=virtio", place.socket);
    shell("truncate -s 8M %s", place.disk);
    shell("truncate -s 8M %s", place.remote);
    *state = &place;
    return 0;
}

static int teardown(void **state)
{
    shell("rm -r %s", ((struct place *)*state)->folder);
    return 0;
}

static pid_t serve(const struct place *place)
{
    struct host_event never;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("qemu-nbd", "qemu-nbd", "-k", place->socket, "-f", "raw", "-e", "8", "-t",
               place->remote, (char *)NULL);
        _exit(127);
    }
    host_event_init(&never);
    while (access(place->socket, F_OK) != 0 && waitpid(pid, NULL, WNOHANG) == 0)
        host_event_wait(&never, HOST_NS_PER_SECOND / 100);
    host_event_fini(&never);
    return pid;
}

/* The limit on the size of files stands for a full file system, and is Rivet's alone. */
static void start(struct console *c, struct place *place)
{
    struct guest_line line;
    struct rlimit saved, limit;
    char *more[] = {"-drive", place->drive, "-drive", place->nbd, NULL};
    char *const *argv = guest_command(&line, "console=ttyS0", more);
    snprintf(line.initrd, sizeof line.initrd, "%s/initrd-virtio.cpio.gz",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &saved), 0);
    limit = saved;
    limit.rlim_cur = FULL_AT;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    bool started = console_start_pipe(c, argv);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    assert_true(started);
}

static void say(struct console *c, const char *command, const char *answer)
{
    assert_true(console_type(c, command));
    assert_true(console_expect(c, answer));
}

static void the_guest_gets_io_errors_and_rivet_goes_on(void **state)
{
    struct place *place = *state;
    struct console c;
    pid_t server = serve(place);
    start(&c, place);
    assert_true(console_expect(&c, "rivet:~# "));
    say(&c, "dd if=/dev/zero of=/dev/vda bs=64k oflag=direct\n",
        "/disk: write: File too large; the guest got an I/O error");
    assert_true(console_expect(&c, "64+0 records out"));
    say(&c,
        "while dd if=/dev/vdb of=/dev/null bs=64k iflag=direct 2> /tmp/dd; do echo a round; done; "
        "cat /tmp/dd\n",
        "\na round");
    assert_int_equal(kill(server, SIGKILL), 0);
    assert_int_equal(waitpid(server, NULL, 0), server);
    assert_true(console_expect(&c, "the guest got an I/O error"));
    assert_true(console_expect(&c, "Input/output error"));
    say(&c, "dd if=/dev/vda of=/dev/null bs=64k iflag=direct\n", "128+0 records in");
    say(&c, "poweroff -f\n", "Power down");
    assert_int_equal(console_end(&c), 0);
    free(c.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guest_gets_io_errors_and_rivet_goes_on),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
