/* tests/loader/ram.h: a bus with nothing but RAM, for what loads into it. */
#ifndef RIVET_TESTS_LOADER_RAM_H
#define RIVET_TESTS_LOADER_RAM_H

#include "loader/place.h"
#include "mem/bus.h"

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE (UINT64_C(16) << 20)

struct guest_ram {
    struct ram ram;
    struct bus bus;
    struct placement placement;
};

static inline void guest_ram_init(struct guest_ram *guest)
{
    struct error err;
    *guest = (struct guest_ram){0};
    assert_true(ram_init(&guest->ram, RAM_SIZE, &err));
    assert_true(bus_add_ram(&guest->bus, RAM_BASE, &guest->ram, &err));
    placement_init(&guest->placement, &guest->bus);
}

static inline void guest_ram_fini(struct guest_ram *guest)
{
    ram_fini(&guest->ram);
}

#endif
