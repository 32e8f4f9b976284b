/* tests/host/test_chars.c: bytes reach the far end of a serial port and come back. */
#define _GNU_SOURCE /* cfmakeraw */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/chars.h"
#include "host/thread.h"

/* The near end: keeps what it takes, at most `most` bytes. */
struct near {
    struct mutex lock;
    struct host_event came;
    char text[256];
    size_t size, most;
};

static size_t near_receive(void *owner, const uint8_t *bytes, size_t count)
{
    struct near *near = owner;
    mutex_lock(&near->lock);
    if (count > near->most - near->size) count = near->most - near->size;
    memcpy(near->text + near->size, bytes, count);
    near->size += count;
    mutex_unlock(&near->lock);
    host_event_signal(&near->came);
    return count;
}

static void near_room(void *owner)
{
    struct near *near = owner;
    host_event_signal(&near->came);
}

static struct host_chars *start(struct near *near, const struct host_chars_options *options)
{
    struct error err;
    struct host_chars *chars = host_chars_open(options, &err);
    if (!chars) fail_msg("%s", err.text);
    *near = (struct near){.most = sizeof near->text};
    mutex_init(&near->lock);
    host_event_init(&near->came);
    struct host_chars_end end = {.receive = near_receive, .room = near_room, .owner = near};
    assert_true(host_chars_start(chars, &end, &err));
    return chars;
}

static void stop(struct near *near, struct host_chars *chars)
{
    host_chars_close(chars);
    host_event_fini(&near->came);
    mutex_fini(&near->lock);
}

static void expect_near(struct near *near, const char *text)
{
    for (;;) {
        mutex_lock(&near->lock);
        bool all = near->size == strlen(text);
        mutex_unlock(&near->lock);
        if (all) break;
        assert_true(host_event_wait(&near->came, 20 * HOST_NS_PER_SECOND));
    }
    assert_memory_equal(near->text, text, near->size);
    near->size = 0;
}

static void expect_far(int fd, const char *text)
{
    char got[64] = "";
    size_t size = 0;
    while (size < strlen(text)) {
        ssize_t count = read(fd, got + size, strlen(text) - size);
        assert_true(count > 0);
        size += (size_t)count;
    }
    assert_string_equal(got, text);
}

/* Until somebody is there what is written is lost: says it until it comes. */
static void say_until_heard(struct host_chars *chars, int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    char byte = 0;
    while (byte != '.') {
        host_chars_write(chars, (const uint8_t *)".", 1);
        usleep(1000);
        if (read(fd, &byte, 1) < 0) byte = 0;
    }
    usleep(20000);
    while (read(fd, &byte, 1) == 1)
        continue;
    fcntl(fd, F_SETFL, 0);
}

static void a_file_has_all_that_was_written(void **state)
{
    (void)state;
    struct near near;
    char path[] = "/tmp/rivet-chars-XXXXXX", got[65] = "";
    close(mkstemp(path));
    for (unsigned round = 0; round < 2; round++) {
        struct host_chars_options options = {.kind = CHARS_FILE, .path = path, .append = round};
        struct host_chars *chars = start(&near, &options);
        host_chars_write(chars, (const uint8_t *)"line\n", 5);
        stop(&near, chars);
    }
    FILE *file = fopen(path, "r");
    fread(got, 1, 64, file);
    fclose(file);
    assert_string_equal(got, "line\nline\n");
    unlink(path);
}

static void a_pseudo_terminal_may_be_opened_again(void **state)
{
    (void)state;
    struct near near;
    struct host_chars_options options = {.kind = CHARS_PTY};
    struct host_chars *chars = start(&near, &options);
    for (unsigned round = 0; round < 2; round++) {
        int fd = open(host_chars_place(chars), O_RDWR | O_NOCTTY);
        assert_true(fd >= 0);
        say_until_heard(chars, fd);
        assert_int_equal(host_chars_write(chars, (const uint8_t *)"a\nb", 3), 3);
        expect_far(fd, "a\nb"); /* raw: nothing is turned into anything */
        assert_int_equal(write(fd, "\x03root\r", 6), 6);
        expect_near(&near, "\x03root\r");
        close(fd);
    }
    stop(&near, chars);
}

static int call(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static void a_socket_serves_one_after_the_other(void **state)
{
    (void)state;
    struct near near;
    struct error err;
    char path[] = "/tmp/rivet-chars-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    struct host_chars_options options = {.kind = CHARS_SOCKET, .path = path, .server = true};
    struct host_chars *chars = start(&near, &options);
    assert_null(host_chars_open(&options, &err)); /* somebody listens there */
    assert_non_null(strstr(err.text, "in use"));
    for (unsigned round = 0; round < 2; round++) {
        int fd = call(path);
        assert_true(fd >= 0);
        say_until_heard(chars, fd);
        host_chars_write(chars, (const uint8_t *)"login:", 6);
        expect_far(fd, "login:");
        assert_int_equal(write(fd, "root", 4), 4);
        expect_near(&near, "root");
        close(fd);
    }
    stop(&near, chars);
    assert_int_not_equal(access(path, F_OK), 0);
    options.server = false;
    assert_null(host_chars_open(&options, &err));
    assert_non_null(strstr(err.text, path));
}

static void what_a_slow_reader_leaves_waits_and_then_there_is_room(void **state)
{
    (void)state;
    struct near near;
    char path[] = "/tmp/rivet-chars-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    struct host_chars_options options = {.kind = CHARS_SOCKET, .path = path, .server = true};
    struct host_chars *chars = start(&near, &options);
    int fd = call(path);
    say_until_heard(chars, fd);
    static uint8_t block[CHARS_ROOM];
    size_t sent = 0, taken;
    do {
        sent += taken = host_chars_write(chars, block, sizeof block);
        if (!taken) usleep(1000);
    } while (sent < 4 << 20 && (taken || sent < 100000));
    assert_true(sent < 4 << 20); /* it doesn't grow without end */
    while (!host_event_wait(&near.came, 0)) {
        ssize_t got = read(fd, block, sizeof block);
        assert_true(got > 0);
    }
    close(fd);
    stop(&near, chars);
}

static void what_is_not_taken_is_offered_again(void **state)
{
    (void)state;
    struct near near;
    char path[] = "/tmp/rivet-chars-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    struct host_chars_options options = {.kind = CHARS_SOCKET, .path = path, .server = true};
    struct host_chars *chars = start(&near, &options);
    int fd = call(path);
    mutex_lock(&near.lock);
    near.most = 3;
    mutex_unlock(&near.lock);
    assert_int_equal(write(fd, "abcdef", 6), 6);
    expect_near(&near, "abc");
    expect_near(&near, "def");
    close(fd);
    stop(&near, chars);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_all_that_was_written),
        cmocka_unit_test(a_pseudo_terminal_may_be_opened_again),
        cmocka_unit_test(a_socket_serves_one_after_the_other),
        cmocka_unit_test(what_a_slow_reader_leaves_waits_and_then_there_is_room),
        cmocka_unit_test(what_is_not_taken_is_offered_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
