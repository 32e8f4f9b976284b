/* machine/run.c: the running machine: harts on threads, devices and console on the caller's.
 *
 *      hart threads                         the thread in machine_run()
 *      ------------                         ---------------------------
 *      engine->run(budget)                  give output to the console
 *      WFI: sleep on item->wake             tick devices whose deadline has come
 *        ^                                  sleep in console->wait()
 *        +-- a wire rises                     ^
 *                                             +-- output, a nearer deadline, a request, input
 *
 * This is the `host` clock. Under the `insn` clock the caller's thread runs all harts in turn
 * instead (machine/rounds.c).
 */
#include "machine/run.h"

#include <stdio.h>

#include "cpu/debug.h"
#include "host/clock.h"
#include "machine/rounds.h"

/* machine->request: 0 for none, else (end + 1) in the low byte and the code above. */
static unsigned request_pack(enum machine_end end, unsigned code)
{
    return ((unsigned)end + 1) | code << 8;
}

void run_wake_console(struct machine *machine)
{
    const struct console *console = atomic_load(&machine->console);
    if (console) console->wake(console->owner);
}

void run_kick_harts(struct machine *machine)
{
    for (unsigned id = 0; id < machine->config.harts; id++) {
        atomic_store(&machine->harts[id].hart.kick, true);
        host_event_signal(&machine->harts[id].wake);
    }
}

void run_hart_wake(void *owner)
{
    struct machine_hart *item = owner;
    host_event_signal(&item->wake);
}

void run_output(void *owner, const uint8_t *bytes, size_t count)
{
    struct machine *machine = owner;
    if (output_put(&machine->output, bytes, count, host_now_ns())) run_wake_console(machine);
    if (output_full(&machine->output)) run_kick_harts(machine);
}

void run_input_room(void *owner)
{
    struct machine *machine = owner;
    input_pump(&machine->input);
}

void run_rearm(void *owner, struct device *device)
{
    (void)device;
    struct machine *machine = owner;
    if (!atomic_exchange(&machine->rearm, true)) run_wake_console(machine);
}

static void request_end(struct machine *machine, enum machine_end end, unsigned code)
{
    unsigned none = 0;
    atomic_compare_exchange_strong(&machine->request, &none, request_pack(end, code));
    atomic_store(&machine->halt, true);
    run_kick_harts(machine);
    run_wake_console(machine);
}

void run_syscon_request(void *owner, enum syscon_request request, unsigned code)
{
    static const enum machine_end ends[] = {
        [SYSCON_POWEROFF] = END_POWEROFF, [SYSCON_REBOOT] = END_REBOOT, [SYSCON_FAIL] = END_FAIL};
    request_end(owner, ends[request], code);
}

enum run_reason run_engine(struct machine_hart *item, uint64_t budget)
{
    const struct hart_debug *debug = item->hart.debug;
    if (debug && debug->run) return debug->run(debug->run_owner, &item->hart, budget);
    return item->machine->config.engine->run(&item->hart, budget);
}

void run_drop_reservations(struct machine *machine, const struct hart *next)
{
    for (unsigned id = 0; id < machine->config.harts; id++) {
        struct hart *hart = &machine->harts[id].hart;
        if (hart != next) hart->reservation = RESERVATION_NONE;
    }
}

void run_break(struct machine_hart *item)
{
    request_end(item->machine, END_BREAK, item->hart.id);
}

struct machine_exit run_take_request(struct machine *machine)
{
    unsigned request = atomic_exchange(&machine->request, 0);
    if (!request) return (struct machine_exit){.end = END_STOPPED};
    return (struct machine_exit){.end = (request & 0xff) - 1, .code = request >> 8};
}

/* Safe in a signal handler: the thread in machine_run() does the rest. */
void machine_stop(struct machine *machine)
{
    atomic_store(&machine->stop_asked, true);
    run_wake_console(machine);
}

size_t machine_input(struct machine *machine, const uint8_t *bytes, size_t count)
{
    return input_put(&machine->input, bytes, count);
}

size_t machine_input_room(struct machine *machine)
{
    return input_room(&machine->input);
}

