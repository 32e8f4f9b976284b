/* cpu/assemble_operand.c: reading the operands of a line of assembly, one after the other. */
#include "cpu/assemble_operand.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/register.h"

void reader_init(struct operand_reader *reader, const struct isa *isa, const char *line,
                 const char *operands, uint64_t pc, struct assemble_error *err)
{
    *reader =
        (struct operand_reader){.isa = isa, .line = line, .at = operands, .pc = pc, .err = err};
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        reader->operand_column[f] = (unsigned)(operands - line);
        reader->operand_length[f] = 1;
    }
}

bool reader_fail(struct operand_reader *reader, unsigned column, unsigned length,
                 const char *format, ...)
{
    struct assemble_error *err = reader->err;
    if (*err->error.text && err->column >= column) return false;
    err->column = column;
    err->length = length ? length : 1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->error.text, sizeof err->error.text, format, arguments);
    va_end(arguments);
    return false;
}

unsigned reader_column(struct operand_reader *reader)
{
    reader->at += strspn(reader->at, " \t");
    return (unsigned)(reader->at - reader->line);
}

static bool at_end(struct operand_reader *reader)
{
    reader_column(reader);
    return *reader->at == '\0' || strchr("#\r\n", *reader->at);
}

/* Names and numbers end here. */
static size_t word_length(const char *text)
{
    return strcspn(text, " \t,()#\r\n");
}

bool reader_at_end(struct operand_reader *reader)
{
    if (at_end(reader)) return true;
    return reader_fail(reader, reader_column(reader), (unsigned)strcspn(reader->at, "#\r\n"),
                       "too many operands");
}

bool number_read(struct operand_reader *reader, int64_t *value)
{
    unsigned column = reader_column(reader);
    size_t length = word_length(reader->at);
    const char *text = reader->at, *end = text + length;
    bool negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    unsigned base = 10;
    if (*text == '0' && text + 1 < end) {
        base = strchr("xX", text[1])   ? 16
               : strchr("bB", text[1]) ? 2
               : strchr("oO", text[1]) ? 8
                                       : 10;
        if (base != 10) text += 2;
    }
    uint64_t sum = 0;
    bool good = text < end, fits = true;
    for (; text < end && good; text++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF", *digit = strchr(digits, *text);
        unsigned digit_value = digit ? (unsigned)(digit - digits) & 15 : 16;
        good = digit_value < base;
        fits = fits && sum <= (UINT64_MAX - digit_value) / base;
        sum = sum * base + digit_value;
    }
    if (!good)
        return reader_fail(reader, column, (unsigned)length,
                           length ? "%.*s is not a number" : "a number is missing%.*s", (int)length,
                           reader->at);
    if (!fits || (negative && sum > UINT64_C(1) << 63))
        return reader_fail(reader, column, (unsigned)length, "%.*s doesn't fit in 64 bits",
                           (int)length, reader->at);
    *value = (int64_t)(negative ? 0 - sum : sum);
    reader->at = end;
    return true;
}

/* A number that a field of 32 bits can hold; others fail here, narrower ones when encoded. */
static bool number_32(struct operand_reader *reader, int32_t *value)
{
    unsigned column = reader_column(reader);
    const char *start = reader->at;
    int64_t wide;
    if (!number_read(reader, &wide)) return false;
    if (reader->isa->xlen == 32 && wide > INT32_MAX && wide <= UINT32_MAX) wide -= INT64_C(1) << 32;
    *value = (int32_t)wide;
    if (wide == *value) return true;
    return reader_fail(reader, column, (unsigned)(reader->at - start), "%.*s is out of range",
                       (int)(reader->at - start), start);
}

