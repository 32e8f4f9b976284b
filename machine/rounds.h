/* machine/rounds.h: all harts in turn on one thread, in an order that depends on nothing but the
 * inputs: the run loop of the `insn` clock. */
#ifndef RIVET_MACHINE_ROUNDS_H
#define RIVET_MACHINE_ROUNDS_H

#include "machine/board.h"

/* Runs until the machine halts or is asked to stop, on the caller's thread. */
void rounds_run(struct machine *machine, const struct console *console);

#endif
