/* monitor/move.c: the guest runs until something stops it. */
#include "monitor/move.h"

#include <stdlib.h>
#include <string.h>

#include "host/terminal.h"
#include "machine/board.h"
#include "monitor/observe.h"
#include "monitor/see.h"
#include "monitor/see_explain.h"

#define LITTLE 3 /* instructions */

enum machine_step move_one(struct monitor *mon, unsigned hart, bool listen)
{
    struct hart *h = machine_hart(mon->machine, hart);
    observe_begin(mon, h);
    enum machine_step step = machine_step(mon->machine, hart, listen);
    observe_end(mon, h);
    return step;
}

/* A hart that stands in front of what it stopped for gets past it; so does the chosen one when
 * there is a breakpoint where it stands. */
static bool pass_stops(struct monitor *mon, enum moved *moved)
{
    for (unsigned id = 0; id < machine_hart_count(mon->machine); id++) {
        struct stops_hart *item = &mon->stops.harts[id];
        struct hart *h = machine_hart(mon->machine, id);
        bool skip = item->skip || (id == mon->hart && stops_break_here(&mon->stops, h));
        item->skip = false;
        if (!skip) continue;
        if (move_one(mon, id, false) == STEP_ENDED) {
            *moved = MOVED_ENDED;
            return false;
        }
        if (item->hit.any) { /* by the trap it took */
            mon->hart = id;
            *moved = MOVED_BREAK;
            return false;
        }
    }
    return true;
}

/* Names that weren't known may be by now. The kernel's are looked for only where one is wanted. */
static void resolve_unknown(struct monitor *mon)
{
    for (unsigned i = 0; i < mon->stops.count; i++) {
        struct stop *stop = mon->stops.list[i];
        if (!stop->unknown) continue;
        monitor_find_symbols(mon);
        const struct symbol *symbol =
            symbols_by_name(&mon->symbols, stop->what, strlen(stop->what));
        if (!symbol) continue;
        stop->address = symbol->address;
        stop->unknown = false;
        mon->stops.dirty = true;
    }
}

static void prepare(struct monitor *mon)
{
    if (mon->trace) monitor_find_symbols(mon);
    resolve_unknown(mon);
    stops_tell(&mon->stops);
    mon->started = true;
    out_flush(&mon->out);
}

/* Returns whether the guest is over; a reboot is not, unless asked for. */
static bool guest_over(struct monitor *mon, const struct machine_exit *end)
{
    struct error err;
    if (end->end == END_REBOOT && !mon->no_reboot) {
        if (machine_reset(mon->machine, &err)) return false;
        out_text(&mon->out, "%s\n", err.text);
    }
    mon->ended = true;
    mon->status = end->end == END_FAIL ? (int)(end->code & 0xff ? end->code & 0xff : 1) : 0;
    return true;
}

static enum moved run(struct monitor *mon)
{
    for (;;) {
        struct machine_exit end;
        struct error err;
        mon->console->asked = ASKED_NOTHING;
        stops_apply(&mon->stops);
        mon->running = true;
        bool ran = machine_run(mon->machine, &mon->console->console, &end, &err);
        mon->running = false;
        if (!ran) {
            out_text(&mon->out, "%s\n", err.text);
            return MOVED_STOPPED;
        }
        switch (end.end) {
        case END_BREAK:
            mon->hart = end.code;
            return MOVED_BREAK;
        case END_STOPPED:
            if (mon->console->asked == ASKED_QUIT) mon->quit = true;
            return MOVED_STOPPED;
        default:
            if (guest_over(mon, &end)) return MOVED_ENDED;
            if (mon->console->asked == ASKED_QUIT) mon->quit = true;
            if (mon->console->asked != ASKED_NOTHING) return MOVED_STOPPED;
        }
    }
}

enum moved move_run_on(struct monitor *mon)
{
    enum moved moved = MOVED_STOPPED;
    prepare(mon);
    if (!pass_stops(mon, &moved)) {
        if (moved == MOVED_BREAK) return moved;
        struct machine_exit end = machine_step_end(mon->machine);
        if (guest_over(mon, &end)) return MOVED_ENDED;
    }
    return run(mon);
}

enum moved move_run(struct monitor *mon)
{
    stops_settle(&mon->stops);
    return move_run_on(mon);
}

/* gdb steps by setting a breakpoint at the next instruction and letting the guest run: that is soon
 * over, and not worth translating anything. */
