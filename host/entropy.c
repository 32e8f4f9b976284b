/* host/entropy.c: random bytes from the operating system. */
#include "host/entropy.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

bool host_entropy(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}
