/* tests/host/test_poll.c: waits end for the right reason, and no byte is lost on its way. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/poll.h"
#include "host/terminal.h"

#define BIG_BYTES (1u << 20) /* many times what a pipe holds */

static void wait_ends_at_its_timeout_with_nothing_ready(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    struct host_poll_fd polled = {.fd = fds[0], .ready = true};
    assert_false(host_poll_wait(&polled, 1, NULL, 0));
    assert_false(polled.ready);
    uint64_t start = host_now_ns();
    assert_false(host_poll_wait(&polled, 1, NULL, 2000000));
    assert_true(host_now_ns() - start >= 2000000);
    close(fds[0]);
    close(fds[1]);
}

static void wait_tells_which_of_several_is_ready(void **state)
{
    (void)state;
    int first[2], second[2];
    assert_int_equal(pipe(first) | pipe(second), 0);
    assert_int_equal(write(second[1], "x", 1), 1);
    struct host_poll_fd polled[] = {
        {.fd = first[0]}, {.fd = -1}, {.fd = second[0]}, {.fd = first[1], .write = true}};
    assert_true(host_poll_wait(polled, 4, NULL, HOST_FOREVER));
    assert_false(polled[0].ready);
    assert_false(polled[1].ready);
    assert_true(polled[2].ready);
    assert_true(polled[3].ready);
    close(first[1]); /* an end is news */
    assert_true(host_poll_wait(polled, 1, NULL, HOST_FOREVER));
    assert_true(polled[0].ready);
    close(first[0]);
    close(second[0]);
    close(second[1]);
}

static void *wake(void *waker)
{
    host_waker_wake(waker);
    return NULL;
}

static void waker_ends_a_wait_from_another_thread(void **state)
{
    (void)state;
    struct host_waker waker;
    assert_true(host_waker_init(&waker, NULL));
    for (unsigned i = 0; i < 50; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, wake, &waker), 0);
        assert_true(host_poll_wait(NULL, 0, &waker, HOST_FOREVER));
        pthread_join(thread, NULL);
    }
    host_waker_fini(&waker);
}

static void waker_sticks_and_any_number_of_wakes_counts_as_one(void **state)
{
    (void)state;
    struct host_waker waker;
    assert_true(host_waker_init(&waker, NULL));
    for (unsigned i = 0; i < 200000; i++) /* more than its pipe holds: it must not block */
        host_waker_wake(&waker);
    assert_true(host_poll_wait(NULL, 0, &waker, 0));
    assert_false(host_poll_wait(NULL, 0, &waker, 0));
    host_waker_fini(&waker);
    host_waker_fini(&waker);
}

