/* dev/virtio/rng.c: virtio entropy device (virtio 1.2, 5.4): one queue of buffers to fill. */
#include "dev/virtio/rng.h"

#include <stdlib.h>

#include "base/bits.h"

#define MAX_BYTES 65536 /* of one buffer: the driver takes what it gets */

struct virtio_rng {
    struct virtio virtio;
    struct entropy entropy;
};

static uint64_t rng_fill(const struct virtio_rng *rng, const struct virtio_chain *chain)
{
    uint64_t written = 0;
    for (unsigned i = 0; i < chain->writable && written < MAX_BYTES; i++) {
        const struct virtio_span *span = &chain->spans[chain->readable + i];
        uint64_t left = MAX_BYTES - written;
        size_t size = span->size < left ? span->size : left;
        rng->entropy.fill(rng->entropy.owner, span->bytes, size);
        written += size;
    }
    return written;
}

static void rng_notify(struct virtio *virtio, unsigned queue)
{
    struct virtio_rng *rng = CONTAINER_OF(virtio, struct virtio_rng, virtio);
    struct virtio_chain chain;
    while (virtio_pop(virtio, queue, &chain))
        virtio_push(virtio, queue, &chain, rng_fill(rng, &chain));
    virtio_interrupt(virtio, queue);
}

static const struct virtio_kind rng_kind = {.name = "virtio-rng", .id = 4, .notify = rng_notify};

struct device *virtio_rng_create(const char *name, const struct virtio_wiring *wiring,
                                 struct entropy entropy, struct error *err)
{
    struct virtio_rng *rng = calloc(1, sizeof(*rng));
    if (!rng) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    rng->entropy = entropy;
    virtio_init(&rng->virtio, name, &rng_kind, wiring, 1);
    return &rng->virtio.device;
}
