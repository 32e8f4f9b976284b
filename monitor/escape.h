/* monitor/escape.h: finds the Ctrl-A keys in what is typed. */
#ifndef RIVET_MONITOR_ESCAPE_H
#define RIVET_MONITOR_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

enum escape_key {
    ESCAPE_BYTE, /* the byte is the guest's */
    ESCAPE_NONE, /* the first half of a key, or no key at all */
    ESCAPE_HELP,
    ESCAPE_QUIT,
    ESCAPE_MONITOR,
    ESCAPE_BREAK, /* a break on the serial line */
};

struct escape {
    bool begun; /* Ctrl-A was the last byte */
};

enum escape_key escape_feed(struct escape *, uint8_t byte);

/* One key for the help: "x", "quit". Past the last: false. */
struct escape_help {
    const char *key, *text;
};
bool escape_help(unsigned index, struct escape_help *);

#endif
