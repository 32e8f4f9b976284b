/* tests/lockstep/shrink.h: the smallest part of a program that still shows the difference. */
#ifndef RIVET_TESTS_LOCKSTEP_SHRINK_H
#define RIVET_TESTS_LOCKSTEP_SHRINK_H

#include "tests/lockstep/duel.h"

/* Makes `p`, on which the duel's engines differ, smaller. */
void program_shrink(struct duel *, struct program *p);

#endif
