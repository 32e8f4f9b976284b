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

/* As it is saved. */
struct clint_state {
    uint64_t mtimecmp[CLINT_MAX_HARTS];
    uint64_t msip;   /* bit h: hart h */
    uint64_t offset; /* mtime minus the timebase, wrapping */
};

/* What belongs to one hart; harts that interrupt different harts don't meet. */
struct clint_hart {
    struct irq software, timer;
    struct mutex lock; /* over what follows, and the wires */
    uint64_t mtimecmp;
    bool msip;
    bool timer_high; /* MTIP as it was last driven */
};

struct clint {
    struct device device;
    unsigned harts;
    struct timebase timebase;
    _Atomic uint64_t offset; /* mtime minus the timebase; read by any thread, without a lock */
    struct mutex set_lock;   /* over stores to mtime */
    struct clint_hart hart[CLINT_MAX_HARTS];
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

/* The hart's lock is held. */
static void timer_drive(struct clint_hart *hart, bool level)
{
    if (level == hart->timer_high) return;
    hart->timer_high = level;
    irq_set(&hart->timer, level);
}

/* Brings MTIP up to date; returns the ticks until it rises, UINT64_MAX when it won't. The hart's
 * lock is held. */
static uint64_t timer_update(struct clint *clint, struct clint_hart *hart)
{
    uint64_t mtime = clint_mtime(clint);
    timer_drive(hart, mtime >= hart->mtimecmp);
    return mtime < hart->mtimecmp ? hart->mtimecmp - mtime : UINT64_MAX;
}

/* The same for all: the ticks until the next one rises. */
static uint64_t clint_update_timers(struct clint *clint)
{
    uint64_t wait = UINT64_MAX;
    for (unsigned id = 0; id < clint->harts; id++) {
        struct clint_hart *hart = &clint->hart[id];
        mutex_lock(&hart->lock);
        uint64_t own = timer_update(clint, hart);
        mutex_unlock(&hart->lock);
        if (own < wait) wait = own;
    }
    return wait;
}

/* Puts a hart into a state and drives its wires whatever was driven before. */
static void hart_put(struct clint *clint, struct clint_hart *hart, bool msip, uint64_t mtimecmp)
{
    mutex_lock(&hart->lock);
    hart->msip = msip;
    hart->mtimecmp = mtimecmp;
    hart->timer_high = false;
    irq_set(&hart->software, msip);
    irq_set(&hart->timer, false);
    timer_update(clint, hart);
    mutex_unlock(&hart->lock);
}

static bool msip_get(struct clint *clint, uint64_t id)
{
    if (id >= clint->harts) return false;
    struct clint_hart *hart = &clint->hart[id];
    mutex_lock(&hart->lock);
    bool level = hart->msip;
    mutex_unlock(&hart->lock);
    return level;
}

static void msip_set(struct clint *clint, uint64_t id, bool level)
{
    if (id >= clint->harts) return;
    struct clint_hart *hart = &clint->hart[id];
    mutex_lock(&hart->lock);
    if (level != hart->msip) {
        hart->msip = level;
        irq_set(&hart->software, level);
    }
    mutex_unlock(&hart->lock);
}

/* The hart whose mtimecmp lies at `offset`, or NULL. */
static struct clint_hart *timer_at(struct clint *clint, uint64_t offset)
{
    bool there = offset >= MTIMECMP && (offset - MTIMECMP) / 8 < clint->harts;
    return there ? &clint->hart[(offset - MTIMECMP) / 8] : NULL;
}

static uint64_t mtimecmp_get(struct clint_hart *hart)
{
    mutex_lock(&hart->lock);
    uint64_t ticks = hart->mtimecmp;
    mutex_unlock(&hart->lock);
    return ticks;
}

static bool clint_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct clint *clint = CONTAINER_OF(region, struct clint, device.region);
    uint64_t aligned = offset & ~UINT64_C(7), whole = 0;
    struct clint_hart *timed = timer_at(clint, aligned);
    if (aligned == MTIME)
        whole = clint_mtime(clint);
    else if (timed)
        whole = mtimecmp_get(timed);
    else if (aligned / 4 < clint->harts)
        whole = msip_get(clint, aligned / 4) | (uint64_t)msip_get(clint, aligned / 4 + 1) << 32;
    *value = whole >> (8 * (offset - aligned)) & mask_low(8 * size);
    return true;
}

