/* host/terminal.h: the terminal in raw mode, and given back on every way out.
 *
 * In raw mode every key goes to the guest as a byte, Ctrl-C and Ctrl-Z too; nothing is echoed.
 * Output still turns \n into \r\n, so that the program's own lines look right.
 *
 * The terminal and a process's signal handlers exist once a process, so this is the one place with
 * state of the process: everything here belongs to whoever called host_terminal_open, and only one
 * can at a time. Call from the main thread.
 */
#ifndef RIVET_HOST_TERMINAL_H
#define RIVET_HOST_TERMINAL_H

#include <stdbool.h>

#include "base/error.h"

/* Takes over the terminal on standard input (if that is one) and the process's signals:
 *
 *   SIGINT SIGTERM SIGHUP SIGQUIT   ask the program to end: host_signal_fd() becomes readable. Sent
 *                                   again after a moment, they restore the terminal and kill.
 *   SIGTSTP                         the terminal is restored and the program stops
 *   SIGCONT                         raw mode comes back, if it was on and we are in the foreground
 *   SIGSEGV SIGABRT and the like    the terminal is restored, then what would have happened happens
 *   SIGPIPE                         is ignored: writing tells
 *
 * A signal that was ignored before (nohup) stays ignored. exit() restores the terminal as well.
 * False: already open, or the host refused. Raw mode is off at first. */
bool host_terminal_open(struct error *err);

/* Restores the terminal and the signals' earlier handlers. Without effect when not open. */
void host_terminal_close(void);

/* Raw mode on or off; what was typed ahead is kept. Without effect when standard input is not a
 * terminal, or not open. Off is the mode host_terminal_open found. */
void host_terminal_set_raw(bool on);

/* Is standard input a terminal? Callable before open. */
bool host_terminal_is_tty(void);

/* Is standard output one? */
bool host_terminal_is_output(void);

/* Readable, and so for good, once one of the four signals has asked the program to end; -1 when not
 * open (host_poll_wait ignores that). */
int host_signal_fd(void);

/* The signal that asked, or 0. A shell expects the exit code 128 + signal. */
int host_signal_received(void);

#endif
