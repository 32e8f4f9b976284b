/* monitor/see_explain.h: `explain on` and `explain diff`: each step, explained. */
#ifndef RIVET_MONITOR_SEE_EXPLAIN_H
#define RIVET_MONITOR_SEE_EXPLAIN_H

#include <stdbool.h>

#include "monitor/monitor.h"

struct explaining;

/* Is every step to be explained? */
bool see_explain_is_on(const struct monitor *mon);

/* Around a step of the chosen hart: after it, what it changed is printed. Nothing while off. */
void see_explain_before(struct monitor *mon);
void see_explain_after(struct monitor *mon);

/* The instruction the chosen hart stands at, in full; nothing unless `explain on`. */
void see_explain_here(struct monitor *mon);

#endif
