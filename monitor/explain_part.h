/* monitor/explain_part.h: the parts an explanation is put together from. */
#ifndef RIVET_MONITOR_EXPLAIN_PART_H
#define RIVET_MONITOR_EXPLAIN_PART_H

#include <stdio.h>

#include "monitor/decode_facts.h"
#include "monitor/explain.h"

void explain_heading(FILE *out, const struct style *style, const char *text);

/* For disassemble(): targets are relative where the pc isn't known. */
unsigned explain_disasm_options(const struct explain_context *context);

/* The steps of the decoder, then the instructions that are few bits away. */
void explain_path(FILE *out, const struct explain_context *context,
                  const struct decoding *decoding);
void explain_near(FILE *out, const struct explain_context *context,
                  const struct decoding *decoding);

/* A line a register the instruction reads, with its value in context->hart; the address it will
 * access. */
void explain_live(FILE *out, const struct explain_context *context,
                  const struct decoding *decoding);

#endif
