/* mem/bus.h: the physical address space: which region answers where. */
#ifndef RIVET_MEM_BUS_H
#define RIVET_MEM_BUS_H

#include <stdint.h>

#include "base/error.h"
#include "mem/ram.h"
#include "mem/region.h"

#define BUS_SLOTS 64

struct bus_slot {
    uint64_t base;
    struct region *region; /* borrowed */
};

/* Filled once while the machine is built, then only read: no lock. Slots are sorted by base. */
struct bus {
    struct bus_slot slots[BUS_SLOTS];
    unsigned count;
    struct ram *ram; /* borrowed; the one RAM, also among the slots */
    uint64_t ram_base;
};

/* False: it overlaps another region, wraps round, or there is no free slot. */
bool bus_add(struct bus *, uint64_t base, struct region *, struct error *err);
bool bus_add_ram(struct bus *, uint64_t base, struct ram *, struct error *err);

/* The region at `addr` and the offset in it; NULL where nothing answers. */
struct region *bus_find(const struct bus *, uint64_t addr, uint64_t *offset);

/* One access of 1, 2, 4 or 8 bytes. False: nothing there, width or alignment not accepted by the
 * region (RAM takes any alignment, and some regions' loads do), or the device refused: an access
 * fault. */
bool bus_load(const struct bus *, uint64_t addr, unsigned size, uint64_t *value);
bool bus_store(const struct bus *, uint64_t addr, unsigned size, uint64_t value);

/* Up to 8 bytes, one by one: RAM, or a region that reads like it. False: there is something else.
 */
bool bus_load_bytes(const struct bus *, uint64_t addr, unsigned count, uint64_t *value);

/* DMA: host bytes behind [addr, addr+size) when all of it is RAM, else NULL. After writing through
 * the pointer call bus_ram_written. */
uint8_t *bus_ram_at(const struct bus *, uint64_t addr, uint64_t size);
void bus_ram_written(const struct bus *, uint64_t addr, uint64_t size);

/* What a hart may decode of the page at `page` that is not RAM (mem/region.h, code_page), or NULL.
 */
const uint8_t *bus_code_page(const struct bus *, uint64_t page);

/* Copies to or from RAM. False: not all of the range is RAM; nothing was copied. */
bool bus_read_ram(const struct bus *, uint64_t addr, void *bytes, uint64_t size);
bool bus_write_ram(const struct bus *, uint64_t addr, const void *bytes, uint64_t size);

#endif
