/* cpu/hart_state.h: all architectural state of a hart as named values. */
#ifndef RIVET_CPU_HART_STATE_H
#define RIVET_CPU_HART_STATE_H

#include "base/state.h"
#include "cpu/hart.h"

/* The hart must not be running. False: out of host memory. What caches hold (TLBs, blocks) is no
 * state. */
bool hart_save(const struct hart *, struct state_writer *);

/* False: the state is of another shape; the hart is as it was. */
bool hart_load(struct hart *, struct state_reader *, struct error *err);

#endif
