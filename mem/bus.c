/* mem/bus.c: the physical address space: which region answers where. */
#include "mem/bus.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "host/memory.h"
#include "mem/guest.h"

bool bus_add(struct bus *bus, uint64_t base, struct region *region, struct error *err)
{
    const char *name = region->ops->name;
    if (region->size == 0) return error_set(err, "bus: %s: is empty", name);
    uint64_t last = base + region->size - 1;
    if (last < base)
        return error_set(err, "bus: %s at 0x%" PRIx64 ": wraps round the end of the address space",
                         name, base);
    if (bus->count == BUS_SLOTS)
        return error_set(err, "bus: %s at 0x%" PRIx64 ": all %u slots are taken", name, base,
                         BUS_SLOTS);

    unsigned at = 0;
    for (unsigned i = 0; i < bus->count; i++) {
        const struct bus_slot *slot = &bus->slots[i];
        if (slot->base <= last && base <= slot->base + slot->region->size - 1)
            return error_set(err, "bus: %s at 0x%" PRIx64 ": overlaps %s at 0x%" PRIx64, name, base,
                             slot->region->ops->name, slot->base);
        if (slot->base < base) at = i + 1;
    }
    memmove(&bus->slots[at + 1], &bus->slots[at], (bus->count - at) * sizeof bus->slots[0]);
    bus->slots[at] = (struct bus_slot){.base = base, .region = region};
    bus->count++;
    return true;
}

bool bus_add_ram(struct bus *bus, uint64_t base, struct ram *ram, struct error *err)
{
    if (bus->ram) return error_set(err, "bus: there is RAM already, at 0x%" PRIx64, bus->ram_base);
    if (!bus_add(bus, base, &ram->region, err)) return false;
    bus->ram = ram;
    bus->ram_base = base;
    return true;
}

struct region *bus_find(const struct bus *bus, uint64_t addr, uint64_t *offset)
{
    /* Below RAM the subtraction wraps to an offset that is too large. */
    if (bus->ram && addr - bus->ram_base < bus->ram->region.size) {
        *offset = addr - bus->ram_base;
        return &bus->ram->region;
    }

    /* slots[low - 1] is the last one that starts at or below `addr`. */
    unsigned low = 0, high = bus->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (bus->slots[middle].base <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const struct bus_slot *slot = &bus->slots[low - 1];
    if (addr - slot->base >= slot->region->size) return NULL;
    *offset = addr - slot->base;
    return slot->region;
}

/* The region that will take this access, or NULL: what region.h promises every region. */
static struct region *bus_accepting(const struct bus *bus, uint64_t addr, unsigned size, bool load,
                                    uint64_t *offset)
{
    struct region *region = bus_find(bus, addr, offset);
    if (!region) return NULL;
    if (bus->ram && region == &bus->ram->region) return region; /* any alignment; checks the rest */
    bool one_bit = size && (size & (size - 1)) == 0;
    if (!one_bit || !(region->ops->widths & size)) return NULL;
    if (*offset % size != 0 && !(load && region->ops->any_alignment)) return NULL;
    return range_contains(region->size, *offset, size) ? region : NULL;
}

bool bus_load(const struct bus *bus, uint64_t addr, unsigned size, uint64_t *value)
{
    uint64_t offset;
    struct region *region = bus_accepting(bus, addr, size, true, &offset);
    return region && region->ops->load(region, offset, size, value);
}

bool bus_store(const struct bus *bus, uint64_t addr, unsigned size, uint64_t value)
{
    uint64_t offset;
    struct region *region = bus_accepting(bus, addr, size, false, &offset);
    return region && region->ops->store(region, offset, size, value);
}

bool bus_load_bytes(const struct bus *bus, uint64_t addr, unsigned count, uint64_t *value)
{
    uint64_t offset, byte;
    *value = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct region *region = bus_find(bus, addr + i, &offset);
        bool ram = region && bus->ram && region == &bus->ram->region;
        if (!region || !(ram || region->ops->any_alignment) || !bus_load(bus, addr + i, 1, &byte))
            return false;
        *value |= byte << 8 * i;
    }
    return true;
}

uint8_t *bus_ram_at(const struct bus *bus, uint64_t addr, uint64_t size)
{
    if (!bus->ram || addr < bus->ram_base) return NULL;
    uint64_t offset = addr - bus->ram_base;
    return range_contains(bus->ram->region.size, offset, size) ? bus->ram->bytes + offset : NULL;
}

void bus_ram_written(const struct bus *bus, uint64_t addr, uint64_t size)
{
    if (bus->ram) ram_written(bus->ram, addr - bus->ram_base, size);
}

const uint8_t *bus_code_page(const struct bus *bus, uint64_t page)
{
    uint64_t offset;
    struct region *region = bus_find(bus, page, &offset);
    if (!region || !region->ops->code_page || !range_contains(region->size, offset, PAGE_SIZE))
        return NULL;
    return region->ops->code_page(region, offset);
}

bool bus_read_ram(const struct bus *bus, uint64_t addr, void *bytes, uint64_t size)
{
    const uint8_t *ram = bus_ram_at(bus, addr, size);
    if (!ram) return false;
    guest_read(bytes, ram, (size_t)size);
    return true;
}

bool bus_write_ram(const struct bus *bus, uint64_t addr, const void *bytes, uint64_t size)
{
    uint8_t *ram = bus_ram_at(bus, addr, size);
    if (!ram) return false;
    host_memory_fill_soon(ram, size); /* a kernel has 30 MB: thousands of page faults less */
    guest_write(ram, bytes, (size_t)size);
    bus_ram_written(bus, addr, size);
    return true;
}