static bool register_read(struct operand_reader *reader, bool is_f, int32_t *value)
{
    unsigned column = reader_column(reader);
    size_t length = word_length(reader->at);
    int shown = (int)(length < 32 ? length : 32);
    int x = register_x_number(reader->at, length), f = register_f_number(reader->at, length);
    int number = is_f ? f : x;
    if (number >= 0) {
        *value = number;
        reader->at += length;
        return true;
    }
    const char *wanted = is_f ? "a floating-point register (fa0, f10)" : "a register (a0, x10)";
    if (!length) return reader_fail(reader, column, 1, "%s is missing here", wanted);
    if (x >= 0 || f >= 0)
        return reader_fail(reader, column, (unsigned)length, "%s is needed here, %.*s is %s",
                           wanted, shown, reader->at,
                           is_f ? "an integer one" : "a floating-point one");
    return reader_fail(reader, column, (unsigned)length,
                       "%.*s is not a register; %s is needed here", shown, reader->at, wanted);
}

static bool csr_read_name(struct operand_reader *reader, int32_t *value)
{
    unsigned column = reader_column(reader);
    size_t length = word_length(reader->at);
    char name[24] = "";
    if (length && *reader->at >= '0' && *reader->at <= '9') {
        if (!number_32(reader, value)) return false;
        if (*value >= 0 && *value <= 0xfff) return true;
        return reader_fail(reader, column, (unsigned)length, "CSR numbers go from 0 to 0xfff");
    }
    if (length < sizeof name) memcpy(name, reader->at, length);
    const struct csr_info *info = csr_info_by_name(name);
    if (!info)
        return reader_fail(reader, column, (unsigned)length,
                           length ? "no CSR is called %.*s; its number (0x300) would do too"
                                  : "a CSR is missing here%.*s",
                           (int)(length < 32 ? length : 32), reader->at);
    *value = (int32_t)info->number;
    reader->at += length;
    return true;
}

/* "0x80000010", or ". + 8" */
static bool target_read(struct operand_reader *reader, int32_t *value)
{
    unsigned column = reader_column(reader);
    const char *start = reader->at;
    int64_t number = 0;
    if (*reader->at != '.') {
        if (!number_read(reader, &number)) return false;
        number = (int64_t)((uint64_t)number - reader->pc);
        if (reader->isa->xlen == 32) number = (int32_t)number;
    } else {
        reader->at++;
        reader_column(reader);
        char sign = *reader->at;
        if (sign == '+' || sign == '-') {
            reader->at++;
            if (!number_read(reader, &number)) return false;
            if (sign == '-') number = -number;
        }
    }
    *value = (int32_t)number;
    if (*value == number) return true;
    return reader_fail(reader, column, (unsigned)(reader->at - start),
                       "the target is more than 2 GiB away from pc 0x%llx",
                       (unsigned long long)reader->pc);
}

/* A word out of a list: a rounding mode, or a set of accesses. */
static bool word_read(struct operand_reader *reader, enum operand_kind kind, int32_t *value)
{
    unsigned column = reader_column(reader);
    size_t length = word_length(reader->at);
    int found = -1;
    if (kind == OPERAND_ACCESSES) found = accesses_parse(reader->at, length);
    for (unsigned mode = 0; kind == OPERAND_RM && mode < 8; mode++) {
        const char *name = rounding_name(mode);
        if (name && strlen(name) == length && !strncmp(name, reader->at, length)) found = (int)mode;
    }
    if (found < 0)
        return reader_fail(reader, column, (unsigned)length, "%s is needed here",
                           kind == OPERAND_RM ? "a rounding mode (rne, rtz, rdn, rup, rmm or dyn)"
                                              : "a set of accesses (letters of iorw, or 0)");
    *value = found;
    reader->at += length;
    return true;
}

static bool upper_read(struct operand_reader *reader, int32_t *value)
{
    unsigned column = reader_column(reader);
    const char *start = reader->at;
    int64_t number;
    if (!number_read(reader, &number)) return false;
    if (number < -0x80000 || number > 0xfffff)
        return reader_fail(reader, column, (unsigned)(reader->at - start),
                           "%.*s doesn't fit in bits 31:12: 0 to 0xfffff",
                           (int)(reader->at - start), start);
    *value = (int32_t)((uint32_t)number << 12);
    return true;
}

