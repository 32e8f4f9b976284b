/* host/chars.h: a far end for a guest's serial port: a pseudo terminal, a file, a socket, nothing.
 *
 * A thread moves the bytes. What is written while nobody is at the other end is lost, as on a wire;
 * what somebody doesn't read waits here, CHARS_ROOM bytes of it.
 */
#ifndef RIVET_HOST_CHARS_H
#define RIVET_HOST_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notice.h"

#define CHARS_ROOM (64 * 1024)

enum host_chars_kind { CHARS_NULL, CHARS_FILE, CHARS_PTY, CHARS_SOCKET };

struct host_chars_options {
    enum host_chars_kind kind;
    const char *path;     /* of the file or the UNIX socket */
    bool server;          /* socket: others connect to it, one at a time; else it connects */
    bool wait;            /* server: the first has connected before this is open */
    bool append;          /* file: what is there stays */
    struct notice notice; /* told when a file takes nothing any more */
};

/* The near end. Both are called from the thread, and `receive` never again after the end. */
struct host_chars_end {
    /* Bytes arrived; returns how many were taken. The rest is offered again. */
    size_t (*receive)(void *owner, const uint8_t *bytes, size_t count);
    /* There is room again after a write came short. */
    void (*room)(void *owner);
    void *owner;
};

struct host_chars;

/* NULL: `err` says what the host refused. */
struct host_chars *host_chars_open(const struct host_chars_options *, struct error *err);

/* Begins to move bytes. False: the host has no thread. */
bool host_chars_start(struct host_chars *, const struct host_chars_end *, struct error *err);

/* Takes what there is room for, and returns how much; never waits. Any thread. */
size_t host_chars_write(struct host_chars *, const uint8_t *bytes, size_t count);

/* Whether CHARS_ROOM / 2 bytes will be taken. If not, the near end is told when there is room. */
bool host_chars_ready(struct host_chars *);

/* Calls the near end no more, gives what was written a moment to get out, and drops the rest. */
void host_chars_stop(struct host_chars *);
void host_chars_close(struct host_chars *);

/* "/dev/pts/3": where a pseudo terminal's other end is; "" for the other kinds. */
const char *host_chars_place(const struct host_chars *);

#endif
