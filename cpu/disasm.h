/* cpu/disasm.h: the text of an instruction word, from the operand strings of its row. */
#ifndef RIVET_CPU_DISASM_H
#define RIVET_CPU_DISASM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/isa.h"

enum disasm_option {
    DISASM_X_NAMES = 1,   /* x10 and f10 instead of a0 and fa0 */
    DISASM_NO_PSEUDO = 2, /* addi a0, a1, 0 instead of mv a0, a1 */
    DISASM_EXPAND = 4,    /* a compressed instruction as the one it stands for */
    DISASM_NO_PC = 8,     /* targets as ". + 8": the pc isn't known */
};

/* Room for any instruction's text. */
#define DISASM_SIZE 80

/* Writes the text of a word (its low 16 bits when compressed) at `pc`: mnemonic, one space,
 * operands. A word that no row of `isa` matches becomes ".2byte 0x..." or ".4byte 0x...", and the
 * answer is false. At most `size` bytes, always terminated. cpu/assemble.h reads all of it back. */
bool disassemble(const struct isa *isa, uint32_t word, uint64_t pc, unsigned options, char *text,
                 size_t size);

/* Where a direct jump or branch at `pc` may go. False: the word is no such thing. */
bool disasm_target(const struct isa *isa, uint32_t word, uint64_t pc, uint64_t *target);

#endif
