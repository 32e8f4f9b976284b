/* host/chars_open.h: between host/chars.c and host/chars_open.c. */
#ifndef RIVET_HOST_CHARS_OPEN_H
#define RIVET_HOST_CHARS_OPEN_H

#include "host/chars.h"

/* Descriptors, -1 where there is none. `listener` is one to accept the next on. */
struct chars_fds {
    int in, out, listener;
    char place[64];
};

bool chars_open_fds(const struct host_chars_options *, struct chars_fds *, struct error *err);
/* The one who wants to connect; -1: they changed their mind. */
int chars_accept(int listener);
void chars_close_fd(int fd);
/* A server's socket has a name that goes with it. */
void chars_unlink(const char *path);

#endif
