/* host/poll.c: waiting for file descriptors and moving bytes through them, with poll. */
#define _GNU_SOURCE /* ppoll */
#include "host/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/terminal.h"

/* What poll calls room in a pipe is room for this much: a write of it does not block. */
#define WRITE_CHUNK_BYTES 4096u

/* How long output that nobody takes may hold up the end of the program. */
#define LAST_WRITE_NS (HOST_NS_PER_SECOND / 5)

bool host_waker_init(struct host_waker *waker, struct error *err)
{
    int fds[2];
    if (pipe(fds) != 0) {
        *waker = (struct host_waker){-1, -1};
        return error_set(err, "pipe: %s", strerror(errno));
    }
    for (unsigned i = 0; i < 2; i++) {
        fcntl(fds[i], F_SETFL, O_NONBLOCK);
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
    }
    *waker = (struct host_waker){.read_fd = fds[0], .write_fd = fds[1]};
    return true;
}

void host_waker_fini(struct host_waker *waker)
{
    if (waker->read_fd >= 0) close(waker->read_fd);
    if (waker->write_fd >= 0) close(waker->write_fd);
    *waker = (struct host_waker){-1, -1};
}

void host_waker_wake(struct host_waker *waker)
{
    int saved = errno; /* a signal handler must not change it */
    ssize_t written = write(waker->write_fd, "", 1);
    (void)written; /* a full pipe is awake already */
    errno = saved;
}

static void waker_drain(const struct host_waker *waker)
{
    char bytes[64];
    while (read(waker->read_fd, bytes, sizeof bytes) == sizeof bytes)
        continue;
}

/* poll() with a deadline in host_now_ns's time (HOST_FOREVER: none), resumed after signals. */
static int poll_until(struct pollfd *fds, unsigned count, uint64_t deadline_ns)
{
    for (;;) {
        struct timespec left, *timeout = NULL;
        if (deadline_ns != HOST_FOREVER) {
            uint64_t now = host_now_ns();
            uint64_t left_ns = deadline_ns > now ? deadline_ns - now : 0;
            left = (struct timespec){.tv_sec = (time_t)(left_ns / HOST_NS_PER_SECOND),
                                     .tv_nsec = (long)(left_ns % HOST_NS_PER_SECOND)};
            timeout = &left;
        }
        int ready = ppoll(fds, count, timeout, NULL);
        if (ready >= 0 || errno != EINTR) return ready;
    }
}

static uint64_t deadline_after(uint64_t timeout_ns)
{
    if (timeout_ns == 0) return 0;
    uint64_t now = host_now_ns();
    return timeout_ns > HOST_FOREVER - now ? HOST_FOREVER : now + timeout_ns;
}

bool host_poll_wait(struct host_poll_fd *fds, unsigned count, struct host_waker *waker,
                    uint64_t timeout_ns)
{
    struct pollfd polled[HOST_POLL_MAX + 1];
    if (count > HOST_POLL_MAX) count = HOST_POLL_MAX;
    for (unsigned i = 0; i < count; i++)
        polled[i] = (struct pollfd){.fd = fds[i].fd, .events = fds[i].write ? POLLOUT : POLLIN};
    polled[count] = (struct pollfd){.fd = waker ? waker->read_fd : -1, .events = POLLIN};

    int ready = poll_until(polled, count + 1, deadline_after(timeout_ns));
    for (unsigned i = 0; i < count; i++)
        fds[i].ready = ready > 0 && polled[i].revents != 0;
    if (ready > 0 && polled[count].revents) waker_drain(waker);
    return ready != 0;
}

enum host_read host_read_some(int fd, void *bytes, size_t size, size_t *got)
{
    *got = 0;
    for (;;) {
        struct pollfd polled = {.fd = fd, .events = POLLIN};
        if (poll_until(&polled, 1, 0) == 0) return HOST_READ_LATER;
        ssize_t count = read(fd, bytes, size);
        if (count > 0) {
            *got = (size_t)count;
            return HOST_READ_SOME;
        }
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return HOST_READ_LATER;
        if (count == 0 || errno != EINTR) return HOST_READ_END; /* EIO: the terminal hung up */
    }
}

enum host_write host_write_some(int fd, const void *bytes, size_t size, size_t *taken)
{
    *taken = 0;
    for (;;) {
        struct pollfd polled = {.fd = fd, .events = POLLOUT};
        if (poll_until(&polled, 1, 0) == 0) return HOST_WRITE_LATER;
        ssize_t count = write(fd, bytes, size < WRITE_CHUNK_BYTES ? size : WRITE_CHUNK_BYTES);
        if (count > 0) {
            *taken = (size_t)count;
            return HOST_WRITE_SOME;
        }
        if (count == 0 || errno == EAGAIN || errno == EWOULDBLOCK) return HOST_WRITE_LATER;
        if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return HOST_WRITE_FULL;
        if (errno != EINTR) return HOST_WRITE_END;
    }
}

/* Waits for room. False: the program was asked to end, and there is none. */
static bool wait_for_room(int fd)
{
    struct pollfd polled[] = {{.fd = fd, .events = POLLOUT},
                              {.fd = host_signal_fd(), .events = POLLIN}};
    poll_until(polled, 2, HOST_FOREVER);
    if (polled[0].revents) return true;
    return poll_until(polled, 1, deadline_after(LAST_WRITE_NS)) != 0;
}

bool host_write_all(int fd, const void *bytes, size_t size, struct error *err)
{
    const char *at = bytes;
    while (size > 0) {
        if (!wait_for_room(fd)) return error_set(err, "write: ended by a signal");
        ssize_t written = write(fd, at, size < WRITE_CHUNK_BYTES ? size : WRITE_CHUNK_BYTES);
        if (written >= 0) {
            at += written;
            size -= (size_t)written;
        } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
            return error_set(err, "write: %s", strerror(errno));
        }
    }
    return true;
}
