/* host/overlay.c: what is written goes into a file of its own, and the disk below stays as it is.
 *
 *      0        4096                 data_offset
 *     +--------+--------------------+- - - - - - - - - - - - - - - - - - - - - - -+
 *     | header | map: bit n is set  | byte n of the disk is at data_offset + n,    |
 *     |        | when block n is    | with holes where the disk below is still     |
 *     |        | in this file       | what counts                                  |
 *     +--------+--------------------+- - - - - - - - - - - - - - - - - - - - - - -+
 *
 * A bit must not reach the file before the block it speaks of: there would be a moment at which the
 * disk has neither the old contents nor the new. So bits are set in memory after the block has been
 * written, and go into the file only at a flush, between two synchronisations.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/overlay_file.h"
#include "host/spans.h"

#define SPANS 64 /* in one piece of a transfer */

static bool overlay_failed(struct host_overlay *overlay, const char *what)
{
    if (!atomic_exchange(&overlay->told, true))
        notice_say(&overlay->options.notice, "%s: %s: %s; the guest got an I/O error",
                   overlay->name, what, strerror(errno));
    return false;
}

/* ---- the map ---- */

static bool map_has(const struct host_overlay *overlay, uint64_t block)
{
    return __atomic_load_n(&overlay->map[block / 8], __ATOMIC_ACQUIRE) >> block % 8 & 1;
}

/* With `filling` held; the block's contents have been written. */
static void map_set(struct host_overlay *overlay, uint64_t block)
{
    __atomic_fetch_or(&overlay->map[block / 8], (uint8_t)(1u << block % 8), __ATOMIC_RELEASE);
    overlay->dirty[block / OVERLAY_BLOCKS_A_PAGE] = true;
}

/* How many bytes from `offset` on, up to `size`, are in the same place; in `present` which. */
static uint64_t map_run(const struct host_overlay *overlay, uint64_t offset, uint64_t size,
                        bool *present)
{
    uint64_t block = offset / OVERLAY_BLOCK_BYTES;
    *present = map_has(overlay, block);
    while (++block * OVERLAY_BLOCK_BYTES < offset + size)
        if (map_has(overlay, block) != *present) return block * OVERLAY_BLOCK_BYTES - offset;
    return size;
}

/* Writes the dirty page `page` of the map. Between taking the copy and writing it the data of every
 * bit in the copy is synchronised: the caller does that once for all pages. */
static bool map_write(const struct host_overlay *overlay, uint64_t page, uint8_t *copy)
{
    struct span span = {.bytes = copy, .size = OVERLAY_BLOCK_BYTES};
    return host_spans_write(overlay->fd, OVERLAY_HEADER_BYTES + page * OVERLAY_BLOCK_BYTES, &span,
                            1);
}

/* ---- transfers ---- */

/* Reads through the layer. */
static bool overlay_read_run(struct host_overlay *overlay, bool present, uint64_t offset,
                             const struct span *spans, unsigned count)
{
    uint64_t got;
    if (!present) return overlay->base->ops->read(overlay->base->owner, offset, spans, count);
    if (!host_spans_read(overlay->fd, overlay->data_offset + offset, spans, count, &got))
        return overlay_failed(overlay, "read");
    spans_zero_from(spans, count, got); /* a hole at the file's end */
    return true;
}

static bool overlay_read(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    struct host_overlay *overlay = owner;
    struct span_cursor cursor = span_cursor_start(spans, count);
    while (!span_cursor_done(&cursor)) {
        struct span ahead[SPANS];
        uint64_t bytes;
        bool present;
        unsigned used = span_cursor_peek(&cursor, UINT64_MAX, ahead, SPANS, &bytes);
        bytes = map_run(overlay, offset, bytes, &present);
        used = span_cursor_peek(&cursor, bytes, ahead, SPANS, &bytes);
        if (!overlay_read_run(overlay, present, offset, ahead, used)) return false;
        span_cursor_advance(&cursor, bytes);
        offset += bytes;
    }
    return true;
}

/* With `filling` held: the block becomes present with the contents it has below. */
static bool overlay_copy_up(struct host_overlay *overlay, uint64_t block)
{
    uint8_t bytes[OVERLAY_BLOCK_BYTES] = {0};
    uint64_t offset = block * OVERLAY_BLOCK_BYTES, left = overlay->block.size - offset;
    struct span span = {.bytes = bytes,
                        .size = left < OVERLAY_BLOCK_BYTES ? left : OVERLAY_BLOCK_BYTES};
    if (map_has(overlay, block)) return true;
    if (!overlay->base->ops->read(overlay->base->owner, offset, &span, 1)) return false;
    if (!host_spans_write(overlay->fd, overlay->data_offset + offset, &span, 1))
        return overlay_failed(overlay, "write");
    map_set(overlay, block);
    return true;
}

/* With `filling` held: what the range covers only in part becomes present. */
static bool overlay_copy_ends(struct host_overlay *overlay, uint64_t offset, uint64_t size)
{
    uint64_t end = offset + size;
    bool done = true;
    if (offset % OVERLAY_BLOCK_BYTES) done = overlay_copy_up(overlay, offset / OVERLAY_BLOCK_BYTES);
    if (done && end % OVERLAY_BLOCK_BYTES && end != overlay->block.size)
        done = overlay_copy_up(overlay, end / OVERLAY_BLOCK_BYTES);
    return done;
}

