/* host/disk.h: a raw image file or a block device of the host as a disk. */
#ifndef RIVET_HOST_DISK_H
#define RIVET_HOST_DISK_H

#include "base/block.h"
#include "base/error.h"
#include "base/notice.h"

struct host_disk;

struct host_disk_options {
    bool read_only;
    bool keep_discarded; /* the guest's discards are not passed on */
    bool unsafe;         /* flushes wait for nothing: a power cut of the host may lose anything */
    struct notice notice;
};

/* Opens and locks the file: one writer, or readers. Its size counts in whole sectors of 512 bytes;
 * what is missing of the last one reads as zeroes. NULL: `err` names the file and says why. */
struct host_disk *host_disk_open(const char *path, const struct host_disk_options *,
                                 struct error *err);

/* As good as the disk; an I/O error is told once through the notice. */
const struct block *host_disk_block(const struct host_disk *);

/* When the file was last written, before it was opened: since 1970-01-01 00:00 UTC. */
uint64_t host_disk_changed_ns(const struct host_disk *);

void host_disk_close(struct host_disk *);

#endif
