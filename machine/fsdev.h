/* machine/fsdev.h: -fsdev and -virtfs: a directory of the host, by name. */
#ifndef RIVET_MACHINE_FSDEV_H
#define RIVET_MACHINE_FSDEV_H

#include "host/share.h"
#include "machine/properties.h"

struct fsdev {
    struct properties properties;
    const char *id, *path, *tag; /* `tag`: of -virtfs, which has a device of its own; or NULL */
    unsigned driver, model;
    bool read_only;
    struct share *share; /* owned */
};

/* Reads the text of an -fsdev (a -virtfs) and opens the directory. False: nothing is to be freed.
 */
bool fsdev_open(struct fsdev *, bool virtfs, const char *text, struct error *err);

void fsdev_fini(struct fsdev *);

#endif
