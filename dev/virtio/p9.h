/* dev/virtio/p9.h: virtio file system: a directory of the host, spoken to in 9P2000.L. */
#ifndef RIVET_DEV_VIRTIO_P9_H
#define RIVET_DEV_VIRTIO_P9_H

#include "base/block.h"
#include "dev/virtio/virtio.h"
#include "host/share.h"

#define VIRTIO_P9_TAG_MAX 64

/* `tag` is what the guest mounts, 1 to VIRTIO_P9_TAG_MAX bytes. The share stays its owner's and
 * outlives the device. Requests are served one after the other on the executor. */
struct device *virtio_p9_create(const char *name, const struct virtio_wiring *,
                                const struct share *, const char *tag, struct executor,
                                struct error *err);

#endif
