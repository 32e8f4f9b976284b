/* cpu/walk_cache.h: a second level behind a TLB context's arrays: what page walks found.
 *
 * The arrays hold only RAM that needs no further checks, one slot a page number. Here is what a
 * walk said about any page, devices included; PMP, watched pages and code maps are asked each time.
 *
 *      tag:   63          12 11        0      leaf:  63             12  9 8 7 6 5     0
 *             | virtual page | generation |          | physical page |G|X|W|R| shift |
 *
 * A fence of everything makes the next generation; no entry is of generation 0.
 */
#ifndef RIVET_CPU_WALK_CACHE_H
#define RIVET_CPU_WALK_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/mmu.h"

/* A power of two. */
#ifndef WALK_ENTRIES
#define WALK_ENTRIES 4096
#endif

struct walk_entry {
    uint64_t tag, leaf;
};

struct walk_cache {
    struct walk_entry entries[WALK_ENTRIES];
    uint64_t generation; /* 1 to 4095 */
};

/* Forgets everything; also makes a zeroed one ready. */
void walk_cache_clear(struct walk_cache *);

/* Forgets the page of `va`. */
void walk_cache_forget(struct walk_cache *, uint64_t va);

/* A walk for `va` ended in `mapping`. Those of Bare (page_shift 64) need no cache. */
void walk_cache_keep(struct walk_cache *, uint64_t va, const struct mapping *mapping);

/* What mmu_translate would say, when it is known that it needn't touch memory for that. */
bool walk_cache_find(const struct walk_cache *, uint64_t va, enum access access,
                     struct mapping *mapping);

#endif
