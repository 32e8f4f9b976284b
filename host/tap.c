/* host/tap.c: a network interface of the host, through Linux's /dev/net/tun. */
#include "host/net_kind.h"

#include <stdlib.h>

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MOST_BYTES 65600 /* of a frame */

struct tap {
    struct host_net net;
    int fd;
    uint8_t frame[MOST_BYTES];
};

static void tap_send(struct host_net *net, const uint8_t *frame, size_t size)
{
    const struct tap *tap = (struct tap *)net;
    ssize_t put = write(tap->fd, frame, size);
    (void)put; /* an interface that is down takes nothing, as a wire would not */
}

static void tap_turn(struct host_net *net, bool listen)
{
    struct tap *tap = (struct tap *)net;
    struct host_poll_fd in = {.fd = listen ? tap->fd : -1};
    if (!host_poll_wait(&in, 1, &net->waker, HOST_FOREVER) || !in.ready) return;
    ssize_t got = read(tap->fd, tap->frame, sizeof tap->frame);
    if (got > 0) host_net_receive(net, tap->frame, (size_t)got);
}

static void tap_destroy(struct host_net *net)
{
    struct tap *tap = (struct tap *)net;
    close(tap->fd);
    host_net_fini(net);
    free(tap);
}

static const struct host_net_kind tap_kind = {
    .name = "tap", .send = tap_send, .turn = tap_turn, .destroy = tap_destroy};

static int tap_attach(const char *name, struct error *err)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    if (strlen(name) >= sizeof request.ifr_name) {
        error_set(err, "%s: no interface's name is as long as that", name);
        return -1;
    }
    strcpy(request.ifr_name, name);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        error_set(err, "/dev/net/tun: %s", strerror(errno));
        return -1;
    }
    if (ioctl(fd, TUNSETIFF, &request) == 0) return fd;
    error_set(err, "%s: %s; `ip tuntap add %s mode tap user NAME` makes it", name, strerror(errno),
              name);
    close(fd);
    return -1;
}

struct host_net *host_tap_open(const char *name, const struct notice *notice, struct error *err)
{
    int fd = tap_attach(name, err);
    if (fd < 0) return NULL;
    struct tap *tap = calloc(1, sizeof *tap);
    if (tap && host_net_init(&tap->net, &tap_kind, notice, err)) {
        tap->fd = fd;
        return &tap->net;
    }
    if (!tap) error_set(err, "tap: out of memory");
    close(fd);
    free(tap);
    return NULL;
}

#else

struct host_net *host_tap_open(const char *name, const struct notice *notice, struct error *err)
{
    (void)notice;
    error_set(err, "%s: only Linux has tap interfaces", name);
    return NULL;
}

#endif
