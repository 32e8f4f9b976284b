/* dev/virtio/balloon.h: virtio memory balloon: the guest gives memory back to the host. */
#ifndef RIVET_DEV_VIRTIO_BALLOON_H
#define RIVET_DEV_VIRTIO_BALLOON_H

#include "dev/virtio/virtio.h"

#define BALLOON_PAGE 4096u /* the device's unit, whatever the guest's pages are */

/* Gives host memory back: it reads as zero from then on. May leave the edges of what it is given as
 * they are. Called with the device's lock held. */
struct memory_discard {
    void (*discard)(void *owner, uint8_t *bytes, uint64_t size);
    void *owner;
};

struct virtio_balloon_options {
    bool reporting;      /* offer free page reporting */
    bool deflate_on_oom; /* the driver may take pages back when it needs them */
    struct memory_discard discard;
};

struct device *virtio_balloon_create(const char *name, const struct virtio_wiring *,
                                     const struct virtio_balloon_options *, struct error *err);

/* Asks the driver to hold `pages` of BALLOON_PAGE bytes in the balloon. */
void virtio_balloon_set_target(struct device *, uint32_t pages);
/* How many it says it holds. */
uint32_t virtio_balloon_pages(struct device *);

#endif
