/* cpu/engine_common.h: what every engine does before it executes anything. */
#ifndef RIVET_CPU_ENGINE_COMMON_H
#define RIVET_CPU_ENGINE_COMMON_H

#include <stdbool.h>

#include "cpu/engine.h"
#include "cpu/trap.h"

/* Takes the interrupt that is due, if any; forgets that it was asked to look. */
static inline void engine_look_round(struct hart *h)
{
    uint64_t cause;
    h->leave = false;
    if (!trap_interrupt_pending(h, &cause)) return;
    trap_enter(h, cause, 0);
    h->leave = false; /* set by the change of mode */
}

/* True while the hart sleeps in WFI; wakes it when an enabled interrupt is pending, whether or not
 * it can be taken (Privileged spec, "Wait for Interrupt"). */
static inline bool engine_sleeps(struct hart *h)
{
    if (h->wfi && (hart_mip(h) & h->mie)) h->wfi = false;
    return h->wfi;
}

/* True once after another thread set `kick`. */
static inline bool engine_kicked(struct hart *h)
{
    return atomic_load_explicit(&h->kick, memory_order_relaxed) &&
           atomic_exchange_explicit(&h->kick, false, memory_order_acquire);
}

#endif
