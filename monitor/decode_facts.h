/* monitor/decode_facts.h: one instruction word and what the table says of it, for whoever prints
 * it. */
#ifndef RIVET_MONITOR_DECODE_FACTS_H
#define RIVET_MONITOR_DECODE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/disasm.h"
#include "cpu/encoding.h"
#include "cpu/isa.h"

/* A decoded word. Pointers go into the ISA's tables. */
struct decoding {
    const struct isa *isa;
    uint32_t word;
    unsigned bits;                    /* 16 or 32 */
    const struct encoding *encoding;  /* NULL: illegal */
    const struct encoding *base;      /* of what is executed: the encoding, or its expansion's */
    int32_t values[FIELD_COUNT];      /* fields of the word */
    int32_t base_values[FIELD_COUNT]; /* fields of what is executed */
    uint32_t expansion;               /* the 32-bit word a compressed one stands for */
};

/* `word` may have anything above its 16 bits when it is compressed. */
void decoding_init(struct decoding *decoding, const struct isa *isa, uint32_t word);

/* Is it compressed, and legal? */
bool decoding_is_compressed(const struct decoding *decoding);

/* One cell of the bit picture, from the most significant down. */
struct cell {
    unsigned high, low;
    enum field field;
    char name[12];
    char meaning[24]; /* "x11 a1", "OP", "rne"; "" where bits say it all */
};

#define CELLS_MAX 16

/* Cuts the word as its format does; an illegal one into what every word of its length has. Returns
 * the number of cells. */
unsigned decoding_cells(const struct decoding *decoding, struct cell cells[CELLS_MAX]);

/* The bit of the word that becomes bit `bit` of the immediate; -1: none, it is zero there. */
int decoding_imm_source(const struct decoding *decoding, unsigned bit);

/* A register field as "x11 a1" or "f11 fa1"; the value's own text otherwise. */
void field_text(const struct encoding *encoding, enum field field, int32_t value, char *text,
                size_t size);

/* "custom-0", "OP-IMM": the major opcode in bits 6:2 (Unprivileged spec, "RV32/64G Instruction Set
 * Listings"), and what it is for. */
enum opcode_use { OPCODE_STANDARD, OPCODE_CUSTOM, OPCODE_RESERVED, OPCODE_LONGER };
struct opcode_info {
    const char *name;
    enum opcode_use use;
    const char *text;
};
const struct opcode_info *opcode_info(unsigned bits_6_2);

/* A computation whose only effect would be a write to x0: the encoding is a HINT. */
bool decoding_is_hint(const struct decoding *decoding);

/* The effect with this word's registers and numbers in place of field names: "a0 = a1 + a2". */
void decoding_effect(const struct decoding *decoding, char *text, size_t size);

/* Is the extension one of those that bring a row? */
bool row_belongs(const struct insn_row *row, enum extension ext);

/* "zbb or zbkb", "zabha, with zacas": what brings a row and what must be there besides. */
void row_extensions(const struct insn_row *row, char *text, size_t size);

/* Mnemonic of a row, "c.addi". */
#define MNEMONIC_SIZE 24

#endif
