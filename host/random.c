/* host/random.c: the host's own random numbers, from the kernel. */
#include "host/random.h"

#include <unistd.h>

#define MOST_BYTES 256 /* in one call of getentropy */

void host_random_fill(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size) {
        size_t part = size < MOST_BYTES ? size : MOST_BYTES;
        if (getentropy(at, part) != 0)
            continue; /* only a host too old for it fails, at link time */
        at += part;
        size -= part;
    }
}
