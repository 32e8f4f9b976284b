/* monitor/session.h: one run of the program: the guest, its terminal and its monitor. */
#ifndef RIVET_MONITOR_SESSION_H
#define RIVET_MONITOR_SESSION_H

#include "machine/machine.h"
#include "machine/options.h"

/* Runs to the end; *status is the program's exit status: what the guest said, 128 + N after signal
 * N, 1 when a script failed. The terminal is open and raw. False: the host refused something. */
bool session_run(struct machine *, const struct options *, int *status, struct error *err);

#endif