static void read_takes_what_is_there_and_tells_later_from_end(void **state)
{
    (void)state;
    int fds[2];
    char bytes[8];
    size_t got = 9;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(host_read_some(fds[0], bytes, 8, &got), HOST_READ_LATER);
    assert_int_equal(got, 0);
    assert_int_equal(write(fds[1], "0123456789", 10), 10);
    assert_int_equal(host_read_some(fds[0], bytes, 8, &got), HOST_READ_SOME);
    assert_int_equal(got, 8);
    assert_int_equal(host_read_some(fds[0], bytes, 8, &got), HOST_READ_SOME);
    assert_int_equal(got, 2);
    assert_memory_equal(bytes, "89", 2);
    assert_int_equal(host_read_some(fds[0], bytes, 8, &got), HOST_READ_LATER);
    assert_int_equal(fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
    close(fds[1]);
    assert_int_equal(host_read_some(fds[0], bytes, 8, &got), HOST_READ_END);
    close(fds[0]);
    assert_int_equal(host_read_some(fds[0], bytes, 8, &got), HOST_READ_END);
}

static uint8_t byte_at(unsigned i)
{
    return (uint8_t)(i * 7 + (i >> 8));
}

struct reader {
    int fd;
    unsigned bytes, wrong;
};

static void *read_all(void *owner)
{
    struct reader *reader = owner;
    uint8_t bytes[777]; /* never in step with the writer */
    ssize_t got;
    sigset_t all;
    sigfillset(&all); /* signals are for the writer: they would end this read */
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    while ((got = read(reader->fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++)
            reader->wrong += bytes[i] != byte_at(reader->bytes++);
    return NULL;
}

/* Writes BIG_BYTES through a pipe with O_NONBLOCK or without, and counts what arrives wrong. */
static void assert_all_arrives(bool nonblocking)
{
    int fds[2];
    pthread_t thread;
    uint8_t *bytes = malloc(BIG_BYTES);
    for (unsigned i = 0; i < BIG_BYTES; i++)
        bytes[i] = byte_at(i);
    assert_int_equal(pipe(fds), 0);
    if (nonblocking) fcntl(fds[1], F_SETFL, O_NONBLOCK);
    struct reader reader = {.fd = fds[0]};
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    struct error err = {""};
    bool ok = host_write_all(fds[1], bytes, BIG_BYTES, &err);
    close(fds[1]);
    pthread_join(thread, NULL);
    close(fds[0]);
    free(bytes);
    assert_string_equal(err.text, "");
    assert_true(ok);
    assert_int_equal(reader.bytes, BIG_BYTES);
    assert_int_equal(reader.wrong, 0);
}

static void write_all_loses_nothing_when_there_is_no_room(void **state)
{
    (void)state;
    assert_all_arrives(true);
    assert_all_arrives(false);
}

static void interrupt(int number)
{
    (void)number;
}

static void write_all_loses_nothing_when_signals_interrupt_it(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = interrupt}, saved; /* no SA_RESTART: EINTR */
    struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, &saved);
    setitimer(ITIMER_REAL, &often, NULL);
    assert_all_arrives(true);
    assert_all_arrives(false);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &saved, NULL);
}

static void write_all_tells_that_the_reader_is_gone(void **state)
{
    (void)state;
    int fds[2];
    struct error err = {""};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, saved;
    sigaction(SIGPIPE, &ignore, &saved);
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    assert_false(host_write_all(fds[1], "x", 1, &err));
    assert_non_null(strstr(err.text, "Broken pipe"));
    assert_true(host_write_all(fds[1], "", 0, &err));
    close(fds[1]);
    sigaction(SIGPIPE, &saved, NULL);
}

static void a_full_disk_is_told_from_a_reader_that_is_gone(void **state)
{
    (void)state;
    int fds[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    size_t taken;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, saved;
    sigaction(SIGPIPE, &ignore, &saved);
    assert_true(full >= 0);
    assert_int_equal(host_write_some(full, "x", 1, &taken), HOST_WRITE_FULL);
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    assert_int_equal(host_write_some(fds[1], "x", 1, &taken), HOST_WRITE_END);
    close(fds[1]);
    close(full);
    sigaction(SIGPIPE, &saved, NULL);
}

/* In a process of its own: it takes the signals. */
static void write_all_gives_up_when_asked_to_end_and_nobody_reads(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int fds[2];
        static char bytes[BIG_BYTES];
        if (pipe(fds) != 0 || !host_terminal_open(NULL)) _exit(2);
        raise(SIGTERM);
        bool short_one = host_write_all(fds[1], "last words", 10, NULL); /* there is room */
        bool long_one = host_write_all(fds[1], bytes, sizeof bytes, NULL);
        _exit(short_one && !long_one && host_signal_received() == SIGTERM ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait_ends_at_its_timeout_with_nothing_ready),
        cmocka_unit_test(wait_tells_which_of_several_is_ready),
        cmocka_unit_test(waker_ends_a_wait_from_another_thread),
        cmocka_unit_test(waker_sticks_and_any_number_of_wakes_counts_as_one),
        cmocka_unit_test(read_takes_what_is_there_and_tells_later_from_end),
        cmocka_unit_test(write_all_loses_nothing_when_there_is_no_room),
        cmocka_unit_test(write_all_loses_nothing_when_signals_interrupt_it),
        cmocka_unit_test(write_all_tells_that_the_reader_is_gone),
        cmocka_unit_test(a_full_disk_is_told_from_a_reader_that_is_gone),
        cmocka_unit_test(write_all_gives_up_when_asked_to_end_and_nobody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
