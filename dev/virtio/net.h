/* dev/virtio/net.h: virtio network card. */
#ifndef RIVET_DEV_VIRTIO_NET_H
#define RIVET_DEV_VIRTIO_NET_H

#include "dev/virtio/virtio.h"

/* The other end of the cable. Both functions are called with the card's lock held and must not come
 * back to the card: they queue a frame or wake a thread. */
struct net_port {
    void (*send)(void *owner, const uint8_t *frame, size_t size);
    /* The driver has given receive buffers after virtio_net_deliver ran out. May be NULL. */
    void (*room)(void *owner);
    void *owner;
    /* Frames that arrive here have been checked on the way: the guest need not verify them. */
    bool checksums_valid;
};

struct virtio_net_options {
    uint8_t mac[6];
    uint16_t mtu; /* what the network carries; 0: not told, the guest takes 1500 */
};

struct device *virtio_net_create(const char *name, const struct virtio_wiring *,
                                 const struct net_port *, const struct virtio_net_options *,
                                 struct error *err);

/* A frame arrives. False: the driver has no buffer for it now; `room` tells when to try again.
 * Frames for a driver that doesn't run, or while the link is down, are lost as on a wire. */
bool virtio_net_deliver(struct device *, const uint8_t *frame, size_t size);

/* Pulls and plugs the cable. */
void virtio_net_set_link(struct device *, bool up);

#endif