static bool fixed_read(struct operand_reader *reader, unsigned number)
{
    unsigned column = reader_column(reader);
    int32_t value;
    if (!register_read(reader, false, &value)) return false;
    if ((unsigned)value == number) return true;
    return reader_fail(reader, column, 1, "%s is needed here", register_x_name(number));
}

static bool constant_read(struct operand_reader *reader, int32_t *value)
{
    unsigned column = reader_column(reader);
    size_t length = word_length(reader->at);
    int index = constant_parse_name(reader->at, length);
    if (index < 0)
        return reader_fail(reader, column, (unsigned)length,
                           "one of 32 constants is needed here: min, inf, nan, 0.5, 1.0, 2.0...");
    *value = index;
    reader->at += length;
    return true;
}

static bool fixed_rounding_read(struct operand_reader *reader, unsigned mode)
{
    unsigned column = reader_column(reader);
    int32_t value;
    if (!word_read(reader, OPERAND_RM, &value)) return false;
    if ((unsigned)value == mode) return true;
    return reader_fail(reader, column, 3, "%s is needed here", rounding_name(mode));
}

static bool value_read(struct operand_reader *reader, const struct operand *operand)
{
    int32_t *value = &reader->values[operand->field];
    switch (operand->kind) {
    case OPERAND_X:
        return register_read(reader, false, value);
    case OPERAND_F:
        return register_read(reader, true, value);
    case OPERAND_IMM:
    case OPERAND_ZIMM:
        return number_32(reader, value);
    case OPERAND_UPPER:
        return upper_read(reader, value);
    case OPERAND_TARGET:
        return target_read(reader, value);
    case OPERAND_CSR:
        return csr_read_name(reader, value);
    case OPERAND_RM:
    case OPERAND_ACCESSES:
        return word_read(reader, operand->kind, value);
    case OPERAND_CONSTANT:
        return constant_read(reader, value);
    case OPERAND_FIXED_RM:
        return fixed_rounding_read(reader, operand->fallback);
    case OPERAND_FIXED_X:
        return fixed_read(reader, operand->fallback);
    }
    return false;
}

static bool expect(struct operand_reader *reader, char c)
{
    unsigned column = reader_column(reader);
    if (*reader->at != c) return reader_fail(reader, column, 1, "'%c' is missing here", c);
    reader->at++;
    return true;
}

/* The next thing is "name=value". */
static bool is_assignment(struct operand_reader *reader)
{
    const char *at = reader->at + strspn(reader->at, " \t,");
    return memchr(at, '=', word_length(at)) != NULL;
}

static bool operand_read(struct operand_reader *reader, const struct syntax *syntax, unsigned index)
{
    const struct operand *operand = &syntax->operands[index];
    /* An offset of zero may be left out: "(a0)" for "0(a0)", and written where there is none. */
    bool before_brackets = index + 1 < syntax->count && operand[1].in_brackets;
    if (operand->after_comma && !expect(reader, ',')) return false;
    unsigned column = reader_column(reader);
    const char *start = reader->at;
    if (before_brackets && operand->kind == OPERAND_IMM && *start == '(') return true;
    if (operand->in_brackets && operand->after_comma && *start == '0' && start[1] == '(')
        reader->at++;
    if (operand->in_brackets) {
        if (!expect(reader, '(')) return false;
        column = reader_column(reader);
        start = reader->at;
    }
    if (!value_read(reader, operand)) return false;
    reader->operand_column[operand->field] = column;
    reader->operand_length[operand->field] = (unsigned)(reader->at - start);
    return !operand->in_brackets || expect(reader, ')');
}

