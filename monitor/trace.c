/* monitor/trace.c: trace: every instruction executed, into a file.
 *
 * While it is on, harts execute on the reference engine, one instruction at a time. A line of the
 * text, and a record of the binary form:
 *
 *      hart instret mode pc  word  text  what changed
 *
 *      | u64 instret | u64 pc | u32 word | u8 hart | u8 mode | u16 count | count bytes: changes |
 */
#include "monitor/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/effects.h"
#include "monitor/target.h"

struct trace {
    struct monitor *mon;
    struct mutex lock; /* harts write at the same time */
    FILE *file;
    bool binary;
    uint64_t low, high;
    int mode;
    uint64_t written;
};

static bool wanted(const struct trace *trace, const struct registers *at)
{
    return at->pc >= trace->low && at->pc <= trace->high &&
           (trace->mode == ANY || (int)at->priv == trace->mode);
}

static void record_write(struct trace *trace, const struct hart *h, uint64_t instret,
                         const struct effects *effects, const struct text *changes)
{
    const struct registers *at = &effects->before;
    if (trace->binary) {
        uint8_t head[24];
        store_le(head, 8, instret);
        store_le(head + 8, 8, at->pc);
        store_le(head + 16, 4, effects->word);
        head[20] = (uint8_t)h->id;
        head[21] = (uint8_t)at->priv;
        store_le(head + 22, 2, changes->length);
        fwrite(head, 1, sizeof head, trace->file);
        fwrite(text_get(changes), 1, changes->length, trace->file);
        return;
    }
    char text[SEE_TEXT_SIZE], where[ADDRESS_SIZE];
    see_disassemble(trace->mon, effects->word, at->pc, text, sizeof text);
    symbols_format(&trace->mon->symbols, at->pc, where, sizeof where);
    fprintf(trace->file, "%u %" PRIu64 " %s 0x%016" PRIx64 " %s%s%0*" PRIx32 "  %-32s%s\n", h->id,
            instret, priv_name(at->priv), at->pc, where, *where ? "  " : "",
            (int)effects->length * 2, effects->word, effects->length ? text : "(fetch fault)",
            text_get(changes));
}

static enum run_reason trace_run(void *owner, struct hart *h, uint64_t budget)
{
    struct trace *trace = owner;
    struct text changes = {0};
    enum run_reason reason = RUN_BUDGET;
    for (uint64_t i = 0; i < budget && i < 1000 && reason == RUN_BUDGET; i++) {
        struct effects effects;
        uint64_t instret = h->instret;
        effects_begin(h, &effects);
        reason = engine_ref.run(h, 1);
        if (reason != RUN_BUDGET || !wanted(trace, &effects.before)) continue;
        text_clear(&changes);
        effects_end(h, &effects, &changes);
        mutex_lock(&trace->lock);
        record_write(trace, h, instret, &effects, &changes);
        trace->written++;
        mutex_unlock(&trace->lock);
    }
    text_fini(&changes);
    return reason;
}

void trace_close(struct trace *trace)
{
    if (!trace) return;
    trace->mon->stops.run = NULL;
    trace->mon->stops.dirty = true;
    trace->mon->trace = NULL;
    fclose(trace->file);
    mutex_fini(&trace->lock);
    free(trace);
}

static bool filter_take(struct monitor *mon, struct trace *trace, const char **args,
                        struct error *err)
{
    if (args_word(args, "binary")) {
        trace->binary = true;
    } else if (args_word(args, "from")) {
        if (!args_value(mon, args, &trace->low, err)) return false;
        if (!args_word(args, "to")) return args_fail(mon, *args, err, "from LOW to HIGH");
        return args_value(mon, args, &trace->high, err);
    } else if (args_word(args, "symbol")) {
        uint64_t offset;
        if (!args_value(mon, args, &trace->low, err)) return false;
        const struct symbol *symbol = symbols_at(&mon->symbols, trace->low, &offset);
        if (!symbol) return args_fail(mon, *args, err, "no symbol is there");
        trace->high = symbol->size ? symbol->address + symbol->size - 1 : trace->low;
        while (!symbol->size && trace->high < trace->low + 0x10000 &&
               symbols_at(&mon->symbols, trace->high + 1, &offset) == symbol)
            trace->high++;
    } else if (args_word(args, "mode")) {
        static const char letters[] = "us?m";
        args_skip(args);
        const char *at = **args ? strchr(letters, **args) : NULL;
        if (!at) return args_fail(mon, *args, err, "mode u, s or m");
        trace->mode = (int)(at - letters);
        (*args)++;
    } else {
        return args_fail(mon, *args, err, "binary, from LOW to HIGH, mode or symbol");
    }
    return true;
}

bool trace_open(struct monitor *mon, const char *args, struct error *err)
{
    char path[1024];
    struct trace filter = {.mon = mon, .high = UINT64_MAX, .mode = ANY};
    args_skip(&args);
    const char *start = args;
    args_take(&args, path, sizeof path);
    if (!*path) return args_fail(mon, start, err, "a file is missing: trace on FILE");
    while (args_skip(&args), *args)
        if (!filter_take(mon, &filter, &args, err)) return false;
    if (mon->recording) return error_set(err, "hist is on: hist off comes first");
    filter.file = fopen(path, "wb");
    struct trace *trace = filter.file ? malloc(sizeof *trace) : NULL;
    if (!trace) return error_set(err, "%s: can't be written", path);
    trace_close(mon->trace);
    *trace = filter;
    mutex_init(&trace->lock);
    symbols_at(&mon->symbols, 0, &filter.low); /* sorts them, while no hart looks */
    mon->trace = trace;
    mon->stops.run = trace_run;
    mon->stops.run_owner = trace;
    mon->stops.dirty = true;
    return true;
}

bool command_trace(struct monitor *mon, const char *args, struct error *err)
{
    if (args_word(&args, "on")) return trace_open(mon, args, err);
    if (args_word(&args, "off")) {
        if (!args_end(mon, args, err)) return false;
        if (!mon->trace) return error_set(err, "there is no trace to end");
        out_text(&mon->out, "%" PRIu64 " instructions traced\n", mon->trace->written);
        trace_close(mon->trace);
        return true;
    }
    return args_fail(mon, args, err, "trace on FILE, or trace off");
}
