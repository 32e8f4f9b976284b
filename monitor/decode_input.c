/* monitor/decode_input.c: what people type or paste for an instruction, read as words. */
#include "monitor/decode_input.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/decode.h"

static bool fail(struct assemble_error *err, size_t column, size_t length, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static bool fail(struct assemble_error *err, size_t column, size_t length, const char *format, ...)
{
    err->column = (unsigned)column;
    err->length = (unsigned)(length ? length : 1);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->error.text, sizeof err->error.text, format, arguments);
    va_end(arguments);
    return false;
}

static size_t hex_length(const char *text)
{
    size_t n = 0;
    while (isxdigit((unsigned char)text[n]))
        n++;
    return n;
}

static bool ends_token(char c)
{
    return c == '\0' || isspace((unsigned char)c) || c == '#';
}

bool input_is_number(const char *text)
{
    text += strspn(text, " \t");
    if (isdigit((unsigned char)*text) || *text == '-') return true;
    size_t hex = hex_length(text);
    return (hex == 8 || hex == 4 || hex == 2) && ends_token(text[hex]) &&
           (hex == 8 || strcspn(text, "0123456789") < hex);
}

/* "33 85 c5 00": two or four bytes, the lowest address first. */
static bool bytes_read(const char *text, uint32_t *word, struct assemble_error *err)
{
    unsigned count = 0;
    const char *at = text + strspn(text, " \t");
    size_t start = (size_t)(at - text);
    *word = 0;
    for (; *at && *at != '#'; at += strspn(at, " \t\r\n"), count++) {
        if (hex_length(at) != 2 || !ends_token(at[2]))
            return fail(err, (size_t)(at - text), strcspn(at, " \t"), "a byte has two hex digits");
        if (count == 4) return fail(err, (size_t)(at - text), 2, "more than four bytes");
        *word |= (uint32_t)strtoul(at, NULL, 16) << 8 * count;
        at += 2;
    }
    unsigned length = insn_length((uint16_t)*word);
    if (count == length) return true;
    return fail(err, start, (size_t)(at - text) - start,
                "%u bytes; the low bits of the first say that this instruction has %u", count,
                length);
}

/* Digits of a base after its prefix, '_' and blanks between binary ones allowed. */
static bool digits_read(const char *text, const char *digits, unsigned base, uint32_t *word,
                        struct assemble_error *err)
{
    static const char *const names[] = {[2] = "binary", [10] = "decimal", [16] = "hex"};
    uint64_t sum = 0;
    const char *at = digits;
    for (; *at && *at != '#'; at++) {
        if (*at == '_' ||
            (isspace((unsigned char)*at) && (base == 2 || !at[strspn(at, " \t\r\n")])))
            continue;
        int c = tolower((unsigned char)*at);
        unsigned digit = isdigit(c) ? (unsigned)c - '0' : isalpha(c) ? (unsigned)c - 'a' + 10 : 99;
        if (digit >= base)
            return fail(err, (size_t)(at - text), 1, "'%c' is not a %s digit", *at, names[base]);
        sum = sum * base + digit;
        if (sum > UINT32_MAX)
            return fail(err, (size_t)(digits - text), strcspn(digits, " \t\r\n#"),
                        "an instruction has 32 bits at most");
    }
    if (at == digits) return fail(err, (size_t)(at - text), 1, "digits are missing");
    *word = (uint32_t)sum;
    if (insn_length((uint16_t)sum) == 4 || sum <= 0xffff) return true;
    return fail(err, (size_t)(digits - text), strcspn(digits, " \t\r\n#"),
                "bits 1:0 other than 11 begin a 16-bit instruction; this has more bits");
}

static bool number_read(const char *text, uint32_t *word, struct assemble_error *err)
{
    const char *at = text + strspn(text, " \t");
    size_t hex = hex_length(at);
    const char *next = at + hex + strspn(at + hex, " \t\r\n");
    if (hex == 2 && ends_token(at[2]) && *next && *next != '#') return bytes_read(text, word, err);
    if (at[0] == '0' && (at[1] | 32) == 'x') return digits_read(text, at + 2, 16, word, err);
    if (at[0] == '0' && (at[1] | 32) == 'b' && hex != 8 && hex != 4)
        return digits_read(text, at + 2, 2, word, err);
    bool has_letter = strspn(at, "0123456789") < hex;
    if (ends_token(at[hex]) && (hex == 8 || (hex == 4 && (has_letter || *at == '0'))))
        return digits_read(text, at, 16, word, err);
    if (*at == '-') return fail(err, (size_t)(at - text), 1, "a word has no sign");
    return digits_read(text, at, 10, word, err);
}

