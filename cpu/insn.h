/* cpu/insn.h: the instruction table's facts, as data. The rows are in cpu/isa/<extension>.def. */
#ifndef RIVET_CPU_INSN_H
#define RIVET_CPU_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/extension.h"
#include "cpu/isa.h"
#include "cpu/op.h"

enum format_kind {
    KIND_PLAIN,
    KIND_BRANCH,
    KIND_JUMP,
    KIND_INDIRECT,
    KIND_SYSTEM,
    KIND_CHECKED,
};

enum format {
#define FORMAT(id, kind, layout) FORMAT_##id,
#include "cpu/isa/formats.def"
#undef FORMAT
    FORMAT_COUNT
};

/* The operand fields a word can have. */
enum field {
    FIELD_RD,
    FIELD_RS1,
    FIELD_RS2,
    FIELD_RS3,
    FIELD_RM,
    FIELD_IMM,
    FIELD_CSR,
    FIELD_AQ,
    FIELD_RL,
    FIELD_FM, /* fence's mode and its two sets of accesses */
    FIELD_PRED,
    FIELD_SUCC,
    FIELD_OTHER, /* fixed bits: opcode, op, funct* */
    FIELD_COUNT
};

/* `width` bits of the word from bit `from`, going to bit `to` of the field. */
struct piece {
    uint8_t field; /* enum field */
    uint8_t from, width, to;
    char name[12]; /* as in the layout: "rs1", "imm[10:5]" */
};

#define PIECES_MAX 12

struct format_info {
    const char *name;
    enum format_kind kind;
    const char *layout;
    unsigned bits; /* 16 or 32 */
    unsigned piece_count;
    struct piece pieces[PIECES_MAX]; /* from the most significant bit down */
    bool has_imm, imm_signed;
    unsigned imm_bits;    /* position of its top bit plus one */
    bool compressed_regs; /* some register field is 3 bits wide */
};

struct insn_row {
    const char *id;                   /* C name: "fence_i", "slli__rv32" */
    unsigned bases;                   /* RV32 | RV64 */
    enum extension ext;               /* what brings it: the first of `brought_by` */
    const enum extension *brought_by; /* any of these is enough; ends with EXT_COUNT */
    enum extension needs;             /* must be there as well: EXT_I where that says nothing */
    enum format format;
    const char *bits;      /* msb first; '.' an operand bit, spaces for the eye */
    const char *operands;  /* "rd, imm(rs1)" */
    const char *text;      /* one sentence */
    const char *effect;    /* the very code; NULL for a compressed row */
    const char *where;     /* compressed rows: a condition on the fields, else NULL */
    const char *expansion; /* compressed rows: "addi rd, rd, imm", else NULL */
    uint16_t code;         /* op_code of a base row */
};

/* Where each row stands in insn_rows. */
enum insn_index {
#define INSN(name, base, format, bits, operands, text, ...)                    INSN_##name,
#define COMPRESSED(name, base, format, bits, operands, text, where, expansion) INSN_##name,
#include "cpu/isa/all.def"
    INSN_COUNT
};

extern const struct insn_row insn_rows[];
extern const unsigned insn_row_count;

/* The mnemonic: the id with '_' as '.', cut at "__". Writes at most `size` bytes, always
 * terminated. */
void insn_mnemonic(const struct insn_row *row, char *text, unsigned size);

/* Row by id, NULL when there is none. */
const struct insn_row *insn_row_by_id(const char *id);

/* The fixed bits: word & *mask == *match. False: the pattern is malformed (our own bug). */
bool insn_row_pattern(const struct insn_row *row, uint32_t *mask, uint32_t *match);

/* Cuts the layout of a format into pieces. False: malformed (our own bug). */
bool format_parse(enum format format, struct format_info *info);

/* The fields of a word under a format; values[FIELD_IMM] is sign-extended where signed. Register
 * fields 3 bits wide come out as 8..15. */
void format_extract(const struct format_info *info, uint32_t word, int32_t values[FIELD_COUNT]);

/* The inverse: a word with nothing but these fields in it. Bits of a value that the format has no
 * place for are lost. */
uint32_t format_insert(const struct format_info *info, const int32_t values[FIELD_COUNT]);

/* The bits of a word that hold a field. */
uint32_t format_field_mask(const struct format_info *info, enum field field);

/* "rs1", "fm": as formats.def spells it; "imm" for either kind of immediate. */
const char *field_name(enum field field);

/* The field so named, FIELD_OTHER for none. */
enum field field_by_name(const char *name, size_t length);

/* Whether a compressed row's `where` holds for these fields. */
bool insn_where(const struct insn_row *row, const int32_t values[FIELD_COUNT]);

#endif
