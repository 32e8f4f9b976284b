/* host/frames.h: a queue of network frames in one piece of memory. */
#ifndef RIVET_HOST_FRAMES_H
#define RIVET_HOST_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames lie one behind the other, each after its length, and begin again at the start of the
 * memory when the next doesn't fit at its end. Not for two threads at once. */
struct frames {
    uint8_t *bytes; /* owned */
    size_t capacity, head, tail, count;
};

/* False: out of memory. */
bool frames_init(struct frames *, size_t capacity);
void frames_fini(struct frames *);

/* Appends a copy. False: it doesn't fit now. */
bool frames_put(struct frames *, const uint8_t *frame, size_t size);

/* The oldest frame, where it lies until frames_drop(); NULL: there is none. */
const uint8_t *frames_first(const struct frames *, size_t *size);
void frames_drop(struct frames *);

#endif
