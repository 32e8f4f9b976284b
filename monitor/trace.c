/* monitor/trace.c: trace: every instruction executed, into a file.
 *
 * While it is on, harts execute on the reference engine, one instruction at a time. A line of the
 * text, and a record of the binary form, behind eight bytes "RVTRACE1" at its beginning:
 *
 *      hart instret mode pc symbol word  text  what changed
 *
 *      | u64 instret | u64 pc | u32 word | u8 hart | u8 mode | u16 count | count bytes: changes |
 *
 * An interrupt is a line of its own, with the instruction in front of which it came. Word 0: the
 * instruction couldn't be fetched.
 */
#include "monitor/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/effects.h"
#include "monitor/observe.h"
#include "monitor/target.h"

#define MAGIC          "RVTRACE1"
#define HEAD_SIZE      24
#define SHOWN_AT_FIRST 20

/* An instruction that was executed. */
struct record {
    uint64_t instret, pc;
    uint32_t word;
    unsigned hart, mode;
    const char *changes;
    size_t changes_length;
};

struct trace {
    struct monitor *mon;
    struct mutex lock; /* harts write at the same time */
    FILE *file;
    bool binary;
    uint64_t low, high;
    int mode;
    uint64_t written;
    struct effects under_way[MACHINE_MAX_HARTS];
};

static bool wanted(const struct trace *trace, const struct registers *at)
{
    return at->pc >= trace->low && at->pc <= trace->high &&
           (trace->mode == ANY || (int)at->priv == trace->mode);
}

/* Without the end of the line. */
static void record_text(struct monitor *mon, const struct record *record, struct text *line)
{
    char text[SEE_TEXT_SIZE] = "(can't be fetched)", where[ADDRESS_SIZE];
    symbols_format(&mon->symbols, record->pc, where, sizeof where);
    if (record->word) see_disassemble(mon, record->word, record->pc, text, sizeof text);
    int changes = (int)record->changes_length;
    text_printf(line, "%u %" PRIu64 " %s 0x%016" PRIx64 " %s%s%0*" PRIx32 "  %-*s%.*s",
                record->hart, record->instret, priv_name((enum priv)record->mode), record->pc,
                where, *where ? "  " : "", (record->word & 3) == 3 ? 8 : 4, record->word,
                changes ? 32 : 0, text, changes, record->changes);
}

static void record_write(struct trace *trace, const struct record *record)
{
    if (trace->binary) {
        uint8_t head[HEAD_SIZE];
        store_le(head, 8, record->instret);
        store_le(head + 8, 8, record->pc);
        store_le(head + 16, 4, record->word);
        head[20] = (uint8_t)record->hart;
        head[21] = (uint8_t)record->mode;
        store_le(head + 22, 2, record->changes_length);
        fwrite(head, 1, sizeof head, trace->file);
        fwrite(record->changes, 1, record->changes_length, trace->file);
        return;
    }
    struct text line = {0};
    record_text(trace->mon, record, &line);
    fprintf(trace->file, "%s\n", text_get(&line));
    text_fini(&line);
}

void trace_note(struct monitor *mon, struct hart *h)
{
    if (mon->trace) effects_begin(h, &mon->trace->under_way[h->id]);
}

void trace_noted(struct monitor *mon, struct hart *h)
{
    struct trace *trace = mon->trace;
    if (!trace || !wanted(trace, &trace->under_way[h->id].before)) return;
    struct effects *effects = &trace->under_way[h->id];
    struct text changes = {0};
    effects_end(h, effects, &changes);
    if (effects->happened) {
        const struct record record = {.instret = effects->instret,
                                      .pc = effects->before.pc,
                                      .word = effects->length ? effects->word : 0,
                                      .hart = h->id,
                                      .mode = effects->before.priv,
                                      .changes = text_get(&changes),
                                      .changes_length = changes.length};
        mutex_lock(&trace->lock);
        record_write(trace, &record);
        trace->written++;
        mutex_unlock(&trace->lock);
    }
    text_fini(&changes);
}

/* Reads a record of the binary form; `changes` holds its text. False: there is no other. */
static bool record_read(FILE *file, struct record *record, char changes[UINT16_MAX + 1])
{
    uint8_t head[HEAD_SIZE];
    if (fread(head, 1, sizeof head, file) != sizeof head) return false;
    *record = (struct record){.instret = load_le(head, 8),
                              .pc = load_le(head + 8, 8),
                              .word = (uint32_t)load_le(head + 16, 4),
                              .hart = head[20],
                              .mode = head[21] & 3u,
                              .changes = changes,
                              .changes_length = (size_t)load_le(head + 22, 2)};
    return fread(changes, 1, record->changes_length, file) == record->changes_length;
}

/* trace show FILE [FIRST [COUNT]] */
static bool trace_show(struct monitor *mon, const char *args, struct error *err)
{
    char path[1024], magic[sizeof MAGIC] = "", changes[UINT16_MAX + 1];
    uint64_t first = 0, count = SHOWN_AT_FIRST;
    args_take(&args, path, sizeof path);
    if (args_skip(&args), *args && !args_value(mon, &args, &first, err)) return false;
    if (args_skip(&args), *args && !args_value(mon, &args, &count, err)) return false;
    if (!args_end(mon, args, err)) return false;
    if (mon->trace) fflush(mon->trace->file);
    FILE *file = fopen(path, "rb");
    if (!file) return error_set(err, "%s: can't be read", path);
    bool ours =
        fread(magic, 1, sizeof MAGIC - 1, file) == sizeof MAGIC - 1 && strcmp(magic, MAGIC) == 0;
    struct record record;
    for (uint64_t i = 0; ours && (i < first || i - first < count); i++) {
        if (!record_read(file, &record, changes)) break;
        if (i < first) continue;
        struct text line = {0};
        record_text(mon, &record, &line);
        out_text(&mon->out, "%s\n", text_get(&line));
        out_row(&mon->out);
        out_string(&mon->out, "line", text_get(&line));
        text_fini(&line);
    }
    fclose(file);
    return ours || error_set(err, "%s: not a trace of the binary form", path);
}

void trace_close(struct trace *trace)
{
    if (!trace) return;
    trace->mon->trace = NULL;
    observe_settle(trace->mon);
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
    filter.file = fopen(path, "wb");
    struct trace *trace = filter.file ? malloc(sizeof *trace) : NULL;
    if (!trace) return error_set(err, "%s: can't be written", path);
    trace_close(mon->trace);
    *trace = filter;
    mutex_init(&trace->lock);
    symbols_at(&mon->symbols, 0, &filter.low); /* sorts them, while no hart looks */
    mon->trace = trace;
    observe_settle(mon);
    if (trace->binary) fputs(MAGIC, trace->file);
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
    if (args_word(&args, "show")) return trace_show(mon, args, err);
    return args_fail(mon, args, err, "trace on FILE, trace off, or trace show FILE");
}
