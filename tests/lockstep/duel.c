/* tests/lockstep/duel.c: one program on two engines, compared again and again.
 *
 * The other engine runs first, for a random budget that it may overshoot; then the reference
 * follows to the same count of retired instructions. Traps and interrupts retire nothing, so at
 * that count there can be several states: the reference passes through them until one is the
 * other's, and must not retire on the way.
 */
#include "tests/lockstep/duel.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/memory.h"
#include "cpu/trap.h"
#include "tests/lockstep/compare.h"

#define RESCUES_MAX   3
#define OVERSHOOT_MAX 1000 /* instructions by which an engine may exceed its budget */

bool duel_init(struct duel *duel, const struct isa *isa, const struct engine *other,
               struct error *err)
{
    *duel = (struct duel){.retired = 0};
    if (!rig_init(&duel->reference, isa, &engine_ref, RIG_WATCHING, err)) return false;
    if (rig_init(&duel->other, isa, other, RIG_PLAIN, err)) return true;
    rig_fini(&duel->reference);
    return false;
}

void duel_fini(struct duel *duel)
{
    rig_fini(&duel->reference);
    rig_fini(&duel->other);
}

static void trail_add(struct duel *duel)
{
    struct hart *h = &duel->reference.hart;
    uint16_t low, high = 0;
    struct footprint *at = &duel->footprints[duel->footprint_count++ % TRAIL_SIZE];
    *at = (struct footprint){.pc = h->pc, .priv = h->priv};
    at->fetched =
        memory_fetch(h, h->pc, &low) && ((low & 3) != 3 || memory_fetch(h, h->pc + 2, &high));
    if (at->fetched) at->word = low | (uint32_t)high << 16;
}

static void reference_run(struct duel *duel, uint64_t budget)
{
    struct rig *reference = &duel->reference;
    if (!duel->trail) {
        reference->engine->run(&reference->hart, budget);
        return;
    }
    for (; budget > 0; budget--) {
        uint64_t cause;
        if (trap_interrupt_pending(&reference->hart, &cause))
            duel->footprints[duel->footprint_count++ % TRAIL_SIZE] =
                (struct footprint){.pc = reference->hart.pc, .priv = reference->hart.priv};
        else
            trail_add(duel);
        reference->engine->run(&reference->hart, 1);
    }
}

/* One step that retires nothing. False: it did. */
static bool reference_step_aside(struct duel *duel)
{
    struct hart *h = &duel->reference.hart;
    uint64_t cause, before = h->instret;
    if (h->wfi) { /* awake, and kicked before the next instruction */
        h->wfi = !(hart_mip(h) & h->mie);
        return !h->wfi;
    }
    if (trap_interrupt_pending(h, &cause))
        trap_enter(h, cause, 0);
    else
        reference_run(duel, 1);
    return h->instret == before;
}

/* Brings the reference to where the other engine is. False: it never gets there. */
static bool catch_up(struct duel *duel, uint64_t budget)
{
    const struct hart *reference = &duel->reference.hart, *other = &duel->other.hart;
    for (uint64_t runs = 0; reference->instret != other->instret; runs++) {
        int64_t left = (int64_t)(other->instret - reference->instret);
        if (left < 0 || left > OVERSHOOT_MAX + (int64_t)budget || runs > budget + 1000)
            return false;
        reference_run(duel, (uint64_t)left);
    }
    for (uint64_t steps = 0; steps < budget + 64; steps++) {
        if (rigs_same(&duel->reference, &duel->other)) return true;
        if (!reference_step_aside(duel)) return false;
    }
    return false;
}

static uint64_t random_budget(struct duel *duel)
{
    static const unsigned most[] = {1, 4, 16, 64, 400};
    if (duel->fine) return 1;
    return 1 + rng_below(&duel->rng, most[rng_below(&duel->rng, ARRAY_COUNT(most))]);
}

static void both_wire(struct duel *duel, unsigned line, bool level)
{
    rig_wire(&duel->reference, line, level);
    rig_wire(&duel->other, line, level);
}

