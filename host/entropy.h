/* host/entropy.h: random bytes from the operating system. */
#ifndef RIVET_HOST_ENTROPY_H
#define RIVET_HOST_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>

/* Fills all of it, fit for keys. False: the host has none to give. */
bool host_entropy(void *bytes, size_t size);

#endif
