/* machine/plug_rng.c: -device virtio-rng-device: the host's random numbers, or repeatable ones. */
#include "dev/virtio/rng.h"
#include "host/random.h"
#include "machine/plug_row.h"

static const struct property_row rows[] = {
    PLUG_COMMON_ROWS,
    {NULL, PROPERTY_NONE, 0, NULL},
};

static void fill(void *owner, uint8_t *bytes, size_t size)
{
    (void)owner;
    host_random_fill(bytes, size);
}

/* The same bytes in every run: splitmix64, a byte a step. */
static void fill_again(void *owner, uint8_t *bytes, size_t size)
{
    struct plug *plug = owner;
    while (size--) {
        uint64_t word = plug->random += UINT64_C(0x9e3779b97f4a7c15);
        word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        *bytes++ = (uint8_t)(word >> 56);
    }
}

struct device *plug_rng_create(struct plugs *plugs, struct plug *plug, const char *name,
                               const struct virtio_wiring *wiring, struct error *err)
{
    if (!properties_fill(&plug->properties, rows, NULL, err)) return NULL;
    struct entropy entropy = {.fill = fill};
    if (plugs->deterministic) entropy = (struct entropy){.fill = fill_again, .owner = plug};
    return virtio_rng_create(name, wiring, entropy, err);
}
