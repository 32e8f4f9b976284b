/* host/net.h: the networks a guest's card can be plugged into.
 *
 * Each has a thread of its own, on which all its work is done: frames of the guest are queued for
 * it, and it hands the guest's card what comes in. A card that takes nothing now makes the network
 * wait, not lose frames.
 */
#ifndef RIVET_HOST_NET_H
#define RIVET_HOST_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notice.h"

struct host_net;

/* The card: false: it has no room for the frame, host_net_room() tells when to try again. Called
 * on the network's thread. */
struct host_net_card {
    bool (*deliver)(void *owner, const uint8_t *frame, size_t size);
    void *owner;
};

/* Begins work with the card. False: the host has no thread. */
bool host_net_start(struct host_net *, const struct host_net_card *, struct error *err);

/* Ends it: the card is not called any more. Fine when it never began. */
void host_net_stop(struct host_net *);

/* Stops, closes and frees. */
void host_net_close(struct host_net *);

/* A frame of the guest; lost if too many wait. Any thread, doesn't wait. */
void host_net_send(struct host_net *, const uint8_t *frame, size_t size);

/* The card has room again. Any thread, doesn't wait. */
void host_net_room(struct host_net *);

/* The largest IP packet the network carries; 0: an ordinary Ethernet's. */
unsigned host_net_mtu(const struct host_net *);

/* User-mode network: the guest's connections become this process's, through libslirp. Texts are
 * NULL where the default counts; addresses are dotted. */
struct host_slirp_options {
    const char *net; /* "10.0.2.0/24": the guest's network, and others by it */
    const char *host, *dns, *dhcpstart;
    const char *hostname, *domainname, *tftp, *bootfile;
    bool no_ipv4, no_ipv6;
    bool restricted;             /* the guest reaches nobody but through hostfwd */
    const char *const *forwards; /* "tcp:127.0.0.1:2222-:22": a port of the host's to the guest's */
    unsigned forward_count;
    struct notice notice;
};

struct host_net *host_slirp_open(const struct host_slirp_options *, struct error *err);

/* A cable to another program, in the form of QEMU's -netdev socket: each frame after its length in
 * four bytes, big-endian, through TCP. One side listens; when the other goes it waits for the next.
 * Addresses are "[HOST]:PORT". */
struct host_net *host_cable_listen(const char *address, const struct notice *, struct error *err);
struct host_net *host_cable_connect(const char *address, const struct notice *, struct error *err);

/* A network interface of the host, which must be there and be ours. */
struct host_net *host_tap_open(const char *name, const struct notice *, struct error *err);

#endif
