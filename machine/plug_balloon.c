/* machine/plug_balloon.c: -device virtio-balloon-device: memory the guest has free is the host's.
 */
#include "dev/virtio/balloon.h"
#include "host/memory.h"
#include "machine/plug_row.h"

struct balloon_properties {
    bool reporting, deflate_on_oom;
};

#define FIELD_OF(member) offsetof(struct balloon_properties, member)

static const struct property_row rows[] = {
    PLUG_COMMON_ROWS,
    {"free-page-reporting", PROPERTY_SWITCH, FIELD_OF(reporting), NULL},
    {"deflate-on-oom", PROPERTY_SWITCH, FIELD_OF(deflate_on_oom), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};

static void discard(void *owner, uint8_t *bytes, uint64_t size)
{
    (void)owner;
    host_memory_discard(bytes, size);
}

struct device *plug_balloon_create(struct plugs *plugs, struct plug *plug, const char *name,
                                   const struct virtio_wiring *wiring, struct error *err)
{
    struct balloon_properties balloon = {.reporting = true};
    (void)plugs;
    if (!properties_fill(&plug->properties, rows, &balloon, err)) return NULL;
    struct virtio_balloon_options options = {
        .reporting = balloon.reporting,
        .deflate_on_oom = balloon.deflate_on_oom,
        .discard = {.discard = discard},
    };
    return virtio_balloon_create(name, wiring, &options, err);
}

struct device *plugs_balloon(const struct plugs *plugs)
{
    for (unsigned i = 0; i < plugs->count; i++)
        if (plugs->items[i].row && plugs->items[i].row->create == plug_balloon_create)
            return plugs->items[i].device;
    return NULL;
}
