/* base/spans.c: walking through an array of spans by bytes. */
#include "base/spans.h"

#include <string.h>

struct span_cursor span_cursor_start(const struct span *spans, unsigned count)
{
    struct span_cursor cursor = {.spans = spans, .count = count};
    span_cursor_advance(&cursor, 0);
    return cursor;
}

unsigned span_cursor_peek(const struct span_cursor *cursor, uint64_t most, struct span *ahead,
                          unsigned capacity, uint64_t *bytes)
{
    unsigned used = 0;
    size_t skip = cursor->skip;
    *bytes = 0;
    for (unsigned i = cursor->at; i < cursor->count && used < capacity && *bytes < most; i++) {
        size_t size = cursor->spans[i].size - skip;
        if (size > most - *bytes) size = (size_t)(most - *bytes);
        if (size) ahead[used++] = (struct span){cursor->spans[i].bytes + skip, size};
        *bytes += size;
        skip = 0;
    }
    return used;
}

void span_cursor_advance(struct span_cursor *cursor, uint64_t bytes)
{
    while (cursor->at < cursor->count && bytes >= cursor->spans[cursor->at].size - cursor->skip) {
        bytes -= cursor->spans[cursor->at++].size - cursor->skip;
        cursor->skip = 0;
    }
    cursor->skip += (size_t)bytes;
}

size_t span_cursor_write(struct span_cursor *cursor, const void *bytes, size_t size)
{
    struct span ahead;
    uint64_t part;
    size_t done = 0;
    while (done < size && span_cursor_peek(cursor, size - done, &ahead, 1, &part)) {
        memcpy(ahead.bytes, (const uint8_t *)bytes + done, ahead.size);
        done += ahead.size;
        span_cursor_advance(cursor, part);
    }
    return done;
}

size_t span_cursor_read(struct span_cursor *cursor, void *bytes, size_t size)
{
    struct span ahead;
    uint64_t part;
    size_t done = 0;
    while (done < size && span_cursor_peek(cursor, size - done, &ahead, 1, &part)) {
        memcpy((uint8_t *)bytes + done, ahead.bytes, ahead.size);
        done += ahead.size;
        span_cursor_advance(cursor, part);
    }
    return done;
}

void spans_zero_from(const struct span *spans, unsigned count, uint64_t from)
{
    struct span_cursor cursor = span_cursor_start(spans, count);
    struct span rest;
    uint64_t bytes;
    span_cursor_advance(&cursor, from);
    while (span_cursor_peek(&cursor, UINT64_MAX, &rest, 1, &bytes)) {
        memset(rest.bytes, 0, rest.size);
        span_cursor_advance(&cursor, bytes);
    }
}

uint64_t spans_bytes(const struct span *spans, unsigned count)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < count; i++)
        bytes += spans[i].size;
    return bytes;
}
