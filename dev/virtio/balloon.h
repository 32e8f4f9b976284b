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
/* How many it was asked to hold. */
uint32_t virtio_balloon_target(struct device *);
/* How many it says it holds. */
uint32_t virtio_balloon_pages(struct device *);

/* What a driver may tell about the guest's memory (5.5.6.4), by tag. */
enum {
    BALLOON_SWAP_IN,
    BALLOON_SWAP_OUT,
    BALLOON_MAJOR_FAULTS,
    BALLOON_MINOR_FAULTS,
    BALLOON_FREE,
    BALLOON_TOTAL,
    BALLOON_AVAILABLE, /* for new programs, without swapping */
    BALLOON_CACHES,
    BALLOON_HUGE_ALLOCATED,
    BALLOON_HUGE_FAILED,
    BALLOON_STATS
};

struct virtio_balloon_stats {
    uint64_t values[BALLOON_STATS]; /* faults and huge pages are counts, the others bytes */
    uint32_t known;                 /* bit n: values[n] was told */
};

/* What the driver last told. Asks it to tell again, which it does once the guest runs. */
void virtio_balloon_stats(struct device *, struct virtio_balloon_stats *);

#endif
