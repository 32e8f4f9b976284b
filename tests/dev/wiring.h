/* tests/dev/wiring.h: what device tests hang on a device instead of a machine. */
#ifndef RIVET_TESTS_DEV_WIRING_H
#define RIVET_TESTS_DEV_WIRING_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dev/device.h"
#include "mem/irq.h"

/* The far ends of up to 256 wires. */
struct probe {
    bool level[256];
    unsigned changes[256];
};

static inline void probe_set(void *owner, unsigned line, bool level)
{
    struct probe *probe = owner;
    if (probe->level[line] != level) probe->changes[line]++;
    probe->level[line] = level;
}

static inline struct irq probe_wire(struct probe *probe, unsigned line)
{
    return (struct irq){.set = probe_set, .owner = probe, .line = line};
}

/* A clock that stands until the test moves it. */
struct test_clock {
    uint64_t now;
};

static inline uint64_t test_clock_now(void *owner)
{
    return ((struct test_clock *)owner)->now;
}

static inline uint64_t reg_load(struct device *device, uint64_t offset, unsigned size)
{
    uint64_t value = 0;
    assert_true(device->region.ops->widths & size);
    assert_true(device->region.ops->load(&device->region, offset, size, &value));
    return value;
}

static inline void reg_store(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    assert_true(device->region.ops->widths & size);
    assert_true(device->region.ops->store(&device->region, offset, size, value));
}

/* Saves `from` and loads the records into `to`; `cut` bytes are missing at the end. */
static inline bool state_copy(struct device *from, struct device *to, size_t cut)
{
    struct state_writer writer;
    struct state_reader reader;
    struct error err;
    state_writer_init(&writer);
    assert_true(from->ops->save(from, &writer));
    state_reader_init(&reader, writer.bytes, writer.size - cut);
    bool loaded = to->ops->load(to, &reader, &err);
    state_writer_fini(&writer);
    return loaded;
}

#endif
