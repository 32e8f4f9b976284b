/* host/tcp.h: waiting for one to connect. */
#ifndef RIVET_HOST_TCP_H
#define RIVET_HOST_TCP_H

#include <stdbool.h>

#include "base/error.h"

/* A descriptor that is readable when somebody wants to connect; -1: `err`. `host` NULL or "": only
 * from this machine. */
int host_tcp_listen(const char *host, const char *port, struct error *err);

/* The connection somebody wants; -1: they changed their mind. host_read_some and host_write_some
 * work on it. */
int host_tcp_accept(int listener);

/* The port a listener was given, when it asked for port 0. */
unsigned host_tcp_port(int listener);

void host_tcp_close(int fd);

#endif
