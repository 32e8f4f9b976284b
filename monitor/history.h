/* monitor/history.h: the last instructions a hart executed, with what each changed. */
#ifndef RIVET_MONITOR_HISTORY_H
#define RIVET_MONITOR_HISTORY_H

#include "monitor/monitor.h"

void history_free(struct history *);

#endif