static void overlay_mark(struct host_overlay *overlay, uint64_t offset, uint64_t size)
{
    for (uint64_t block = offset / OVERLAY_BLOCK_BYTES; block * OVERLAY_BLOCK_BYTES < offset + size;
         block++)
        if (!map_has(overlay, block)) map_set(overlay, block);
}

static bool overlay_write_out(struct host_overlay *overlay, uint64_t offset,
                              const struct span *spans, unsigned count)
{
    return host_spans_write(overlay->fd, overlay->data_offset + offset, spans, count) ||
           overlay_failed(overlay, "write");
}

static bool overlay_write(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    struct host_overlay *overlay = owner;
    uint64_t size = spans_bytes(spans, count);
    bool present;
    if (size == 0) return true;
    if (map_run(overlay, offset, size, &present) == size && present)
        return overlay_write_out(overlay, offset, spans, count);
    mutex_lock(&overlay->filling);
    bool done = overlay_copy_ends(overlay, offset, size) &&
                overlay_write_out(overlay, offset, spans, count);
    if (done) overlay_mark(overlay, offset, size);
    mutex_unlock(&overlay->filling);
    return done;
}

static bool overlay_write_zeroes(void *owner, uint64_t offset, uint64_t size, bool unmap)
{
    struct host_overlay *overlay = owner;
    uint64_t at = overlay->data_offset + offset;
    (void)unmap; /* a hole in a file of one's own is always the cheapest zero */
    if (size == 0) return true;
    mutex_lock(&overlay->filling);
    bool done = overlay_copy_ends(overlay, offset, size) &&
                (host_punch(overlay->fd, at, size) || host_write_zeroes(overlay->fd, at, size) ||
                 overlay_failed(overlay, "write zeroes"));
    if (done) overlay_mark(overlay, offset, size);
    mutex_unlock(&overlay->filling);
    return done;
}

/* What is in the file can go out of it; what is below costs nothing. */
static bool overlay_discard(void *owner, uint64_t offset, uint64_t size)
{
    struct host_overlay *overlay = owner;
    for (uint64_t end = offset + size; offset < end;) {
        bool present;
        uint64_t run = map_run(overlay, offset, end - offset, &present);
        if (present) host_punch(overlay->fd, overlay->data_offset + offset, run);
        offset += run;
    }
    return true;
}

/* ---- flushing ---- */

static bool overlay_sync(struct host_overlay *overlay)
{
    while (!overlay->options.unsafe && fdatasync(overlay->fd) != 0) {
        if (errno == EINTR) continue;
        atomic_store(&overlay->lost, true);
        return overlay_failed(overlay, "flush");
    }
    return true;
}

/* Copies of the dirty pages, each with its number, or NULL when there are none or no memory. */
struct dirty_page {
    uint64_t page;
    uint8_t bytes[OVERLAY_BLOCK_BYTES];
};

static struct dirty_page *overlay_take_dirty(struct host_overlay *overlay, uint64_t *count)
{
    struct dirty_page *pages = NULL;
    uint64_t dirty = 0;
    *count = 0;
    mutex_lock(&overlay->filling);
    for (uint64_t page = 0; page < overlay->pages; page++)
        dirty += overlay->dirty[page];
    if (dirty) pages = malloc(dirty * sizeof *pages);
    for (uint64_t page = 0; pages && page < overlay->pages; page++) {
        if (!overlay->dirty[page]) continue;
        pages[*count].page = page;
        memcpy(pages[(*count)++].bytes, overlay->map + page * OVERLAY_BLOCK_BYTES,
               OVERLAY_BLOCK_BYTES);
        overlay->dirty[page] = false;
    }
    mutex_unlock(&overlay->filling);
    if (dirty && !pages) *count = UINT64_MAX;
    return pages;
}

/* They could not be written: another flush shall try again. */
static void overlay_dirty_again(struct host_overlay *overlay, const struct dirty_page *pages,
                                uint64_t count)
{
    mutex_lock(&overlay->filling);
    for (uint64_t i = 0; i < count; i++)
        overlay->dirty[pages[i].page] = true;
    mutex_unlock(&overlay->filling);
}

static bool overlay_flush_locked(struct host_overlay *overlay)
{
    uint64_t count;
    struct dirty_page *pages = overlay_take_dirty(overlay, &count);
    if (count == UINT64_MAX) {
        errno = ENOMEM;
        return overlay_failed(overlay, "flush");
    }
    bool done = overlay_sync(overlay);
    for (uint64_t i = 0; done && i < count; i++)
        done =
            map_write(overlay, pages[i].page, pages[i].bytes) || overlay_failed(overlay, "flush");
    if (done && count) done = overlay_sync(overlay);
    if (!done) overlay_dirty_again(overlay, pages, count);
    free(pages);
    return done;
}

static bool overlay_flush(void *owner)
{
    struct host_overlay *overlay = owner;
    if (overlay->temporary) return true;
    /* The host forgets what it failed to write: another flush would seem to succeed. */
    if (atomic_load(&overlay->lost)) return false;
    mutex_lock(&overlay->flushing);
    bool done = overlay_flush_locked(overlay);
    mutex_unlock(&overlay->flushing);
    return done;
}

const struct block_ops overlay_ops = {
    .read = overlay_read,
    .write = overlay_write,
    .flush = overlay_flush,
    .discard = overlay_discard,
    .write_zeroes = overlay_write_zeroes,
};
