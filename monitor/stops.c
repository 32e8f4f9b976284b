/* monitor/stops.c: which stop matches what a hart reports. */
#include "monitor/stops.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/trap.h"
#include "mem/bus.h"
#include "monitor/target.h"

void stops_init(struct stops *stops, struct machine *machine)
{
    *stops = (struct stops){.machine = machine, .next_number = 1};
    mutex_init(&stops->lock);
    for (unsigned i = 0; i < MACHINE_MAX_HARTS; i++)
        stops->harts[i].stops = stops;
}

static void stop_free(struct stop *stop)
{
    expr_free(stop->condition);
    free(stop->condition_text);
    free(stop->commands);
    free(stop->what);
    free(stop);
}

void stops_fini(struct stops *stops)
{
    for (unsigned id = 0; id < machine_hart_count(stops->machine); id++) {
        debug_attach(machine_hart(stops->machine, id), NULL);
        debug_fini(&stops->harts[id].debug);
    }
    for (unsigned i = 0; i < stops->count; i++)
        stop_free(stops->list[i]);
    free(stops->list);
    free(stops->watches);
    mutex_fini(&stops->lock);
}

struct stop *stops_add(struct stops *stops, enum stop_kind kind, const char *what)
{
    if (stops->count == stops->room) {
        unsigned room = stops->room ? 2 * stops->room : 16;
        struct stop **list = realloc(stops->list, room * sizeof(struct stop *));
        if (!list) return NULL;
        stops->list = list;
        stops->room = room;
    }
    struct stop *stop = calloc(1, sizeof *stop);
    if (!stop) return NULL;
    *stop = (struct stop){.kind = kind,
                          .enabled = true,
                          .what = strdup(what),
                          .asid = ANY,
                          .which = ANY,
                          .hart = ANY};
    stops->list[stops->count++] = stop;
    stops->dirty = true;
    return stop;
}

void stops_remove(struct stops *stops, struct stop *stop)
{
    for (unsigned i = 0; i < stops->count; i++) {
        if (stops->list[i] != stop) continue;
        memmove(&stops->list[i], &stops->list[i + 1],
                (stops->count - i - 1) * sizeof(struct stop *));
        stops->count--;
        stops->dirty = true;
        stop_free(stop);
        return;
    }
}

struct stop *stops_find(struct stops *stops, unsigned number)
{
    for (unsigned i = 0; i < stops->count; i++)
        if (number && stops->list[i]->number == number) return stops->list[i];
    return NULL;
}

/* satp.ASID. */
static int hart_asid(const struct hart *h)
{
    return (int)(h->xlen == 64 ? bits_get(h->satp, 59, 44) : bits_get(h->satp, 30, 22));
}

static bool break_matches(const struct stop *stop, struct hart *h)
{
    uint64_t paddr;
    struct error ignored;
    if (stop->unknown) return false;
    if (stop->asid != ANY && stop->asid != hart_asid(h)) return false;
    if (stop->sp_least && hart_x(h, 2) < stop->sp_least) return false;
    if (!stop->physical) return stop->address == h->pc;
    return ((stop->address ^ h->pc) & ~PAGE_MASK) == 0 &&
           target_translate(h, h->pc, &paddr, &ignored) && paddr == stop->address;
}

static bool watch_matches(const struct stop *stop, const struct debug_report *report)
{
    uint64_t at = stop->physical ? report->paddr : report->va;
    bool wanted = report->event == DEBUG_STORE ? stop->stores : stop->loads;
    return wanted && at <= stop->address + stop->length - 1 &&
           stop->address <= at + report->size - 1;
}

static bool device_matches(const struct stop *stop, const struct debug_report *report)
{
    return stop->length == 0 ||
           (report->paddr >= stop->address && report->paddr - stop->address < stop->length);
}

static bool cause_matches(const struct stop *stop, uint64_t cause, bool interrupt)
{
    if (interrupt != !!(cause & CAUSE_INTERRUPT)) return false;
    return stop->which == ANY || (uint64_t)stop->which == (cause & ~CAUSE_INTERRUPT);
}

static bool stop_matches(const struct stop *stop, struct hart *h, const struct debug_report *report)
{
    if (!stop->enabled || (stop->hart != ANY && (unsigned)stop->hart != h->id)) return false;
    switch (stop->kind) {
    case STOP_BREAK:
        return report->event == DEBUG_INSN && break_matches(stop, h);
    case STOP_WATCH:
        return (report->event == DEBUG_LOAD || report->event == DEBUG_STORE) &&
               watch_matches(stop, report);
    case STOP_TRAP:
    case STOP_IRQ:
        return report->event == DEBUG_TRAPPED &&
               cause_matches(stop, report->cause, stop->kind == STOP_IRQ);
    case STOP_CSR:
        return report->event == DEBUG_CSR && (unsigned)stop->which == report->csr &&
               (report->store || !stop->writes_only);
    case STOP_MODE:
        return report->event == DEBUG_MODE &&
               (stop->which == ANY || (unsigned)stop->which == h->priv);
    case STOP_ECALL:
        return report->event == DEBUG_ECALL && report->cause == CAUSE_ECALL_U &&
               (stop->which == ANY || (uint64_t)stop->which == hart_x(h, 17));
    case STOP_SBI:
        return report->event == DEBUG_ECALL && report->cause == CAUSE_ECALL_S &&
               (stop->which == ANY || (uint64_t)stop->which == hart_x(h, 17));
    case STOP_MMIO:
        return report->event == DEBUG_DEVICE && device_matches(stop, report);
    }
    return false;
}

