/* monitor/console.h: the terminal as the machine's console, with Ctrl-A as the key to Rivet itself.
 */
#ifndef RIVET_MONITOR_CONSOLE_H
#define RIVET_MONITOR_CONSOLE_H

#include <stdbool.h>

#include "base/error.h"
#include "host/poll.h"
#include "machine/machine.h"
#include "monitor/escape.h"

struct terminal_console {
    struct console console; /* for machine_run(); its owner is this struct */
    struct machine *machine;
    struct host_waker waker;
    bool escapes; /* Ctrl-A is the escape key */
    struct escape escape;
    bool input_ended;  /* standard input is at its end: the machine goes on without */
    bool signal_heard; /* host_signal_fd() has asked to end */
    bool output_ended; /* standard output takes nothing any more */
};

/* `machine` is stopped by Ctrl-A x and by the signals of host_signal_fd(). False: no descriptors.
 */
bool console_init(struct terminal_console *, struct machine *, bool escapes, struct error *err);
void console_fini(struct terminal_console *);

#endif
