/* tests/lockstep/report.h: a program and its difference, for a person to read. */
#ifndef RIVET_TESTS_LOCKSTEP_REPORT_H
#define RIVET_TESTS_LOCKSTEP_REPORT_H

#include <stdio.h>

#include "tests/lockstep/duel.h"

/* Runs `p` once more and prints it, the way the reference took through its end, and how the engines
 * differ. */
void report_difference(FILE *, struct duel *, const struct program *p);

/* The program alone. */
void report_program(FILE *, const struct isa *, const struct program *p);

#endif
