/* host/random.h: the host's own random numbers. */
#ifndef RIVET_HOST_RANDOM_H
#define RIVET_HOST_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills `bytes` with randomness good enough for keys. Does not wait once the host is up. */
void host_random_fill(void *bytes, size_t size);

#endif
