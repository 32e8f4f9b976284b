/* tests/lockstep/assembler.h: instruction words made out of the instruction table. */
#ifndef RIVET_TESTS_LOCKSTEP_ASSEMBLER_H
#define RIVET_TESTS_LOCKSTEP_ASSEMBLER_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/insn.h"
#include "cpu/isa.h"

/* Instructions that the generator writes on purpose: ASM_lui is the row "lui". */
/* clang-format off */
#define KNOWN_INSNS(K) \
    K(lui) K(auipc) K(addi) K(addiw) K(slli) K(slli__rv32) K(andi) K(add) K(sll) K(jal) K(jalr) \
    K(beq) K(bne) K(blt) K(lw) K(ld) K(sw) K(sd) K(csrrw) K(csrrs) K(csrrc) K(ecall) K(mret) \
    K(sret) K(sfence_vma) K(sinval_vma) K(fence_i) K(c_addi) K(c_li)
/* clang-format on */

enum known_insn {
#define K(id) ASM_##id,
    KNOWN_INSNS(K)
#undef K
        KNOWN_COUNT
};

/* What a row is to the generator. */
enum row_class {
    ROW_PLAIN,
    ROW_FLOAT,
    ROW_MEMORY,
    ROW_ATOMIC,
    ROW_BRANCH,
    ROW_JUMP,
    ROW_INDIRECT,
    ROW_CSR,
    ROW_SYSTEM,
    ROW_CLASS_COUNT
};

/* The rows of one class that the hart has, compressed ones too. */
struct row_list {
    const struct insn_row **rows;
    unsigned count;
};

struct row_pattern {
    uint32_t mask, match;
};

#define DATA_NUMBERS 4096

struct assembler {
    const struct isa *isa;
    struct format_info formats[FORMAT_COUNT];
    struct row_pattern *patterns; /* by index in insn_rows */
    uint64_t data[DATA_NUMBERS];  /* random numbers that the programs' data is cut out of */
    const struct insn_row *known[KNOWN_COUNT];
    struct row_list lists[ROW_CLASS_COUNT];
};

/* False: out of memory, or the table lacks a known instruction. */
bool assembler_init(struct assembler *, const struct isa *);
void assembler_fini(struct assembler *);

/* The word of `row` with these fields; bits that belong to no operand and are not fixed come from
 * `other`. Fields are cut to their width. */
uint32_t row_word(const struct assembler *, const struct insn_row *,
                  const int32_t values[FIELD_COUNT], uint32_t other);

/* The word of a known instruction. For CSR instructions `imm` is the CSR's number. */
uint32_t insn_word(const struct assembler *, enum known_insn, unsigned rd, unsigned rs1,
                   unsigned rs2, int32_t imm);

#define NOP_32 UINT32_C(0x00000013)
#define NOP_16 UINT32_C(0x0001)

#endif
