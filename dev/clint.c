/* dev/clint.c: SiFive CLINT: software interrupts and timers of up to 64 harts.
 *
 *     0x0000 + 4h   msip        bit 0 is hart h's MSIP
 *     0x4000 + 8h   mtimecmp    MTIP of hart h is high while mtime >= mtimecmp
 *     0xbff8        mtime       one counter for all
 *
 * Every register is reached as the aligned 64-bit quantity it lies in, so that 32- and 64-bit
 * accesses are the same code and a 64-bit store takes effect at once.
 */
#include "dev/clint.h"

#include <libfdt.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/fields.h"
#include "host/thread.h"

#define MSIP     0x0000
#define MTIMECMP 0x4000
#define MTIME    0xbff8

struct clint_state {
    uint64_t mtimecmp[CLINT_MAX_HARTS];
    uint64_t msip;   /* bit h: hart h */
    uint64_t offset; /* mtime minus the timebase, wrapping */
};

struct clint {
    struct device device;
    unsigned harts;
    struct timebase timebase;
    struct irq software[CLINT_MAX_HARTS], timer[CLINT_MAX_HARTS];
    _Atomic uint64_t offset; /* a copy of state.offset that harts read without the lock */
    struct mutex lock;       /* over what follows, and the wires */
    uint64_t timer_high;     /* bit h: MTIP of hart h was last driven high */
    struct clint_state state;
};

static const struct field clint_fields[] = {
    FIELD_ARRAY(struct clint_state, mtimecmp),
    FIELD(struct clint_state, msip),
    FIELD(struct clint_state, offset),
    {.name = NULL},
};

static const struct reg_row clint_regs[] = {
    {MSIP, 4, "msip0", "msip:0"},
    {MTIMECMP, 8, "mtimecmp0", ""},
    {MTIME, 8, "mtime", ""},
    {0, 0, NULL, NULL},
};

static struct clint *clint_of(struct device *device)
{
    return CONTAINER_OF(device, struct clint, device);
}

static uint64_t clint_mtime(void *owner)
{
    struct clint *clint = owner;
    return timebase_now(&clint->timebase) +
           atomic_load_explicit(&clint->offset, memory_order_relaxed);
}

static void clint_set_offset(struct clint *clint, uint64_t offset)
{
    clint->state.offset = offset;
    atomic_store_explicit(&clint->offset, offset, memory_order_relaxed);
}

static void clint_drive_timer(struct clint *clint, unsigned hart, bool level)
{
    uint64_t bit = UINT64_C(1) << hart;
    if (level == !!(clint->timer_high & bit)) return;
    clint->timer_high ^= bit;
    irq_set(&clint->timer[hart], level);
}

/* Brings every MTIP up to date; returns the ticks until the next one rises, UINT64_MAX for none. */
static uint64_t clint_update_timers(struct clint *clint)
{
    uint64_t mtime = clint_mtime(clint), wait = UINT64_MAX;
    for (unsigned hart = 0; hart < clint->harts; hart++) {
        uint64_t mtimecmp = clint->state.mtimecmp[hart];
        clint_drive_timer(clint, hart, mtime >= mtimecmp);
        if (mtime < mtimecmp && mtimecmp - mtime < wait) wait = mtimecmp - mtime;
    }
    return wait;
}

/* Drives all wires whatever was driven before: after reset and after loading. */
static void clint_drive_all(struct clint *clint)
{
    clint->timer_high = 0;
    for (unsigned hart = 0; hart < clint->harts; hart++) {
        irq_set(&clint->software[hart], clint->state.msip >> hart & 1);
        irq_set(&clint->timer[hart], false);
    }
    clint_update_timers(clint);
}

static uint64_t clint_get(struct clint *clint, uint64_t offset)
{
    uint64_t hart = offset / 4;
    if (hart < clint->harts)
        return (clint->state.msip >> hart & 1) |
               (hart + 1 < clint->harts ? clint->state.msip >> (hart + 1) & 1 : 0) << 32;
    if (offset >= MTIMECMP && (offset - MTIMECMP) / 8 < clint->harts)
        return clint->state.mtimecmp[(offset - MTIMECMP) / 8];
    return 0;
}

static bool clint_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct clint *clint = CONTAINER_OF(region, struct clint, device.region);
    uint64_t aligned = offset & ~UINT64_C(7), whole;
    if (aligned == MTIME) {
        whole = clint_mtime(clint);
    } else {
        mutex_lock(&clint->lock);
        whole = clint_get(clint, aligned);
        mutex_unlock(&clint->lock);
    }
    *value = whole >> (8 * (offset - aligned)) & mask_low(8 * size);
    return true;
}

static void clint_set_msip(struct clint *clint, unsigned hart, bool level)
{
    uint64_t bit = UINT64_C(1) << hart;
    if (hart >= clint->harts || level == !!(clint->state.msip & bit)) return;
    clint->state.msip ^= bit;
    irq_set(&clint->software[hart], level);
}

