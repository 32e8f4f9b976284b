/* monitor/console.h: the terminal as the machine's console, with Ctrl-A as the key to Rivet itself.
 */
#ifndef RIVET_MONITOR_CONSOLE_H
#define RIVET_MONITOR_CONSOLE_H

#include <stdbool.h>

#include "base/error.h"
#include "host/chars.h"
#include "host/poll.h"
#include "machine/machine.h"
#include "monitor/escape.h"
#include "monitor/out.h"

/* What the person at the terminal asked for while the guest ran. */
enum asked { ASKED_NOTHING, ASKED_QUIT, ASKED_MONITOR, ASKED_GDB };

#define CONSOLE_HELD 4096

struct terminal_console {
    struct console console; /* for machine_run(); its owner is this struct */
    struct machine *machine;
    struct host_waker waker;
    bool escapes;      /* Ctrl-A is the escape key */
    bool monitor_only; /* -monitor stdio: nothing typed is the guest's, and Ctrl-C asks for the
                          monitor */
    struct host_chars *serial; /* where the guest's serial port leads; NULL: to the terminal */
    bool silent;               /* the guest's output is not printed: its port is someone else's */
    struct out *json;          /* when set, what the guest prints is wrapped in JSON */
    enum asked asked;
    /* What was read but not yet used: the guest's, or the monitor's next line. */
    uint8_t held[CONSOLE_HELD];
    size_t held_at, held_count;
    /* Further descriptors to wait for; `ready` is called for each that is. */
    struct host_poll_fd *more;
    unsigned more_count;
    void (*more_ready)(void *owner);
    void *more_owner;
    struct escape escape;
    bool input_ended;  /* standard input is at its end: the machine goes on without */
    bool signal_heard; /* host_signal_fd() has asked to end */
    bool output_ended; /* standard output takes nothing any more */
    bool told_full;    /* that it is on a full disk */
};

/* `machine` is stopped by Ctrl-A x and by the signals of host_signal_fd(). False: no descriptors.
 */
/* Reads what is there into `held`, unless something is; false: nothing came. */
bool console_read(struct terminal_console *);

/* Has Ctrl-C (Ctrl-A c) been typed? For commands that take long; what else was typed is kept. */
bool console_interrupted(struct terminal_console *);

bool console_init(struct terminal_console *, struct machine *, bool escapes, struct error *err);
void console_fini(struct terminal_console *);

#endif
