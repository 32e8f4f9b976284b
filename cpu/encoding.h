/* cpu/encoding.h: the rows of one ISA, compiled: what decode, disassembler and assembler look up.
 */
#ifndef RIVET_CPU_ENCODING_H
#define RIVET_CPU_ENCODING_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/insn.h"
#include "cpu/isa.h"
#include "cpu/syntax.h"

/* A row's bits and operands. */
struct encoding {
    uint32_t mask, match;
    const struct insn_row *row;
    const struct insn_row *base; /* what is executed: the row itself, or the expansion's */
    const struct format_info *format;
    struct syntax syntax;
    uint32_t
        fields; /* 1 << enum field of each that words of this row can differ in, or is written */
    struct binding expansion; /* compressed rows: the base's fields out of the row's */
    bool writes_x;            /* rd is an integer register: x0 becomes the sink */
    bool needs_fp;            /* the base touches floating-point state: illegal while FS is off */
    bool rounds;              /* has a rounding mode, of which 5 and 6 are reserved */
    bool imm_is_word;         /* the base's format has no immediate: imm carries the word */
    uint16_t pseudo_first, pseudo_count; /* into tables->pseudos */
};

/* A pseudo-instruction: another spelling of some words of a row. */
struct pseudo {
    const struct pseudo_row *row;
    const struct encoding *base;
    struct syntax syntax;
    struct binding binding; /* the base's fields out of the pseudo's */
};

struct bucket {
    uint16_t first, count; /* into `order` */
};

#define BUCKETS_32 256 /* opcode[6:2] << 3 | funct3 */
#define BUCKETS_16 32  /* quadrant << 3 | funct3 */

/* A word is looked up by a bucket: for 32-bit words opcode[6:2] and funct3, for compressed ones the
 * quadrant and funct3. A bucket lists the encodings whose fixed bits allow it, those with more of
 * them first: where one encoding is a special case of another, the special case wins. */
struct decode_tables {
    struct format_info formats[FORMAT_COUNT];
    struct encoding *encodings;
    unsigned encoding_count;
    struct pseudo *pseudos;
    unsigned pseudo_count;
    uint32_t *encoding_names, *pseudo_names; /* word_hash of each mnemonic */
    const struct encoding **order;
    struct bucket wide[BUCKETS_32], narrow[BUCKETS_16];
};

static inline unsigned bucket_wide(uint32_t word)
{
    return (word >> 2 & 31) << 3 | (word >> 12 & 7);
}

static inline unsigned bucket_narrow(uint32_t word)
{
    return (word & 3) << 3 | (word >> 13 & 7);
}

/* Whether a word with the encoding's fixed bits and these fields is this instruction: its `where`
 * holds and its rounding mode isn't reserved. */
bool encoding_accepts(const struct encoding *encoding, const int32_t values[FIELD_COUNT]);

/* The encoding a word matches and its fields; NULL for none. The upper half of a compressed word
 * must be zero. */
const struct encoding *encoding_find(const struct isa *isa, uint32_t word,
                                     int32_t values[FIELD_COUNT]);

/* Of this row, NULL when the ISA doesn't have it. */
const struct encoding *encoding_of_row(const struct isa *isa, const struct insn_row *row);

/* The word with these fields. False: some value has no place in it, or the row's `where` forbids
 * it; *word is what came nearest. */
bool encoding_encode(const struct encoding *encoding, const int32_t values[FIELD_COUNT],
                     uint32_t *word);

/* The pseudo-instruction that is preferred for base fields with these values; NULL for none. */
const struct pseudo *pseudo_find(const struct isa *isa, const struct encoding *base,
                                 const int32_t values[FIELD_COUNT]);

#endif