static void event_happens(struct duel *duel, const struct event *event)
{
    uint8_t bytes[4];
    switch (event->kind) {
    case EVENT_IRQ:
        both_wire(duel, event->line, event->level);
        break;
    case EVENT_TIME:
        duel->reference.time = duel->other.time = event->value;
        break;
    case EVENT_DMA:
        store_le(bytes, 4, (uint32_t)event->value);
        bus_write_ram(&duel->reference.bus, RAM_BASE + event->offset, bytes, 4);
        bus_write_ram(&duel->other.bus, RAM_BASE + event->offset, bytes, 4);
        break;
    default:
        break;
    }
}

static void events_happen(struct duel *duel, const struct program *p)
{
    for (unsigned i = 0; i < p->event_count; i++)
        if (p->events[i].at == duel->comparisons) event_happens(duel, &p->events[i]);
    if (rng_percent(&duel->rng, 5)) atomic_store(&duel->other.hart.kick, true);
}

/* Out of a loop that may have no end: to a label, in the mapping of code at hand. Not out of a
 * service, which may be about to fence. */
static void both_redirect(struct duel *duel, const struct program *p)
{
    uint64_t base = duel->other.hart.pc & ~mask_low(17);
    if (duel->other.hart.pc - base < AT_CODE) return;
    uint32_t label = p->labels[rng_below(&duel->rng, p->label_count)];
    duel->reference.hart.pc = duel->other.hart.pc = base + label;
}

/* Both harts sleep: an interrupt that is enabled wakes them, or, as WFI may end for any reason,
 * nothing at all does. */
static void wake(struct duel *duel)
{
    static const uint8_t lines[] = {3, 7, 9, 11};
    unsigned line = lines[rng_below(&duel->rng, ARRAY_COUNT(lines))];
    if (duel->other.hart.mie >> line & 1)
        both_wire(duel, line, true);
    else
        duel->reference.hart.wfi = duel->other.hart.wfi = false;
}

/* A program may end up in a loop of traps that retires nothing. False: enough is enough. */
static bool rescue(struct duel *duel, const struct program *p, unsigned *rescues)
{
    if (++*rescues > RESCUES_MAX) return false;
    uint32_t label = p->labels[rng_below(&duel->rng, p->label_count)];
    rig_rescue(&duel->reference, label);
    rig_rescue(&duel->other, label);
    return true;
}

/* What goes on from program to program: a failed one may have left them apart. */
static void hart_level(struct hart *other, const struct hart *reference)
{
    other->instret = reference->instret;
    memcpy(other->counter, reference->counter, sizeof other->counter);
    memcpy(other->event_total, reference->event_total, sizeof other->event_total);
}

enum verdict duel_run(struct duel *duel, const struct program *p)
{
    struct hart *other = &duel->other.hart;
    unsigned stuck = 0, rescues = 0;
    rig_load(&duel->reference, p);
    rig_load(&duel->other, p);
    hart_level(other, &duel->reference.hart);
    duel->rng.state = p->seed ^ UINT64_C(0x6475656c);
    duel->comparisons = duel->footprint_count = 0;
    uint64_t start = other->instret, spoil_at = duel->spoil % 8;
    duel->spoiled = false;

    while (other->instret - start < p->steps && duel->comparisons < p->steps + 1000) {
        uint64_t before = other->instret, budget = random_budget(duel);
        duel->other.engine->run(other, budget);
        if (duel->spoil && duel->comparisons == spoil_at) {
            rig_spoil(&duel->other, duel->spoil);
            duel->spoiled = true;
        }
        bool same = catch_up(duel, budget);
        if (same && (duel->fine || duel->spoiled || duel->comparisons % 16 == 0))
            same = rigs_same_memory(&duel->reference, &duel->other);
        if (rig_racy(&duel->reference)) return VERDICT_RACY;
        if (!same) return VERDICT_DIFFERENT;
        stuck = other->instret == before && !other->wfi ? stuck + 1 : 0;
        if (stuck == 3 && !rescue(duel, p, &rescues)) break;
        events_happen(duel, p);
        if (other->wfi)
            wake(duel);
        else if (rng_percent(&duel->rng, 4))
            both_redirect(duel, p);
        duel->comparisons++;
    }
    duel->retired += other->instret - start;
    return rigs_same_memory(&duel->reference, &duel->other) ? VERDICT_SAME : VERDICT_DIFFERENT;
}
