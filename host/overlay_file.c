/* host/overlay_file.c: making, opening and closing an overlay.
 *
 *     0           8         12            16           24            32             40
 *    +-----------+---------+-------------+------------+-------------+--------------+- - - -+
 *    | RIVETOVL  | version | block bytes | disk bytes | data_offset | base changed |  zero |
 *    +-----------+---------+-------------+------------+-------------+--------------+- - - -+
 */
#include "host/overlay_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "host/lock.h"
#include "host/spans.h"

#define DATA_ALIGNMENT (UINT64_C(1) << 16)
#define VERSION        1
#define MAGIC          "RIVETOVL"
#define MAGIC_BYTES    8

enum {
    HEADER_VERSION = 8,
    HEADER_BLOCK_BYTES = 12,
    HEADER_DISK_BYTES = 16,
    HEADER_DATA_OFFSET = 24,
    HEADER_BASE_CHANGED = 32,
    HEADER_END = 40,
};

static bool header_write(const struct host_overlay *overlay)
{
    uint8_t header[OVERLAY_HEADER_BYTES] = MAGIC;
    struct span span = {.bytes = header, .size = sizeof header};
    store_le(header + HEADER_VERSION, 4, VERSION);
    store_le(header + HEADER_BLOCK_BYTES, 4, OVERLAY_BLOCK_BYTES);
    store_le(header + HEADER_DISK_BYTES, 8, overlay->block.size);
    store_le(header + HEADER_DATA_OFFSET, 8, overlay->data_offset);
    store_le(header + HEADER_BASE_CHANGED, 8, overlay->options.base_changed_ns);
    return ftruncate(overlay->fd, (off_t)overlay->data_offset) == 0 &&
           host_spans_write(overlay->fd, 0, &span, 1) && fsync(overlay->fd) == 0;
}

static bool header_check(const struct host_overlay *overlay, const uint8_t *header,
                         uint64_t file_size, struct error *err)
{
    uint64_t disk = load_le(header + HEADER_DISK_BYTES, 8);
    uint64_t changed = load_le(header + HEADER_BASE_CHANGED, 8);
    const char *name = overlay->name;
    if (memcmp(header, MAGIC, MAGIC_BYTES) != 0)
        return error_set(err, "%s: not an overlay; a new one is made where there is no file", name);
    if (load_le(header + HEADER_VERSION, 4) != VERSION ||
        load_le(header + HEADER_BLOCK_BYTES, 4) != OVERLAY_BLOCK_BYTES)
        return error_set(err, "%s: an overlay of a later version", name);
    if (disk != overlay->block.size)
        return error_set(err, "%s: belongs to a disk of %llu bytes; this one has %llu", name,
                         (unsigned long long)disk, (unsigned long long)overlay->block.size);
    if (load_le(header + HEADER_DATA_OFFSET, 8) != overlay->data_offset)
        return error_set(err, "%s: the header is damaged", name);
    if (file_size < overlay->data_offset)
        return error_set(err, "%s: the file has been cut short", name);
    if (changed && overlay->options.base_changed_ns && changed != overlay->options.base_changed_ns)
        return error_set(err,
                         "%s: the disk below has been changed since; if it only seems so, "
                         "`touch -d @%llu.%09llu` it",
                         name, (unsigned long long)(changed / 1000000000),
                         (unsigned long long)(changed % 1000000000));
    return true;
}

/* A file that is empty, or was being made when all ended, becomes an overlay now. */
static bool overlay_read_header(const struct host_overlay *overlay, struct error *err)
{
    uint8_t header[HEADER_END] = {0};
    struct span span = {.bytes = header, .size = sizeof header};
    uint64_t got;
    if (!host_spans_read(overlay->fd, 0, &span, 1, &got))
        return error_set(err, "%s: %s", overlay->name, strerror(errno));
    for (unsigned i = 0; i < sizeof header; i++)
        if (header[i])
            return header_check(overlay, header, (uint64_t)lseek(overlay->fd, 0, SEEK_END), err);
    return header_write(overlay) || error_set(err, "%s: %s", overlay->name, strerror(errno));
}

/* A file that has no name any more, in the place for large temporary ones. */
static int temporary_file(void)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/rivet-XXXXXX", folder && *folder ? folder : "/var/tmp");
    int fd = mkstemp(path);
    if (fd < 0) return fd;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    unlink(path);
    return fd;
}

static bool overlay_open_file(struct host_overlay *overlay, const char *path, struct error *err)
{
    overlay->fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : temporary_file();
    if (overlay->fd < 0) return error_set(err, "%s: %s", overlay->name, strerror(errno));
    struct stat info;
    if (fstat(overlay->fd, &info) != 0 || !S_ISREG(info.st_mode))
        return error_set(err, "%s: not a file", overlay->name);
    return !path || host_lock_image(overlay->fd, path, true, err);
}

static bool overlay_setup(struct host_overlay *overlay, const char *path, struct error *err)
{
    uint64_t size = overlay->base->size;
    overlay->block = (struct block){.ops = &overlay_ops, .owner = overlay, .size = size};
    overlay->blocks = (size + OVERLAY_BLOCK_BYTES - 1) / OVERLAY_BLOCK_BYTES;
    overlay->pages = overlay->blocks / OVERLAY_BLOCKS_A_PAGE + 1;
    overlay->data_offset =
        (OVERLAY_HEADER_BYTES + overlay->pages * OVERLAY_BLOCK_BYTES + DATA_ALIGNMENT - 1) &
        ~(DATA_ALIGNMENT - 1);
    overlay->name = strdup(path ? path : "snapshot");
    overlay->dirty = calloc(overlay->pages, sizeof *overlay->dirty);
    if (!overlay->name || !overlay->dirty)
        return error_set(err, "%s: out of memory", path ? path : "snapshot");
    if (!overlay_open_file(overlay, path, err) || !overlay_read_header(overlay, err)) return false;
    overlay->map = mmap(NULL, overlay->pages * OVERLAY_BLOCK_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE, overlay->fd, (off_t)OVERLAY_HEADER_BYTES);
    return overlay->map != MAP_FAILED || error_set(err, "%s: %s", overlay->name, strerror(errno));
}

struct host_overlay *host_overlay_open(const char *path, const struct block *base,
                                       const struct host_overlay_options *options,
                                       struct error *err)
{
    struct host_overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay) {
        error_set(err, "%s: out of memory", path ? path : "snapshot");
        return NULL;
    }
    overlay->fd = -1;
    overlay->map = MAP_FAILED;
    overlay->base = base;
    overlay->options = *options;
    overlay->temporary = !path;
    mutex_init(&overlay->filling);
    mutex_init(&overlay->flushing);
    if (overlay_setup(overlay, path, err)) return overlay;
    host_overlay_close(overlay);
    return NULL;
}

const struct block *host_overlay_block(const struct host_overlay *overlay)
{
    return &overlay->block;
}

void host_overlay_close(struct host_overlay *overlay)
{
    if (!overlay) return;
    if (overlay->map != MAP_FAILED) {
        overlay->block.ops->flush(overlay);
        munmap(overlay->map, overlay->pages * OVERLAY_BLOCK_BYTES);
    }
    if (overlay->fd >= 0) close(overlay->fd);
    mutex_fini(&overlay->filling);
    mutex_fini(&overlay->flushing);
    free(overlay->dirty);
    free(overlay->name);
    free(overlay);
}
