/* tests/host/test_share.c: a shared directory is found by steps too, where openat2 is not to be
 * had.
 */
#define _GNU_SOURCE /* O_PATH */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/share_part.h"

static int setup(void **state)
{
    static char place[] = "/tmp/rivet-share-XXXXXX";
    char command[256];
    if (!mkdtemp(place)) return -1;
    snprintf(command, sizeof command,
             "cd %s && echo secret > secret && mkdir -p in/a/b && echo text > in/a/b/file && "
             "ln -s .. in/up && ln -s ../secret in/link && ln -s a in/inside",
             place);
    *state = place;
    return system(command);
}

static int teardown(void **state)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", (char *)*state);
    return system(command);
}

static int open_root(const char *place)
{
    char path[64];
    snprintf(path, sizeof path, "%s/in", place);
    return open(path, O_PATH | O_DIRECTORY);
}

static void both_ways_lead_to_the_same_and_nowhere_else(void **state)
{
    static const struct {
        const char *path;
        bool there;
    } rows[] = {
        {"", true},          {"a", true},           {"a/b/file", true},  {"link", true},
        {"up", true},        {"none", false},       {"a/none/x", false}, {"a/b/file/x", false},
        {"inside/b", false}, {"up/secret", false},  {"..", false},       {"../secret", false},
        {"link/x", false},   {"a/../../in", false}, {"/etc", false},
    };
    struct share share = {.root = open_root(*state)};
    assert_true(share.root >= 0);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stat one, other;
        const char *path = *rows[i].path ? rows[i].path : ".";
        int fd = share_locate(&share, rows[i].path, O_PATH);
        int by_steps = share_locate_by_steps(share.root, path, O_PATH);
        if ((fd >= 0) != rows[i].there || (by_steps >= 0) != rows[i].there)
            fail_msg("%s: %d and %d", path, fd, by_steps);
        if (fd < 0) continue;
        assert_int_equal(fstat(fd, &one), 0);
        assert_int_equal(fstat(by_steps, &other), 0);
        assert_int_equal(one.st_ino, other.st_ino);
        close(fd);
        close(by_steps);
    }
    close(share.root);
}

static void what_cannot_be_shared_is_named(void **state)
{
    struct error err;
    char path[64];
    snprintf(path, sizeof path, "%s/secret", (char *)*state);
    assert_null(share_open(path, SHARE_NONE, false, &err));
    assert_non_null(strstr(err.text, "is not a directory"));
    assert_null(share_open("/nowhere", SHARE_NONE, false, &err));
    assert_non_null(strstr(err.text, "No such file"));
    assert_null(share_open("/proc", SHARE_MAPPED, false, &err)); /* keeps no attributes */
    assert_non_null(strstr(err.text, "security_model=none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_lead_to_the_same_and_nowhere_else),
        cmocka_unit_test(what_cannot_be_shared_is_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
