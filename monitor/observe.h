/* monitor/observe.h: instructions executed one at a time, seen by hist and trace. */
#ifndef RIVET_MONITOR_OBSERVE_H
#define RIVET_MONITOR_OBSERVE_H

#include "monitor/monitor.h"

/* Around one instruction, trap or interrupt of the hart. */
void observe_begin(struct monitor *, struct hart *);
void observe_end(struct monitor *, struct hart *);

/* After hist or trace were switched on or off. Harts are run one instruction at a time where
 * somebody has to see each: always for trace; for hist, where the engine doesn't record itself. */
void observe_settle(struct monitor *);

#endif
