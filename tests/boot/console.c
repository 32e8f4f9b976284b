/* tests/boot/console.c: a program at a pseudo-terminal or a pipe, and the conversation with it.
 *
 *     test ---- socket ---- leader            tells what became of the program
 *       |                     |  fork
 *       +---- terminal ---- program           in a session with a terminal of its own
 *
 * The leader outlives the program: the end of a session's leader resets the very settings of the
 * terminal that the test wants to see. As in a shell's job, SIGTSTP can stop the program.
 */
#include "tests/boot/console.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 240 };

static time_t now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void become_program(int in, int out, int err, char *const argv[])
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    signal(SIGTTOU, SIG_DFL);
    execvp(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* The leader's life: start the program, pass on its states, wait to be let go. */
static void lead(int socket, bool terminal, int in, int out, char *const argv[])
{
    int status = 0;
    char gone;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that is killed leaves nothing running */
    setsid();
    signal(SIGTTOU, SIG_IGN); /* or tcsetpgrp stops whoever is in the background */
    if (terminal) ioctl(in, TIOCSCTTY, 0);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        if (terminal) tcsetpgrp(in, getpid());
        become_program(in, out, out, argv);
    }
    if (write(socket, &pid, sizeof pid) != sizeof pid) _exit(1);
    do {
        if (waitpid(pid, &status, WUNTRACED | WCONTINUED) != pid ||
            write(socket, &status, sizeof status) != sizeof status)
            _exit(1);
    } while (!WIFEXITED(status) && !WIFSIGNALED(status));
    while (read(socket, &gone, 1) > 0)
        continue;
    _exit(0);
}

/* The leader gets `in` and `out`; the fields of *c for this side are set already. */
static bool start(struct console *c, int in, int out, char *const argv[])
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets) != 0) return false;
    c->text = calloc(1, 1);
    c->leader = fork();
    if (c->leader == 0) {
        /* Whoever holds the other ends would keep the program from seeing them close. */
        close(sockets[0]);
        close(c->in);
        close(c->out);
        lead(sockets[1], c->terminal >= 0, in, out, argv);
    }
    close(sockets[1]);
    c->leader_socket = sockets[0];
    return c->leader > 0 && read(sockets[0], &c->pid, sizeof c->pid) == sizeof c->pid && c->pid > 0;
}

bool console_start_terminal(struct console *c, char *const argv[])
{
    struct winsize window = {.ws_row = 24, .ws_col = 80};
    int master, slave;
    if (openpty(&master, &slave, NULL, NULL, &window) != 0) return false;
    *c = (struct console){.in = master, .out = dup(master), .terminal = slave};
    return start(c, slave, slave, argv);
}

bool console_start_pipe(struct console *c, char *const argv[])
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) return false;
    *c = (struct console){.in = in[1], .out = out[0], .terminal = -1};
    bool started = start(c, in[0], out[1], argv);
    close(in[0]);
    close(out[1]);
    return started;
}

/* Carriage returns say nothing a test asks for; a NUL would hide what follows it. */
static void keep(struct console *c, const char *bytes, size_t count)
{
    c->text = realloc(c->text, c->size + count + 1);
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != 0 && bytes[i] != '\r') c->text[c->size++] = bytes[i];
    c->text[c->size] = 0;
}

static void note_state(struct console *c, int status)
{
    if (WIFSTOPPED(status) || WIFCONTINUED(status)) {
        c->stopped = WIFSTOPPED(status);
    } else {
        c->ended = true;
        c->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
}

/* Waits up to a second for the program to print, change its state, or take some of `bytes`. Returns
 * how many of those it took. */
static size_t pump(struct console *c, const char *bytes, size_t count)
{
    struct pollfd fds[3] = {{.fd = c->out, .events = POLLIN},
                            {.fd = c->ended ? -1 : c->leader_socket, .events = POLLIN},
                            {.fd = count ? c->in : -1, .events = POLLOUT}};
    char chunk[4096];
    ssize_t got = 0;
    int status;
    if (poll(fds, 3, 1000) <= 0) return 0;
    if (fds[0].revents && (got = read(c->out, chunk, sizeof chunk)) <= 0) {
        close(c->out); /* at its end a terminal says EIO, a pipe 0 */
        c->out = -1;
    } else if (got > 0) {
        keep(c, chunk, (size_t)got);
    }
    if (fds[1].revents && read(c->leader_socket, &status, sizeof status) == sizeof status)
        note_state(c, status);
    if (fds[2].revents) {
        ssize_t took = write(c->in, bytes, count < 512 ? count : 512);
        if (took > 0) return (size_t)took;
    }
    return 0;
}

/* What the program printed before it ended may still be on its way. */
static void drain(struct console *c)
{
    struct pollfd fd = {.fd = c->out, .events = POLLIN};
    while (c->out >= 0 && poll(&fd, 1, 0) > 0) {
        pump(c, NULL, 0);
        fd.fd = c->out;
    }
}

bool console_expect(struct console *c, const char *text)
{
    for (time_t deadline = now_s() + PATIENCE_S;;) {
        if (c->ended) drain(c);
        const char *hit = strstr(c->text + c->found, text);
        if (hit) {
            c->found = (size_t)(hit - c->text) + strlen(text);
            return true;
        }
        if (c->ended || now_s() > deadline) break;
        pump(c, NULL, 0);
    }
    fprintf(stderr, "never printed: %s\nprinted at last: ...%s\n", text,
            c->text + (c->size > 1500 ? c->size - 1500 : 0));
    return false;
}

bool console_type(struct console *c, const char *text)
{
    size_t count = strlen(text), done = 0;
    for (time_t deadline = now_s() + PATIENCE_S; done < count && !c->ended && now_s() <= deadline;)
        done += pump(c, text + done, count - done);
    return done == count;
}

void console_close_input(struct console *c)
{
    close(c->in);
    c->in = -1;
}

bool console_watch(struct console *c, bool stopped)
{
    for (time_t deadline = now_s() + PATIENCE_S; c->stopped != stopped;) {
        if (c->ended || now_s() > deadline) return false;
        pump(c, NULL, 0);
    }
    return true;
}

int console_end(struct console *c)
{
    for (time_t deadline = now_s() + PATIENCE_S; !c->ended && now_s() <= deadline;)
        pump(c, NULL, 0);
    if (!c->ended) {
        kill(c->pid, SIGKILL);
        c->status = -1;
    }
    drain(c);
    if (c->terminal >= 0) tcgetattr(c->terminal, &c->left);
    const int open[] = {c->terminal, c->in, c->out, c->leader_socket};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (open[i] >= 0) close(open[i]);
    waitpid(c->leader, NULL, 0);
    return c->status;
}
