/* host/tcp.c: waiting for one to connect. */
#define _GNU_SOURCE /* accept4 */
#include "host/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_at(const struct addrinfo *place)
{
    int fd = socket(place->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, place->ai_addr, place->ai_addrlen) == 0 && listen(fd, 1) == 0) return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int host_tcp_listen(const char *host, const char *port, struct error *err)
{
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *places;
    if (!host || !*host) host = "127.0.0.1";
    int bad = getaddrinfo(host, port, &wanted, &places);
    if (bad) {
        error_set(err, "%s:%s: %s", host, port, gai_strerror(bad));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *at = places; at && fd < 0; at = at->ai_next)
        fd = listen_at(at);
    if (fd < 0) error_set(err, "%s:%s: %s", host, port, strerror(errno));
    freeaddrinfo(places);
    return fd;
}

int host_tcp_accept(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), on = 1;
    if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static bool later(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

enum host_read host_tcp_read(int fd, void *bytes, size_t size, size_t *got)
{
    ssize_t count = recv(fd, bytes, size, MSG_DONTWAIT);
    *got = count > 0 ? (size_t)count : 0;
    if (count > 0) return HOST_READ_SOME;
    return count < 0 && later() ? HOST_READ_LATER : HOST_READ_END;
}

enum host_write host_tcp_write(int fd, const void *bytes, size_t size, size_t *taken)
{
    ssize_t count = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    *taken = count > 0 ? (size_t)count : 0;
    if (count > 0) return HOST_WRITE_SOME;
    return count == 0 || later() ? HOST_WRITE_LATER : HOST_WRITE_END;
}

unsigned host_tcp_port(int listener)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0) return 0;
    return ntohs(address.sin_port);
}

void host_tcp_close(int fd)
{
    if (fd >= 0) close(fd);
}
