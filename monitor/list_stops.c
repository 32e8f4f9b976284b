/* monitor/list_stops.c: the list of stops. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu/csr.h"
#include "cpu/trap.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/see.h"
#include "monitor/stops_text.h"
#include "monitor/target.h"

const char *stop_kind_name(const struct stop *stop)
{
    if (stop->kind == STOP_BREAK) return stop->temporary ? "tbreak" : "break";
    if (stop->kind != STOP_WATCH) return "catch";
    return stop->loads && stop->stores ? "awatch" : stop->loads ? "rwatch" : "watch";
}

/* Not there yet: pending. */
static bool is_pending(struct monitor *mon, const struct stop *stop)
{
    uint64_t paddr;
    struct error err;
    if (stop->unknown) return true;
    if (stop->kind != STOP_BREAK || stop->physical) return false;
    return !target_translate(monitor_hart(mon), stop->address, &paddr, &err);
}

void stops_show(struct monitor *mon, const struct stop *stop)
{
    char where[ADDRESS_SIZE] = "";
    bool placed = stop->kind == STOP_BREAK || stop->kind == STOP_WATCH;
    bool pending = is_pending(mon, stop);
    if (placed && !stop->unknown) monitor_address(mon, stop->address, where, sizeof where);
    out_text(&mon->out, "%-3u %-7s %s", stop->number, stop_kind_name(stop),
             placed ? "" : stop->what);
    if (stop->asid != ANY) out_text(&mon->out, "ASID %d ", stop->asid);
    out_text(&mon->out, "%s%s", stop->physical ? "physical " : "", where);
    if (stop->unknown) out_text(&mon->out, "%s", stop->what);
    if (stop->kind == STOP_WATCH) out_text(&mon->out, ", %" PRIu64 " bytes", stop->length);
    if (pending)
        out_text(&mon->out, " (pending: %s)",
                 stop->unknown ? "no such symbol yet" : "not mapped yet");
    if (stop->condition_text) out_text(&mon->out, " if %s", stop->condition_text);
    if (stop->commands) out_text(&mon->out, " do %s", stop->commands);
    if (!stop->enabled) out_text(&mon->out, " (disabled)");
    if (stop->ignore) out_text(&mon->out, " (ignored %" PRIu64 " more times)", stop->ignore);
    if (stop->hits)
        out_text(&mon->out, ", hit %" PRIu64 " time%s", stop->hits, stop->hits == 1 ? "" : "s");
    out_text(&mon->out, "\n");
    out_row(&mon->out);
    out_number(&mon->out, "number", stop->number);
    out_string(&mon->out, "kind", stop_kind_name(stop));
    out_string(&mon->out, "what", stop->what);
    if (placed && !stop->unknown) out_hex(&mon->out, "address", stop->address);
    out_bool(&mon->out, "pending", pending);
    out_bool(&mon->out, "enabled", stop->enabled);
    out_number(&mon->out, "hits", stop->hits);
    if (stop->condition_text) out_string(&mon->out, "condition", stop->condition_text);
}

bool command_breakpoints(struct monitor *mon, const char *args, struct error *err)
{
    unsigned shown = 0;
    if (!args_end(mon, args, err)) return false;
    for (unsigned i = 0; i < mon->stops.count; i++) {
        if (mon->stops.list[i]->internal) continue;
        stops_show(mon, mon->stops.list[i]);
        shown++;
    }
    if (!shown) out_text(&mon->out, "no stops are set\n");
    return true;
}

/* Does something to each stop whose number is given, or to all. */
static bool each(struct monitor *mon, const char *args, struct error *err,
                 void (*act)(struct monitor *, struct stop *))
{
    uint64_t number;
    args_skip(&args);
    if (!*args) {
        for (unsigned i = mon->stops.count; i-- > 0;)
            if (!mon->stops.list[i]->internal && !mon->stops.list[i]->gdb)
                act(mon, mon->stops.list[i]);
        return true;
    }
    while (args_skip(&args), *args) {
        const char *start = args;
        if (!args_value(mon, &args, &number, err)) return false;
        struct stop *stop = stops_find(&mon->stops, (unsigned)number);
        if (!stop || number > UINT32_MAX)
            return args_fail(mon, start, err, "no stop has this number");
        act(mon, stop);
    }
    return true;
}

static void act_delete(struct monitor *mon, struct stop *stop)
{
    stops_remove(&mon->stops, stop);
}

static void act_enable(struct monitor *mon, struct stop *stop)
{
    stop->enabled = mon->stops.dirty = true;
}

static void act_disable(struct monitor *mon, struct stop *stop)
{
    stop->enabled = false;
    mon->stops.dirty = true;
}

bool command_delete(struct monitor *mon, const char *args, struct error *err)
{
    args_word(&args, "breakpoints");
    return each(mon, args, err, act_delete);
}

bool command_enable(struct monitor *mon, const char *args, struct error *err)
{
    return each(mon, args, err, act_enable);
}

bool command_disable(struct monitor *mon, const char *args, struct error *err)
{
    return each(mon, args, err, act_disable);
}

bool command_ignore(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t number, count;
    args_skip(&args);
    const char *start = args;
    if (!args_value(mon, &args, &number, err) || !args_value(mon, &args, &count, err) ||
        !args_end(mon, args, err))
        return false;
    struct stop *stop = stops_find(&mon->stops, (unsigned)number);
    if (!stop || number > UINT32_MAX) return args_fail(mon, start, err, "no stop has this number");
    stop->ignore = count;
    stops_show(mon, stop);
    return true;
}
