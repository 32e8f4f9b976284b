/* tests/boot/console.h: runs a program as a person at a terminal would, or a script at a pipe.
 *
 * What the program prints is kept; `console_expect` looks for a text after the last one it found,
 * so a test reads like a conversation. Waiting has a generous limit and never a measured one.
 */
#ifndef RIVET_TESTS_BOOT_CONSOLE_H
#define RIVET_TESTS_BOOT_CONSOLE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { CONSOLE_PATIENCE_S = 240 };

struct console {
    pid_t pid;
    int in;       /* the program reads what is written here; -1 when closed */
    int out;      /* the program's output; -1 at its end */
    int terminal; /* the terminal's own side, kept open to look at its settings; or -1 */
    char *text;   /* everything printed so far, NUL-terminated */
    size_t size, found;
    struct termios left; /* the terminal as the program left it, after console_end */
};

static inline int console_later(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)now.tv_sec + CONSOLE_PATIENCE_S;
}

static inline bool console_patient(int deadline)
{
    return console_later() - CONSOLE_PATIENCE_S < deadline;
}

static inline void console_exec(char *const argv[])
{
    execvp(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* At a terminal of 24 lines of 80. It does not control the program: the end of a session leader
 * would reset the very settings to be looked at. */
static inline bool console_start_terminal(struct console *c, char *const argv[])
{
    struct winsize window = {.ws_row = 24, .ws_col = 80};
    int master, slave;
    *c = (struct console){.in = -1, .out = -1, .terminal = -1, .pid = -1};
    if (openpty(&master, &slave, NULL, NULL, &window) != 0) return false;
    c->pid = fork();
    if (c->pid == 0) {
        setpgid(0, 0); /* a job of its own: SIGTSTP stops it */
        dup2(slave, 0);
        dup2(slave, 1);
        dup2(slave, 2);
        close(slave);
        close(master);
        console_exec(argv);
    }
    *c = (struct console){
        .pid = c->pid, .in = master, .out = dup(master), .terminal = slave, .text = calloc(1, 1)};
    return c->pid > 0;
}

/* With a pipe at either end; errors go where the output goes. */
static inline bool console_start_pipe(struct console *c, char *const argv[])
{
    int in[2], out[2];
    *c = (struct console){.in = -1, .out = -1, .terminal = -1, .pid = -1};
    if (pipe(in) != 0 || pipe(out) != 0) return false;
    c->pid = fork();
    if (c->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(out[1], 2);
        for (int i = 0; i < 2; i++) {
            close(in[i]);
            close(out[i]);
        }
        console_exec(argv);
    }
    close(in[0]);
    close(out[1]);
    *c = (struct console){
        .pid = c->pid, .in = in[1], .out = out[0], .terminal = -1, .text = calloc(1, 1)};
    return c->pid > 0;
}

/* Carriage returns say nothing a test asks for; a NUL would hide what follows it. */
static inline void console_plain(struct console *c, size_t from)
{
    size_t to = from;
    for (; from < c->size; from++)
        if (c->text[from] != 0 && c->text[from] != '\r') c->text[to++] = c->text[from];
    c->text[to] = 0;
    c->size = to;
}

/* Waits up to a second for the program to print, or to take some of `bytes`; returns how many of
 * them it took. */
static inline size_t console_pump(struct console *c, const char *bytes, size_t count)
{
    struct pollfd fds[2] = {{.fd = c->out, .events = POLLIN},
                            {.fd = count ? c->in : -1, .events = POLLOUT}};
    char chunk[4096];
    if (poll(fds, 2, 1000) <= 0) return 0;
    if (fds[0].revents) {
        ssize_t got = read(c->out, chunk, sizeof chunk);
        if (got <= 0) { /* a terminal says EIO at its end, a pipe 0 */
            close(c->out);
            c->out = -1;
        } else {
            c->text = realloc(c->text, c->size + (size_t)got + 1);
            memcpy(c->text + c->size, chunk, (size_t)got);
            c->size += (size_t)got;
            console_plain(c, c->size - (size_t)got);
        }
    }
    if (fds[1].revents) {
        ssize_t took = write(c->in, bytes, count < 512 ? count : 512);
        if (took > 0) return (size_t)took;
    }
    return 0;
}

static inline bool console_ended(const struct console *c)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

static inline bool console_expect(struct console *c, const char *text)
{
    int deadline = console_later();
    bool ended = false;
    for (;;) {
        const char *hit = strstr(c->text + c->found, text);
        if (hit) {
            c->found = (size_t)(hit - c->text) + strlen(text);
            return true;
        }
        if (c->out < 0 || ended || !console_patient(deadline)) {
            fprintf(stderr, "never printed: %s\nprinted at last: ...%s\n", text,
                    c->text + (c->size > 1500 ? c->size - 1500 : 0));
            return false;
        }
        ended = console_ended(c); /* what it printed before that is still to be read */
        console_pump(c, NULL, 0);
    }
}

static inline bool console_type(struct console *c, const char *text)
{
    size_t count = strlen(text), done = 0;
    int deadline = console_later();
    while (done < count && c->out >= 0 && !console_ended(c) && console_patient(deadline))
        done += console_pump(c, text + done, count - done);
    return done == count;
}

/* A script at a pipe: nothing more will be typed. */
static inline void console_close_input(struct console *c)
{
    close(c->in);
    c->in = -1;
}

/* Waits for the program's end. Returns its exit status, 128 + N for signal N, -1 when it had to be
 * killed; frees everything but the text. */
static inline int console_end(struct console *c)
{
    int status = 0, deadline = console_later();
    pid_t ended;
    while ((ended = waitpid(c->pid, &status, WNOHANG)) == 0 && console_patient(deadline)) {
        if (c->out >= 0)
            console_pump(c, NULL, 0);
        else
            usleep(10000);
    }
    if (ended == 0) {
        kill(c->pid, SIGKILL);
        waitpid(c->pid, &status, 0);
    }
    while (c->terminal < 0 && c->out >= 0)
        console_pump(c, NULL, 0);
    if (c->terminal >= 0) tcgetattr(c->terminal, &c->left);
    const int open[] = {c->terminal, c->in, c->out};
    for (int i = 0; i < 3; i++)
        if (open[i] >= 0) close(open[i]);
    if (ended == 0) return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
