/* tests/cpu/rig.h: one hart with a page of memory at BASE and an engine, all extensions on. */
#ifndef RIVET_TESTS_CPU_RIG_H
#define RIVET_TESTS_CPU_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpu/engine.h"
#include "mem/ram.h"

#define BASE UINT64_C(0x80000000)

struct rig {
    const struct engine *engine;
    struct isa *isa;
    struct bus bus;
    struct ram ram;
    struct timebase timebase;
    struct hart hart;
};

static inline uint64_t rig_no_time(void *owner)
{
    (void)owner;
    return 0;
}

static inline void rig_init(struct rig *rig, unsigned xlen, const struct engine *engine)
{
    struct error err;
    struct ext_set extensions = isa_default_extensions(xlen);
    *rig = (struct rig){.engine = engine, .timebase = {.now = rig_no_time}};
    rig->isa = isa_create(xlen, &extensions, &err);
    assert_non_null(rig->isa);
    assert_true(ram_init(&rig->ram, PAGE_SIZE, &err));
    assert_true(bus_add_ram(&rig->bus, BASE, &rig->ram, &err));
    assert_true(hart_init(&rig->hart, 0, rig->isa, &rig->bus, &rig->timebase, &err));
    assert_true(engine->attach(&rig->hart, &err));
}

static inline void rig_fini(struct rig *rig)
{
    rig->engine->detach(&rig->hart);
    hart_fini(&rig->hart);
    ram_fini(&rig->ram);
    isa_destroy(rig->isa);
}

#endif
