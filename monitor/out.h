/* monitor/out.h: the answer of a command, as text for people and as JSON for programs.
 *
 * A command says everything as text; what a program would want it says again in rows of named
 * values. Without -json only the text is printed; with it each command's answer is one line:
 *
 *   {"command":"break start_kernel","ok":true,"data":[{"number":1,...}],"text":"breakpoint 1 ..."}
 *
 * Addresses and register values are strings, "0x...": JSON's numbers have 53 bits.
 */
#ifndef RIVET_MONITOR_OUT_H
#define RIVET_MONITOR_OUT_H

#include <stdint.h>

#include "base/error.h"
#include "monitor/text.h"

struct out {
    bool json;
    bool colour;  /* a terminal: highlight */
    bool capture; /* keep the text instead of printing it: gdb's `monitor` command */
    bool in_row, row_begun;
    struct text text, data;
};

void out_fini(struct out *);

void out_text(struct out *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Begins a row; values belong to it until the next one. */
void out_row(struct out *);
void out_hex(struct out *, const char *key, uint64_t value);
void out_number(struct out *, const char *key, uint64_t value);
void out_string(struct out *, const char *key, const char *value);
/* `json` is a value already, one line or none at its end. */
void out_json(struct out *, const char *key, const char *json);
void out_bool(struct out *, const char *key, bool value);

/* Prints what there is of the text now (not with JSON): before the guest runs. */
void out_flush(struct out *);

/* The answer is complete; `err` NULL: it went well. */
void out_end(struct out *, const char *command, const struct error *err);

/* The guest's console under -json: {"console":"..."}. */
void out_console(struct out *, const char *bytes, size_t count);

#endif