bool input_word(const struct isa *isa, const char *text, uint64_t pc, uint32_t *word,
                struct assemble_error *err)
{
    if (input_is_number(text)) return number_read(text, word, err);
    return assemble(isa, text, pc, word, err);
}

/* Halves, put together: from `start`, where one begins. -1: `mark` is inside an instruction. */
static int halves_join(struct input_line *line, const uint16_t *halves, unsigned count,
                       unsigned start, int mark)
{
    bool met = mark < 0;
    line->count = 0;
    line->marked = -1;
    for (unsigned i = start; i < count;) {
        bool wide = insn_length(halves[i]) == 4;
        if (wide && i + 1 == count) break; /* its other half is beyond the line */
        if ((int)i == mark) line->marked = (int)line->count, met = true;
        line->words[line->count++] = halves[i] | (wide ? (uint32_t)halves[i + 1] << 16 : 0);
        i += wide ? 2 : 1;
    }
    return met ? 0 : -1;
}

/* "Code: 8082 1141 (0001) 0713": 16-bit halves, or 32-bit words whose low half comes first in
 * memory. The line may begin in the middle of an instruction; the marked one is at an instruction's
 * start. */
static bool code_read(const char *text, const char *at, struct input_line *line,
                      struct assemble_error *err)
{
    uint16_t halves[256];
    unsigned count = 0;
    int mark = -1;
    for (at += strspn(at, " \t"); *at && *at != '\r' && *at != '\n'; at += strspn(at, " \t")) {
        bool marked = *at == '(' || *at == '<';
        at += marked;
        size_t length = hex_length(at);
        if ((length != 4 && length != 8) || count + 2 > 256)
            return fail(err, (size_t)(at - text), strcspn(at, " \t\r\n"),
                        "a Code: line has groups of four or eight hex digits");
        uint32_t value = (uint32_t)strtoul(at, NULL, 16);
        if (marked) mark = (int)count;
        halves[count++] = (uint16_t)value;
        /* A padded 16-bit instruction has no second half. */
        if (length == 8 && (value >> 16 || insn_length((uint16_t)value) == 4))
            halves[count++] = (uint16_t)(value >> 16);
        at += length + (marked && (at[length] == ')' || at[length] == '>'));
    }
    if (halves_join(line, halves, count, 0, mark) < 0) halves_join(line, halves, count, 1, mark);
    return line->count > 0 || fail(err, (size_t)(at - text), 1, "no code follows");
}

/* "80000000:\t00c58533  \tadd ..." */
static bool listing_read(const char *text, struct input_line *line)
{
    const char *at = text + strspn(text, " \t");
    if (at[0] == '0' && at[1] == 'x') at += 2;
    size_t digits = hex_length(at);
    if (!digits || at[digits] != ':') return false;
    line->pc = strtoull(at, NULL, 16);
    at += digits + 1;
    at += strspn(at, " \t");
    digits = hex_length(at);
    if ((digits != 4 && digits != 8) || !ends_token(at[digits])) return false;
    line->has_pc = true;
    line->count = 1;
    line->words[0] = (uint32_t)strtoul(at, NULL, 16);
    return true;
}

/* Titles and labels of a listing: "0000000080000000 <start>:", "a.out:     file format elf64-..."
 */
static bool is_heading(const char *text)
{
    size_t end = strcspn(text, "\r\n");
    return (end && text[end - 1] == ':') || strstr(text, ":     file format");
}

/* "8082": in a stream these are digits of a dump, not a number. */
static bool dump_read(const char *start, struct input_line *line)
{
    size_t digits = hex_length(start);
    if ((digits != 4 && digits != 8) || start[digits + strspn(start + digits, " \t\r\n")])
        return false;
    line->words[0] = (uint32_t)strtoul(start, NULL, 16);
    if (digits == 8 && insn_length((uint16_t)line->words[0]) == 2) return false;
    line->count = 1;
    return true;
}

bool input_line(const struct isa *isa, const char *text, struct input_line *line,
                struct assemble_error *err)
{
    *line = (struct input_line){.marked = -1};
    const char *code = strstr(text, "Code:"), *start = text + strspn(text, " \t\r\n");
    if (*start == '\0' || *start == '#' || is_heading(start)) return true;
    if (code) return code_read(text, code + strlen("Code:"), line, err);
    if (listing_read(text, line) || dump_read(start, line)) return true;
    if (!input_word(isa, text, 0, &line->words[0], err)) return false;
    line->count = 1;
    return true;
}
