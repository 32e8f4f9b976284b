/* machine/fsdev.c: -fsdev and -virtfs: a directory of the host, by name. */
#include "machine/fsdev.h"

#include <string.h>

#define FIELD_OF(member) offsetof(struct fsdev, member)

/* In the order of `enum share_model`; QEMU's "mapped" is short for the first. */
#define MODELS "mapped-xattr|passthrough|none|mapped"
enum { MODEL_MAPPED_SHORT = 3 };

/* clang-format off */
static const struct property_row rows[] = {
    {"fsdriver",       PROPERTY_CHOICE, FIELD_OF(driver), "local"},
    {"id",             PROPERTY_TEXT,   FIELD_OF(id), NULL},
    {"path",           PROPERTY_TEXT,   FIELD_OF(path), NULL},
    {"security_model", PROPERTY_CHOICE, FIELD_OF(model), MODELS},
    {"readonly",       PROPERTY_SWITCH, FIELD_OF(read_only), NULL},
    {"mount_tag",      PROPERTY_TEXT,   FIELD_OF(tag), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};
/* clang-format on */

/* What the text lacks, or NULL. */
static const char *fsdev_lacks(const struct fsdev *fsdev, bool virtfs)
{
    if (!properties_get(&fsdev->properties, "fsdriver")) return "the word local first";
    if (!fsdev->path) return "path=DIRECTORY";
    if (!properties_get(&fsdev->properties, "security_model")) return "security_model=" MODELS;
    if (virtfs && !fsdev->tag) return "mount_tag=NAME, by which the guest mounts it";
    if (!virtfs && !fsdev->id) return "id=NAME, by which a -device takes it";
    return NULL;
}

static bool fsdev_open_share(struct fsdev *fsdev, bool virtfs, struct error *err)
{
    const char *option = fsdev->properties.option, *text = fsdev->properties.whole;
    struct error reason = {0};
    if (!properties_fill(&fsdev->properties, rows, fsdev, err)) return false;
    const char *lacks = fsdev_lacks(fsdev, virtfs);
    if (lacks) return error_set(err, "%s %s: needs %s", option, text, lacks);
    if (!virtfs && fsdev->tag)
        return error_set(err, "%s %s: mount_tag= belongs to the virtio-9p-device", option, text);
    if (fsdev->model == MODEL_MAPPED_SHORT) fsdev->model = SHARE_MAPPED;
    fsdev->share =
        share_open(fsdev->path, (enum share_model)fsdev->model, fsdev->read_only, &reason);
    return fsdev->share || error_set(err, "%s %s: %s", option, text, reason.text);
}

bool fsdev_open(struct fsdev *fsdev, bool virtfs, const char *text, struct error *err)
{
    *fsdev = (struct fsdev){0};
    if (!properties_parse(&fsdev->properties, virtfs ? "-virtfs" : "-fsdev", text, "fsdriver", err))
        return false;
    if (fsdev_open_share(fsdev, virtfs, err)) return true;
    fsdev_fini(fsdev);
    return false;
}

void fsdev_fini(struct fsdev *fsdev)
{
    share_close(fsdev->share);
    properties_fini(&fsdev->properties);
    *fsdev = (struct fsdev){0};
}
