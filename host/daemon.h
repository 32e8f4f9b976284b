/* host/daemon.h: going on in the background, and the file that tells as whom. */
#ifndef RIVET_HOST_DAEMON_H
#define RIVET_HOST_DAEMON_H

#include <stdbool.h>

#include "base/error.h"

struct host_daemon {
    int ready_fd; /* -1: not a daemon */
};

/* Splits the process, before it has any threads. In the new one returns -1. In the old one waits
 * until the new one is ready or has ended, and returns the exit status: 0, or 1 when it ended (or
 * could not be made: `err`). */
int host_daemon_split(struct host_daemon *, struct error *err);

/* The new one is ready: standard input, output and error lead nowhere from now on. */
void host_daemon_ready(struct host_daemon *);

/* Writes the process's number into `path` and keeps a lock on it. The descriptor, for the end; -1:
 * somebody else holds it, or the host refused. */
int host_pidfile_write(const char *path, struct error *err);
void host_pidfile_remove(int fd, const char *path);

#endif
