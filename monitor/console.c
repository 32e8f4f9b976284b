/* monitor/console.c: the terminal as the machine's console. */
#include "monitor/console.h"

#include <stdio.h>
#include <string.h>

#include "host/terminal.h"

#define READ_SIZE 4096

static size_t console_write(void *owner, const uint8_t *bytes, size_t count)
{
    struct terminal_console *console = owner;
    size_t taken;
    if (console->output_ended) return count;
    switch (host_write_some(HOST_STDOUT, bytes, count, &taken)) {
    case HOST_WRITE_SOME:
        return taken;
    case HOST_WRITE_LATER:
        return 0;
    case HOST_WRITE_END:
        break;
    }
    /* Nobody reads any more: `rivet ... | head`. The machine would talk to the wall. */
    console->output_ended = true;
    machine_stop(console->machine);
    return count;
}

/* Rivet's own words, between the guest's lines. */
static void say(struct terminal_console *console, const char *text)
{
    if (!console->output_ended) host_write_all(HOST_STDOUT, text, strlen(text), NULL);
}

static void say_help(struct terminal_console *console)
{
    struct escape_help help;
    char line[96];
    say(console, "\n");
    for (unsigned i = 0; escape_help(i, &help); i++) {
        snprintf(line, sizeof line, "Ctrl-A %-7s %s\n", help.key, help.text);
        say(console, line);
    }
}

/* One typed byte: the guest's, appended to `plain`, or a key of Rivet's. */
static size_t take_byte(struct terminal_console *console, uint8_t byte, uint8_t *plain)
{
    switch (console->escapes ? escape_feed(&console->escape, byte) : ESCAPE_BYTE) {
    case ESCAPE_BYTE:
        *plain = byte;
        return 1;
    case ESCAPE_NONE:
        break;
    case ESCAPE_HELP:
        say_help(console);
        break;
    case ESCAPE_QUIT:
        machine_stop(console->machine);
        break;
    case ESCAPE_MONITOR:
        say(console, "\nthere is no monitor yet; Ctrl-A h shows the keys\n");
        break;
    case ESCAPE_BREAK:
        machine_input_break(console->machine);
        break;
    }
    return 0;
}

/* No more is read than the machine takes: the rest stays with the host, and nothing is lost. */
static void take_input(struct terminal_console *console)
{
    uint8_t typed[READ_SIZE], plain[READ_SIZE];
    size_t got, count = 0, room = machine_input_room(console->machine);
    if (room == 0) return;
    if (room > sizeof typed) room = sizeof typed;
    switch (host_read_some(HOST_STDIN, typed, room, &got)) {
    case HOST_READ_SOME:
        break;
    case HOST_READ_LATER:
        return;
    case HOST_READ_END:
        console->input_ended = true;
        /* A terminal ends when it hangs up; a pipe or file that ends was simply all there was. */
        if (host_terminal_is_tty()) machine_stop(console->machine);
        return;
    }
    for (size_t i = 0; i < got; i++)
        count += take_byte(console, typed[i], &plain[count]);
    if (count) machine_input(console->machine, plain, count);
}

static void console_wait(void *owner, bool want_input, bool want_output, uint64_t timeout_ns)
{
    struct terminal_console *console = owner;
    enum { SIGNAL, INPUT, OUTPUT, COUNT };
    struct host_poll_fd fds[COUNT] = {
        /* Readable for good once a signal came: heard once, it must not end every wait. */
        [SIGNAL] = {.fd = console->signal_heard ? -1 : host_signal_fd()},
        [INPUT] = {.fd = want_input && !console->input_ended ? HOST_STDIN : -1},
        [OUTPUT] = {.fd = want_output ? HOST_STDOUT : -1, .write = true},
    };
    if (!host_poll_wait(fds, COUNT, &console->waker, timeout_ns)) return;
    if (fds[SIGNAL].ready) {
        console->signal_heard = true;
        machine_stop(console->machine);
    }
    if (fds[INPUT].ready) take_input(console);
}

static void console_wake(void *owner)
{
    struct terminal_console *console = owner;
    host_waker_wake(&console->waker);
}

bool console_init(struct terminal_console *console, struct machine *machine, bool escapes,
                  struct error *err)
{
    *console = (struct terminal_console){
        .console = {.write = console_write,
                    .wait = console_wait,
                    .wake = console_wake,
                    .owner = console},
        .machine = machine,
        .escapes = escapes,
    };
    return host_waker_init(&console->waker, err);
}

void console_fini(struct terminal_console *console)
{
    host_waker_fini(&console->waker);
}
