/* tests/host/test_terminal.c: the terminal is raw while it should be, and restored on every way
 * out.
 *
 * Each test plays a user at a pseudo-terminal: the program under test is a child process on its
 * slave side, which says over one pipe how far it is and takes orders over another.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "host/poll.h"
#include "host/terminal.h"

#define GIVE_UP_SECONDS 60 /* a test that hangs is ended by SIGALRM */

/* The child's ends of the two pipes. */
struct line {
    int report, order;
};

struct session {
    pid_t pid;
    int master, slave; /* the slave is kept open, so that its mode outlives the child */
    int report, order;
    struct termios before;
};

static void say(struct line line, char what)
{
    if (write(line.report, &what, 1) != 1) _exit(98);
}

/* Waits as the program does, in poll: the thread sanitizer runs no handler inside a read. */
static char hear(struct line line)
{
    char order;
    struct host_poll_fd ready = {.fd = line.order};
    host_poll_wait(&ready, 1, NULL, HOST_FOREVER);
    if (read(line.order, &order, 1) != 1) _exit(97);
    return order;
}

/* Runs program(line) as the leader of a session on a new terminal. */
static void session_start(struct session *s, void (*program)(struct line))
{
    int report[2], order[2];
    assert_int_equal(openpty(&s->master, &s->slave, NULL, NULL, NULL), 0);
    assert_int_equal(pipe(report) | pipe(order), 0);
    assert_int_equal(tcgetattr(s->slave, &s->before), 0);
    fflush(NULL);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        alarm(GIVE_UP_SECONDS);
        for (int number = 1; number < 32; number++)
            signal(number, SIG_DFL); /* cmocka and sanitizers have handlers of their own */
        close(report[0]);
        close(order[1]);
        close(s->master);
        setsid();
        ioctl(s->slave, TIOCSCTTY, 0);
        dup2(s->slave, STDIN_FILENO);
        close(s->slave);
        program((struct line){.report = report[1], .order = order[0]});
        _exit(99);
    }
    close(report[1]);
    close(order[0]);
    s->report = report[0];
    s->order = order[1];
}

static void session_hear(const struct session *s, char expected)
{
    char what = 0;
    assert_int_equal(read(s->report, &what, 1), 1);
    assert_int_equal(what, expected);
}

static void session_order(const struct session *s, char order)
{
    assert_int_equal(write(s->order, &order, 1), 1);
}

static void assert_raw(const struct session *s)
{
    struct termios now;
    assert_int_equal(tcgetattr(s->slave, &now), 0);
    assert_int_equal(now.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), 0);
    assert_int_equal(now.c_iflag & (ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT), 0);
    assert_int_equal(now.c_cflag & CSIZE, CS8);
    assert_int_equal(now.c_oflag, s->before.c_oflag);
    assert_int_equal(now.c_cc[VMIN], 1);
}

static void assert_restored(const struct session *s)
{
    struct termios now;
    assert_int_equal(tcgetattr(s->slave, &now), 0);
    assert_int_equal(now.c_lflag, s->before.c_lflag);
    assert_int_equal(now.c_iflag, s->before.c_iflag);
    assert_int_equal(now.c_cflag, s->before.c_cflag);
    assert_int_equal(now.c_oflag, s->before.c_oflag);
    assert_memory_equal(now.c_cc, s->before.c_cc, sizeof now.c_cc);
}

/* Waits for the child's end; returns its wait status. */
static int session_end(const struct session *s)
{
    int status;
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    assert_restored(s);
    close(s->master);
    close(s->slave);
    close(s->report);
    close(s->order);
    return status;
}

static void go_raw(struct line line)
{
    if (!host_terminal_open(NULL)) _exit(96);
    host_terminal_set_raw(true);
    say(line, 'r');
}

/* Ends in the orderly way when asked by a signal. */
static void program_orderly(struct line line)
{
    go_raw(line);
    struct host_poll_fd end = {.fd = host_signal_fd()};
    host_poll_wait(&end, 1, NULL, HOST_FOREVER);
    host_terminal_close();
    _exit(128 + host_signal_received());
}

