/* monitor/escape.c: finds the Ctrl-A keys in what is typed. */
#include "monitor/escape.h"

#include "base/bits.h"

#define CTRL_A 0x01

/* clang-format off */
static const struct {
    uint8_t byte;
    enum escape_key key;
    const char *name, *text;
} keys[] = {
    {'h',    ESCAPE_HELP,    "h",      "this help"},
    {'?',    ESCAPE_HELP,    NULL,     NULL},
    {'x',    ESCAPE_QUIT,    "x",      "end the machine"},
    {'c',    ESCAPE_MONITOR, "c",      "stop, and switch to the monitor"},
    {'b',    ESCAPE_BREAK,   "b",      "send a break"},
    {CTRL_A, ESCAPE_BYTE,    "Ctrl-A", "send Ctrl-A"},
};
/* clang-format on */

enum escape_key escape_feed(struct escape *escape, uint8_t byte)
{
    if (!escape->begun) {
        escape->begun = byte == CTRL_A;
        return escape->begun ? ESCAPE_NONE : ESCAPE_BYTE;
    }
    escape->begun = false;
    for (unsigned i = 0; i < ARRAY_COUNT(keys); i++)
        if (keys[i].byte == byte) return keys[i].key;
    return ESCAPE_NONE;
}

bool escape_help(unsigned index, struct escape_help *help)
{
    for (unsigned i = 0; i < ARRAY_COUNT(keys); i++) {
        if (!keys[i].name || index-- > 0) continue;
        *help = (struct escape_help){.key = keys[i].name, .text = keys[i].text};
        return true;
    }
    return false;
}
