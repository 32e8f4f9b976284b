/* cpu/syntax.h: operand strings, taken apart: "rd, imm(rs1)" is what disassembler and assembler
 * follow, "rd, rd, imm" binds the operands of one row to the fields of another. */
#ifndef RIVET_CPU_SYNTAX_H
#define RIVET_CPU_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/insn.h"

/* How an operand is written. */
enum operand_kind {
    OPERAND_X,        /* an integer register */
    OPERAND_F,        /* a floating-point register */
    OPERAND_IMM,      /* a number */
    OPERAND_UPPER,    /* bits 31:12 of a number: what lui and auipc are given */
    OPERAND_TARGET,   /* an address, kept as an offset from the pc */
    OPERAND_ZIMM,     /* a number in a register's place */
    OPERAND_CSR,      /* a CSR's name or number */
    OPERAND_RM,       /* a rounding mode; left out when it is `fallback` */
    OPERAND_ACCESSES, /* fence's "iorw" */
    OPERAND_CONSTANT, /* one of FLI's 32 floating-point numbers */
    OPERAND_FIXED_RM, /* a rounding mode that is no field: the rtz of fcvtmod.w.d */
    OPERAND_FIXED_X,  /* an integer register that is no field: the sp of c.lwsp */
};

struct operand {
    enum operand_kind kind;
    enum field field; /* FIELD_OTHER for OPERAND_FIXED_X */
    uint8_t fallback; /* OPERAND_RM: the mode that isn't written; OPERAND_FIXED_*: what it is */
    bool in_brackets; /* "(rs1)" */
    bool after_comma;
    const char *name; /* as in the table, not terminated */
    uint8_t name_length;
};

#define OPERANDS_MAX 6

struct syntax {
    unsigned count;
    struct operand operands[OPERANDS_MAX];
    uint32_t fields; /* 1 << enum field of each */
};

/* False: malformed (our own bug). */
bool syntax_parse(const char *operands, struct syntax *syntax);

/* Where each field of a base row comes from. */
struct binding {
    struct source {
        bool from_field;
        uint8_t field; /* enum field, when from_field */
        int32_t constant;
    } of[FIELD_OTHER];
};

/* Reads "rd, x0, imm" or "rw, rw, fm=8" against the base's operands: each is a field of the row
 * that is bound or a constant; base fields without an operand are 0 unless set by "name=value" at
 * the end. False: malformed (our own bug). */
bool binding_parse(const struct syntax *base, const char *text, struct binding *binding);

/* The base's fields for a row's. `values` and `bound` may be the same array. */
void binding_apply(const struct binding *binding, const int32_t values[FIELD_COUNT],
                   int32_t bound[FIELD_COUNT]);

/* Could base fields with these values have come from this binding? Only those in `fields` (1 <<
 * enum field) are looked at. */
bool binding_matches(const struct binding *binding, uint32_t fields,
                     const int32_t bound[FIELD_COUNT]);

/* A set of accesses, "iorw" for 15, "0" for none; four letters and a terminator at most. */
void accesses_text(unsigned set, char text[5]);
/* The inverse; -1: not one. */
int accesses_parse(const char *text, size_t length);

/* "rne"... for 0..4, "dyn" for 7, NULL for the reserved ones. */
const char *rounding_name(unsigned mode);

/* "-1.0", "min", "0.5"... for FLI's constants 0..31. */
const char *constant_name(unsigned index);
/* The inverse; -1: not one. */
int constant_parse_name(const char *text, size_t length);

#endif
