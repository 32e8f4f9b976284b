/* loader/place.c: who has which bytes of RAM before the machine starts. */
#include "loader/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"

void placement_init(struct placement *placement, const struct bus *bus)
{
    *placement = (struct placement){.bus = bus};
}

const char *place_size_text(uint64_t size, char text[PLACE_SIZE_TEXT])
{
    if (size >= UINT64_C(1) << 30)
        snprintf(text, PLACE_SIZE_TEXT, "%.4g GiB", (double)size / (1 << 30));
    else if (size >= 1 << 20)
        snprintf(text, PLACE_SIZE_TEXT, "%.4g MiB", (double)size / (1 << 20));
    else
        snprintf(text, PLACE_SIZE_TEXT, "%" PRIu64 " bytes", size);
    return text;
}

static bool is_ram(const struct placement *placement, uint64_t base, uint64_t size)
{
    const struct bus *bus = placement->bus;
    return base >= bus->ram_base &&
           range_contains(bus->ram->region.size, base - bus->ram_base, size);
}

/* Both ranges lie inside RAM, so that neither sum wraps. */
static const struct placed *taken_by(const struct placement *placement, uint64_t base,
                                     uint64_t size)
{
    for (unsigned i = 0; i < placement->count; i++) {
        const struct placed *item = &placement->items[i];
        if (base < item->base + item->size && item->base < base + size) return item;
    }
    return NULL;
}

bool place_is_free(const struct placement *placement, uint64_t base, uint64_t size)
{
    return is_ram(placement, base, size) && !taken_by(placement, base, size);
}

bool place_reserve(struct placement *placement, const char *what, uint64_t base, uint64_t size,
                   struct error *err)
{
    char size_text[PLACE_SIZE_TEXT], other_text[PLACE_SIZE_TEXT];
    if (size == 0) return true;
    if (!is_ram(placement, base, size))
        return error_set(
            err, "%s: %s at 0x%" PRIx64 " do not fit in RAM, which is %s at 0x%" PRIx64 "%s", what,
            place_size_text(size, size_text), base,
            place_size_text(placement->bus->ram->region.size, other_text), placement->bus->ram_base,
            base >= placement->bus->ram_base ? " (a larger -m may help)" : "");
    const struct placed *other = taken_by(placement, base, size);
    if (other)
        return error_set(err, "%s: %s at 0x%" PRIx64 " overlap the %s, which is %s at 0x%" PRIx64,
                         what, place_size_text(size, size_text), base, other->what,
                         place_size_text(other->size, other_text), other->base);
    if (placement->count == PLACE_MAX)
        return error_set(err, "%s: more than %d separate pieces to load", what, PLACE_MAX);
    placement->items[placement->count++] =
        (struct placed){.what = what, .base = base, .size = size};
    return true;
}

bool place_bytes(struct placement *placement, const char *what, uint64_t base, const void *bytes,
                 uint64_t size, struct error *err)
{
    if (!place_reserve(placement, what, base, size, err)) return false;
    return bus_write_ram(placement->bus, base, bytes, size) ||
           error_set(err, "%s: 0x%" PRIx64 " is not RAM", what, base);
}

uint64_t place_end(const struct placement *placement, const char *what, uint64_t fallback)
{
    uint64_t end = 0;
    for (unsigned i = 0; i < placement->count; i++) {
        const struct placed *item = &placement->items[i];
        if (strcmp(item->what, what) == 0 && item->base + item->size > end)
            end = item->base + item->size;
    }
    return end ? end : fallback;
}
