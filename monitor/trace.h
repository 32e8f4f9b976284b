/* monitor/trace.h: every instruction executed, with what it changed, into a file. */
#ifndef RIVET_MONITOR_TRACE_H
#define RIVET_MONITOR_TRACE_H

#include "monitor/monitor.h"

/* Starts to trace as `trace on` with these arguments would. */
bool trace_open(struct monitor *, const char *args, struct error *err);
/* Ends and frees it; NULL is fine. */
void trace_close(struct trace *);

/* Around one instruction, trap or interrupt; where no trace is on, nothing. */
void trace_note(struct monitor *, struct hart *);
void trace_noted(struct monitor *, struct hart *);

#endif
