/* tests/lockstep/shrink.h: the smallest part of a program that still shows the difference. */
#ifndef RIVET_TESTS_LOCKSTEP_SHRINK_H
#define RIVET_TESTS_LOCKSTEP_SHRINK_H

#include "tests/lockstep/program.h"

/* Makes `p` smaller while `differs` says that it still shows the difference. */
void program_shrink(bool (*differs)(void *owner, const struct program *), void *owner,
                    struct program *p);

#endif
