/* machine/hart_thread.c: one hart on its own host thread: run, look round, sleep. */
#include "cpu/engine.h"
#include "machine/board.h"
#include "machine/run.h"

/* Between two looks at the clock. Sstc's timer interrupt comes up to this many instructions late,
 * so that fewer are run when its time is near; a tick is 100 ns, some 50 instructions. */
#define BUDGET_MOST           UINT64_C(100000)
#define BUDGET_LEAST          UINT64_C(1000)
#define INSTRUCTIONS_PER_TICK 32

#define SPIN_SLEEP_NS  UINT64_C(20000)
#define SPIN_DOUBLINGS 6

#define OUTPUT_FULL_SLEEP_NS UINT64_C(1000000)

/* Ticks until the hart's own timer fires, UINT64_MAX for never. */
static uint64_t timer_ticks(const struct hart *hart)
{
    uint64_t deadline = hart_timer_deadline(hart);
    if (deadline == UINT64_MAX) return UINT64_MAX;
    uint64_t now = timebase_now(hart->timebase);
    return deadline > now ? deadline - now : 0;
}

static uint64_t hart_budget(const struct hart *hart)
{
    uint64_t ticks = timer_ticks(hart);
    if (ticks >= BUDGET_MOST / INSTRUCTIONS_PER_TICK) return BUDGET_MOST;
    uint64_t budget = ticks * INSTRUCTIONS_PER_TICK;
    return budget < BUDGET_LEAST ? BUDGET_LEAST : budget;
}

/* WFI: until a wire rises, the timer fires, or the machine halts. The event keeps a signal that
 * comes before the wait. */
static void hart_sleep(struct machine_hart *item)
{
    struct machine *machine = item->machine;
    if (output_hurry(&machine->output)) run_wake_console(machine);
    uint64_t ticks = timer_ticks(&item->hart);
    uint64_t timeout =
        ticks > UINT64_MAX / TIMEBASE_NS_PER_TICK ? HOST_FOREVER : ticks * TIMEBASE_NS_PER_TICK;
    host_event_wait(&item->wake, timeout);
}

/* The hart spins. Where harts outnumber the host's processors, what it waits for may wait for a
 * processor, so it sleeps a little: yielding would count against it when it has work again. A loop
 * round a WFI that doesn't wait (OpenSBI's, in harts that haven't been started yet) has no hurry
 * anywhere: it sleeps the longer the longer it goes on, up to a millisecond. */
static void hart_spins(struct machine_hart *item, bool crowded)
{
    struct hart *hart = &item->hart;
    hart->spins = false;
    if (hart->spins_wfi) {
        unsigned naps = hart->pauses / PAUSES;
        host_event_wait(&item->wake,
                        SPIN_SLEEP_NS << (naps < SPIN_DOUBLINGS ? naps : SPIN_DOUBLINGS));
    } else if (crowded) {
        host_event_wait(&item->wake, SPIN_SLEEP_NS);
    }
}

void hart_thread_run(void *owner)
{
    struct machine_hart *item = owner;
    struct machine *machine = item->machine;
    struct hart *hart = &item->hart;
    const bool crowded = machine->config.harts > host_cpu_count();
    while (!atomic_load(&machine->halt)) {
        if (hart->wfi && !(hart_mip(hart) & hart->mie)) {
            hart_sleep(item);
            continue;
        }
        hart->wfi = false;
        if (output_full(&machine->output)) {
            host_event_wait(&item->wake, OUTPUT_FULL_SLEEP_NS);
            continue;
        }
        if (run_engine(item, hart_budget(hart)) == RUN_BREAK) run_break(item);
        if (hart->spins) hart_spins(item, crowded);
    }
}
