/* mem/ram.h: main memory, with the map of what has been translated from it.
 *
 * The code map has one 64-bit word per 4 KiB page and one bit in it per 64-byte line that holds
 * translated code:
 *
 *      page n:  63 ........ 1 0     bit k = bytes [64k, 64k+64) of the page were decoded
 *
 * Whoever writes RAM other than through a hart's store TLB (DMA, loaders, the monitor) tells
 * ram_written(), which hands overlapping writes to the code cache's listener.
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

struct ram {
    struct region region;
    uint8_t *bytes;                 /* region.size bytes of host memory, zero at first */
    _Atomic uint64_t *code_lines;   /* one word a page, as drawn above */
    _Atomic uint8_t *page_writable; /* nonzero: some hart's store TLB may hold the page */
    void (*code_written)(void *owner, uint64_t offset, uint64_t size); /* may be NULL */
    void *code_owner;
};

/* Reserves `size` bytes (a multiple of 4 KiB) of zeroed host memory. False: `err` says why. */
bool ram_init(struct ram *, uint64_t size, struct error *err);
void ram_fini(struct ram *);

/* The bytes [offset, offset+size) were just written: code translated from them is stale. */
void ram_written(struct ram *, uint64_t offset, uint64_t size);

/* True when any line of [offset, offset+size) holds translated code. */
bool ram_holds_code(const struct ram *, uint64_t offset, uint64_t size);

#endif
