/* host/cable.c: a network cable to another program, through TCP: -netdev socket.
 *
 *    +----------------------+- - - - - - -+----------------------+- - -
 *    | length 4, big-endian |    frame    | length               |
 *    +----------------------+- - - - - - -+----------------------+- - -
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/net_kind.h"

#define LENGTH_BYTES 4
#define MOST_BYTES   (64u * 1024 + 512) /* of a frame: QEMU's limit is a little more */
#define PATIENCE_NS  (HOST_NS_PER_SECOND / 10)

/* Bytes of a frame under way, its length included. */
struct piece {
    size_t size, done;
    uint8_t bytes[LENGTH_BYTES + MOST_BYTES];
};

struct cable {
    struct host_net net;
    int listener, peer; /* -1: none */
    struct piece in, out;
};

static struct cable *cable_of(struct host_net *net)
{
    return (struct cable *)net;
}

static void unplug(struct cable *cable, const char *why)
{
    notice_say(&cable->net.notice, "network cable: %s%s", why,
               cable->listener >= 0 ? "; waiting for the next" : "");
    close(cable->peer);
    cable->peer = -1;
    cable->in.done = cable->out.size = cable->out.done = 0;
    cable->in.size = LENGTH_BYTES;
}

static void plug(struct cable *cable, int fd)
{
    int on = 1;
    cable->peer = fd;
    cable->in.size = LENGTH_BYTES;
    cable->in.done = cable->out.size = cable->out.done = 0;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* ---- to the other program ---- */

/* Writes what the peer takes. True: nothing is left. */
static bool flush_out(struct cable *cable)
{
    struct piece *out = &cable->out;
    while (cable->peer >= 0 && out->done < out->size) {
        ssize_t put =
            send(cable->peer, out->bytes + out->done, out->size - out->done, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
        if (put <= 0) {
            unplug(cable, put < 0 ? strerror(errno) : "the other side is gone");
            return true;
        }
        out->done += (size_t)put;
    }
    return true;
}

/* A frame the other side doesn't take for a while is lost, as on a wire; two sides that both wait
 * for each other would else wait for ever. */
static void cable_send(struct host_net *net, const uint8_t *frame, size_t size)
{
    struct cable *cable = cable_of(net);
    if (cable->peer < 0 || size > MOST_BYTES) return;
    if (!flush_out(cable)) {
        struct host_poll_fd room = {.fd = cable->peer, .write = true};
        host_poll_wait(&room, 1, NULL, PATIENCE_NS);
        if (!flush_out(cable)) return;
    }
    uint32_t length = htonl((uint32_t)size);
    memcpy(cable->out.bytes, &length, LENGTH_BYTES);
    memcpy(cable->out.bytes + LENGTH_BYTES, frame, size);
    cable->out.size = LENGTH_BYTES + size;
    cable->out.done = 0;
    flush_out(cable);
}

/* ---- from the other program ---- */

/* What has come in full: a length, then the frame. False: it makes no sense. */
static bool take_piece(struct cable *cable)
{
    struct piece *in = &cable->in;
    if (in->size > LENGTH_BYTES) {
        host_net_receive(&cable->net, in->bytes + LENGTH_BYTES, in->size - LENGTH_BYTES);
        in->size = LENGTH_BYTES;
        in->done = 0;
        return true;
    }
    uint32_t length;
    memcpy(&length, in->bytes, LENGTH_BYTES);
    if (ntohl(length) > MOST_BYTES) return false;
    in->size = LENGTH_BYTES + ntohl(length);
    if (in->size == LENGTH_BYTES) in->done = 0; /* a frame of no bytes */
    return true;
}

static void take_in(struct cable *cable)
{
    struct piece *in = &cable->in;
    ssize_t got = recv(cable->peer, in->bytes + in->done, in->size - in->done, 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) {
        unplug(cable, got < 0 ? strerror(errno) : "the other side is gone");
        return;
    }
    in->done += (size_t)got;
    if (in->done == in->size && !take_piece(cable)) unplug(cable, "what comes in are no frames");
}

static void cable_turn(struct host_net *net, bool listen)
{
    struct cable *cable = cable_of(net);
    enum { LISTENER, IN, OUT, COUNT };
    struct host_poll_fd fds[COUNT] = {
        [LISTENER] = {.fd = cable->peer < 0 ? cable->listener : -1},
        [IN] = {.fd = listen ? cable->peer : -1},
        [OUT] = {.fd = cable->out.done < cable->out.size ? cable->peer : -1, .write = true},
    };
    if (!host_poll_wait(fds, COUNT, &net->waker, HOST_FOREVER)) return;
    if (fds[LISTENER].ready) {
        int fd = accept(cable->listener, NULL, NULL);
        if (fd >= 0) plug(cable, fd);
    }
    if (fds[IN].ready) take_in(cable);
    if (fds[OUT].ready) flush_out(cable);
}

static void cable_destroy(struct host_net *net)
{
    struct cable *cable = cable_of(net);
    if (cable->peer >= 0) close(cable->peer);
    if (cable->listener >= 0) close(cable->listener);
    host_net_fini(net);
    free(cable);
}

static const struct host_net_kind cable_kind = {
    .name = "cable", .send = cable_send, .turn = cable_turn, .destroy = cable_destroy};

/* ---- opening ---- */

/* A socket bound or connected to "[HOST]:PORT", or -1. */
static int open_socket(const char *address, bool listening, struct error *err)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    char host[256];
    const char *colon = strrchr(address, ':');
    if (!colon || (size_t)(colon - address) >= sizeof host) {
        error_set(err, "%s: not like 127.0.0.1:1234", address);
        return -1;
    }
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    if (listening) hints.ai_flags = AI_PASSIVE;
    int failure = getaddrinfo(*host ? host : NULL, colon + 1, &hints, &found);
    if (failure) {
        error_set(err, "%s: %s", address, gai_strerror(failure));
        return -1;
    }
    int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol), on = 1;
    if (fd >= 0 && listening) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool done = fd >= 0 &&
                (listening ? bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1) == 0
                           : connect(fd, found->ai_addr, found->ai_addrlen) == 0);
    if (!done) error_set(err, "%s: %s", address, strerror(errno));
    if (!done && fd >= 0) close(fd);
    freeaddrinfo(found);
    return done ? fd : -1;
}

static struct host_net *cable_open(const char *address, bool listening, const struct notice *notice,
                                   struct error *err)
{
    int fd = open_socket(address, listening, err);
    if (fd < 0) return NULL;
    struct cable *cable = calloc(1, sizeof *cable);
    if (!cable || !host_net_init(&cable->net, &cable_kind, notice, err)) {
        if (!cable) error_set(err, "network cable: out of memory");
        close(fd);
        free(cable);
        return NULL;
    }
    cable->listener = cable->peer = -1;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (listening)
        cable->listener = fd;
    else
        plug(cable, fd);
    return &cable->net;
}

struct host_net *host_cable_listen(const char *address, const struct notice *notice,
                                   struct error *err)
{
    return cable_open(address, true, notice, err);
}

struct host_net *host_cable_connect(const char *address, const struct notice *notice,
                                    struct error *err)
{
    return cable_open(address, false, notice, err);
}