static void mtime_put(struct clint *clint, uint64_t mask, uint64_t value)
{
    mutex_lock(&clint->set_lock);
    uint64_t mtime = clint_mtime(clint);
    uint64_t moved = bits_replace(mtime, mask, value) - mtime;
    atomic_fetch_add(&clint->offset, moved);
    mutex_unlock(&clint->set_lock);
    clint_update_timers(clint);
}

static void mtimecmp_put(struct clint *clint, struct clint_hart *hart, uint64_t mask,
                         uint64_t value)
{
    mutex_lock(&hart->lock);
    hart->mtimecmp = bits_replace(hart->mtimecmp, mask, value);
    timer_update(clint, hart);
    mutex_unlock(&hart->lock);
}

static bool clint_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct clint *clint = CONTAINER_OF(region, struct clint, device.region);
    uint64_t aligned = offset & ~UINT64_C(7);
    unsigned shift = 8 * (unsigned)(offset - aligned);
    uint64_t mask = mask_low(8 * size) << shift;
    struct clint_hart *timed = timer_at(clint, aligned);
    if (aligned == MTIME) {
        mtime_put(clint, mask, value << shift);
    } else if (timed) {
        mtimecmp_put(clint, timed, mask, value << shift);
    } else {
        if (mask & 1) msip_set(clint, aligned / 4, value << shift & 1);
        if (mask >> 32) msip_set(clint, aligned / 4 + 1, value << shift >> 32 & 1);
        return true;
    }
    device_rearm(&clint->device);
    return true;
}

static void clint_reset(struct device *device)
{
    struct clint *clint = clint_of(device);
    atomic_store(&clint->offset, 0);
    for (unsigned id = 0; id < clint->harts; id++)
        hart_put(clint, &clint->hart[id], false, UINT64_MAX);
}

static uint64_t clint_tick(struct device *device, uint64_t now_ns)
{
    (void)now_ns; /* older than the timebase, and MTIP must not fall for it */
    struct clint *clint = clint_of(device);
    uint64_t wait = clint_update_timers(clint);
    uint64_t now = timebase_now(&clint->timebase);
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
    struct clint_state state = {.offset = atomic_load(&clint->offset)};
    for (unsigned id = 0; id < CLINT_MAX_HARTS; id++) {
        state.mtimecmp[id] = id < clint->harts ? mtimecmp_get(&clint->hart[id]) : UINT64_MAX;
        state.msip |= (uint64_t)msip_get(clint, id) << id;
    }
    return fields_save(clint_fields, &state, writer);
}

static bool clint_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct clint *clint = clint_of(device);
    struct clint_state state;
    if (!fields_load(clint_fields, &state, reader, err)) return false;
    if (state.msip & ~mask_low(clint->harts))
        return error_set(err, "%s: the saved state has more than %u harts", device->name,
                         clint->harts);
    atomic_store(&clint->offset, state.offset);
    for (unsigned id = 0; id < clint->harts; id++)
        hart_put(clint, &clint->hart[id], state.msip >> id & 1, state.mtimecmp[id]);
    device_rearm(device);
    return true;
}

static void clint_destroy(struct device *device)
{
    struct clint *clint = clint_of(device);
    for (unsigned id = 0; id < clint->harts; id++)
        mutex_fini(&clint->hart[id].lock);
    mutex_fini(&clint->set_lock);
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
    mutex_init(&clint->set_lock);
    for (unsigned id = 0; id < harts; id++) {
        clint->hart[id] = (struct clint_hart){.software = software[id], .timer = timer[id]};
        mutex_init(&clint->hart[id].lock);
    }
    clint_reset(&clint->device);
    return &clint->device;
}

struct timebase clint_timebase(struct device *device)
{
    return (struct timebase){.now = clint_mtime, .owner = clint_of(device)};
}
