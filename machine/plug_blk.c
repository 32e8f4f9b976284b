/* machine/plug_blk.c: -device virtio-blk-device,drive=ID. */
#include <string.h>

#include "dev/virtio/blk.h"
#include "machine/plug_row.h"

struct blk_properties {
    const char *drive, *serial;
    unsigned queues;
};

#define FIELD_OF(member) offsetof(struct blk_properties, member)

static const struct property_row rows[] = {
    PLUG_COMMON_ROWS,
    {"drive", PROPERTY_TEXT, FIELD_OF(drive), NULL},
    {"serial", PROPERTY_TEXT, FIELD_OF(serial), NULL},
    {"num-queues", PROPERTY_NUMBER, FIELD_OF(queues), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};

static struct drive *drive_by_id(struct plugs *plugs, const char *id)
{
    for (unsigned i = 0; i < plugs->drive_count; i++)
        if (plugs->drives[i].id && strcmp(plugs->drives[i].id, id) == 0) return &plugs->drives[i];
    return NULL;
}

bool plug_blk_connect(struct plugs *plugs, struct plug *plug, struct error *err)
{
    struct blk_properties blk = {0};
    const char *text = plug->properties.whole;
    if (!properties_fill(&plug->properties, rows, &blk, err)) return false;
    if (!plug->drive) {
        if (!blk.drive) return error_set(err, "-device %s: needs drive=ID, a -drive's id", text);
        plug->drive = drive_by_id(plugs, blk.drive);
        if (!plug->drive)
            return error_set(err, "-device %s: there is no -drive with id=%s", text, blk.drive);
        if (plug->drive->interface != DRIVE_NONE)
            return error_set(err, "-device %s: drive %s is not free; it takes if=none", text,
                             blk.drive);
    }
    if (plug->drive->taken)
        return error_set(err, "-device %s: drive %s is in another device already", text, blk.drive);
    plug->drive->taken = true;
    return plugs_need_workers(plugs, err);
}

struct device *plug_blk_create(struct plugs *plugs, struct plug *plug, const char *name,
                               const struct virtio_wiring *wiring, struct error *err)
{
    struct blk_properties blk = {0};
    if (!properties_fill(&plug->properties, rows, &blk, err)) return NULL;
    struct virtio_blk_options options = {
        .serial = blk.serial ? blk.serial : plug->drive->serial,
        .queues = blk.queues,
    };
    if (plugs->workers) options.executor = host_workers_executor(plugs->workers);
    return virtio_blk_create(name, wiring, &plug->drive->block, &options, err);
}
