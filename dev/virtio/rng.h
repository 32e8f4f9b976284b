/* dev/virtio/rng.h: virtio entropy device. */
#ifndef RIVET_DEV_VIRTIO_RNG_H
#define RIVET_DEV_VIRTIO_RNG_H

#include "dev/virtio/virtio.h"

/* Fills bytes with randomness, at once; called with the device's lock held. Under a deterministic
 * clock a seeded generator stands here. */
struct entropy {
    void (*fill)(void *owner, uint8_t *bytes, size_t size);
    void *owner;
};

struct device *virtio_rng_create(const char *name, const struct virtio_wiring *, struct entropy,
                                 struct error *err);

#endif
