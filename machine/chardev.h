/* machine/chardev.h: -chardev and -serial: a far end for a serial port, by name. */
#ifndef RIVET_MACHINE_CHARDEV_H
#define RIVET_MACHINE_CHARDEV_H

#include "host/chars.h"
#include "machine/properties.h"

struct chardev {
    struct properties properties;
    const char *id, *path;
    bool server, wait, nowait, append;
    struct host_chars *chars; /* owned */
    bool taken;               /* by a port */
};

/* Reads the text of a -chardev ("socket,id=c0,path=/tmp/s,server=on") and opens what it names.
 * False: nothing is to be freed. */
bool chardev_open(struct chardev *, const char *text, const struct notice *, struct error *err);

/* Likewise of a -serial ("unix:/tmp/s,server=on"). */
bool chardev_open_serial(struct chardev *, const char *text, const struct notice *,
                         struct error *err);

void chardev_fini(struct chardev *);

#endif