enum moved move_a_little(struct monitor *mon)
{
    enum moved moved = MOVED_STEPPED;
    stops_settle(&mon->stops);
    prepare(mon);
    if (machine_hart_count(mon->machine) > 1) return moved;
    for (unsigned i = 0; i < LITTLE && moved == MOVED_STEPPED; i++) {
        enum machine_step step = move_one(mon, 0, i > 0);
        bool hit = mon->stops.harts[0].hit.any;
        if (i == 0) mon->stops.harts[0].skip = false;
        if (step == STEP_BREAK || (step == STEP_DONE && hit)) moved = MOVED_BREAK;
        if (step == STEP_ENDED) {
            struct machine_exit end = machine_step_end(mon->machine);
            moved = guest_over(mon, &end) ? MOVED_ENDED : MOVED_STEPPED;
        }
    }
    machine_step_flush(mon->machine, &mon->console->console);
    return moved;
}

#define STEPS_A_FLUSH 1024

enum moved move_steps(struct monitor *mon, uint64_t count)
{
    enum moved moved = MOVED_STEPPED;
    stops_settle(&mon->stops);
    prepare(mon);
    for (uint64_t i = 0; i < count && moved == MOVED_STEPPED; i++) {
        enum machine_step step = move_one(mon, mon->hart, i > 0);
        if (i == 0 && mon->stops.harts[mon->hart].hit.any && step == STEP_DONE) step = STEP_BREAK;
        mon->stops.harts[mon->hart].skip &= step == STEP_BREAK;
        if (step == STEP_BREAK) moved = MOVED_BREAK;
        if (step == STEP_ENDED) {
            struct machine_exit end = machine_step_end(mon->machine);
            moved = guest_over(mon, &end) ? MOVED_ENDED : MOVED_STOPPED;
        }
        if (i % STEPS_A_FLUSH != STEPS_A_FLUSH - 1) continue;
        machine_step_flush(mon->machine, &mon->console->console);
        if (host_signal_received() || console_interrupted(mon->console)) moved = MOVED_STOPPED;
    }
    machine_step_flush(mon->machine, &mon->console->console);
    return moved;
}

void move_show(struct monitor *mon)
{
    see_instruction(mon, monitor_hart(mon)->pc, true);
    see_explain_here(mon);
}

static void report_hit(struct monitor *mon, const struct stop_hit *hit, const struct stop *stop)
{
    out_row(&mon->out);
    out_string(&mon->out, "event", "stop");
    out_number(&mon->out, "hart", mon->hart);
    out_hex(&mon->out, "pc", monitor_hart(mon)->pc);
    if (stop && !stop->internal) out_number(&mon->out, "number", stop->number);
    see_hit(mon, hit, stop);
    if (hit->error.text[0])
        out_text(&mon->out, "  its condition can't be evaluated: %s\n", hit->error.text);
}

void move_report(struct monitor *mon, enum moved moved)
{
    const struct stop_hit hit = mon->stops.harts[mon->hart].hit;
    struct stop *stop = stops_find(&mon->stops, hit.number);
    char *commands = NULL;
    if (moved == MOVED_ENDED) {
        if (mon->attended) out_text(&mon->out, "the guest ended\n");
        out_row(&mon->out);
        out_string(&mon->out, "event", "end");
        out_number(&mon->out, "status", (uint64_t)mon->status);
        mon->quit = true;
        return;
    }
    if (mon->quit) return;
    monitor_find_symbols(mon);
    if (moved == MOVED_BREAK && hit.any) {
        report_hit(mon, &hit, stop);
        if (stop && stop->commands) commands = strdup(stop->commands);
    } else if (moved == MOVED_STOPPED) {
        out_text(&mon->out, "hart %u stopped\n", mon->hart);
        out_row(&mon->out);
        out_string(&mon->out, "event", "interrupted");
        out_number(&mon->out, "hart", mon->hart);
        out_hex(&mon->out, "pc", monitor_hart(mon)->pc);
    }
    stops_settle(&mon->stops);
    if (!commands) move_show(mon);
    free(mon->pending);
    mon->pending = commands;
}

/* One of the commands after `do`; more of them may follow a `continue` in it. */
void move_after_command(struct monitor *mon)
{
    if (mon->draining) return;
    mon->draining = true;
    while (mon->pending && !mon->quit) {
        char *commands = mon->pending;
        mon->pending = NULL;
        for (char *at = commands; at && *at && !mon->quit && !mon->pending;) {
            char *next = strchr(at, ';');
            if (next) *next++ = '\0';
            if (!monitor_execute(mon, at)) break;
            at = next;
        }
        free(commands);
    }
    mon->draining = false;
}