static void terminal_is_restored_when_a_signal_asks_for_the_end(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct session s;
        session_start(&s, program_orderly);
        session_hear(&s, 'r');
        assert_raw(&s);
        kill(s.pid, signals[i]);
        int status = session_end(&s);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 128 + signals[i]);
    }
}

static void program_deaf(struct line line)
{
    go_raw(line);
    for (;;)
        hear(line);
}

static void terminal_is_restored_when_a_deaf_program_is_killed_by_a_second_signal(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_deaf);
    session_hear(&s, 'r');
    assert_raw(&s);
    siginfo_t info = {.si_pid = 0};
    while (info.si_pid == 0) { /* insists until it is dead */
        kill(s.pid, SIGTERM);
        usleep(20000);
        assert_int_equal(waitid(P_PID, (id_t)s.pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    }
    int status = session_end(&s);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void program_exits(struct line line)
{
    go_raw(line);
    hear(line);
    exit(7);
}

static void terminal_is_restored_by_exit(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_exits);
    session_hear(&s, 'r');
    assert_raw(&s);
    session_order(&s, 'x');
    int status = session_end(&s);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void program_aborts(struct line line)
{
    go_raw(line);
    hear(line);
    abort();
}

static void program_faults(struct line line)
{
    go_raw(line);
    hear(line);
    volatile char *forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *forbidden = 1;
}

static void terminal_is_restored_by_abort_and_by_a_fault(void **state)
{
    (void)state;
    void (*const programs[])(struct line) = {program_aborts, program_faults};
    for (unsigned i = 0; i < 2; i++) {
        struct session s;
        session_start(&s, programs[i]);
        session_hear(&s, 'r');
        assert_raw(&s);
        session_order(&s, 'x');
        int status = session_end(&s);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), i == 0 ? SIGABRT : SIGSEGV);
    }
}

static void terminal_is_restored_by_deadly_signals_from_outside(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGUSR1, SIGALRM, SIGXCPU};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct session s;
        session_start(&s, program_deaf);
        session_hear(&s, 'r');
        kill(s.pid, signals[i]);
        int status = session_end(&s);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
    }
}

/* Reads `count` keys and reports them as they come. */
static void report_keys(struct line line, unsigned count)
{
    while (count > 0) {
        char bytes[16];
        size_t got;
        struct host_poll_fd in = {.fd = HOST_STDIN};
        host_poll_wait(&in, 1, NULL, HOST_FOREVER);
        if (host_read_some(HOST_STDIN, bytes, count < 16 ? count : 16, &got) == HOST_READ_END)
            _exit(95);
        if (write(line.report, bytes, got) != (ssize_t)got) _exit(94);
        count -= (unsigned)got;
    }
}

static const char control_keys[] = "\x03\x1a\x1c\x11\x13\x04\x16\r\n\x7fz\xff";

static void program_reads_control_keys(struct line line)
{
    go_raw(line);
    report_keys(line, sizeof control_keys - 1);
    _exit(host_signal_received());
}

static void raw_mode_hands_every_key_over_as_a_byte(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_reads_control_keys);
    session_hear(&s, 'r');
    size_t count = sizeof control_keys - 1;
    assert_int_equal(write(s.master, control_keys, count), count);
    for (size_t i = 0; i < count; i++)
        session_hear(&s, control_keys[i]);
    int status;
    assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0); /* Ctrl-C was no signal */
    close(s.master);
    close(s.slave);
    close(s.report);
    close(s.order);
}

static void program_reads_late(struct line line)
{
    struct host_poll_fd in = {.fd = HOST_STDIN};
    host_poll_wait(&in, 1, NULL, HOST_FOREVER);
    go_raw(line);
    report_keys(line, 4);
    exit(0);
}

static void what_was_typed_ahead_is_kept(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_reads_late);
    assert_int_equal(write(s.master, "abc\n", 4), 4);
    session_hear(&s, 'r');
    for (unsigned i = 0; i < 4; i++)
        session_hear(&s, "abc\n"[i]);
    assert_int_equal(session_end(&s), 0);
}

