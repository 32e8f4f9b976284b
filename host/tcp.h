/* host/tcp.h: waiting for one to connect. */
#ifndef RIVET_HOST_TCP_H
#define RIVET_HOST_TCP_H

#include <stdbool.h>

#include "base/error.h"
#include "host/poll.h"

/* A descriptor that is readable when somebody wants to connect; -1: `err`. `host` NULL or "": only
 * from this machine. */
int host_tcp_listen(const char *host, const char *port, struct error *err);

/* The connection somebody wants; -1: they changed their mind. */
int host_tcp_accept(int listener);

/* As host_read_some and host_write_some, which work on it as well and ask twice. */
enum host_read host_tcp_read(int fd, void *bytes, size_t size, size_t *got);
enum host_write host_tcp_write(int fd, const void *bytes, size_t size, size_t *taken);

/* The port a listener was given, when it asked for port 0. */
unsigned host_tcp_port(int listener);

void host_tcp_close(int fd);

#endif
