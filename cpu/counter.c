/* cpu/counter.c: performance counters: started, stopped, overflowing. */
#include "cpu/counter.h"

#include <string.h>

#include "cpu/isa.h"
#include "cpu/status.h"

const struct hpm_event_info hpm_event_info[HPM_EVENT_COUNT] = {
#define HPM_EVENT(id, selector_, text_) [HPM_##id] = {.selector = (selector_), .text = (text_)},
#include "cpu/hpm_event.def"
#undef HPM_EVENT
};

enum hpm_event hpm_event_of(uint64_t selector)
{
    unsigned event = 0;
    while (event < HPM_EVENT_COUNT && hpm_event_info[event].selector != selector)
        event++;
    return (enum hpm_event)event;
}

static enum hpm_event counter_event(const struct hart *h, unsigned n)
{
    return n == 0 ? HPM_CYCLES : n == 2 ? HPM_INSTRUCTIONS : (enum hpm_event)h->counter_event[n];
}

static bool follows_instret(enum hpm_event event)
{
    return event == HPM_CYCLES || event == HPM_INSTRUCTIONS;
}

static uint64_t total(const struct hart *h, enum hpm_event event, uint64_t retired)
{
    return follows_instret(event) ? retired : h->event_total[event];
}

static bool counts(const struct hart *h, unsigned n)
{
    return h->counting >> n & 1;
}

static bool may_count(const struct hart *h, unsigned n)
{
    static const uint64_t inhibits[] = {
        [PRIV_U] = COUNTER_UINH, [PRIV_S] = COUNTER_SINH, [PRIV_M] = COUNTER_MINH};
    if (h->mcountinhibit >> n & 1) return false;
    return !(h->counter_config[n] & inhibits[h->priv]);
}

uint64_t counter_read(const struct hart *h, unsigned n, uint64_t retired)
{
    return h->counter[n] + (counts(h, n) ? total(h, counter_event(h, n), retired) : 0);
}

/* The total at which a counter wraps to 0; one that stands at 0 has all its way before it. */
static uint64_t overflow_total(const struct hart *h, unsigned n, uint64_t retired)
{
    uint64_t left = -counter_read(h, n, retired);
    uint64_t now = total(h, counter_event(h, n), retired);
    return left == 0 || left > UINT64_MAX - now ? UINT64_MAX : now + left;
}

static bool can_overflow(const struct hart *h, unsigned n)
{
    return n >= 3 && counts(h, n) && !(h->counter_config[n] & COUNTER_OF) &&
           isa_has(h->isa, EXT_Sscofpmf);
}

/* Until when to run without a look at the counters. A hart whose quantum has become too long leaves
 * its engine and gets another. */
static void alarms_set(struct hart *h, uint64_t retired)
{
    uint64_t before = h->counter_deadline;
    h->counter_deadline = UINT64_MAX;
    memset(h->event_alarm, 0xff, sizeof h->event_alarm);
    for (unsigned n = 0; n < COUNTER_COUNT; n++) {
        h->counter_overflow[n] = can_overflow(h, n) ? overflow_total(h, n, retired) : UINT64_MAX;
        enum hpm_event event = counter_event(h, n);
        uint64_t *alarm = follows_instret(event) ? &h->counter_deadline : &h->event_alarm[event];
        if (h->counter_overflow[n] < *alarm) *alarm = h->counter_overflow[n];
    }
    if (h->counter_deadline >= before) return;
    h->leave = true;
    atomic_store(&h->kick, true);
}

/* Which counters count now. Those that stop keep their value, those that start go on from it. */
static void counters_arrange(struct hart *h, uint64_t retired)
{
    for (unsigned n = 0; n < COUNTER_COUNT; n++) {
        if (counts(h, n) == may_count(h, n)) continue;
        uint64_t value = counter_read(h, n, retired);
        h->counting ^= UINT32_C(1) << n;
        counter_write(h, n, value, retired);
    }
}

void counter_write(struct hart *h, unsigned n, uint64_t value, uint64_t retired)
{
    h->counter[n] = value - (counts(h, n) ? total(h, counter_event(h, n), retired) : 0);
    alarms_set(h, retired);
}

/* What follows from the configurations. */
static void configs_changed(struct hart *h)
{
    h->counters_by_mode = false;
    for (unsigned n = 0; n < COUNTER_COUNT; n++) {
        enum hpm_event event = hpm_event_of(h->counter_config[n] & mask_low(32));
        h->counter_event[n] = (uint8_t)(event < HPM_EVENT_COUNT ? event : HPM_NONE);
        if (h->counter_config[n] & (COUNTER_MINH | COUNTER_SINH | COUNTER_UINH))
            h->counters_by_mode = true;
    }
}

void counter_configure(struct hart *h, unsigned n, uint64_t config, uint64_t retired)
{
    uint64_t value = counter_read(h, n, retired);
    h->counter_config[n] = config;
    configs_changed(h);
    counter_write(h, n, value, retired);
    counters_arrange(h, retired);
}

void counters_inhibit(struct hart *h, uint64_t mcountinhibit, uint64_t retired)
{
    h->mcountinhibit = mcountinhibit;
    counters_arrange(h, retired);
}

void counters_follow_mode(struct hart *h, uint64_t retired)
{
    counters_arrange(h, retired);
}

void counters_reset(struct hart *h)
{
    memset(h->counter_config, 0, sizeof h->counter_config);
    memset(h->counter, 0, sizeof h->counter);
    h->counting = 0;
    counters_loaded(h);
}

void counters_loaded(struct hart *h)
{
    configs_changed(h);
    counters_arrange(h, h->instret);
    alarms_set(h, h->instret);
}

uint64_t counters_overflowed(const struct hart *h)
{
    uint64_t overflowed = 0;
    for (unsigned n = 3; n < COUNTER_COUNT; n++)
        overflowed |= h->counter_config[n] >> 63 << n;
    return overflowed;
}

void counters_check(struct hart *h)
{
    bool any = false;
    for (unsigned n = 3; n < COUNTER_COUNT; n++) {
        if (h->counter_overflow[n] > total(h, counter_event(h, n), h->instret)) continue;
        h->counter_config[n] |= COUNTER_OF;
        h->mip_soft |= MIP_LCOFIP;
        h->leave = any = true;
    }
    if (any) alarms_set(h, h->instret);
}

/* A block retires this many instructions at most once its budget is spent. */
#define OVERSHOOT 64

enum run_reason counters_run(struct hart *h, uint64_t budget,
                             enum run_reason (*run)(struct hart *, uint64_t budget),
                             enum run_reason (*exact)(struct hart *, uint64_t budget))
{
    enum run_reason reason = RUN_BUDGET;
    while (budget > 0 && reason == RUN_BUDGET) {
        uint64_t left = h->counter_deadline - h->instret;
        bool near = left <= OVERSHOOT;
        uint64_t part = near ? left : left - OVERSHOOT;
        if (part > budget) part = budget;
        reason = near ? exact(h, part) : run(h, part);
        budget -= part;
        counters_check(h);
    }
    return reason;
}