/* Counts a match; true when it is to stop the machine. */
static bool stop_fires(struct stop *stop, struct hart *h, struct error *err)
{
    uint64_t value;
    if (stop->condition) {
        if (!expr_value(stop->condition, h, &value, err)) return true;
        if (!value) return false;
    }
    stop->hits++;
    if (stop->ignore == 0) return true;
    stop->ignore--;
    return false;
}

static bool stops_report(void *owner, struct hart *h, const struct debug_report *report)
{
    struct stops_hart *item = owner;
    struct stops *stops = item->stops;
    bool stopping = false;
    mutex_lock(&stops->lock);
    for (unsigned i = 0; i < stops->count; i++) {
        struct stop *stop = stops->list[i];
        struct error err = {.text = ""};
        if (!stop_matches(stop, h, report) || !stop_fires(stop, h, &err)) continue;
        stop->fired = stopping = true;
        if (item->hit.any && (item->hit.number || stop->internal)) continue;
        item->hit = (struct stop_hit){.any = true,
                                      .number = stop->number,
                                      .kind = stop->kind,
                                      .gdb = stop->gdb,
                                      .report = *report,
                                      .error = err};
    }
    mutex_unlock(&stops->lock);
    if (stopping) item->skip = report->event != DEBUG_TRAPPED && report->event != DEBUG_MODE;
    return stopping;
}

static unsigned wants_of(const struct stop *stop)
{
    switch (stop->kind) {
    case STOP_TRAP:
    case STOP_IRQ:
        return 1u << DEBUG_TRAPPED;
    case STOP_CSR:
        return 1u << DEBUG_CSR;
    case STOP_MODE:
        return 1u << DEBUG_MODE;
    case STOP_ECALL:
    case STOP_SBI:
        return 1u << DEBUG_ECALL;
    case STOP_MMIO:
        return 1u << DEBUG_DEVICE;
    default:
        return 0;
    }
}

/* The list as struct hart_debug wants it; breakpoints, whatever their kind, by address. */
static void debug_fill(struct stops *stops, struct stops_hart *item, unsigned watch_count)
{
    struct hart_debug *debug = &item->debug;
    debug->wants = stops->more_wants;
    debug->watches = stops->watches;
    debug->watch_count = watch_count;
    debug->report = stops_report;
    debug->owner = item;
    debug->run = stops->run;
    debug->run_owner = stops->run_owner;
    debug->history = item->history;
    debug_break_clear(debug);
    for (unsigned i = 0; i < stops->count; i++) {
        const struct stop *stop = stops->list[i];
        if (!stop->enabled) continue;
        debug->wants |= wants_of(stop);
        if (stop->kind == STOP_BREAK && !stop->unknown) debug_break_add(debug, stop->address);
    }
}

static unsigned watches_fill(struct stops *stops)
{
    unsigned count = 0;
    struct debug_watch *watches = realloc(stops->watches, (stops->count + 1) * sizeof *watches);
    if (!watches) return 0;
    stops->watches = watches;
    for (unsigned i = 0; i < stops->count; i++) {
        const struct stop *stop = stops->list[i];
        if (!stop->enabled || stop->kind != STOP_WATCH) continue;
        watches[count++] = (struct debug_watch){.low = stop->address,
                                                .high = stop->address + stop->length - 1,
                                                .physical = stop->physical,
                                                .loads = stop->loads,
                                                .stores = stop->stores};
    }
    return count;
}

void stops_tell(struct stops *stops)
{
    if (!stops->dirty) return;
    unsigned watch_count = watches_fill(stops);
    for (unsigned id = 0; id < machine_hart_count(stops->machine); id++) {
        struct stops_hart *item = &stops->harts[id];
        debug_fill(stops, item, watch_count);
        machine_hart(stops->machine, id)->debug = &item->debug;
    }
    stops->dirty = false;
    stops->stale = true;
}

void stops_apply(struct stops *stops)
{
    stops_tell(stops);
    if (!stops->stale) return;
    bool needed = stops->count || stops->more_wants || stops->run || stops->harts[0].history;
    for (unsigned id = 0; id < machine_hart_count(stops->machine); id++)
        debug_attach(machine_hart(stops->machine, id), needed ? &stops->harts[id].debug : NULL);
    stops->stale = false;
}

bool stops_break_here(struct stops *stops, struct hart *h)
{
    const struct debug_report report = {.event = DEBUG_INSN, .va = h->pc};
    for (unsigned i = 0; i < stops->count; i++)
        if (stop_matches(stops->list[i], h, &report)) return true;
    return false;
}

void stops_settle(struct stops *stops)
{
    for (unsigned id = 0; id < MACHINE_MAX_HARTS; id++)
        if (stops->harts[id].hit.any) stops->harts[id].hit = (struct stop_hit){0};
    for (unsigned i = stops->count; i-- > 0;) {
        struct stop *stop = stops->list[i];
        bool fired = stop->fired;
        stop->fired = false;
        if (stop->internal || (fired && stop->temporary)) stops_remove(stops, stop);
    }
}
