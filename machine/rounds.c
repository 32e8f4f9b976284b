/* machine/rounds.c: all harts in turn on one thread: the run loop of the `insn` clock.
 *
 *      |<----------- a slice ----------->|
 *      hart 0 runs | hart 1 runs | ...   time goes on by the slice; devices tick; the door opens
 *
 * A slice ends early where a timer is due, so that interrupts come at exact times. What comes from
 * outside (console bytes, later frames and disk completions) enters only between two slices, at
 * times that are multiples of DOOR_NS or when every hart sleeps.
 */
#include "machine/rounds.h"

#include "host/clock.h"
#include "machine/run.h"

#define SLICE_NS UINT64_C(20000)
#define DOOR_NS  UINT64_C(1000000)

static bool hart_sleeps(const struct hart *hart)
{
    return hart->wfi && !(hart_mip(hart) & hart->mie);
}

/* The machine's time at which a hart's own timer is due. */
static uint64_t hart_deadline_ns(const struct hart *hart)
{
    uint64_t ticks = hart_timer_deadline(hart);
    return ticks > UINT64_MAX / TIMEBASE_NS_PER_TICK ? UINT64_MAX : ticks * TIMEBASE_NS_PER_TICK;
}

/* The nearest deadline after `now`; `devices` is theirs. */
static uint64_t next_deadline(const struct machine *machine, uint64_t devices, uint64_t now)
{
    uint64_t next = devices > now ? devices : UINT64_MAX;
    for (unsigned id = 0; id < machine->config.harts; id++) {
        uint64_t deadline = hart_deadline_ns(&machine->harts[id].hart);
        if (deadline > now && deadline < next) next = deadline;
    }
    return next;
}

/* Runs for so many instructions. A kick (the hart wrote over its own code, say) is no end. */
static void hart_run(struct machine_hart *item, uint64_t instructions)
{
    struct hart *hart = &item->hart;
    while (instructions > 0 && !atomic_load(&item->machine->halt)) {
        uint64_t before = hart->instret;
        enum run_reason reason = run_engine(item, instructions);
        if (reason == RUN_BREAK) run_break(item);
        if (reason != RUN_KICK) break;
        uint64_t done = hart->instret - before;
        instructions -= done < instructions ? done : instructions;
    }
}

/* The slice is over, and with it the reservation: others may store there now. So that LR/SC loops
 * come to an end however short slices are, the hart may first go on for as long as a constrained
 * loop needs, which has 16 instructions at most (Unprivileged spec, "Eventual Success of
 * Store-Conditional Instructions"). */
static void reservation_settle(struct machine_hart *item)
{
    enum { STEPS = 32 };
    for (unsigned i = 0; i < STEPS && item->hart.reservation != RESERVATION_NONE; i++) {
        if (hart_sleeps(&item->hart)) return;
        hart_run(item, 1);
    }
}

/* One hart's share of a slice. */
static void hart_slice(struct machine *machine, struct machine_hart *item, uint64_t instructions)
{
    run_drop_reservations(machine, &item->hart);
    clock_slice_begin(&machine->clock, &item->hart);
    hart_run(item, instructions);
    if (machine->config.harts > 1) reservation_settle(item);
    clock_slice_end(&machine->clock);
}

/* Gives every hart that is awake its share; false: all sleep. */
static bool harts_slice(struct machine *machine, uint64_t slice_ns)
{
    bool awake = false;
    uint64_t instructions = clock_instructions(&machine->clock, slice_ns);
    for (unsigned id = 0; id < machine->config.harts; id++) {
        if (hart_sleeps(&machine->harts[id].hart)) continue;
        awake = true;
        hart_slice(machine, &machine->harts[id], instructions ? instructions : 1);
    }
    return awake;
}

/* Output to the console, input from it; waits at most `timeout_ns` of the host's time. */
static void door_open(struct machine *machine, const struct console *console, uint64_t timeout_ns)
{
    uint64_t now = host_now_ns();
    bool blocked = false;
    if (timeout_ns || output_due_ns(&machine->output) <= now || output_full(&machine->output))
        blocked = !output_drain(&machine->output, console->write, console->owner);
    console->wait(console->owner, input_room(&machine->input) > 0, blocked, timeout_ns);
}

/* Nobody has anything to do before `deadline`: time jumps there, at once (warp) or after as long as
 * it takes. Input ends the wait early; how much time passed is then an input, too. */
static void idle(struct machine *machine, const struct console *console, uint64_t deadline)
{
    struct clock *clock = &machine->clock;
    uint64_t now = clock_now_ns(clock), left = deadline - now;
    bool forever = deadline == UINT64_MAX;
    if (machine->config.warp && !forever) {
        door_open(machine, console, 0);
        clock_advance(clock, left);
        return;
    }
    uint64_t host_start = host_now_ns();
    size_t room = input_room(&machine->input);
    door_open(machine, console, forever ? HOST_FOREVER : left);
    uint64_t passed = host_now_ns() - host_start;
    bool early = input_room(&machine->input) != room || atomic_load(&machine->stop_asked);
    if (!early && !forever) clock_advance(clock, left);
    if (early) clock_advance(clock, passed < left ? passed : left);
}

void rounds_run(struct machine *machine, const struct console *console)
{
    struct clock *clock = &machine->clock;
    uint64_t door_ns = clock_now_ns(clock);
    while (!atomic_load(&machine->halt) && !atomic_load(&machine->stop_asked)) {
        uint64_t now = clock_now_ns(clock);
        atomic_store(&machine->rearm, false);
        uint64_t deadline = next_deadline(machine, run_tick_devices(machine, now), now);
        uint64_t slice = deadline - now < SLICE_NS ? deadline - now : SLICE_NS;
        if (harts_slice(machine, slice))
            clock_advance(clock, slice);
        else
            idle(machine, console, deadline);
        if (clock_now_ns(clock) < door_ns) continue;
        door_open(machine, console, 0);
        door_ns = clock_now_ns(clock) / DOOR_NS * DOOR_NS + DOOR_NS;
    }
}
