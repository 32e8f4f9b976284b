/* host/spans.c: spans to and from an open file, through preadv and pwritev. */
#define _GNU_SOURCE /* preadv2, pwritev, fallocate */
#include "host/spans.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>

#define BATCH        64          /* spans in one call */
#define ZEROES_BYTES (64u << 10) /* in one write */

static unsigned batch_of(const struct span_cursor *cursor, struct iovec *batch)
{
    struct span ahead[BATCH];
    uint64_t bytes;
    unsigned used = span_cursor_peek(cursor, UINT64_MAX, ahead, BATCH, &bytes);
    for (unsigned i = 0; i < used; i++)
        batch[i] = (struct iovec){.iov_base = ahead[i].bytes, .iov_len = ahead[i].size};
    return used;
}

bool host_spans_read(int fd, uint64_t offset, const struct span *spans, unsigned count,
                     uint64_t *got)
{
    struct span_cursor cursor = span_cursor_start(spans, count);
    struct iovec batch[BATCH];
    *got = 0;
    while (!span_cursor_done(&cursor)) {
        unsigned used = batch_of(&cursor, batch);
        ssize_t part = preadv(fd, batch, (int)used, (off_t)(offset + *got));
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) return part == 0;
        *got += (uint64_t)part;
        span_cursor_advance(&cursor, (uint64_t)part);
    }
    return true;
}

bool host_spans_read_ready(int fd, uint64_t offset, const struct span *spans, unsigned count)
{
#ifdef RWF_NOWAIT
    struct span_cursor cursor = span_cursor_start(spans, count);
    struct iovec batch[BATCH];
    unsigned used = batch_of(&cursor, batch);
    uint64_t bytes = 0;
    for (unsigned i = 0; i < used; i++)
        bytes += batch[i].iov_len;
    span_cursor_advance(&cursor, bytes);
    return span_cursor_done(&cursor) &&
           preadv2(fd, batch, (int)used, (off_t)offset, RWF_NOWAIT) == (ssize_t)bytes;
#else
    (void)fd, (void)offset, (void)spans, (void)count;
    return false;
#endif
}

bool host_spans_write(int fd, uint64_t offset, const struct span *spans, unsigned count)
{
    struct span_cursor cursor = span_cursor_start(spans, count);
    struct iovec batch[BATCH];
    while (!span_cursor_done(&cursor)) {
        unsigned used = batch_of(&cursor, batch);
        ssize_t part = pwritev(fd, batch, (int)used, (off_t)offset);
        if (part < 0 && errno == EINTR) continue;
        if (part == 0) errno = ENOSPC;
        if (part <= 0) return false;
        offset += (uint64_t)part;
        span_cursor_advance(&cursor, (uint64_t)part);
    }
    return true;
}

bool host_punch(int fd, uint64_t offset, uint64_t size)
{
#ifdef FALLOC_FL_PUNCH_HOLE
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) ==
           0;
#else
    (void)fd, (void)offset, (void)size;
    return false;
#endif
}

static bool zero_range(int fd, uint64_t offset, uint64_t size)
{
#ifdef FALLOC_FL_ZERO_RANGE
    return fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) ==
           0;
#else
    (void)fd, (void)offset, (void)size;
    return false;
#endif
}

bool host_write_zeroes(int fd, uint64_t offset, uint64_t size)
{
    if (size == 0 || zero_range(fd, offset, size)) return true;
    uint8_t *zeroes = calloc(1, ZEROES_BYTES);
    bool done = zeroes != NULL;
    while (done && size) {
        struct span part = {.bytes = zeroes, .size = size < ZEROES_BYTES ? size : ZEROES_BYTES};
        done = host_spans_write(fd, offset, &part, 1);
        offset += part.size;
        size -= part.size;
    }
    free(zeroes);
    return done;
}
