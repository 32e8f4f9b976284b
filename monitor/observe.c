/* monitor/observe.c: runs harts one instruction at a time, for hist and trace. */
#include "monitor/observe.h"

#include "cpu/debug.h"
#include "cpu/trap.h"
#include "machine/board.h"
#include "monitor/history.h"
#include "monitor/trace.h"

void observe_begin(struct monitor *mon, struct hart *h)
{
    history_note(mon, h);
    trace_note(mon, h);
}

void observe_end(struct monitor *mon, struct hart *h)
{
    trace_noted(mon, h);
    history_noted(mon, h);
}

/* An interrupt is an event of its own; an engine would take it and execute the handler's first
 * instruction at once. */
static bool interrupted(struct monitor *mon, struct hart *h)
{
    uint64_t cause;
    if (!trap_interrupt_pending(h, &cause)) return false;
    observe_begin(mon, h);
    h->wfi = false;
    trap_enter(h, cause, 0);
    observe_end(mon, h);
    return true;
}

/* In place of an engine's run(). */
static enum run_reason observe_run(void *owner, struct hart *h, uint64_t budget)
{
    enum run_reason reason = RUN_BUDGET;
    for (uint64_t i = 0; i < budget && reason == RUN_BUDGET; i++) {
        if (interrupted(owner, h) && debug_after(h)) return RUN_BREAK;
        observe_begin(owner, h);
        reason = engine_ref.run(h, 1);
        observe_end(owner, h);
    }
    return reason;
}

void observe_settle(struct monitor *mon)
{
    bool records = mon->machine->config.engine == &engine_cached && monitor_hart(mon)->xlen == 64;
    bool each = mon->trace || (mon->recording && !records);
    mon->stops.run = each ? observe_run : NULL;
    mon->stops.run_owner = mon;
    mon->stops.dirty = true;
}
