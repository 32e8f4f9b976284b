/* monitor/monitor.c: executes command lines. */
#include "monitor/monitor.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/history.h"
#include "monitor/move.h"
#include "monitor/trace.h"

#define DEPTH_MAX    16
#define SEARCHES_MAX 4 /* a look through RAM takes a moment */

void monitor_init(struct monitor *mon, struct machine *machine, struct terminal_console *console)
{
    *mon = (struct monitor){.machine = machine, .console = console};
    stops_init(&mon->stops, machine);
}

void monitor_fini(struct monitor *mon)
{
    trace_close(mon->trace);
    stops_fini(&mon->stops);
    history_free(mon->recording);
    symbols_fini(&mon->symbols);
    out_fini(&mon->out);
    free(mon->seen);
    free(mon->explaining);
}

struct hart *monitor_hart(struct monitor *mon)
{
    return machine_hart(mon->machine, mon->hart);
}

void monitor_find_symbols(struct monitor *mon)
{
    uint64_t now = monitor_hart(mon)->instret + 1;
    if (mon->symbols.kallsyms || mon->searches >= SEARCHES_MAX || mon->searched_at == now) return;
    mon->searched_at = now;
    mon->searches++;
    symbols_find_kallsyms(&mon->symbols, &mon->machine->bus);
}

void monitor_address(struct monitor *mon, uint64_t address, char *text, size_t size)
{
    char symbol[ADDRESS_SIZE - 24];
    symbols_format(&mon->symbols, address, symbol, sizeof symbol);
    if (*symbol)
        snprintf(text, size, "0x%" PRIx64 " <%s>", address, symbol);
    else
        snprintf(text, size, "0x%" PRIx64, address);
}

bool monitor_line(struct monitor *mon, const char *text, uint64_t *address)
{
    const char *colon = strrchr(text, ':');
    char *end, file[1024];
    if (!colon || !colon[1] || colon == text || (size_t)(colon - text) >= sizeof file) return false;
    long line = strtol(colon + 1, &end, 10);
    if (*end || line <= 0 || line > 10000000) return false;
    snprintf(file, sizeof file, "%.*s", (int)(colon - text), text);
    return symbols_line_address(&mon->symbols, file, (int)line, address);
}

/* The line again, with a mark under what was wrong. */
static void point(struct monitor *mon)
{
    if (!mon->caret || mon->out.json) return;
    size_t column = (size_t)(mon->caret - mon->line);
    if (column > strlen(mon->line)) return;
    out_text(&mon->out, "  %s\n  %*s^\n", mon->line, (int)column, "");
}

/* Executes without printing the answer's end. */
static bool execute(struct monitor *mon, const char *line, struct error *err)
{
    const char *args;
    const struct command *row = command_parse(line, &args, err);
    if (!row) return !err->text[0];
    mon->line = line;
    mon->caret = NULL;
    monitor_find_symbols(mon);
    return row->run(mon, args, err);
}

bool monitor_execute(struct monitor *mon, const char *line)
{
    struct error err = {.text = ""};
    if (mon->depth >= DEPTH_MAX) {
        error_set(&err, "commands within commands within commands: too deep");
        out_end(&mon->out, line, &err);
        return false;
    }
    mon->depth++;
    bool done = execute(mon, line, &err);
    mon->depth--;
    if (!done) {
        mon->line = line;
        point(mon);
    }
    out_end(&mon->out, line, done ? NULL : &err);
    move_after_command(mon);
    return done;
}

bool monitor_source(struct monitor *mon, const char *path, struct error *err)
{
    struct host_file file;
    bool done = true;
    if (!host_file_read(path, &file, err)) return false;
    const char *at = (const char *)file.bytes, *end = at + file.size;
    for (unsigned number = 1; at < end && done && !mon->quit; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        char *line = malloc(length + 1);
        if (!line) break;
        memcpy(line, at, length);
        line[length] = '\0';
        if (length && line[length - 1] == '\r') line[length - 1] = '\0';
        done = monitor_execute(mon, line);
        if (!done) error_set(err, "%s:%u: stopped here: %s", path, number, line);
        free(line);
        at = stop ? stop + 1 : end;
    }
    host_file_close(&file);
    return done;
}

void args_skip(const char **args)
{
    while (isspace((unsigned char)**args))
        (*args)++;
}

bool args_word(const char **args, const char *word)
{
    size_t length = strlen(word);
    args_skip(args);
    if (strncmp(*args, word, length) != 0) return false;
    if ((*args)[length] && !isspace((unsigned char)(*args)[length])) return false;
    *args += length;
    return true;
}

void args_take(const char **args, char *word, size_t size)
{
    size_t length = 0;
    args_skip(args);
    for (; **args && !isspace((unsigned char)**args); (*args)++)
        if (length + 1 < size) word[length++] = **args;
    word[length] = '\0';
}

bool args_fail(struct monitor *mon, const char *where, struct error *err, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(err->text, sizeof err->text, format, list);
    va_end(list);
    mon->caret = where;
    return false;
}

bool args_value(struct monitor *mon, const char **args, uint64_t *value, struct error *err)
{
    struct expr_error wrong = {.column = 0};
    const char *end;
    args_skip(args);
    struct expr *expr =
        expr_compile(*args, &end, monitor_hart(mon), &mon->symbols, mon->last, &wrong);
    if (!expr) return args_fail(mon, *args + wrong.column, err, "%s", wrong.error.text);
    bool known = expr_value(expr, monitor_hart(mon), value, err);
    expr_free(expr);
    if (!known) mon->caret = *args;
    *args = end;
    return known;
}

bool args_end(struct monitor *mon, const char *args, struct error *err)
{
    args_skip(&args);
    return !*args || args_fail(mon, args, err, "nothing more is expected here");
}
