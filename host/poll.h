/* host/poll.h: waiting for file descriptors, and moving bytes through them without losing any. */
#ifndef RIVET_HOST_POLL_H
#define RIVET_HOST_POLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "host/clock.h"

#define HOST_STDIN  0
#define HOST_STDOUT 1
#define HOST_STDERR 2

#define HOST_POLL_MAX 32 /* descriptors in one wait */

/* Ends another thread's host_poll_wait. A wake sticks until a wait takes it; several count as one.
 */
struct host_waker {
    int read_fd, write_fd;
};

bool host_waker_init(struct host_waker *, struct error *err);
void host_waker_fini(struct host_waker *);

/* From any thread, and from a signal handler. Never blocks. */
void host_waker_wake(struct host_waker *);

struct host_poll_fd {
    int fd;     /* negative: ignored */
    bool write; /* wait for room to write instead of bytes to read */
    bool ready; /* out: a read (write) will not block. The end of a file and errors count: the
                   call will tell */
};

/* Waits until one of `count` (at most HOST_POLL_MAX) descriptors is ready, `waker` (may be NULL) is
 * woken, or `timeout_ns` have passed (0: only looks; HOST_FOREVER: never). False: it was the
 * timeout. A signal handler that runs meanwhile does not end the wait: put host_signal_fd() among
 * the descriptors. */
bool host_poll_wait(struct host_poll_fd *fds, unsigned count, struct host_waker *waker,
                    uint64_t timeout_ns);

enum host_read {
    HOST_READ_SOME,  /* *got bytes, at least one */
    HOST_READ_LATER, /* nothing now */
    HOST_READ_END,   /* nothing ever again: the end, or the other side is gone */
};

/* Takes what is there, up to `size` > 0 bytes, and does not wait. The descriptor's own flags are
 * left alone: O_NONBLOCK on a terminal would be shared with the shell that gave it to us. Only one
 * thread may read an `fd` this way. */
enum host_read host_read_some(int fd, void *bytes, size_t size, size_t *got);

enum host_write {
    HOST_WRITE_SOME,  /* *taken bytes, at least one */
    HOST_WRITE_LATER, /* no room now */
    HOST_WRITE_FULL,  /* the disk is full, now */
    HOST_WRITE_END,   /* never again: the reader is gone */
};

/* Writes what there is room for now, up to `size` > 0 bytes, and does not wait. SIGPIPE must be
 * ignored, as host_terminal_open does. */
enum host_write host_write_some(int fd, const void *bytes, size_t size, size_t *taken);

/* Writes all of it, waiting for room as long as it takes. False: it will never be taken (`err`: the
 * reader is gone, the disk is full), or the program has been asked to end (host_signal_fd) and
 * nobody has made room for a moment. SIGPIPE must be ignored, as host_terminal_open does. */
bool host_write_all(int fd, const void *bytes, size_t size, struct error *err);

#endif
