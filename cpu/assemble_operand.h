/* cpu/assemble_operand.h: reading the operands of a line of assembly, one after the other. */
#ifndef RIVET_CPU_ASSEMBLE_OPERAND_H
#define RIVET_CPU_ASSEMBLE_OPERAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/assemble.h"
#include "cpu/encoding.h"

struct operand_reader {
    const struct isa *isa;
    const char *line, *at;
    uint64_t pc;
    int32_t values[FIELD_COUNT]; /* what was read */
    unsigned operand_column[FIELD_COUNT], operand_length[FIELD_COUNT];
    struct assemble_error *err;
};

/* Starts at `operands`, a place in `line`. */
void reader_init(struct operand_reader *reader, const struct isa *isa, const char *line,
                 const char *operands, uint64_t pc, struct assemble_error *err);

/* Notes a failure at a column of the line unless one further right is known; false. */
bool reader_fail(struct operand_reader *reader, unsigned column, unsigned length,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Skips blanks; where the next thing stands. */
unsigned reader_column(struct operand_reader *reader);

/* Nothing but blanks and a comment are left; else a failure. */
bool reader_at_end(struct operand_reader *reader);

/* A number: decimal, 0x, 0b or 0o, with a sign. */
bool number_read(struct operand_reader *reader, int64_t *value);

/* All operands of a syntax, and "name=value" for the encoding's fields that have none. */
bool operands_read(struct operand_reader *reader, const struct encoding *encoding,
                   const struct syntax *syntax);

/* The failure of an operand whose value has no place in the word; `fitted` is what it became there.
 * `operand` may be NULL. */
bool operand_does_not_fit(struct operand_reader *reader, const struct encoding *encoding,
                          const struct operand *operand, int32_t fitted);

#endif