/* "fm=8": fields that may differ between words of the row but that no operand shows. */
static bool assignment_read(struct operand_reader *reader, const struct encoding *encoding)
{
    unsigned column = reader_column(reader);
    size_t length = strcspn(reader->at, "=");
    enum field field = field_by_name(reader->at, length);
    if (field == FIELD_OTHER || !(encoding->fields >> field & 1))
        return reader_fail(reader, column, (unsigned)length, "this instruction has no field %.*s",
                           (int)length, reader->at);
    reader->at += length + 1;
    size_t value_length = word_length(reader->at);
    int number = register_x_number(reader->at, value_length);
    if (number < 0) {
        if (!number_32(reader, &reader->values[field])) return false;
    } else {
        reader->values[field] = number;
        reader->at += value_length;
    }
    reader->operand_column[field] = column;
    reader->operand_length[field] = (unsigned)(reader->at - reader->line) - column;
    return true;
}

bool operands_read(struct operand_reader *reader, const struct encoding *encoding,
                   const struct syntax *syntax)
{
    bool first = true;
    for (unsigned i = 0; i < syntax->count; i++) {
        const struct operand *operand = &syntax->operands[i];
        if (operand->kind == OPERAND_RM) {
            reader->values[FIELD_RM] = operand->fallback;
            if (at_end(reader) || is_assignment(reader)) continue;
        }
        if (!operand_read(reader, syntax, i)) return false;
        first = false;
    }
    while (is_assignment(reader)) {
        if (!first && !expect(reader, ',')) return false;
        reader_column(reader);
        if (!assignment_read(reader, encoding)) return false;
        first = false;
    }
    return reader_at_end(reader);
}

/* "-2048 to 2047", "0 to 124 in steps of 4": what a field of this encoding can hold. */
static void range_text(const struct encoding *encoding, enum field field, char *text, size_t size)
{
    uint32_t bits = 0; /* of the value, that a word can choose */
    for (unsigned i = 0; i < encoding->format->piece_count; i++) {
        const struct piece *piece = &encoding->format->pieces[i];
        if (piece->field != field) continue;
        uint32_t free = ~encoding->mask >> piece->from & (uint32_t)mask_low(piece->width);
        bits |= free << piece->to;
    }
    uint32_t step = bits & (0 - bits);
    bool is_signed = field == FIELD_IMM && encoding->format->imm_signed;
    uint32_t top = is_signed ? 1u << (encoding->format->imm_bits - 1) : 0;
    int n = snprintf(text, size, "%d to %d", -(int32_t)(top & bits), (int32_t)(bits & ~top));
    if (step > 1 && n > 0) snprintf(text + n, size - (size_t)n, " in steps of %u", step);
}

bool operand_does_not_fit(struct operand_reader *reader, const struct encoding *encoding,
                          const struct operand *operand, int32_t fitted)
{
    enum field field = operand ? operand->field : FIELD_OTHER;
    unsigned column = reader->operand_column[field], length = reader->operand_length[field];
    char range[48];
    if (!operand) return reader_fail(reader, column, length, "an operand is out of range");
    range_text(encoding, field, range, sizeof range);
    switch (operand->kind) {
    case OPERAND_X:
    case OPERAND_F:
        if (encoding->format->compressed_regs)
            return reader_fail(reader, column, length,
                               "this compressed form reaches x8 to x15 (s0, s1, a0 to a5) only");
        return reader_fail(reader, column, length, "%s is needed here",
                           register_x_name((unsigned)fitted));
    case OPERAND_TARGET:
        return reader_fail(reader, column, length, "the target is %d bytes away; %s would do",
                           reader->values[field], range);
    case OPERAND_UPPER:
        return reader_fail(reader, column, length,
                           "out of range here: 1 to 0x1f or 0xfffe0 to 0xfffff");
    default:
        return reader_fail(reader, column, length, "%d is out of range: %s", reader->values[field],
                           range);
    }
}
