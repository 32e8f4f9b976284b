/* host/overlay.h: what is written goes into a file of its own, and the disk below stays as it is.
 *
 * The file's format is in docs/overlay.md. What was flushed is in the file, whatever happens next:
 * the process is killed, the host loses power. What was written and not flushed is there or is not,
 * block by block, as on a disk.
 */
#ifndef RIVET_HOST_OVERLAY_H
#define RIVET_HOST_OVERLAY_H

#include "base/block.h"
#include "base/error.h"
#include "base/notice.h"

struct host_overlay;

struct host_overlay_options {
    bool unsafe;              /* flushes wait for nothing */
    uint64_t base_changed_ns; /* 0: not known */
    struct notice notice;
};

/* Opens the file, or makes it, as a layer over `base`, which is only read and outlives it. Without
 * a `path` the layer is gone when it is closed. NULL: `err` says why: the file is in use, is no
 * overlay, or belongs to another base. */
struct host_overlay *host_overlay_open(const char *path, const struct block *base,
                                       const struct host_overlay_options *, struct error *err);

const struct block *host_overlay_block(const struct host_overlay *);

/* Flushes first. */
void host_overlay_close(struct host_overlay *);

#endif
