/* base/spans.h: walking through an array of spans by bytes. */
#ifndef RIVET_BASE_SPANS_H
#define RIVET_BASE_SPANS_H

#include "base/block.h"

/* Where a walk is: byte `skip` of span `at`. */
struct span_cursor {
    const struct span *spans;
    unsigned count, at;
    size_t skip;
};

/* At the start; empty spans don't count. */
struct span_cursor span_cursor_start(const struct span *, unsigned count);

static inline bool span_cursor_done(const struct span_cursor *cursor)
{
    return cursor->at == cursor->count;
}

/* What lies ahead, as far as `capacity` spans and `most` bytes go. Returns how many spans, and in
 * `bytes` what they hold. */
unsigned span_cursor_peek(const struct span_cursor *, uint64_t most, struct span *ahead,
                          unsigned capacity, uint64_t *bytes);

/* Past `bytes` of what lies ahead. */
void span_cursor_advance(struct span_cursor *, uint64_t bytes);

/* Copies between what lies ahead and `bytes`, and goes past it; returns how much there was. */
size_t span_cursor_write(struct span_cursor *, const void *bytes, size_t size);
size_t span_cursor_read(struct span_cursor *, void *bytes, size_t size);

/* Zeroes all but the first `from` bytes. */
void spans_zero_from(const struct span *, unsigned count, uint64_t from);

uint64_t spans_bytes(const struct span *, unsigned count);

#endif
