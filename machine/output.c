/* machine/output.c: what the guest printed, until the console takes it. */
#include "machine/output.h"

#include <stdlib.h>
#include <string.h>

void output_init(struct output *output)
{
    *output = (struct output){0};
    mutex_init(&output->lock);
}

void output_fini(struct output *output)
{
    free(output->bytes);
    mutex_fini(&output->lock);
}

/* Makes room for `count` more bytes at the end. */
static bool output_grow(struct output *output, size_t count)
{
    if (output->start + output->count + count <= output->capacity) return true;
    if (output->start) memmove(output->bytes, output->bytes + output->start, output->count);
    output->start = 0;
    if (output->count + count <= output->capacity) return true;
    size_t capacity = output->capacity ? output->capacity * 2 : 4096;
    while (capacity < output->count + count)
        capacity *= 2;
    uint8_t *bytes = realloc(output->bytes, capacity);
    if (!bytes) return false;
    output->bytes = bytes;
    output->capacity = capacity;
    return true;
}

bool output_put(struct output *output, const uint8_t *bytes, size_t count, uint64_t now_ns)
{
    mutex_lock(&output->lock);
    bool was_empty = output->count == 0, was_urgent = output->urgent;
    if (was_empty) output->first_ns = now_ns;
    if (output_grow(output, count)) {
        memcpy(output->bytes + output->start + output->count, bytes, count);
        output->count += count;
    }
    if (memchr(bytes, '\n', count) || output->count >= OUTPUT_HIGH) output->urgent = true;
    bool news = output->count && (was_empty || (output->urgent && !was_urgent));
    mutex_unlock(&output->lock);
    return news;
}

bool output_full(struct output *output)
{
    mutex_lock(&output->lock);
    bool full = output->count >= OUTPUT_HIGH;
    mutex_unlock(&output->lock);
    return full;
}

bool output_hurry(struct output *output)
{
    mutex_lock(&output->lock);
    bool news = output->count && !output->urgent;
    if (news) output->urgent = true;
    mutex_unlock(&output->lock);
    return news;
}

uint64_t output_due_ns(struct output *output)
{
    mutex_lock(&output->lock);
    uint64_t due = UINT64_MAX;
    if (output->count) due = output->urgent ? 0 : output->first_ns + OUTPUT_DELAY_NS;
    mutex_unlock(&output->lock);
    return due;
}

/* `write` is called without the lock: it may take its time, and harts go on appending. Only one
 * thread drains, so that the copy keeps the order. */
bool output_drain(struct output *output,
                  size_t (*write)(void *owner, const uint8_t *bytes, size_t count), void *owner)
{
    uint8_t piece[4096];
    for (;;) {
        mutex_lock(&output->lock);
        size_t count = output->count < sizeof piece ? output->count : sizeof piece;
        if (count == 0) output->urgent = false;
        if (count) memcpy(piece, output->bytes + output->start, count);
        mutex_unlock(&output->lock);
        if (count == 0) return true;
        size_t taken = write(owner, piece, count);
        mutex_lock(&output->lock);
        output->start += taken;
        output->count -= taken;
        mutex_unlock(&output->lock);
        if (taken == 0) return false;
    }
}
