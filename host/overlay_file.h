/* host/overlay_file.h: an open overlay, between overlay.c and overlay_file.c. */
#ifndef RIVET_HOST_OVERLAY_FILE_H
#define RIVET_HOST_OVERLAY_FILE_H

#include <stdatomic.h>

#include "host/overlay.h"
#include "host/thread.h"

#define OVERLAY_BLOCK_BYTES   UINT64_C(4096)
#define OVERLAY_HEADER_BYTES  UINT64_C(4096)
#define OVERLAY_BLOCKS_A_PAGE (8 * OVERLAY_BLOCK_BYTES) /* of the map */

struct host_overlay {
    struct block block;
    const struct block *base;
    struct host_overlay_options options;
    char *name; /* for messages */
    int fd;
    uint64_t data_offset, blocks, pages; /* blocks of the disk, pages of the map */
    uint8_t *map;                        /* a private view of the file's: what is set stays here */
    bool *dirty;                         /* a page of the map isn't in the file yet */
    struct mutex filling;                /* over making blocks present, and `dirty` */
    struct mutex flushing;
    bool temporary;   /* gone when it is closed */
    atomic_bool told; /* of an I/O error */
    atomic_bool lost; /* a flush has failed */
};

extern const struct block_ops overlay_ops;

#endif
