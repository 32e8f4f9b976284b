/* host/terminal.c: raw mode on the terminal, given back on every way out.
 *
 * What runs in a signal handler calls only async-signal-safe functions (POSIX.1, "Signal Concepts",
 * 2.4.3): tcgetattr, tcsetattr, sigaction, raise, write, clock_gettime are.
 */
#define _GNU_SOURCE
#include "host/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "host/clock.h"
#include "host/poll.h"

/* `timeout` and a hangup send their signal twice at once; a person who means it takes longer. */
#define SECOND_SIGNAL_NS (HOST_NS_PER_SECOND / 4)

static void on_end(int number);
static void on_stop(int number);
static void on_continue(int number);
static void on_fatal(int number, siginfo_t *info, void *context);

/* clang-format off */
static const struct signal_row {
    int number;
    void (*handler)(int);
} signal_rows[] = {
    {SIGINT, on_end},     {SIGTERM, on_end},      {SIGHUP, on_end},   {SIGQUIT, on_end},
    {SIGTSTP, on_stop},   {SIGCONT, on_continue}, {SIGPIPE, SIG_IGN},
    {SIGXFSZ, SIG_IGN}, /* a file at its limit is a full disk */
    /* NULL: on_fatal */
    {SIGSEGV, NULL},      {SIGBUS, NULL},         {SIGILL, NULL},     {SIGFPE, NULL},
    {SIGABRT, NULL},      {SIGTRAP, NULL},        {SIGSYS, NULL},     {SIGXCPU, NULL},
    {SIGALRM, NULL},      {SIGUSR1, NULL},        {SIGUSR2, NULL},
};
/* clang-format on */

#define SIGNAL_COUNT (sizeof signal_rows / sizeof signal_rows[0])

/* The state of the process, as terminal.h says; the handlers have no other way to it. */
static struct {
    bool open, exit_registered;
    bool is_tty;
    volatile sig_atomic_t raw_wanted; /* by the program */
    volatile sig_atomic_t raw_now;    /* in fact: `cooked` is to be put back */
    struct termios cooked;            /* as found; fixed while raw_now */
    struct host_waker end;            /* woken once, and never drained, to ask for the end */
    volatile sig_atomic_t end_number;
    uint64_t end_ns; /* when it was first asked for */
    struct sigaction before[SIGNAL_COUNT];
} terminal = {.end = {-1, -1}};

/* tcsetattr by a process in the background would stop it, were SIGTTOU not blocked. */
static void mode_set(const struct termios *mode)
{
    sigset_t ttou, saved;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &ttou, &saved);
    while (tcsetattr(STDIN_FILENO, TCSANOW, mode) != 0 && errno == EINTR)
        continue;
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
}

static void mode_make_cooked(void)
{
    if (!terminal.raw_now) return;
    mode_set(&terminal.cooked);
    terminal.raw_now = 0;
}

/* In the background the terminal is someone else's; SIGCONT tells when it is ours again. */
static void mode_make_raw(void)
{
    if (!terminal.is_tty || tcgetpgrp(STDIN_FILENO) != getpgrp()) return;
    if (!terminal.raw_now && tcgetattr(STDIN_FILENO, &terminal.cooked) != 0) return;
    struct termios raw = terminal.cooked;
    raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    terminal.raw_now = 1; /* first: a signal between the two restores once too often at worst */
    mode_set(&raw);
}

static void default_action(int number)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t set;
    sigaction(number, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, number);
    raise(number); /* held back until the handler's own signal is unblocked */
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void on_end(int number)
{
    int saved = errno;
    uint64_t now = host_now_ns();
    if (!terminal.end_number) {
        terminal.end_number = number;
        terminal.end_ns = now;
        host_waker_wake(&terminal.end);
    } else if (now - terminal.end_ns >= SECOND_SIGNAL_NS) {
        mode_make_cooked();
        default_action(number);
    }
    errno = saved;
}

static void on_stop(int number)
{
    int saved = errno;
    struct sigaction ours;
    sigaction(number, NULL, &ours);
    mode_make_cooked();
    default_action(number); /* stops here, unless no shell is there to continue us */
    sigaction(number, &ours, NULL);
    if (terminal.raw_wanted) mode_make_raw();
    errno = saved;
}

static void on_continue(int number)
{
    (void)number;
    int saved = errno;
    if (terminal.raw_wanted) mode_make_raw();
    errno = saved;
}

static void on_fatal(int number, siginfo_t *info, void *context)
{
    (void)context;
    mode_make_cooked();
    for (unsigned i = 0; i < SIGNAL_COUNT; i++)
        if (signal_rows[i].number == number) sigaction(number, &terminal.before[i], NULL);
    /* A fault comes again when the handler returns; anything else must be sent again. */
    bool fault = number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE;
    if (!fault || info->si_code <= 0) raise(number);
}

/* Every handler runs with the others' signals held back: they share `terminal`. */
static void signals_take(void)
{
    struct sigaction action = {.sa_flags = SA_RESTART | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < SIGNAL_COUNT; i++)
        if (signal_rows[i].handler && signal_rows[i].handler != SIG_IGN)
            sigaddset(&action.sa_mask, signal_rows[i].number);

    for (unsigned i = 0; i < SIGNAL_COUNT; i++) {
        const struct signal_row *row = &signal_rows[i];
        struct sigaction taken = action;
        if (row->handler) {
            taken.sa_handler = row->handler;
        } else {
            taken.sa_sigaction = on_fatal;
            taken.sa_flags |= SA_SIGINFO;
        }
        sigaction(row->number, NULL, &terminal.before[i]);
        bool ignored =
            !(terminal.before[i].sa_flags & SA_SIGINFO) && terminal.before[i].sa_handler == SIG_IGN;
        if (!ignored) sigaction(row->number, &taken, NULL);
    }
}

bool host_terminal_open(struct error *err)
{
    if (terminal.open) return error_set(err, "terminal: is already taken");
    if (!host_waker_init(&terminal.end, err)) return false;
    if (!terminal.exit_registered && atexit(host_terminal_close) != 0) {
        host_waker_fini(&terminal.end);
        return error_set(err, "terminal: cannot be restored at exit");
    }
    terminal.exit_registered = true;
    terminal.open = true;
    terminal.is_tty = host_terminal_is_tty();
    terminal.end_number = 0;
    signals_take();
    return true;
}

void host_terminal_close(void)
{
    if (!terminal.open) return;
    host_terminal_set_raw(false);
    for (unsigned i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signal_rows[i].number, &terminal.before[i], NULL);
    host_waker_fini(&terminal.end);
    terminal.open = false;
}

void host_terminal_set_raw(bool on)
{
    if (!terminal.open || !terminal.is_tty) return;
    terminal.raw_wanted = on;
    if (on)
        mode_make_raw();
    else
        mode_make_cooked();
}

bool host_terminal_is_output(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

bool host_terminal_is_tty(void)
{
    return isatty(STDIN_FILENO) == 1;
}

int host_signal_fd(void)
{
    return terminal.open ? terminal.end.read_fd : -1;
}

int host_signal_received(void)
{
    return terminal.end_number;
}
