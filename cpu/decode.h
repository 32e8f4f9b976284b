/* cpu/decode.h: from instruction words to ops. */
#ifndef RIVET_CPU_DECODE_H
#define RIVET_CPU_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/insn.h"
#include "cpu/isa.h"
#include "cpu/op.h"

/* Bytes of the instruction that starts with these 16 bits: 2 or 4 (Unprivileged spec, "Expanded
 * Instruction-Length Encoding"; longer ones are reserved and taken as 4). */
static inline unsigned insn_length(uint16_t low)
{
    return (low & 3) == 3 ? 4 : 2;
}

/* Decodes one word (the low 16 bits of it when compressed) into *op; pc_offset and count are left
 * 0. What no row of `isa` matches, or what needs the FPU while `fp_on` is false, gives OP_ILLEGAL.
 */
void decode(const struct isa *isa, uint32_t word, bool fp_on, struct op *op);

/* The same, out of a memory of the words that were decoded last: one hart's, freed with free().
 * NULL: out of memory. */
struct decoded *decoded_create(void);
void decode_again(struct decoded *, const struct isa *, uint32_t word, bool fp_on, struct op *op);

/* The row that decode() would use, NULL for none. For a compressed word the compressed row. */
const struct insn_row *decode_row(const struct isa *isa, uint32_t word);

/* The base row of an op_code below OP_ILLEGAL. */
const struct insn_row *insn_row_of_code(unsigned code);

/* What an op of this code may do to the flow of control. */
enum format_kind op_kind(unsigned code);

#endif
