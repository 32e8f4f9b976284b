/* host/disk.c: a raw image file or a block device of the host as a disk. */
#include "host/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/lock.h"
#include "host/spans.h"

#define SECTOR_BYTES UINT64_C(512)

struct host_disk {
    struct block block;
    struct host_disk_options options;
    char *path;
    int fd;
    uint64_t file_size; /* when opened; the disk may be a part of a sector larger */
    uint64_t changed_ns;
    atomic_bool told; /* of an I/O error */
    atomic_bool lost; /* a flush has failed */
};

static bool disk_failed(struct host_disk *disk, const char *what)
{
    if (!atomic_exchange(&disk->told, true))
        notice_say(&disk->options.notice, "%s: %s: %s; the guest got an I/O error", disk->path,
                   what, strerror(errno));
    return false;
}

static bool disk_read(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    struct host_disk *disk = owner;
    uint64_t got;
    if (!host_spans_read(disk->fd, offset, spans, count, &got)) return disk_failed(disk, "read");
    if (got == spans_bytes(spans, count)) return true;
    if (offset + got < disk->file_size) {
        errno = EIO; /* somebody made the file shorter */
        return disk_failed(disk, "read");
    }
    spans_zero_from(spans, count, got); /* the end of a file that isn't whole sectors */
    return true;
}

static bool disk_read_ready(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    const struct host_disk *disk = owner;
    return host_spans_read_ready(disk->fd, offset, spans, count);
}

static bool disk_write(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    struct host_disk *disk = owner;
    return host_spans_write(disk->fd, offset, spans, count) || disk_failed(disk, "write");
}

static bool disk_flush(void *owner)
{
    struct host_disk *disk = owner;
    if (disk->options.unsafe || disk->options.read_only) return true;
    /* The host forgets what it failed to write: another flush would seem to succeed. */
    if (atomic_load(&disk->lost)) return false;
    while (fdatasync(disk->fd) != 0) {
        if (errno == EINTR) continue;
        atomic_store(&disk->lost, true);
        return disk_failed(disk, "flush");
    }
    return true;
}

/* A host that can't give space back keeps it. */
static bool disk_discard(void *owner, uint64_t offset, uint64_t size)
{
    const struct host_disk *disk = owner;
    if (size && !disk->options.keep_discarded) host_punch(disk->fd, offset, size);
    return true;
}

static bool disk_write_zeroes(void *owner, uint64_t offset, uint64_t size, bool unmap)
{
    struct host_disk *disk = owner;
    if (size && unmap && !disk->options.keep_discarded && host_punch(disk->fd, offset, size))
        return true;
    return host_write_zeroes(disk->fd, offset, size) || disk_failed(disk, "write zeroes");
}

static const struct block_ops disk_ops = {
    .read = disk_read,
    .write = disk_write,
    .flush = disk_flush,
    .discard = disk_discard,
    .write_zeroes = disk_write_zeroes,
    .read_ready = disk_read_ready,
};

/* ---- life ---- */

static bool disk_measure(struct host_disk *disk, struct error *err)
{
    struct stat info;
    if (fstat(disk->fd, &info) != 0) return error_set(err, "%s: %s", disk->path, strerror(errno));
    if (!S_ISREG(info.st_mode) && !S_ISBLK(info.st_mode))
        return error_set(err, "%s: neither a file nor a block device", disk->path);
    off_t size = lseek(disk->fd, 0, SEEK_END);
    if (size < 0) return error_set(err, "%s: %s", disk->path, strerror(errno));
    disk->file_size = (uint64_t)size;
    disk->changed_ns = (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec;
    disk->block.size = (disk->file_size + SECTOR_BYTES - 1) & ~(SECTOR_BYTES - 1);
    return true;
}

static bool disk_setup(struct host_disk *disk, const char *path, struct error *err)
{
    bool read_only = disk->options.read_only;
    disk->path = strdup(path);
    if (!disk->path) return error_set(err, "%s: out of memory", path);
    disk->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (disk->fd < 0)
        return error_set(err, "%s: %s%s", path, strerror(errno),
                         !read_only && (errno == EACCES || errno == EROFS)
                             ? "; readonly=on needs no right to write"
                             : "");
    if (!disk_measure(disk, err) || !host_lock_image(disk->fd, path, !read_only, err)) return false;
    disk->block.ops = &disk_ops;
    disk->block.owner = disk;
    disk->block.read_only = read_only;
    return true;
}

struct host_disk *host_disk_open(const char *path, const struct host_disk_options *options,
                                 struct error *err)
{
    struct host_disk *disk = calloc(1, sizeof *disk);
    if (!disk) {
        error_set(err, "%s: out of memory", path);
        return NULL;
    }
    disk->fd = -1;
    disk->options = *options;
    if (disk_setup(disk, path, err)) return disk;
    host_disk_close(disk);
    return NULL;
}

const struct block *host_disk_block(const struct host_disk *disk)
{
    return &disk->block;
}

uint64_t host_disk_changed_ns(const struct host_disk *disk)
{
    return disk->changed_ns;
}

void host_disk_close(struct host_disk *disk)
{
    if (!disk) return;
    if (disk->fd >= 0) close(disk->fd);
    free(disk->path);
    free(disk);
}
