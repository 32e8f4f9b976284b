/* dev/virtio/blk.h: virtio block device. */
#ifndef RIVET_DEV_VIRTIO_BLK_H
#define RIVET_DEV_VIRTIO_BLK_H

#include "base/block.h"
#include "dev/virtio/virtio.h"

#define VIRTIO_BLK_MAX_QUEUES 8
#define VIRTIO_BLK_SERIAL     20

struct virtio_blk_options {
    const char *serial;       /* at most VIRTIO_BLK_SERIAL bytes count; NULL: "" */
    unsigned queues;          /* 1 to VIRTIO_BLK_MAX_QUEUES; 0 means 1 */
    struct executor executor; /* where the disk's work runs; without `post` in the storing hart */
};

/* The disk behind `block` stays its owner's and outlives the device. */
struct device *virtio_blk_create(const char *name, const struct virtio_wiring *,
                                 const struct block *, const struct virtio_blk_options *,
                                 struct error *err);

/* The disk has another size now. */
void virtio_blk_resize(struct device *, uint64_t size);

#endif
