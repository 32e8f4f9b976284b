/* cpu/pseudo.h: the table of pseudo-instructions, as data. The rows are in cpu/isa/pseudo.def. */
#ifndef RIVET_CPU_PSEUDO_H
#define RIVET_CPU_PSEUDO_H

#include <stdbool.h>

#include "cpu/insn.h"

struct pseudo_row {
    const char *name; /* mnemonic: "beqz" */
    unsigned bases;   /* RV32 | RV64 */
    const struct insn_row *base;
    const char *operands;      /* "rs1, target" */
    const char *base_operands; /* "rs1, x0, target" */
    bool alias;                /* the assembler knows it, the disassembler never prints it */
};

extern const struct pseudo_row pseudo_rows[];
extern const unsigned pseudo_row_count;

#endif