void machine_input_break(struct machine *machine)
{
    input_break(&machine->input);
}

uint64_t run_tick_devices(struct machine *machine, uint64_t now_ns)
{
    uint64_t earliest = UINT64_MAX;
    for (unsigned i = 0; i < machine->device_count; i++) {
        struct device *device = machine->devices[i].device;
        if (!device->ops->tick) continue;
        uint64_t deadline = device->ops->tick(device, now_ns);
        if (deadline < earliest) earliest = deadline;
    }
    return earliest;
}

/* One turn of the caller's thread. `deadline` is the devices'. */
static void console_turn(struct machine *machine, const struct console *console, uint64_t *deadline)
{
    bool blocked = false;
    uint64_t now = host_now_ns();
    if (output_due_ns(&machine->output) <= now)
        blocked = !output_drain(&machine->output, console->write, console->owner);
    uint64_t guest_now = clock_now_ns(&machine->clock);
    if (atomic_exchange(&machine->rearm, false) || *deadline <= guest_now)
        *deadline = run_tick_devices(machine, guest_now);
    uint64_t timeout = HOST_FOREVER;
    if (*deadline != UINT64_MAX) timeout = *deadline > guest_now ? *deadline - guest_now : 0;
    uint64_t due = blocked ? UINT64_MAX : output_due_ns(&machine->output);
    if (due != UINT64_MAX && (due <= now || due - now < timeout))
        timeout = due > now ? due - now : 0;
    console->wait(console->owner, input_room(&machine->input) > 0, blocked, timeout);
}

/* All that was printed goes out, unless the console takes nothing for a while: then it is stuck,
 * and whoever ended the machine shall not wait for it. */
static void output_finish(struct machine *machine, const struct console *console)
{
    const uint64_t patience_ns = HOST_NS_PER_SECOND / 2;
    uint64_t give_up = host_now_ns() + patience_ns;
    while (!output_drain(&machine->output, console->write, console->owner)) {
        uint64_t now = host_now_ns();
        if (now >= give_up) return;
        console->wait(console->owner, false, true, give_up - now);
    }
}

static void harts_join(struct machine *machine)
{
    atomic_store(&machine->halt, true);
    run_kick_harts(machine);
    for (unsigned id = 0; id < machine->config.harts; id++) {
        if (!machine->harts[id].running) continue;
        host_thread_join(&machine->harts[id].thread);
        machine->harts[id].running = false;
        atomic_store(&machine->harts[id].hart.kick, false);
    }
}

static bool harts_start(struct machine *machine, struct error *err)
{
    for (unsigned id = 0; id < machine->config.harts; id++) {
        struct machine_hart *item = &machine->harts[id];
        char name[HOST_THREAD_NAME_BYTES];
        snprintf(name, sizeof name, "hart%u", id);
        item->running = host_thread_start(&item->thread, name, hart_thread_run, item, err);
        if (!item->running) return false;
    }
    return true;
}

void machine_step_flush(struct machine *machine, const struct console *console)
{
    run_tick_devices(machine, clock_now_ns(&machine->clock));
    output_finish(machine, console);
}

/* Each hart on its own thread; this one does the rest. */
static bool threads_run(struct machine *machine, const struct console *console, struct error *err)
{
    uint64_t deadline = 0;
    bool started = harts_start(machine, err);
    while (started && !atomic_load(&machine->halt) && !atomic_load(&machine->stop_asked))
        console_turn(machine, console, &deadline);
    harts_join(machine);
    return started;
}

bool machine_run(struct machine *machine, const struct console *console, struct machine_exit *end,
                 struct error *err)
{
    bool started = true;
    atomic_store(&machine->request, 0);
    atomic_store(&machine->halt, false);
    atomic_store(&machine->console, console);
    clock_start(&machine->clock);
    if (machine->clock.by_insn)
        rounds_run(machine, console);
    else
        started = threads_run(machine, console, err);
    clock_stop(&machine->clock);
    output_finish(machine, console);
    atomic_store(&machine->console, NULL);
    *end =
        run_take_request(machine); /* it comes before a stop at the same time: it can't be lost */
    atomic_store(&machine->stop_asked, false);
    return started;
}