static void program_switches(struct line line)
{
    if (!host_terminal_open(NULL)) _exit(96);
    for (;;) {
        host_terminal_set_raw(hear(line) == 'r');
        say(line, 'k');
    }
}

static void raw_mode_goes_on_and_off_for_the_monitor(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_switches);
    assert_restored(&s);
    for (unsigned i = 0; i < 3; i++) {
        session_order(&s, 'r');
        session_hear(&s, 'k');
        assert_raw(&s);
        session_order(&s, 'r'); /* twice is once */
        session_hear(&s, 'k');
        assert_raw(&s);
        session_order(&s, 'c');
        session_hear(&s, 'k');
        assert_restored(&s);
    }
    kill(s.pid, SIGKILL);
    session_end(&s);
}

/* Answers orders while raw; 'e' ends it. */
static void program_answers(struct line line)
{
    go_raw(line);
    char order;
    while ((order = hear(line)) != 'e')
        say(line, order);
    exit(0);
}

/* A shell with job control that runs program_answers: reports 'S' when its job has stopped. Orders:
 * 'f' foreground, 'b' background, each followed by 'E' when the job has ended. */
static void program_shell(struct line line)
{
    pid_t job = fork();
    if (job == 0) {
        signal(SIGTTOU, SIG_IGN);
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        program_answers(line);
    }
    signal(SIGTTOU, SIG_IGN);
    if (write(line.report, &job, sizeof job) != sizeof job) _exit(98);
    for (;;) {
        int status;
        waitpid(job, &status, WUNTRACED);
        if (!WIFSTOPPED(status)) break;
        tcsetpgrp(STDIN_FILENO, getpid());
        say(line, 'S');
        if (hear(line) == 'f') tcsetpgrp(STDIN_FILENO, job);
        kill(job, SIGCONT);
    }
    tcsetpgrp(STDIN_FILENO, getpid());
    say(line, 'E');
    _exit(0);
}

/* Starts the shell; returns its job's pid when the job is raw. */
static pid_t shell_start(struct session *s)
{
    /* The job's number and its 'r' come from two processes, in either order. */
    char bytes[sizeof(pid_t) + 1];
    pid_t job;
    session_start(s, program_shell);
    for (size_t used = 0; used < sizeof bytes; used++)
        assert_int_equal(read(s->report, bytes + used, 1), 1);
    memcpy(&job, bytes[0] == 'r' && bytes[sizeof(pid_t)] != 'r' ? bytes + 1 : bytes, sizeof job);
    return job;
}

static void suspend(const struct session *s, pid_t job)
{
    assert_raw(s);
    kill(job, SIGTSTP);
    session_hear(s, 'S');
    assert_restored(s);
}

static void suspended_program_gives_the_terminal_back_and_takes_it_again(void **state)
{
    (void)state;
    struct session s;
    pid_t job = shell_start(&s);
    for (unsigned i = 0; i < 3; i++) {
        suspend(&s, job);
        session_order(&s, 'f');
        session_order(&s, 'q'); /* answered after SIGCONT has been handled */
        session_hear(&s, 'q');
    }
    assert_raw(&s);
    session_order(&s, 'e');
    session_hear(&s, 'E');
    assert_int_equal(session_end(&s), 0);
}

static void program_continued_in_the_background_leaves_the_terminal_alone(void **state)
{
    (void)state;
    struct session s;
    pid_t job = shell_start(&s);
    suspend(&s, job);
    session_order(&s, 'b');
    session_order(&s, 'q');
    session_hear(&s, 'q');
    assert_restored(&s);
    session_order(&s, 'e');
    session_hear(&s, 'E');
    assert_int_equal(session_end(&s), 0);
}

static void mode_set_while_suspended_is_what_is_restored_later(void **state)
{
    (void)state;
    struct session s;
    pid_t job = shell_start(&s);
    suspend(&s, job);
    s.before.c_lflag &= ~(tcflag_t)ECHO; /* stty -echo */
    assert_int_equal(tcsetattr(s.slave, TCSANOW, &s.before), 0);
    session_order(&s, 'f');
    session_order(&s, 'q');
    session_hear(&s, 'q');
    assert_raw(&s);
    session_order(&s, 'e');
    session_hear(&s, 'E');
    assert_int_equal(session_end(&s), 0); /* -echo, too */
}

