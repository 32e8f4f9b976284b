/* cpu/assemble.h: one line of assembly to an instruction word, by the same table. */
#ifndef RIVET_CPU_ASSEMBLE_H
#define RIVET_CPU_ASSEMBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/isa.h"

struct assemble_error {
    struct error error;      /* what was wrong and what would be right */
    unsigned column, length; /* the culprit in the line: bytes from its start, and how many */
};

/* Assembles a line such as "add a0, a1, a2", "c.lwsp ra, 8(sp)", "beqz a0, 0x80000010", "j . + 8",
 * "fence rw, w" or ".4byte 0x00c58533": a mnemonic of a row of `isa` or of a pseudo-instruction,
 * ABI or x-names, numbers in C's notation and 0b, a comment after '#'. Targets are addresses,
 * turned into offsets from `pc`. `*word` is 16 bits when its low bits say so. False: `err` names
 * the culprit. */
bool assemble(const struct isa *isa, const char *line, uint64_t pc, uint32_t *word,
              struct assemble_error *err);

#endif
