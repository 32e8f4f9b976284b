/* dev/rom.h: read-only bytes, such as the reset vector. */
#ifndef RIVET_DEV_ROM_H
#define RIVET_DEV_ROM_H

#include <stddef.h>

#include "dev/device.h"

/* A ROM of `size` bytes that starts with a copy of the `count` bytes at `bytes`; the rest is zero.
 * Loads of 1 to 8 bytes; stores are ignored, as a bus without a write strobe ignores them.
 * NULL: `count` is larger than `size`, or no host memory. */
struct device *rom_create(const char *name, uint64_t size, const void *bytes, size_t count,
                          struct error *err);

/* The ROM's own bytes, for who fills it after the devices stand (the device tree describes them).
 * Valid as long as the device. */
uint8_t *rom_bytes(struct device *);

#endif
