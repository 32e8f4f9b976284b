/* monitor/set_stops.c: break, watch, catch: from their arguments to a stop. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/csr.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/stops_text.h"
#include "monitor/target.h"

/* Where `word` stands alone in the text, or its end. */
static const char *find_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += length) {
        bool begins = at == text || at[-1] == ' ', ends = at[length] == ' ' || !at[length];
        if (begins && ends) return at;
    }
    return text + strlen(text);
}

static char *copy(const char *from, const char *to)
{
    while (from < to && *from == ' ')
        from++;
    while (to > from && to[-1] == ' ')
        to--;
    char *text = malloc((size_t)(to - from) + 1);
    if (!text) return NULL;
    memcpy(text, from, (size_t)(to - from));
    text[to - from] = '\0';
    return text;
}

/* "[if EXPR] [do CMDS]" at the end of a stop's arguments. */
static bool tail_take(struct monitor *mon, struct stop *stop, const char *args, struct error *err)
{
    struct expr_error wrong = {.column = 0};
    const char *end;
    args_skip(&args);
    if (args_word(&args, "if")) {
        args_skip(&args);
        stop->condition =
            expr_compile(args, &end, monitor_hart(mon), &mon->symbols, mon->last, &wrong);
        if (!stop->condition)
            return args_fail(mon, args + wrong.column, err, "%s", wrong.error.text);
        stop->condition_text = copy(args, end);
        args = end;
    }
    if (args_word(&args, "do")) {
        stop->commands = copy(args, args + strlen(args));
        return true;
    }
    return args_end(mon, args, err);
}

/* Where the place ends and its conditions begin. */
static const char *tail_start(const char *args)
{
    const char *condition = find_word(args, "if"), *commands = find_word(args, "do");
    return condition < commands ? condition : commands;
}

static bool is_identifier(const char *text)
{
    return *text &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."
                        "$") == strlen(text) &&
           (*text < '0' || *text > '9');
}

/* LOC: [asid=N:][p:]EXPR, a symbol that may be unknown, FILE:LINE. `args` ends at `end`. */
static bool place_take(struct monitor *mon, struct stop *stop, const char *args, const char *end,
                       struct error *err)
{
    uint64_t asid;
    args_skip(&args);
    if (args == end) {
        stop->address = monitor_hart(mon)->pc;
        return true;
    }
    const char *line = strrchr(stop->what, ':');
    if (monitor_line(mon, stop->what, &stop->address)) return true;
    if (line && line[1] && line[1 + strspn(line + 1, "0123456789")] == '\0' &&
        memchr(stop->what, '.', (size_t)(line - stop->what)))
        return args_fail(mon, args, err, "no code is known for this line; load a file with DWARF");
    if (strncmp(args, "asid=", 5) == 0) {
        args += 5;
        if (!args_value(mon, &args, &asid, err)) return false;
        if (*args++ != ':') return args_fail(mon, args - 1, err, "asid=N:ADDRESS");
        stop->asid = (int)(asid & 0xffff);
    }
    if (args[0] == 'p' && args[1] == ':') {
        stop->physical = true;
        args += 2;
    }
    if (*args == '*' && stop->kind == STOP_BREAK) args++; /* gdb: break *0x80000000 */
    if (args_value(mon, &args, &stop->address, err)) {
        args_skip(&args);
        if (args == end || *args == ',') return true;
        return args_fail(mon, args, err, "`if`, `do` or nothing is expected here");
    }
    if (stop->kind != STOP_BREAK || !is_identifier(stop->what)) return false;
    stop->unknown = true;
    mon->caret = NULL;
    return true;
}

static bool finish_stop(struct monitor *mon, struct stop *stop, const char *tail, struct error *err)
{
    if (!tail_take(mon, stop, tail, err)) {
        stops_remove(&mon->stops, stop);
        return false;
    }
    stop->number = mon->stops.next_number++;
    stops_show(mon, stop);
    return true;
}

static struct stop *stop_begin(struct monitor *mon, enum stop_kind kind, const char *args,
                               const char *end, struct error *err)
{
    char *what = copy(args, end);
    struct stop *stop = what ? stops_add(&mon->stops, kind, what) : NULL;
    free(what);
    if (!stop || !stop->what) error_set(err, "out of host memory");
    return stop;
}

static bool add_break(struct monitor *mon, const char *args, bool temporary, struct error *err)
{
    args_skip(&args);
    const char *end = tail_start(args);
    struct stop *stop = stop_begin(mon, STOP_BREAK, args, end, err);
    if (!stop) return false;
    stop->temporary = temporary;
    if (!place_take(mon, stop, args, end, err)) {
        stops_remove(&mon->stops, stop);
        return false;
    }
    if (stop->address & 1) {
        stops_remove(&mon->stops, stop);
        return args_fail(mon, args, err, "instructions start at even addresses");
    }
    return finish_stop(mon, stop, end, err);
}

bool command_break(struct monitor *mon, const char *args, struct error *err)
{
    return add_break(mon, args, false, err);
}

bool command_tbreak(struct monitor *mon, const char *args, struct error *err)
{
    return add_break(mon, args, true, err);
}

