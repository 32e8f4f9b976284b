/* monitor/stops_text.h: a stop in words. */
#ifndef RIVET_MONITOR_STOPS_TEXT_H
#define RIVET_MONITOR_STOPS_TEXT_H

#include "monitor/monitor.h"

void stops_show(struct monitor *, const struct stop *);

#endif
