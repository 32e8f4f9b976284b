/* monitor/line.c: reads command lines. */
#define _GNU_SOURCE /* getline */
#include "monitor/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "host/terminal.h"

#define PROMPT "(rivet) "

/* readline's callbacks are given no owner, and a process has one terminal. */
static struct {
    struct monitor *mon;
    bool ready; /* readline has been set up */
    char *line;
    bool done, end, quit;
} editor;

/* The next byte of what the console holds. */
static int editor_getc(FILE *ignored)
{
    struct terminal_console *console = editor.mon->console;
    (void)ignored;
    if (!console->held_count) return EOF;
    console->held_count--;
    return console->held[console->held_at++];
}

static void editor_line(char *line)
{
    editor.line = line;
    editor.done = true;
    editor.end = line == NULL;
    rl_callback_handler_remove();
}

static int key_cancel(int count, int key)
{
    (void)count, (void)key;
    rl_replace_line("", 0);
    rl_crlf();
    rl_on_new_line();
    rl_redisplay();
    return 0;
}

static int key_continue(int count, int key)
{
    (void)count, (void)key;
    rl_crlf();
    editor_line(strdup("continue"));
    return 0;
}

static int key_quit(int count, int key)
{
    (void)count, (void)key;
    rl_crlf();
    editor.done = editor.quit = true;
    rl_callback_handler_remove();
    return 0;
}

static void terminal_stays_raw(int meta)
{
    (void)meta;
}

static void terminal_stays(void)
{
}

static char *complete_next(const char *word, int state)
{
    static unsigned n;
    if (state == 0) n = 0;
    int start = rl_point - (int)strlen(word);
    return line_completion(editor.mon, rl_line_buffer, start, word, n++);
}

static char **complete(const char *word, int start, int end)
{
    (void)start, (void)end;
    rl_attempted_completion_over = 1;
    return rl_completion_matches(word, complete_next);
}

static void editor_setup(void)
{
    if (editor.ready) return;
    editor.ready = true;
    rl_readline_name = "rivet";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_prep_term_function = terminal_stays_raw;
    rl_deprep_term_function = terminal_stays;
    rl_getc_function = editor_getc;
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = " \t=<>()+-*/&|!~^,;";
    rl_completer_quote_characters = "";
    rl_initialize();
    rl_tty_set_echoing(1);
    /* After Ctrl-A wait for its second key: what was typed is here already, where readline's own
     * look at the descriptor doesn't see it. */
    rl_variable_bind("keyseq-timeout", "0");
    rl_bind_key(3, key_cancel);
    rl_bind_keyseq("\001c", key_continue);
    rl_bind_keyseq("\001x", key_quit);
}

/* Waits for what may be read, or for the others. */
static enum line_event wait_more(struct monitor *mon)
{
    struct terminal_console *console = mon->console;
    enum { SIGNAL, INPUT, MORE };
    struct host_poll_fd fds[HOST_POLL_MAX] = {
        [SIGNAL] = {.fd = host_signal_fd()},
        [INPUT] = {.fd = console->input_ended ? -1 : HOST_STDIN},
    };
    /* Stopped by gdb, and what comes on the pipe is for the guest. */
    if (console->asked == ASKED_GDB && !host_terminal_is_tty() && !console->monitor_only)
        fds[INPUT].fd = -1;
    else if (console->held_count)
        return LINE_READ;
    if (console->input_ended && !console->more_count) return LINE_END;
    for (unsigned i = 0; i < console->more_count; i++)
        fds[MORE + i] = console->more[i];
    host_poll_wait(fds, MORE + console->more_count, NULL, HOST_FOREVER);
    if (fds[SIGNAL].ready) return LINE_QUIT;
    if (fds[INPUT].ready && console_read(console)) return LINE_READ;
    bool more = false;
    for (unsigned i = 0; i < console->more_count; i++)
        more |= console->more[i].ready = fds[MORE + i].ready;
    if (more) {
        console->more_ready(console->more_owner);
        return LINE_OTHER;
    }
    return console->input_ended && !console->more_count ? LINE_END : LINE_OTHER;
}

static enum line_event edit(struct monitor *mon, char **line)
{
    editor.mon = mon;
    editor_setup();
    editor.done = editor.end = editor.quit = false;
    rl_callback_handler_install(PROMPT, editor_line);
    while (!editor.done) {
        enum line_event event = wait_more(mon);
        if (event == LINE_READ) {
            rl_callback_read_char();
            continue;
        }
        if (event == LINE_OTHER && !mon->quit && !mon->moved) continue;
        rl_callback_handler_remove();
        rl_crlf();
        mon->moved = false;
        return event;
    }
    if (editor.quit) return LINE_QUIT;
    if (editor.end) return LINE_END;
    if (*editor.line) add_history(editor.line);
    *line = editor.line;
    return LINE_READ;
}

/* A line of a pipe; the last one may lack its end. Bytes that no command has are kept: the command
 * will complain. */
static enum line_event split(struct monitor *mon, char **line)
{
    struct terminal_console *console = mon->console;
    struct text text = {0};
    for (;;) {
        enum line_event event = wait_more(mon);
        if (event == LINE_END && text.length) break;
        if (event == LINE_OTHER && !mon->quit) continue;
        if (event != LINE_READ) {
            text_fini(&text);
            return event;
        }
        const uint8_t *at = console->held + console->held_at;
        const uint8_t *stop = memchr(at, '\n', console->held_count);
        size_t count = stop ? (size_t)(stop - at) + 1 : console->held_count;
        text_put(&text, (const char *)at, stop ? count - 1 : count);
        console->held_at += count;
        console->held_count -= count;
        if (stop) break;
    }
    if (text.length && text.bytes[text.length - 1] == '\r') text.bytes[--text.length] = '\0';
    bool back = strcmp(text_get(&text), "\001c") == 0; /* Ctrl-A c, as at a terminal */
    *line = strdup(back ? "continue" : text_get(&text));
    text_fini(&text);
    return *line ? LINE_READ : LINE_END;
}

static enum line_event from_file(struct monitor *mon, char **line)
{
    size_t room = 0;
    *line = NULL;
    ssize_t length = getline(line, &room, mon->commands);
    if (length > 0) {
        (*line)[strcspn(*line, "\r\n")] = '\0';
        return LINE_READ;
    }
    free(*line);
    return LINE_END;
}

enum line_event line_next(struct monitor *mon, char **line)
{
    if (mon->commands) return from_file(mon, line);
    return host_terminal_is_tty() && !mon->out.json ? edit(mon, line) : split(mon, line);
}