/* Someone else takes the foreground without stopping us. */
static void program_loses_the_foreground(struct line line)
{
    go_raw(line);
    pid_t other = fork();
    if (other == 0) {
        pause();
        _exit(0);
    }
    setpgid(other, other);
    signal(SIGTTOU, SIG_IGN);
    tcsetpgrp(STDIN_FILENO, other);
    signal(SIGTTOU, SIG_DFL);
    kill(other, SIGKILL);
    say(line, tcgetpgrp(STDIN_FILENO) == other ? 'b' : 'f');
    exit(0);
}

static void terminal_is_restored_from_the_background_too(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_loses_the_foreground);
    session_hear(&s, 'r');
    session_hear(&s, 'b');
    assert_int_equal(session_end(&s), 0);
}

static void program_nohup(struct line line)
{
    signal(SIGHUP, SIG_IGN);
    go_raw(line);
    hear(line);
    exit(host_signal_received());
}

static void signal_that_was_ignored_stays_ignored(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_nohup);
    session_hear(&s, 'r');
    kill(s.pid, SIGHUP);
    session_order(&s, 'x');
    assert_int_equal(session_end(&s), 0);
}

static void own_handler(int number)
{
    (void)number;
}

static void program_without_a_terminal(struct line line)
{
    int fds[2];
    if (pipe(fds) != 0) _exit(1);
    dup2(fds[0], STDIN_FILENO);
    signal(SIGTERM, own_handler);
    if (host_terminal_is_tty() || host_signal_fd() != -1) _exit(2);
    if (!host_terminal_open(NULL)) _exit(3);
    struct error err;
    if (host_terminal_open(&err) || !strstr(err.text, "taken")) _exit(4);
    host_terminal_set_raw(true);
    raise(SIGTERM);
    struct host_poll_fd end = {.fd = host_signal_fd()};
    if (!host_poll_wait(&end, 1, NULL, 0) || !host_poll_wait(&end, 1, NULL, 0)) _exit(5);
    host_terminal_close();
    host_terminal_close();
    struct sigaction action;
    sigaction(SIGTERM, NULL, &action);
    if (action.sa_handler != own_handler || host_signal_fd() != -1) _exit(6);
    if (!host_terminal_open(NULL) || host_signal_received() != 0) _exit(7);
    say(line, 'k');
    _exit(0);
}

static void
without_a_terminal_signals_ask_for_the_end_and_close_gives_the_handlers_back(void **state)
{
    (void)state;
    struct session s;
    session_start(&s, program_without_a_terminal);
    assert_int_equal(session_end(&s), 0);
}

int main(void)
{
    alarm(GIVE_UP_SECONDS);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_is_restored_when_a_signal_asks_for_the_end),
        cmocka_unit_test(terminal_is_restored_when_a_deaf_program_is_killed_by_a_second_signal),
        cmocka_unit_test(terminal_is_restored_by_exit),
        cmocka_unit_test(terminal_is_restored_by_abort_and_by_a_fault),
        cmocka_unit_test(terminal_is_restored_by_deadly_signals_from_outside),
        cmocka_unit_test(raw_mode_hands_every_key_over_as_a_byte),
        cmocka_unit_test(what_was_typed_ahead_is_kept),
        cmocka_unit_test(raw_mode_goes_on_and_off_for_the_monitor),
        cmocka_unit_test(suspended_program_gives_the_terminal_back_and_takes_it_again),
        cmocka_unit_test(program_continued_in_the_background_leaves_the_terminal_alone),
        cmocka_unit_test(mode_set_while_suspended_is_what_is_restored_later),
        cmocka_unit_test(terminal_is_restored_from_the_background_too),
        cmocka_unit_test(signal_that_was_ignored_stays_ignored),
        cmocka_unit_test(
            without_a_terminal_signals_ask_for_the_end_and_close_gives_the_handlers_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
