/* machine/run.h: the run loop's ends inside the machine: what devices and harts call. */
#ifndef RIVET_MACHINE_RUN_H
#define RIVET_MACHINE_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "dev/syscon.h"
#include "machine/board.h"

/* `owner` is the machine. All may be called from any thread. */
void run_output(void *owner, const uint8_t *bytes, size_t count);
void run_input_room(void *owner);
void run_syscon_request(void *owner, enum syscon_request request, unsigned code);
void run_rearm(void *owner, struct device *device);

/* `owner` is the machine_hart: one of its wires rose, or it is to look round. */
void run_hart_wake(void *owner);

/* Runs one hart on its own thread until the machine halts; `owner` is the machine_hart. */
void hart_thread_run(void *owner);

/* engine->run, or what the hart's debugger has instead. */
enum run_reason run_engine(struct machine_hart *, uint64_t budget);

/* Before `next` runs while all others stand still: what it stores ends their reservations. */
void run_drop_reservations(struct machine *, const struct hart *next);

/* A hart's debugger said stop: the machine halts. */
void run_break(struct machine_hart *);

/* The earliest deadline of all devices, after each has done what is due. */
uint64_t run_tick_devices(struct machine *, uint64_t now_ns);

/* What the guest asked for, END_STOPPED for nothing; forgets it. */
struct machine_exit run_take_request(struct machine *);

/* Makes every hart leave its engine and its sleep. */
void run_kick_harts(struct machine *);

/* Wakes the thread in machine_run(). */
void run_wake_console(struct machine *);

#endif
