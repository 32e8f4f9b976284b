/* monitor/gdb.h: gdb's remote protocol. */
#ifndef RIVET_MONITOR_GDB_H
#define RIVET_MONITOR_GDB_H

#include "monitor/monitor.h"

/* Waits for gdb at "[HOST]:PORT"; without HOST, on the loopback. */
bool gdb_listen(struct monitor *, const char *place, struct error *err);
void gdb_close(struct monitor *);

#endif
