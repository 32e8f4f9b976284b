/* monitor/explain_live.h: an instruction's operands with the values they have in a hart. */
#ifndef RIVET_MONITOR_EXPLAIN_LIVE_H
#define RIVET_MONITOR_EXPLAIN_LIVE_H

#include <stdio.h>

#include "monitor/decode_facts.h"
#include "monitor/explain.h"

/* A line a register the instruction reads, with its value; the address it will access. */
void explain_live(FILE *out, const struct explain_context *context,
                  const struct decoding *decoding);

#endif
