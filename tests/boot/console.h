/* tests/boot/console.h: runs a program as a person at a terminal would, or a script at a pipe.
 *
 * What the program prints is kept, without carriage returns; console_expect looks for a text after
 * the last one it found, so a test reads like a conversation. Waiting has a generous limit and
 * never a measured one.
 */
#ifndef RIVET_TESTS_BOOT_CONSOLE_H
#define RIVET_TESTS_BOOT_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

struct console {
    pid_t pid;           /* the program; signals go here */
    bool stopped;        /* it has been stopped by a signal; console_watch looks */
    bool ended;          /* it is no more */
    int in;              /* the program reads what is written here; -1 when closed */
    int out;             /* the program's output; -1 at its end */
    int terminal;        /* the terminal's own side, to look at its settings; or -1 */
    struct termios left; /* the terminal as the program left it, after console_end */
    char *text;          /* everything printed so far, NUL-terminated; the caller frees it */
    size_t size, found;
    int leader_socket, status; /* console.c's own */
    pid_t leader;
};

/* At a terminal of 24 lines of 80, which controls the program as a shell's would. */
bool console_start_terminal(struct console *, char *const argv[]);

/* With a pipe at either end; errors go where the output goes. */
bool console_start_pipe(struct console *, char *const argv[]);

/* Waits until `text` is printed. False, with the last lines on stderr: it never was. */
bool console_expect(struct console *, const char *text);

/* Types `text`, as fast as the program takes it. False: it doesn't. */
bool console_type(struct console *, const char *text);

/* A script at a pipe: nothing more will be typed. */
void console_close_input(struct console *);

/* Reads what is printed until the program is stopped (or `stopped` is false: goes on) or ends. */
bool console_watch(struct console *, bool stopped);

/* Waits for the program's end. Returns its exit status, 128 + N for signal N, -1 when it had to be
 * killed. */
int console_end(struct console *);

#endif
