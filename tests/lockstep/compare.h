/* tests/lockstep/compare.h: where two machines differ. */
#ifndef RIVET_TESTS_LOCKSTEP_COMPARE_H
#define RIVET_TESTS_LOCKSTEP_COMPARE_H

#include <stdio.h>

#include "tests/lockstep/rig.h"

/* Registers, CSRs, mode, reservation, the device. */
bool rigs_same(const struct rig *, const struct rig *);
bool rigs_same_memory(const struct rig *, const struct rig *);

/* A line for each difference, at most a screen of them. */
void rigs_print_differences(FILE *, struct rig *reference, struct rig *other);

/* Flips one bit of the `which`-th thing compared, for a test of the comparison. */
void rig_spoil(struct rig *, uint64_t which);

#endif
