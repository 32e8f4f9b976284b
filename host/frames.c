/* host/frames.c: a queue of network frames in one piece of memory. */
#include "host/frames.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES sizeof(uint32_t)
#define NO_FRAME     UINT32_MAX /* in place of a length: go on at the start */

static size_t frame_room(size_t size)
{
    return LENGTH_BYTES + ((size + LENGTH_BYTES - 1) & ~(LENGTH_BYTES - 1));
}

static uint32_t length_at(const struct frames *frames, size_t at)
{
    uint32_t length;
    memcpy(&length, frames->bytes + at, LENGTH_BYTES);
    return length;
}

static void length_put(struct frames *frames, size_t at, uint32_t length)
{
    memcpy(frames->bytes + at, &length, LENGTH_BYTES);
}

bool frames_init(struct frames *frames, size_t capacity)
{
    *frames = (struct frames){.bytes = malloc(capacity), .capacity = capacity};
    return frames->bytes;
}

void frames_fini(struct frames *frames)
{
    free(frames->bytes);
    *frames = (struct frames){0};
}

/* Where `room` bytes are free in one piece, with LENGTH_BYTES left behind them for NO_FRAME;
 * SIZE_MAX for nowhere. */
static size_t free_place(struct frames *frames, size_t room)
{
    room += LENGTH_BYTES;
    if (frames->count == 0) {
        frames->head = frames->tail = 0;
        return room <= frames->capacity ? 0 : SIZE_MAX;
    }
    if (frames->tail <= frames->head)
        return room <= frames->head - frames->tail ? frames->tail : SIZE_MAX;
    if (room <= frames->capacity - frames->tail) return frames->tail;
    if (room > frames->head) return SIZE_MAX;
    length_put(frames, frames->tail, NO_FRAME);
    return 0;
}

bool frames_put(struct frames *frames, const uint8_t *frame, size_t size)
{
    size_t at = free_place(frames, frame_room(size));
    if (at == SIZE_MAX) return false;
    length_put(frames, at, (uint32_t)size);
    memcpy(frames->bytes + at + LENGTH_BYTES, frame, size);
    frames->tail = at + frame_room(size);
    frames->count++;
    return true;
}

static size_t first_place(const struct frames *frames)
{
    return length_at(frames, frames->head) == NO_FRAME ? 0 : frames->head;
}

const uint8_t *frames_first(const struct frames *frames, size_t *size)
{
    if (frames->count == 0) return NULL;
    size_t at = first_place(frames);
    *size = length_at(frames, at);
    return frames->bytes + at + LENGTH_BYTES;
}

void frames_drop(struct frames *frames)
{
    size_t at = first_place(frames);
    frames->head = at + frame_room(length_at(frames, at));
    frames->count--;
}
