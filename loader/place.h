/* loader/place.h: who has which bytes of RAM before the machine starts.
 *
 *      0x80000000  firmware       | 2 MiB
 *      0x80200000  kernel         | min(512 MiB, half of RAM)
 *      0xa0200000  initrd
 *      ...
 *      below 3 GiB device tree      (the addresses QEMU's virt board uses)
 *
 * Everything put into RAM goes through here, so that two things never silently share bytes.
 */
#ifndef RIVET_LOADER_PLACE_H
#define RIVET_LOADER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "mem/bus.h"

#define PLACE_MAX 64 /* an ELF file takes one a segment */

struct placed {
    const char *what; /* "kernel", "initrd", ...; borrowed, must outlive the placement */
    uint64_t base, size;
};

struct placement {
    const struct bus *bus; /* borrowed */
    struct placed items[PLACE_MAX];
    unsigned count;
};

void placement_init(struct placement *, const struct bus *);

/* Takes [base, base+size) for `what`; size 0 takes nothing. False: it isn't all RAM, or something
 * has some of it already; the message names both and their sizes. */
bool place_reserve(struct placement *, const char *what, uint64_t base, uint64_t size,
                   struct error *err);

/* True when place_reserve would succeed. */
bool place_is_free(const struct placement *, uint64_t base, uint64_t size);

/* place_reserve, then copies the bytes there. */
bool place_bytes(struct placement *, const char *what, uint64_t base, const void *bytes,
                 uint64_t size, struct error *err);

/* The first byte after all that was placed under the name `what`, `fallback` if nothing was. */
uint64_t place_end(const struct placement *, const char *what, uint64_t fallback);

/* "1.5 MiB", "4096 bytes": a size as messages say it. Returns `text`. */
#define PLACE_SIZE_TEXT 32
const char *place_size_text(uint64_t size, char text[PLACE_SIZE_TEXT]);

#endif