static bool add_watch(struct monitor *mon, const char *args, bool loads, bool stores,
                      struct error *err)
{
    args_skip(&args);
    const char *end = tail_start(args);
    if (args == end) return args_fail(mon, args, err, "an address is missing: watch jiffies,8");
    struct stop *stop = stop_begin(mon, STOP_WATCH, args, end, err);
    if (!stop) return false;
    const char *comma = memchr(args, ',', (size_t)(end - args));
    stop->loads = loads;
    stop->stores = stores;
    stop->length = monitor_hart(mon)->xlen / 8;
    bool taken = place_take(mon, stop, args, comma ? comma : end, err);
    if (taken && comma) {
        comma++;
        taken = args_value(mon, &comma, &stop->length, err);
        if (taken && (stop->length == 0 || stop->length > UINT64_C(1) << 32 ||
                      stop->address + stop->length - 1 < stop->address))
            taken = args_fail(mon, comma, err, "that many bytes can't be watched");
    }
    if (taken) return finish_stop(mon, stop, end, err);
    stops_remove(&mon->stops, stop);
    return false;
}

bool command_watch(struct monitor *mon, const char *args, struct error *err)
{
    return add_watch(mon, args, false, true, err);
}

bool command_rwatch(struct monitor *mon, const char *args, struct error *err)
{
    return add_watch(mon, args, true, false, err);
}

bool command_awatch(struct monitor *mon, const char *args, struct error *err)
{
    return add_watch(mon, args, true, true, err);
}

static bool number_which(struct monitor *mon, struct stop *stop, const char **args, const char *end,
                         struct error *err)
{
    uint64_t value;
    args_skip(args);
    if (*args == end) return true;
    if (!args_value(mon, args, &value, err)) return false;
    stop->which = (int)(value & 0x7fffffff);
    return true;
}

/* A cause beyond what mcause can hold would never come. */
static bool cause_which(struct monitor *mon, struct stop *stop, const char **args, const char *end,
                        struct error *err)
{
    const char *start = *args;
    if (!number_which(mon, stop, args, end, err)) return false;
    args_skip(&start);
    return stop->which < 64 || args_fail(mon, start, err, "causes are 0 to 63");
}

static bool csr_which(struct monitor *mon, struct stop *stop, const char **args, const char *end,
                      struct error *err)
{
    char name[32];
    (void)end;
    args_skip(args);
    const char *start = *args;
    args_take(args, name, sizeof name);
    const struct csr_info *info = csr_info_by_name(name);
    if (!info) return args_fail(mon, start, err, "catch csr NAME: no CSR \"%s\"", name);
    stop->which = (int)info->number;
    stop->writes_only = args_word(args, "w");
    return true;
}

static bool mode_which(struct monitor *mon, struct stop *stop, const char **args, const char *end,
                       struct error *err)
{
    static const char *const names[] = {[PRIV_U] = "u", [PRIV_S] = "s", [PRIV_M] = "m"};
    args_skip(args);
    if (*args == end) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        if (names[i] && args_word(args, names[i])) stop->which = (int)i;
    return stop->which != ANY || args_fail(mon, *args, err, "catch mode u, s or m");
}

static bool device_which(struct monitor *mon, struct stop *stop, const char **args, const char *end,
                         struct error *err)
{
    char name[32];
    args_skip(args);
    const char *start = *args;
    if (start == end) return true;
    args_take(args, name, sizeof name);
    for (unsigned i = 0; i < mon->machine->device_count; i++) {
        const struct board_device *item = &mon->machine->devices[i];
        if (strcmp(item->device->name, name) != 0) continue;
        stop->address = board_base(item);
        stop->length = item->device->region.size;
        return true;
    }
    return args_fail(mon, start, err, "no device \"%s\"; dev lists them", name);
}

static const struct {
    const char *word;
    enum stop_kind kind;
    bool (*take)(struct monitor *, struct stop *, const char **args, const char *end,
                 struct error *);
} events[] = {
    {"trap", STOP_TRAP, cause_which},    {"irq", STOP_IRQ, cause_which},
    {"csr", STOP_CSR, csr_which},        {"mode", STOP_MODE, mode_which},
    {"ecall", STOP_ECALL, number_which}, {"sbi", STOP_SBI, number_which},
    {"mmio", STOP_MMIO, device_which},
};

bool command_catch(struct monitor *mon, const char *args, struct error *err)
{
    args_skip(&args);
    const char *end = tail_start(args), *start = args;
    for (unsigned i = 0; i < ARRAY_COUNT(events); i++) {
        if (!args_word(&args, events[i].word)) continue;
        struct stop *stop = stop_begin(mon, events[i].kind, start, end, err);
        if (!stop) return false;
        bool taken = events[i].take(mon, stop, &args, end, err);
        args_skip(&args);
        if (taken && args != end)
            taken = args_fail(mon, args, err, "`if`, `do` or nothing is expected here");
        if (taken) return finish_stop(mon, stop, end, err);
        stops_remove(&mon->stops, stop);
        return false;
    }
    return args_fail(mon, args, err, "catch trap, irq, csr, mode, ecall, sbi or mmio");
}
