/* machine/plug_9p.c: -device virtio-9p-device,fsdev=ID,mount_tag=NAME. */
#include <string.h>

#include "dev/virtio/p9.h"
#include "machine/plug_row.h"

struct p9_properties {
    const char *fsdev, *tag;
};

#define FIELD_OF(member) offsetof(struct p9_properties, member)

static const struct property_row rows[] = {
    PLUG_COMMON_ROWS,
    {"fsdev", PROPERTY_TEXT, FIELD_OF(fsdev), NULL},
    {"mount_tag", PROPERTY_TEXT, FIELD_OF(tag), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};

static struct fsdev *fsdev_by_id(struct plugs *plugs, const char *id)
{
    for (unsigned i = 0; i < plugs->fsdev_count; i++)
        if (plugs->fsdevs[i].id && strcmp(plugs->fsdevs[i].id, id) == 0) return &plugs->fsdevs[i];
    return NULL;
}

/* One of -virtfs has its fsdev, and the tag is there. */
bool plug_9p_connect(struct plugs *plugs, struct plug *plug, struct error *err)
{
    struct p9_properties p9 = {0};
    const char *text = plug->properties.whole;
    if (!properties_fill(&plug->properties, rows, &p9, err)) return false;
    if (!plug->fsdev) {
        if (!p9.fsdev) return error_set(err, "-device %s: needs fsdev=ID, an -fsdev's id", text);
        if (!p9.tag)
            return error_set(err, "-device %s: needs mount_tag=NAME, by which the guest mounts it",
                             text);
        plug->fsdev = fsdev_by_id(plugs, p9.fsdev);
        if (!plug->fsdev)
            return error_set(err, "-device %s: there is no -fsdev with id=%s", text, p9.fsdev);
    }
    return plugs_need_workers(plugs, err);
}

struct device *plug_9p_create(struct plugs *plugs, struct plug *plug, const char *name,
                              const struct virtio_wiring *wiring, struct error *err)
{
    struct p9_properties p9 = {.tag = plug->fsdev->tag};
    struct executor executor = {0};
    struct error reason = {0};
    if (!properties_fill(&plug->properties, rows, &p9, err)) return NULL;
    if (plugs->workers) executor = host_workers_executor(plugs->workers);
    struct device *device =
        virtio_p9_create(name, wiring, plug->fsdev->share, p9.tag, executor, &reason);
    if (!device) error_set(err, "-device %s: %s", plug->properties.whole, reason.text);
    return device;
}
