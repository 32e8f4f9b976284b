/* cpu/op.h: a decoded instruction, as every engine executes it.
 *
 *   0        2          4        8    9    10   11   12  13      14      16
 *   | code   | pc_offset|  imm   | rd | rs1| rs2| rs3| rm| length| count |
 *
 * 16 bytes, contiguous within a block. The virtual pc is the page's base plus pc_offset, so a block
 * runs wherever its physical page is mapped.
 */
#ifndef RIVET_CPU_OP_H
#define RIVET_CPU_OP_H

#include <stdint.h>

/* What an op does: one code a row of the instruction table, then the engines' own. */
enum op_code {
#define INSN(name, base, format, bits, operands, text, ...) OP_##name,
#include "cpu/isa/all.def"
    OP_ILLEGAL,            /* no row matches: traps; imm is the word */
    OP_ROW_COUNT,          /* codes below are what decode() gives */
    OP_END = OP_ROW_COUNT, /* a block's end: go on at pc_offset */
    OP_STALE,              /* first in a block that was dropped: look for another at pc_offset */
    OP_BREAK, /* in front of an op: there may be a breakpoint; pc_offset and count are the op's */
    OP_SINGLE_COUNT,
    OP_BEFORE_PAIRS = OP_SINGLE_COUNT - 1,
#define PAIR(a, b) OP_##a##__##b, /* does this op and the next */
#include "cpu/pairs.def"
#undef PAIR
    OP_COUNT
};

struct op {
    uint16_t code;      /* enum op_code, or a pair's code */
    uint16_t pc_offset; /* of the instruction in its page; OP_END: of what follows, up to 4096 */
    int32_t imm;        /* the immediate; the instruction word where the format has none */
    uint8_t rd;         /* X_SINK instead of x0 */
    uint8_t rs1, rs2;
    uint8_t rs3; /* CSR instructions: the number is rs2 | rs3 << 8 */
    uint8_t rm;
    uint8_t length; /* bytes: 2 or 4 */
    uint16_t count; /* instructions of the block retired once this one is */
};

_Static_assert(sizeof(struct op) == 16, "an op is 16 bytes");

static inline unsigned op_csr(const struct op *op)
{
    return op->rs2 | (unsigned)op->rs3 << 8;
}

#endif
