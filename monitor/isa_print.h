/* monitor/isa_print.h: the instruction table printed: lists, a map, reference pages. */
#ifndef RIVET_MONITOR_ISA_PRINT_H
#define RIVET_MONITOR_ISA_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "cpu/isa.h"
#include "monitor/style.h"

/* A line an extension. */
void isa_print_extensions(FILE *out, const struct style *style, const struct isa *isa);

/* A line an instruction of the extension so called, or whose mnemonic, else description, matches a
 * pattern with * and ?. False: nothing does. */
bool isa_print_matches(FILE *out, const struct style *style, const struct isa *isa,
                       const char *pattern, struct error *err);

/* The 32 major opcodes with their funct3s, and the compressed quadrants. */
void isa_print_map(FILE *out, const struct style *style, const struct isa *isa);

/* README.md and a page an extension into a directory that is there. Files that wouldn't change are
 * left alone. False: `err` names the file. */
bool isa_write_pages(const char *directory, struct error *err);

#endif
