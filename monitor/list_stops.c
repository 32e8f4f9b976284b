/* monitor/list_stops.c: the list of stops, and why one fired. */
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

static const char *kind_name(const struct stop *stop)
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
    out_text(&mon->out, "%-3u %-7s %s", stop->number, kind_name(stop), placed ? "" : stop->what);
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
    if (stop->hits) out_text(&mon->out, ", hit %" PRIu64 " times", stop->hits);
    out_text(&mon->out, "\n");
    out_row(&mon->out);
    out_number(&mon->out, "number", stop->number);
    out_string(&mon->out, "kind", kind_name(stop));
    out_string(&mon->out, "what", stop->what);
    if (placed && !stop->unknown) out_hex(&mon->out, "address", stop->address);
    out_bool(&mon->out, "pending", pending);
    out_bool(&mon->out, "enabled", stop->enabled);
    out_number(&mon->out, "hits", stop->hits);
    if (stop->condition_text) out_string(&mon->out, "condition", stop->condition_text);
}

/* "store of 8 bytes 0x5 to 0xffffffff81000000 <jiffies> (now 0x4)" */
static void access_show(struct monitor *mon, const struct debug_report *report)
{
    char where[ADDRESS_SIZE];
    bool store = report->event == DEBUG_STORE || (report->event == DEBUG_DEVICE && report->store);
    monitor_address(mon, report->va, where, sizeof where);
    if (store)
        out_text(&mon->out, "store of 0x%" PRIx64 " (%u bytes) to %s", report->value, report->size,
                 where);
    else
        out_text(&mon->out, "load of %u bytes from %s", report->size, where);
    uint8_t bytes[8];
    struct error err;
    if (report->event != DEBUG_DEVICE && report->size <= 8 &&
        target_read(monitor_hart(mon), report->va, false, bytes, report->size, NULL, &err))
        out_text(&mon->out, ", now 0x%" PRIx64, load_le(bytes, report->size));
    out_hex(&mon->out, "access", report->va);
    out_hex(&mon->out, "value", report->value);
    out_number(&mon->out, "size", report->size);
    out_bool(&mon->out, "store", store);
}

static void device_show(struct monitor *mon, const struct debug_report *report)
{
    const char *name = "no device";
    uint64_t offset = report->paddr;
    for (unsigned i = 0; i < mon->machine->device_count; i++) {
        const struct board_device *item = &mon->machine->devices[i];
        if (report->paddr - board_base(item) >= item->device->region.size) continue;
        name = item->device->name;
        offset = report->paddr - board_base(item);
    }
    access_show(mon, report);
    out_text(&mon->out, ": %s + 0x%" PRIx64, name, offset);
    out_string(&mon->out, "device", name);
}

void see_hit(struct monitor *mon, const struct stop_hit *hit, const struct stop *stop)
{
    const struct debug_report *report = &hit->report;
    const struct hart *h = monitor_hart(mon);
    const struct csr_info *csr;
    char where[ADDRESS_SIZE];
    if (!stop || stop->internal) return; /* what next and finish set: where it stands says all */
    out_text(&mon->out, "stop %u (%s %s)", stop->number, kind_name(stop), stop->what);
    if (machine_hart_count(mon->machine) > 1) out_text(&mon->out, " on hart %u", mon->hart);
    switch (report->event) {
    case DEBUG_INSN:
        break;
    case DEBUG_LOAD:
    case DEBUG_STORE:
        out_text(&mon->out, ": ");
        access_show(mon, report);
        break;
    case DEBUG_DEVICE:
        out_text(&mon->out, ": ");
        device_show(mon, report);
        break;
    case DEBUG_CSR:
        csr = csr_info_by_number(report->csr);
        out_text(&mon->out, ": %s %s", report->store ? "write to" : "read of",
                 csr ? csr->name : "?");
        break;
    case DEBUG_ECALL:
        out_text(&mon->out,
                 ": %s, a7=%" PRIu64 " a6=%" PRIu64 " a0=0x%" PRIx64 " a1=0x%" PRIx64
                 " a2=0x%" PRIx64,
                 cause_text(report->cause), hart_x(h, 17), hart_x(h, 16), hart_x(h, 10),
                 hart_x(h, 11), hart_x(h, 12));
        break;
    case DEBUG_TRAPPED:
        monitor_address(mon, report->from_pc, where, sizeof where);
        out_text(&mon->out, ": %s, from %s-mode at %s", cause_text(report->cause),
                 priv_name(report->from), where);
        out_hex(&mon->out, "cause", report->cause);
        out_hex(&mon->out, "from_pc", report->from_pc);
        break;
    case DEBUG_MODE:
        out_text(&mon->out, ": from %s-mode to %s-mode", priv_name(report->from),
                 priv_name(h->priv));
        break;
    }
    out_text(&mon->out, "\n");
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
