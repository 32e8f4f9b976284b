/* monitor/decode_json.h: what the table says of a word, as JSON (docs/decode-json.md). */
#ifndef RIVET_MONITOR_DECODE_JSON_H
#define RIVET_MONITOR_DECODE_JSON_H

#include <stdio.h>

#include "monitor/explain.h"

/* One object on one line. */
void decode_print_json(FILE *out, const struct explain_context *context, uint32_t word);

#endif
