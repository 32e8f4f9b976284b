/* monitor/stops_text.h: a stop in words. */
#ifndef RIVET_MONITOR_STOPS_TEXT_H
#define RIVET_MONITOR_STOPS_TEXT_H

#include "monitor/monitor.h"

void stops_show(struct monitor *, const struct stop *);

/* "break", "awatch", "catch": what the command that made it is called. */
const char *stop_kind_name(const struct stop *);

#endif
