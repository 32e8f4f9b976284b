/* mem/ram.h: main memory, with the map of what has been translated from it.
 *
 * Each code cache has a map of what it decoded: one 64-bit word per 4 KiB page and one bit in it
 * per 64-byte line.
 *
 *      page n:  63 ........ 1 0     bit k = bytes [64k, 64k+64) of the page were decoded
 *
 * Whoever writes RAM other than through a hart's store TLB (DMA, loaders, the monitor) tells
 * ram_written(), which tells the caches that decoded something there. `store_mappers` says which
 * harts' store TLBs may hold a page, so that a cache knows who could write to it unnoticed.
 */
#ifndef RIVET_MEM_RAM_H
#define RIVET_MEM_RAM_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "mem/region.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096u
#define PAGE_MASK  (~UINT64_C(0xfff))

#define RAM_WATCHERS_MAX 64

/* What a code cache wants to hear; from any thread. */
struct code_watcher {
    /* RAM [offset, offset+size) was written and overlaps lines of the watcher's map. */
    void (*written)(void *owner, uint64_t offset, uint64_t size);
    /* Another cache is about to decode from page `page`: the owner's hart must from now on notice
     * its stores to it. May be NULL. */
    void (*decoded)(void *owner, uint64_t page);
    void *owner;
};

struct code_map {
    _Atomic uint64_t *lines; /* one word a page, as drawn above; set and cleared by the cache */
    struct code_watcher watcher;
};

struct ram {
    struct region region;
    uint8_t *bytes;                  /* region.size bytes of host memory, zero at first */
    _Atomic uint64_t *store_mappers; /* a word a page: bit n = hart n's store TLB may hold it */
    struct code_map maps[RAM_WATCHERS_MAX]; /* changed only while no hart runs */
    unsigned map_count;
};

/* Reserves `size` bytes (a multiple of 4 KiB) of zeroed host memory. False: `err` says why. */
bool ram_init(struct ram *, uint64_t size, struct error *err);
void ram_fini(struct ram *);

/* A map for a new code cache; it stays where it is. NULL: `err` says why. */
struct code_map *ram_watch(struct ram *, const struct code_watcher *, struct error *err);
/* Ends it. Other maps stay where they are. */
void ram_unwatch(struct ram *, struct code_map *);

/* `map`'s cache is about to decode from `page`: tells the other caches. */
void ram_decoded(struct ram *, const struct code_map *map, uint64_t page);

/* The bytes [offset, offset+size) were just written: code decoded from them is stale. */
void ram_written(struct ram *, uint64_t offset, uint64_t size);

/* True when some map has a line of [offset, offset+size), or of the page `page`. */
bool ram_holds_code(const struct ram *, uint64_t offset, uint64_t size);
bool ram_page_holds_code(const struct ram *, uint64_t page);

#endif
