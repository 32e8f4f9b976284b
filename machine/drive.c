/* machine/drive.c: -drive: a disk image by name, opened as the command line says. */
#include "machine/drive.h"

enum { CACHE_WRITEBACK, CACHE_UNSAFE };
enum { MEDIA_DISK, MEDIA_CDROM };
enum { DISCARD_UNMAP, DISCARD_IGNORE };

#define FIELD_OF(member) offsetof(struct drive, member)

/* clang-format off */
static const struct property_row rows[] = {
    {"file",     PROPERTY_TEXT,   FIELD_OF(file), NULL},
    {"if",       PROPERTY_CHOICE, FIELD_OF(interface), "virtio|none|pflash"},
    {"unit",     PROPERTY_NUMBER, FIELD_OF(unit), NULL},
    {"id",       PROPERTY_TEXT,   FIELD_OF(id), NULL},
    {"format",   PROPERTY_CHOICE, FIELD_OF(format), "raw"},
    {"media",    PROPERTY_CHOICE, FIELD_OF(media), "disk|cdrom"},
    {"readonly", PROPERTY_SWITCH, FIELD_OF(read_only), NULL},
    {"snapshot", PROPERTY_SWITCH, FIELD_OF(snapshot), NULL},
    {"overlay",  PROPERTY_TEXT,   FIELD_OF(overlay), NULL},
    {"cache",    PROPERTY_CHOICE, FIELD_OF(cache), "writeback|unsafe"},
    {"discard",  PROPERTY_CHOICE, FIELD_OF(discard), "unmap|ignore"},
    {"aio",      PROPERTY_CHOICE, FIELD_OF(aio), "threads"},
    {"serial",   PROPERTY_TEXT,   FIELD_OF(serial), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};
/* clang-format on */

bool drive_parse(struct drive *drive, const char *text, struct error *err)
{
    *drive = (struct drive){.unit = DRIVE_NO_UNIT};
    if (!properties_parse(&drive->properties, "-drive", text, NULL, err)) return false;
    bool right = properties_fill(&drive->properties, rows, drive, err);
    if (right && !drive->file) right = error_set(err, "-drive %s: needs file=FILE", text);
    if (right && drive->overlay && (drive->snapshot || drive->read_only))
        right = error_set(err,
                          "-drive %s: overlay= keeps what is written; that goes neither with "
                          "snapshot=on nor with readonly=on",
                          text);
    if (right && drive->unit != DRIVE_NO_UNIT &&
        (drive->interface != DRIVE_PFLASH || drive->unit > 1))
        right = error_set(err, "-drive %s: unit= is 0 or 1, for if=pflash", text);
    if (right && drive->media == MEDIA_CDROM) drive->read_only = true;
    if (right && drive->interface == DRIVE_NONE && !drive->id)
        right = error_set(err, "-drive %s: needs id=NAME, by which a -device takes it", text);
    if (!right) drive_fini(drive);
    return right;
}

static bool drive_open_base(struct drive *drive, bool read_only, const struct notice *notice,
                            struct error *err)
{
    if (host_nbd_is_uri(drive->file)) {
        struct host_nbd_options options = {.read_only = read_only, .notice = *notice};
        drive->remote = host_nbd_open(drive->file, &options, err);
        if (drive->remote) drive->base = *host_nbd_block(drive->remote);
        return drive->remote;
    }
    struct host_disk_options options = {
        .read_only = read_only,
        .keep_discarded = drive->discard == DISCARD_IGNORE,
        .unsafe = drive->cache == CACHE_UNSAFE,
        .notice = *notice,
    };
    drive->disk = host_disk_open(drive->file, &options, err);
    if (drive->disk) drive->base = *host_disk_block(drive->disk);
    return drive->disk;
}

/* `path` NULL: a layer for this run only. */
static bool drive_open_layer(struct drive *drive, const char *path, const struct notice *notice,
                             struct error *err)
{
    struct host_overlay_options options = {
        .unsafe = drive->cache == CACHE_UNSAFE,
        .base_changed_ns = drive->disk ? host_disk_changed_ns(drive->disk) : 0,
        .notice = *notice,
    };
    drive->layer = host_overlay_open(path, &drive->base, &options, err);
    if (drive->layer) drive->block = *host_overlay_block(drive->layer);
    return drive->layer;
}

static bool drive_open_all(struct drive *drive, bool snapshot, const struct notice *notice,
                           struct error *err)
{
    snapshot = (snapshot || drive->snapshot) && !drive->read_only;
    bool layered = snapshot || drive->overlay;
    if (snapshot && drive->overlay)
        return error_set(err, "overlay= keeps what is written and -snapshot forgets it");
    if (!drive_open_base(drive, layered || drive->read_only, notice, err)) return false;
    drive->block = drive->base;
    return !layered || drive_open_layer(drive, snapshot ? NULL : drive->overlay, notice, err);
}

bool drive_open(struct drive *drive, bool snapshot, const struct notice *notice, struct error *err)
{
    struct error reason = {0};
    return drive_open_all(drive, snapshot, notice, &reason) ||
           error_set(err, "-drive %s: %s", drive->properties.whole, reason.text);
}

void drive_fini(struct drive *drive)
{
    host_overlay_close(drive->layer);
    host_nbd_close(drive->remote);
    host_disk_close(drive->disk);
    properties_fini(&drive->properties);
    *drive = (struct drive){0};
}
