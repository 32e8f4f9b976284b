/* cpu/block_sample.c: what a block consists of, for counters that the engine can't afford itself.
 */
#include "cpu/block_sample.h"

#include <string.h>

#include "cpu/block.h"
#include "cpu/decode.h"
#include "cpu/insn.h"

/* "rd, imm(rs1)", "rd, rs2, (rs1)": what has an address in parentheses loads or stores, unless it
 * goes there. */
static bool accesses_memory(unsigned code)
{
    const struct insn_row *row = insn_row_of_code(code);
    return row && strstr(row->operands, "(rs1)") && op_kind(code) != KIND_INDIRECT;
}

void block_sample(const struct block *block, struct block_sample *sample)
{
    for (unsigned i = 0; i < block->slots; i += op_has_chain(block->ops[i].code) ? 2 : 1) {
        const struct op *op = &block->ops[i];
        unsigned first = op_code_first(op->code);
        sample->pairs += first != op->code;
        sample->instructions += first < OP_ROW_COUNT;
        sample->accesses += accesses_memory(first);
    }
}

uint64_t block_sample_scale(uint64_t part, uint64_t whole, uint64_t of)
{
    return whole ? of / whole * part + of % whole * part / whole : 0;
}
