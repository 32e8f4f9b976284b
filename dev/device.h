/* dev/device.h: what every device is, besides a region. */
#ifndef RIVET_DEV_DEVICE_H
#define RIVET_DEV_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/state.h"
#include "mem/region.h"

struct device;

/* One register, for `dev NAME` in the monitor and for explain. The last row of a table has a NULL
 * name. `fields` is "NAME:high:low NAME:bit ..." or "" for a plain number. */
struct reg_row {
    uint32_t offset;
    unsigned width; /* bytes */
    const char *name;
    const char *fields;
};

struct device_ops {
    const char *compatible;     /* for the device tree */
    const struct reg_row *regs; /* NULL: none */
    /* What a load of a register would give, and nothing happens: whoever looks on is no guest.
     * NULL: loads have no effects. False: as the load. */
    bool (*peek)(const struct device *, uint64_t offset, unsigned size, uint64_t *value);
    void (*reset)(struct device *);
    /* Called at or after a deadline the device asked for, and after each device_rearm; does what is
     * due at `now_ns` (the timebase in nanoseconds) and returns the next deadline, UINT64_MAX for
     * none. May be NULL. */
    uint64_t (*tick)(struct device *, uint64_t now_ns);
    void (*describe)(const struct device *, void *fdt, int node); /* adds its own properties */
    bool (*save)(const struct device *, struct state_writer *);
    bool (*load)(struct device *, struct state_reader *, struct error *); /* false: unchanged */
    void (*destroy)(struct device *);
};

/* First member of every device's own struct. `region` is what the board puts on the bus. */
struct device {
    const struct device_ops *ops;
    const char *name; /* "uart0": what the monitor calls it; owned by the board */
    struct region region;
    /* The board's ear, NULL when nobody listens: the next deadline may have moved (a store armed a
     * timer, a byte arrived), so `tick` wants to be called soon. Called from any thread, also with
     * the device's lock held: it only notes the wish. */
    void (*rearm)(void *owner, struct device *);
    void *rearm_owner;
};

/* Looks at a register without touching it. */
static inline bool device_peek(struct device *device, uint64_t offset, unsigned size,
                               uint64_t *value)
{
    if (device->ops->peek) return device->ops->peek(device, offset, size, value);
    return device->region.ops->load(&device->region, offset, size, value);
}

static inline void device_rearm(struct device *device)
{
    if (device->rearm) device->rearm(device->rearm_owner, device);
}

#endif
