/* monitor/stats.h: what the engines counted, for people. */
#ifndef RIVET_MONITOR_STATS_H
#define RIVET_MONITOR_STATS_H

#include <stdio.h>

#include "machine/machine.h"

/* A line a counter, hart by hart. The machine must not be running. */
void stats_print(struct machine *machine, FILE *out);

/* Which ops followed which, as "COUNT op", "COUNT op op", "COUNT op op op": input of bench/profile.
 * Only a build with RIVET_PROFILE counts that; others say so. */
void stats_print_profile(struct machine *machine, FILE *out);

#endif
