/* cpu/pseudo.c: the table of pseudo-instructions, as data. */
#include "cpu/pseudo.h"

#include "base/bits.h"

const struct pseudo_row pseudo_rows[] = {
#define PSEUDO(name_, bases_, base_, operands_, base_operands_)                                    \
    {.name = name_,                                                                                \
     .bases = bases_,                                                                              \
     .base = &insn_rows[INSN_##base_],                                                             \
     .operands = operands_,                                                                        \
     .base_operands = base_operands_},
#define ALIAS(name_, bases_, base_, operands_, base_operands_)                                     \
    {.name = name_,                                                                                \
     .bases = bases_,                                                                              \
     .base = &insn_rows[INSN_##base_],                                                             \
     .operands = operands_,                                                                        \
     .base_operands = base_operands_,                                                              \
     .alias = true},
#include "cpu/isa/pseudo.def"
#undef PSEUDO
#undef ALIAS
};

const unsigned pseudo_row_count = ARRAY_COUNT(pseudo_rows);
