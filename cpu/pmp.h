/* cpu/pmp.h: physical memory protection (Privileged spec, "Physical Memory Protection"). */
#ifndef RIVET_CPU_PMP_H
#define RIVET_CPU_PMP_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

/* May an access of `size` bytes at `paddr` be made with the privilege `priv`? An access that only
 * partly matches the lowest-numbered matching entry fails. */
bool pmp_allows(const struct hart *, uint64_t paddr, unsigned size, enum access access,
                enum priv priv);

/* True when every byte of the 4 KiB page at `page` gets the same answer, so that it may be cached.
 */
bool pmp_uniform(const struct hart *, uint64_t page);

#endif
