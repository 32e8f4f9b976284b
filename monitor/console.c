/* monitor/console.c: the terminal as the machine's console. */
#include "monitor/console.h"

#include <stdio.h>
#include <string.h>

#include "host/terminal.h"
#include "machine/board.h"

#define CTRL_C 0x03

static size_t console_write(void *owner, const uint8_t *bytes, size_t count)
{
    struct terminal_console *console = owner;
    size_t taken;
    if (console->serial) return host_chars_write(console->serial, bytes, count);
    if (console->output_ended || console->silent) return count;
    if (console->json) {
        out_console(console->json, (const char *)bytes, count);
        return count;
    }
    switch (host_write_some(HOST_STDOUT, bytes, count, &taken)) {
    case HOST_WRITE_SOME:
        return taken;
    case HOST_WRITE_LATER:
        return 0;
    case HOST_WRITE_FULL:
        if (!console->told_full)
            notice_say(&console->machine->config.notice,
                       "standard output: the disk is full; what the guest prints is lost");
        console->told_full = true;
        return count;
    case HOST_WRITE_END:
        break;
    }
    /* Nobody reads any more: `rivet ... | head`. The machine would talk to the wall. */
    console->output_ended = true;
    console->asked = ASKED_QUIT;
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

static void ask(struct terminal_console *console, enum asked asked)
{
    console->asked = asked;
    machine_stop(console->machine);
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
        ask(console, ASKED_QUIT);
        break;
    case ESCAPE_MONITOR:
        say(console, "\n");
        ask(console, ASKED_MONITOR);
        break;
    case ESCAPE_BREAK:
        machine_input_break(console->machine);
        break;
    }
    return 0;
}

bool console_read(struct terminal_console *console)
{
    size_t got;
    if (console->held_count) return true;
    if (console->input_ended) return false;
    switch (host_read_some(HOST_STDIN, console->held, sizeof console->held, &got)) {
    case HOST_READ_SOME:
        console->held_at = 0;
        console->held_count = got;
        return true;
    case HOST_READ_LATER:
        return false;
    case HOST_READ_END:
        console->input_ended = true;
    }
    return false;
}

/* -monitor stdio: a Ctrl-C among what was typed; on a pipe only as the next byte, as what follows
 * are commands for when the guest has stopped. */
static bool take_interrupt(struct terminal_console *console)
{
    const uint8_t *at = console->held + console->held_at;
    const uint8_t *hit = memchr(at, CTRL_C, console->held_count);
    if (!hit || (hit != at && !host_terminal_is_tty())) return false;
    size_t used = (size_t)(hit - at) + 1;
    console->held_at += used;
    console->held_count -= used;
    return true;
}

bool console_interrupted(struct terminal_console *console)
{
    struct host_poll_fd input = {.fd = console->input_ended ? -1 : HOST_STDIN};
    if (!console->held_count && host_poll_wait(&input, 1, NULL, 0) && input.ready)
        console_read(console);
    return host_terminal_is_tty() && console->held_count && take_interrupt(console);
}

/* No more is read than the machine takes: the rest stays here or with the host, and nothing is
 * lost. What follows a key that stops the machine is the monitor's. */
static void take_input(struct terminal_console *console)
{
    uint8_t plain[CONSOLE_HELD];
    size_t count = 0, room = machine_input_room(console->machine);
    if (!console_read(console)) {
        /* A terminal ends when it hangs up; a pipe or file that ends was simply all there was. */
        if (console->input_ended && host_terminal_is_tty()) ask(console, ASKED_QUIT);
        return;
    }
    if (console->monitor_only) {
        if (take_interrupt(console)) ask(console, ASKED_MONITOR);
        return;
    }
    while (console->held_count && count < room && console->asked == ASKED_NOTHING) {
        console->held_count--;
        count += take_byte(console, console->held[console->held_at++], &plain[count]);
    }
    if (count) machine_input(console->machine, plain, count);
}

static void console_wait(void *owner, bool want_input, bool want_output, uint64_t timeout_ns)
{
    struct terminal_console *console = owner;
    enum { SIGNAL, INPUT, OUTPUT, MORE };
    struct host_poll_fd fds[HOST_POLL_MAX] = {
        /* Readable for good once a signal came: heard once, it must not end every wait. */
        [SIGNAL] = {.fd = console->signal_heard ? -1 : host_signal_fd()},
        [INPUT] = {.fd = -1},
        [OUTPUT] = {.fd = want_output && !console->serial ? HOST_STDOUT : -1, .write = true},
    };
    if (console->held_count && !console->monitor_only) {
        if (want_input && console->asked == ASKED_NOTHING) take_input(console);
        if (console->held_count == 0) timeout_ns = 0;
    } else if ((want_input || console->serial) && !console->input_ended && !console->held_count) {
        fds[INPUT].fd = HOST_STDIN;
    }
    for (unsigned i = 0; i < console->more_count; i++)
        fds[MORE + i] = console->more[i];
    if (!host_poll_wait(fds, MORE + console->more_count, &console->waker, timeout_ns)) return;
    if (fds[SIGNAL].ready) {
        console->signal_heard = true;
        ask(console, ASKED_QUIT);
    }
    if (fds[INPUT].ready) take_input(console);
    bool more = false;
    for (unsigned i = 0; i < console->more_count; i++)
        more |= console->more[i].ready = fds[MORE + i].ready;
    if (more) console->more_ready(console->more_owner);
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
