/* monitor/line.h: the monitor's command lines: edited at a terminal, or read from a pipe. */
#ifndef RIVET_MONITOR_LINE_H
#define RIVET_MONITOR_LINE_H

#include "monitor/monitor.h"

enum line_event {
    LINE_READ,  /* *line is malloc'd */
    LINE_END,   /* no more will come */
    LINE_OTHER, /* a further descriptor of the console was ready, and served */
    LINE_QUIT,  /* Ctrl-A x, or a signal asked to end */
};

/* Waits for a line. At a terminal it has history, editing and completion; Ctrl-C empties it, Ctrl-A
 * c is the line "continue". */
enum line_event line_next(struct monitor *, char **line);

/* What Tab offers: the n-th way to complete `word`, which begins at `start` of `line`. Malloc'd;
 * NULL: no more. */
char *line_completion(struct monitor *, const char *line, int start, const char *word, unsigned n);

#endif