static bool clint_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct clint *clint = CONTAINER_OF(region, struct clint, device.region);
    uint64_t aligned = offset & ~UINT64_C(7);
    unsigned shift = (unsigned)(8 * (offset - aligned));
    uint64_t mask = mask_low(8 * size) << shift;
    bool timers = false;

    mutex_lock(&clint->lock);
    if (aligned / 4 < clint->harts) {
        uint64_t whole = bits_replace(clint_get(clint, aligned), mask, value << shift);
        clint_set_msip(clint, (unsigned)(aligned / 4), whole & 1);
        clint_set_msip(clint, (unsigned)(aligned / 4) + 1, whole >> 32 & 1);
    } else if (aligned == MTIME) {
        uint64_t mtime = clint_mtime(clint);
        uint64_t moved = bits_replace(mtime, mask, value << shift) - mtime;
        clint_set_offset(clint, clint->state.offset + moved);
        timers = true;
    } else if (aligned >= MTIMECMP && (aligned - MTIMECMP) / 8 < clint->harts) {
        uint64_t *mtimecmp = &clint->state.mtimecmp[(aligned - MTIMECMP) / 8];
        *mtimecmp = bits_replace(*mtimecmp, mask, value << shift);
        timers = true;
    }
    if (timers) clint_update_timers(clint);
    mutex_unlock(&clint->lock);
    if (timers) device_rearm(&clint->device);
    return true;
}

static void clint_reset(struct device *device)
{
    struct clint *clint = clint_of(device);
    mutex_lock(&clint->lock);
    clint->state.msip = 0;
    clint_set_offset(clint, 0);
    for (unsigned hart = 0; hart < CLINT_MAX_HARTS; hart++)
        clint->state.mtimecmp[hart] = UINT64_MAX;
    clint_drive_all(clint);
    mutex_unlock(&clint->lock);
}

static uint64_t clint_tick(struct device *device, uint64_t now_ns)
{
    (void)now_ns; /* older than the timebase, and MTIP must not fall for it */
    struct clint *clint = clint_of(device);
    mutex_lock(&clint->lock);
    uint64_t wait = clint_update_timers(clint);
    uint64_t now = timebase_now(&clint->timebase);
    mutex_unlock(&clint->lock);
    if (wait > UINT64_MAX / TIMEBASE_NS_PER_TICK - now) return UINT64_MAX;
    return (now + wait) * TIMEBASE_NS_PER_TICK;
}

static void clint_describe(const struct device *device, void *fdt, int node)
{
    (void)device;
    static const char compatible[] = "sifive,clint0\0riscv,clint0";
    fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
}

static bool clint_save(const struct device *device, struct state_writer *writer)
{
    struct clint *clint = CONTAINER_OF(device, struct clint, device);
    mutex_lock(&clint->lock);
    bool saved = fields_save(clint_fields, &clint->state, writer);
    mutex_unlock(&clint->lock);
    return saved;
}

static bool clint_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct clint *clint = clint_of(device);
    struct clint_state state;
    if (!fields_load(clint_fields, &state, reader, err)) return false;
    if (state.msip & ~mask_low(clint->harts))
        return error_set(err, "%s: the saved state has more than %u harts", device->name,
                         clint->harts);
    mutex_lock(&clint->lock);
    clint->state = state;
    clint_set_offset(clint, state.offset);
    clint_drive_all(clint);
    mutex_unlock(&clint->lock);
    device_rearm(device);
    return true;
}

static void clint_destroy(struct device *device)
{
    struct clint *clint = clint_of(device);
    mutex_fini(&clint->lock);
    free(clint);
}

static const struct region_ops clint_region_ops = {
    .name = "clint",
    .widths = 4 | 8,
    .load = clint_load,
    .store = clint_store,
};

static const struct device_ops clint_ops = {
    .compatible = "sifive,clint0",
    .regs = clint_regs,
    .reset = clint_reset,
    .tick = clint_tick,
    .describe = clint_describe,
    .save = clint_save,
    .load = clint_restore,
    .destroy = clint_destroy,
};

struct device *clint_create(const char *name, unsigned harts, struct timebase timebase,
                            const struct irq *software, const struct irq *timer, struct error *err)
{
    if (harts < 1 || harts > CLINT_MAX_HARTS) {
        error_set(err, "%s: %u harts; 1 to %u are possible", name, harts, CLINT_MAX_HARTS);
        return NULL;
    }
    struct clint *clint = calloc(1, sizeof(*clint));
    if (!clint) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    clint->device = (struct device){
        .ops = &clint_ops, .name = name, .region = {.ops = &clint_region_ops, .size = CLINT_SIZE}};
    clint->harts = harts;
    clint->timebase = timebase;
    for (unsigned hart = 0; hart < harts; hart++) {
        clint->software[hart] = software[hart];
        clint->timer[hart] = timer[hart];
    }
    mutex_init(&clint->lock);
    clint_reset(&clint->device);
    return &clint->device;
}

struct timebase clint_timebase(struct device *device)
{
    return (struct timebase){.now = clint_mtime, .owner = clint_of(device)};
}
