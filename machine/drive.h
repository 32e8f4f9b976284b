/* machine/drive.h: -drive: a disk image by name, opened as the command line says. */
#ifndef RIVET_MACHINE_DRIVE_H
#define RIVET_MACHINE_DRIVE_H

#include "base/block.h"
#include "base/notice.h"
#include "host/disk.h"
#include "host/nbd.h"
#include "host/overlay.h"
#include "machine/properties.h"

/* Who takes it: the -device that names it, a virtio slot of its own, the board's flash. */
enum drive_interface { DRIVE_VIRTIO, DRIVE_NONE, DRIVE_PFLASH };

#define DRIVE_NO_UNIT UINT32_MAX

struct drive {
    struct properties properties;
    const char *file, *id, *serial, *overlay;
    unsigned interface, format, cache, discard, aio, unit, media;
    bool read_only, snapshot;
    struct host_disk *disk;     /* owned; NULL: a server has it */
    struct host_nbd *remote;    /* owned; or NULL */
    struct host_overlay *layer; /* owned; NULL: there is none */
    struct block base, block;   /* what `file` is, and with the layer */
    bool taken;                 /* by a device */
};

/* Reads the text of a -drive. False: nothing is to be freed. */
bool drive_parse(struct drive *, const char *text, struct error *err);

/* Opens what it names. With `snapshot` what is written is forgotten at the end, whatever the text
 * said. */
bool drive_open(struct drive *, bool snapshot, const struct notice *, struct error *err);

void drive_fini(struct drive *);

#endif
