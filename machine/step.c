/* machine/step.c: one instruction at a time, on the caller's thread, while the machine stands. */
#include "cpu/debug.h"
#include "cpu/trap.h"
#include "machine/board.h"
#include "machine/run.h"

static enum machine_step hart_step(struct hart *hart, bool listen)
{
    uint64_t cause;
    hart->wfi = false; /* WFI may end at any time (Privileged spec, "Wait for Interrupt") */
    if (trap_interrupt_pending(hart, &cause))
        trap_enter(hart, cause, 0);
    else if (!listen)
        engine_step_muted(hart);
    else if (engine_ref.run(hart, 1) == RUN_BREAK)
        return STEP_BREAK;
    return hart->debug && debug_after(hart) && listen ? STEP_BREAK : STEP_DONE;
}

enum machine_step machine_step(struct machine *machine, unsigned id, bool listen)
{
    struct hart *hart = machine_hart(machine, id);
    atomic_store(&hart->kick, false);
    run_drop_reservations(machine, hart);
    clock_start(&machine->clock);
    clock_slice_begin(&machine->clock, hart);
    enum machine_step step = hart_step(hart, listen);
    clock_step_end(&machine->clock);
    clock_stop(&machine->clock);
    return atomic_load(&machine->request) ? STEP_ENDED : step;
}

struct machine_exit machine_step_end(struct machine *machine)
{
    return run_take_request(machine);
}
