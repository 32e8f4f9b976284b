/* dev/flash.h: a bank of NOR flash with the CFI command set. */
#ifndef RIVET_DEV_FLASH_H
#define RIVET_DEV_FLASH_H

#include "base/block.h"
#include "dev/device.h"

#define FLASH_BYTES (UINT64_C(32) << 20)

/* A bank that holds what `block` holds, and zeroes behind it; what is programmed and erased goes
 * back there, unless it is for reading only. `block` NULL: an empty bank that forgets. NULL: it is
 * larger than the bank, or can't be read. */
struct device *flash_create(const char *name, const struct block *block, struct error *err);

#endif
