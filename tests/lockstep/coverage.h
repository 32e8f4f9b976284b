/* tests/lockstep/coverage.h: what random programs reach. */
#ifndef RIVET_TESTS_LOCKSTEP_COVERAGE_H
#define RIVET_TESTS_LOCKSTEP_COVERAGE_H

#include <stdio.h>

#include "tests/lockstep/rig.h"

#define COVERAGE_ROWS   1024
#define COVERAGE_CAUSES 64

struct coverage {
    uint64_t retired;
    uint64_t rows[COVERAGE_ROWS]; /* by index in insn_rows */
    uint64_t exceptions[COVERAGE_CAUSES], interrupts[COVERAGE_CAUSES];
    uint64_t modes[4];
};

/* Steps the program through the reference. */
void coverage_run(struct coverage *, struct rig *reference, const struct program *p);

/* False: some row that the hart has never retired. Rows that only trap are no rows of that kind. */
bool coverage_report(const struct coverage *, FILE *, const struct assembler *);

#endif
