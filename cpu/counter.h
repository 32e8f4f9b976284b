/* cpu/counter.h: performance counters: what they count, in which modes, and when one overflows.
 *
 * Each event has a total that only grows: the retired instructions, which every engine knows
 * anyway, and those that slow paths add to. A counter that counts is a total plus a bias, one that
 * stands still is a number; so counting takes nothing from the code that is counted, and an
 * overflow is a total to wait for.
 *
 *   counter  0 mcycle   2 minstret   3..18 mhpmcounter3..18        (1 is time, which is the
 * board's)
 *
 * Its configuration is mcyclecfg, minstretcfg or mhpmevent3..18 (Privileged spec, "Sscofpmf" and
 * "Smcntrpmf"):
 *
 *    63   62   61   60                31          0
 *   +--+----+----+----+--------------+-------------+
 *   |OF|MINH|SINH|UINH|              |    EVENT    |    the first three CSRs have no OF and no
 * EVENT
 *   +--+----+----+----+--------------+-------------+
 */
#ifndef RIVET_CPU_COUNTER_H
#define RIVET_CPU_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/engine.h"
#include "cpu/hart.h"

#define COUNTER_OF   (UINT64_C(1) << 63)
#define COUNTER_MINH (UINT64_C(1) << 62)
#define COUNTER_SINH (UINT64_C(1) << 61)
#define COUNTER_UINH (UINT64_C(1) << 60)

/* The counters that mhpmevent can point at anything, as bits of mcountinhibit. */
#define COUNTERS_HPM UINT64_C(0x7fff8)

/* After reset, and after the CSRs behind the counters were loaded. */
void counters_reset(struct hart *);
void counters_loaded(struct hart *);

/* In these, `retired` is how many instructions count as done: h->instret, and one more where the
 * one under way comes before the change. */
uint64_t counter_read(const struct hart *, unsigned n, uint64_t retired);
void counter_write(struct hart *, unsigned n, uint64_t value, uint64_t retired);
void counter_configure(struct hart *, unsigned n, uint64_t config, uint64_t retired);
void counters_inhibit(struct hart *, uint64_t mcountinhibit, uint64_t retired);
void counters_follow_mode(struct hart *, uint64_t retired);

/* The privilege has just changed. */
static inline void counters_mode_changed(struct hart *h, uint64_t retired)
{
    if (UNLIKELY(h->counters_by_mode)) counters_follow_mode(h, retired);
}

/* scountovf: bit n is the OF of mhpmevent n. */
uint64_t counters_overflowed(const struct hart *);

/* Overflows that have come by now set OF and LCOFIP. */
void counters_check(struct hart *);

/* One more of an event that slow paths count. */
static inline void hpm_count(struct hart *h, enum hpm_event event)
{
    if (UNLIKELY(++h->event_total[event] == h->event_alarm[event])) counters_check(h);
}

/* Runs a hart of which a counter will overflow: as engine->run does, in parts that end where one
 * does. `run` may go on to the end of a block, `exact` stops after the very instruction. */
enum run_reason counters_run(struct hart *, uint64_t budget,
                             enum run_reason (*run)(struct hart *, uint64_t budget),
                             enum run_reason (*exact)(struct hart *, uint64_t budget));

static inline bool counters_armed(const struct hart *h)
{
    return UNLIKELY(h->counter_deadline != UINT64_MAX);
}

#endif
