/* monitor/session.c: scripts, the guest, the prompt, until somebody ends it. */
#include "monitor/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "host/poll.h"
#include "host/terminal.h"
#include "monitor/command.h"
#include "monitor/gdb.h"
#include "monitor/line.h"
#include "monitor/monitor.h"
#include "monitor/move.h"
#include "monitor/trace.h"

#define STATUS_SCRIPT 1 /* a command of a script failed */

bool command_quit(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t status = 0;
    args_skip(&args);
    if (*args && (!args_value(mon, &args, &status, err) || !args_end(mon, args, err))) return false;
    mon->quit = true;
    mon->status = (int)(status & 0xff);
    return true;
}

bool command_source(struct monitor *mon, const char *args, struct error *err)
{
    char path[1024];
    args_take(&args, path, sizeof path);
    if (!*path) return args_fail(mon, args, err, "a file is missing: source stops.rv");
    return args_end(mon, args, err) && monitor_source(mon, path, err);
}

bool command_echo(struct monitor *mon, const char *args, struct error *err)
{
    (void)err;
    args_skip(&args);
    out_text(&mon->out, "%s\n", args);
    return true;
}

/* -x and -ex; false: one failed. */
static bool scripts_run(struct monitor *mon, const struct options *options)
{
    struct error err;
    for (unsigned i = 0; i < options->command_count && !mon->quit; i++) {
        const struct option_command *command = &options->commands[i];
        mon->attended = true;
        if (!command->file) {
            if (!monitor_execute(mon, command->text)) return false;
        } else if (!monitor_source(mon, command->text, &err)) {
            out_end(&mon->out, command->text, &err);
            return false;
        }
    }
    return true;
}

/* What an empty line does after `line`: the same, but x, disas and list go on where they ended. */
static char *repeated(const struct command *row, const char *line, const char *args)
{
    static const char *const go_on[] = {"x", "xp", "disas", "list"};
    size_t length = strlen(line);
    for (unsigned i = 0; i < ARRAY_COUNT(go_on); i++) {
        if (strcmp(row->name, go_on[i]) != 0) continue;
        const char *format = args + strspn(args, " \t");
        if (*format != '/') format = args;
        length = (size_t)(format - line) + (*format == '/' ? strcspn(format, " \t") : 0);
    }
    return strndup(line, length);
}

static char *repeat(struct monitor *mon, char *line, char **last)
{
    const char *args;
    struct error err;
    mon->again = *line == '\0' && *last;
    if (mon->again) {
        free(line);
        return strdup(*last);
    }
    const struct command *row = command_parse(line, &args, &err);
    free(*last);
    *last = row && row->repeats ? repeated(row, line, args) : NULL;
    return line;
}

static void prompt(struct monitor *mon)
{
    char *last = NULL;
    mon->attended = true;
    /* A pipe whose lines were the monitor's before the guest ran goes on being the monitor's. */
    if (!host_terminal_is_tty() && mon->console->asked != ASKED_MONITOR &&
        mon->console->asked != ASKED_GDB)
        mon->console->monitor_only = true;
    while (!mon->quit) {
        char *line = NULL;
        switch (line_next(mon, &line)) {
        case LINE_READ:
            line = repeat(mon, line, &last);
            if (line) monitor_execute(mon, line);
            free(line);
            break;
        case LINE_END:
        case LINE_QUIT:
            mon->quit = true;
            break;
        case LINE_OTHER:
            break;
        }
    }
    free(last);
}

static void guest_run(struct monitor *mon)
{
    move_report(mon, move_run(mon));
    if (mon->out.text.length || mon->out.json) out_end(&mon->out, "run", NULL);
    move_after_command(mon);
}

/* ---- a serial port that leads elsewhere; from its thread ---- */

static size_t serial_receive(void *owner, const uint8_t *bytes, size_t count)
{
    struct terminal_console *console = owner;
    return machine_input(console->machine, bytes, count);
}

static void serial_room(void *owner)
{
    struct terminal_console *console = owner;
    host_waker_wake(&console->waker);
}

static void serial_stop(const struct monitor *mon)
{
    host_chars_stop(mon->console->serial);
}

static bool serial_start(struct monitor *mon, struct error *err)
{
    struct host_chars_end end = {
        .receive = serial_receive, .room = serial_room, .owner = mon->console};
    return !mon->console->serial || host_chars_start(mon->console->serial, &end, err);
}

static bool setup(struct monitor *mon, const struct options *options, struct error *err)
{
    mon->no_reboot = options->no_reboot;
    mon->out.json = options->json;
    mon->out.colour = host_terminal_is_tty() && !options->json;
    mon->console->monitor_only = options->monitor_stdio;
    mon->console->silent = options->silent;
    mon->console->serial = machine_serial(mon->machine);
    /* Then the terminal is the monitor's, or nobody's. */
    if (mon->console->serial && !options->monitor_stdio) mon->console->input_ended = true;
    mon->console->json = options->json ? &mon->out : NULL;
    if (options->monitor) mon->commands = fopen(options->monitor, "r");
    if (options->monitor && !mon->commands)
        return error_set(err, "-monitor %s: can't be read", options->monitor);
    if (options->trace && !trace_open(mon, options->trace, err)) return false;
    return (!options->gdb || gdb_listen(mon, options->gdb, err)) && serial_start(mon, err);
}

static void run(struct monitor *mon, const struct options *options)
{
    bool done = scripts_run(mon, options);
    if (!done && !host_terminal_is_tty()) {
        mon->status = STATUS_SCRIPT;
        return;
    }
    if (done && !mon->quit && !mon->started && !options->stopped) guest_run(mon);
    if (!mon->quit) prompt(mon);
}

bool session_run(struct machine *machine, const struct options *options, int *status,
                 struct error *err)
{
    struct terminal_console console;
    struct monitor mon;
    if (!console_init(&console, machine, options->escapes, err)) return false;
    monitor_init(&mon, machine, &console);
    bool done = setup(&mon, options, err);
    if (done) run(&mon, options);
    int signal = host_signal_received();
    *status = signal && !mon.ended ? 128 + signal : mon.status;
    serial_stop(&mon);
    gdb_close(&mon);
    if (mon.commands) fclose(mon.commands);
    monitor_fini(&mon);
    console_fini(&console);
    return done;
}
