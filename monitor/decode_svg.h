/* monitor/decode_svg.h: a word's bit fields as a drawing or as Markdown, for slides and pages. */
#ifndef RIVET_MONITOR_DECODE_SVG_H
#define RIVET_MONITOR_DECODE_SVG_H

#include <stdio.h>

#include "monitor/explain.h"

/* A complete SVG file; its text stays text, so that it can be selected and searched. */
void decode_print_svg(FILE *out, const struct explain_context *context, uint32_t word);

/* A section of Markdown: a table of the fields, then the facts as a list. */
void decode_print_markdown(FILE *out, const struct explain_context *context, uint32_t word);

#endif
