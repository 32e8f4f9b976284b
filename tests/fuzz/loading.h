/* tests/fuzz/loading.h: 16 MiB of RAM for files that want to be loaded. */
#ifndef RIVET_TESTS_FUZZ_LOADING_H
#define RIVET_TESTS_FUZZ_LOADING_H

#include "loader/place.h"
#include "tests/fuzz/fuzz.h"

#define LOADING_BASE UINT64_C(0x80000000)

struct loading {
    struct ram ram;
    struct bus bus;
    struct placement placement;
};

static inline void loading_init(struct loading *loading)
{
    *loading = (struct loading){0};
    FUZZ_REQUIRE(ram_init(&loading->ram, UINT64_C(16) << 20, NULL));
    FUZZ_REQUIRE(bus_add_ram(&loading->bus, LOADING_BASE, &loading->ram, NULL));
    placement_init(&loading->placement, &loading->bus);
}

/* What was loaded lies in RAM, and nothing twice. */
static inline void loading_check(const struct loading *loading)
{
    const struct placement *p = &loading->placement;
    for (unsigned i = 0; i < p->count; i++) {
        const struct placed *item = &p->items[i];
        FUZZ_REQUIRE(bus_ram_at(&loading->bus, item->base, item->size));
        for (unsigned k = 0; k < i; k++)
            FUZZ_REQUIRE(item->base >= p->items[k].base + p->items[k].size ||
                         p->items[k].base >= item->base + item->size);
    }
}

static inline void loading_fini(struct loading *loading)
{
    ram_fini(&loading->ram);
}

#endif
