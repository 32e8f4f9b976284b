/* cpu/trigger.c: debug triggers: what they match, when they fire. */
#include "cpu/trigger.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/status.h"
#include "cpu/tlb.h"
#include "cpu/trap.h"

#define ANY_MODE (TRIGGER_M | TRIGGER_S | TRIGGER_U)
#define ANY_KIND (TRIGGER_LOAD | TRIGGER_STORE | TRIGGER_EXECUTE)

static unsigned type_of(const struct hart *h, unsigned i)
{
    return (unsigned)(h->tdata1[i] >> (h->xlen - 4) & 15);
}

/* Does it match anything, in any mode? */
static bool enabled(const struct hart *h, unsigned i)
{
    return type_of(h, i) == TRIGGER_MCONTROL6 && (h->tdata1[i] & ANY_MODE) &&
           (h->tdata1[i] & ANY_KIND);
}

/* The addresses it matches: first..last. False: there are none. */
static bool range_of(const struct hart *h, unsigned i, uint64_t *first, uint64_t *last)
{
    uint64_t address = h->tdata2[i] & mask_low(h->xlen), low = address ^ (address + 1);
    *first = *last = address;
    switch (bits_get(h->tdata1[i], 10, 7)) {
    case MATCH_NAPOT: /* the lowest 0 and the ones below it stand for any bits */
        *first = address & ~low;
        *last = address | (low & mask_low(h->xlen));
        return true;
    case MATCH_GE:
        *last = mask_low(h->xlen);
        return true;
    case MATCH_LT:
        *first = 0;
        *last = address - 1;
        return address != 0;
    default:
        return true;
    }
}

static bool touches(const struct hart *h, unsigned i, uint64_t first, uint64_t last)
{
    uint64_t low, high;
    return range_of(h, i, &low, &high) && low <= last && first <= high;
}

static void offsets_add(struct hart *h, unsigned i)
{
    uint64_t first, last;
    if (!range_of(h, i, &first, &last)) return;
    if (last - first >= PAGE_SIZE - 1) {
        memset(h->trigger_offsets, 0xff, sizeof h->trigger_offsets);
        return;
    }
    for (uint64_t address = first; address <= last; address++) {
        unsigned halfword = (address & ~PAGE_MASK) / 2;
        h->trigger_offsets[halfword / 64] |= UINT64_C(1) << halfword % 64;
    }
}

static void triggers_arrange(struct hart *h)
{
    h->triggers_execute = h->triggers_data = false;
    memset(h->trigger_offsets, 0, sizeof h->trigger_offsets);
    for (unsigned i = 0; i < TRIGGER_COUNT; i++) {
        if (!enabled(h, i)) continue;
        if (h->tdata1[i] & (TRIGGER_LOAD | TRIGGER_STORE)) h->triggers_data = true;
        if (!(h->tdata1[i] & TRIGGER_EXECUTE)) continue;
        h->triggers_execute = true;
        offsets_add(h, i);
    }
}

void triggers_reset(struct hart *h)
{
    h->tselect = 0;
    for (unsigned i = 0; i < TRIGGER_COUNT; i++) {
        h->tdata1[i] = (uint64_t)TRIGGER_DISABLED << (h->xlen - 4);
        h->tdata2[i] = 0;
    }
    triggers_changed(h);
}

/* The engine drops its blocks when it is entered, so it has to be left. */
void triggers_changed(struct hart *h)
{
    bool were = h->triggers_execute || h->triggers_data;
    triggers_arrange(h);
    if (!were && !h->triggers_execute && !h->triggers_data) return;
    tlb_flush_all(h);
    h->code_stale = h->leave = true;
    atomic_store(&h->kick, true);
}

bool trigger_page_watched(const struct hart *h, uint64_t va, enum access access)
{
    for (unsigned i = 0; i < TRIGGER_COUNT && access != ACCESS_FETCH; i++)
        if (enabled(h, i) && (h->tdata1[i] & (TRIGGER_LOAD | TRIGGER_STORE)) &&
            touches(h, i, va & PAGE_MASK, va | ~PAGE_MASK))
            return true;
    return false;
}

/* "Native Triggers", the first of two solutions: none fires where the trap would overwrite what a
 * handler has not saved yet. */
static bool may_fire(const struct hart *h)
{
    if (h->priv == PRIV_M) return h->mstatus & MSTATUS_MIE;
    if (h->priv == PRIV_S && (h->medeleg >> CAUSE_BREAKPOINT & 1)) return h->mstatus & MSTATUS_SIE;
    return true;
}

static bool matches(const struct hart *h, unsigned i, uint64_t first, uint64_t last, uint64_t kinds)
{
    static const uint64_t modes[] = {
        [PRIV_U] = TRIGGER_U, [PRIV_S] = TRIGGER_S, [PRIV_M] = TRIGGER_M};
    return enabled(h, i) && (h->tdata1[i] & modes[h->priv]) && (h->tdata1[i] & kinds) &&
           touches(h, i, first, last);
}

/* A chain is triggers with `chain` and the next one without: all of them match, or it doesn't. A
 * chain of an instruction's trigger and one of data never fires. */
static bool fires(struct hart *h, uint64_t first, uint64_t last, uint64_t kinds)
{
    bool fired = false, chain_matches = true;
    if (!may_fire(h)) return false;
    for (unsigned i = 0, begin = 0; i < TRIGGER_COUNT; i++) {
        chain_matches = chain_matches && matches(h, i, first, last, kinds);
        if (h->tdata1[i] & TRIGGER_CHAIN && type_of(h, i) == TRIGGER_MCONTROL6) continue;
        for (unsigned hit = begin; chain_matches && hit <= i; hit++)
            h->tdata1[hit] |= TRIGGER_HIT0; /* "before" */
        fired = fired || chain_matches;
        chain_matches = true;
        begin = i + 1;
    }
    if (fired) h->trap = (struct trap){CAUSE_BREAKPOINT, first};
    return fired;
}

bool trigger_execute(struct hart *h)
{
    return h->triggers_execute && fires(h, h->pc, h->pc, TRIGGER_EXECUTE);
}

bool trigger_access(struct hart *h, uint64_t va, unsigned size, uint64_t kinds)
{
    uint64_t last = (va + size - 1) & mask_low(h->xlen);
    return fires(h, va, last < va ? mask_low(h->xlen) : last, kinds);
}
