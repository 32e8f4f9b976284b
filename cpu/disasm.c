/* cpu/disasm.c: the text of an instruction word, from the operand strings of its row. */
#include "cpu/disasm.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/encoding.h"
#include "cpu/pseudo.h"
#include "cpu/register.h"

/* Where text goes. printf would take most of the time a large file takes. */
struct output {
    char *at, *end; /* one byte before the end is kept for the terminator */
    unsigned options;
    uint64_t pc;
    unsigned xlen;
};

static void put_char(struct output *out, char c)
{
    if (out->at < out->end) *out->at++ = c;
}

static void put_text(struct output *out, const char *text)
{
    while (*text)
        put_char(out, *text++);
}

static void put_number(struct output *out, uint64_t value, unsigned base)
{
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (count)
        put_char(out, digits[--count]);
}

static void put_hex(struct output *out, uint64_t value)
{
    put_text(out, "0x");
    put_number(out, value, 16);
}

static void put_signed(struct output *out, int64_t value)
{
    if (value < 0) put_char(out, '-');
    put_number(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static void put_x(struct output *out, unsigned number)
{
    if (!(out->options & DISASM_X_NAMES)) {
        put_text(out, register_x_name(number));
        return;
    }
    put_char(out, 'x');
    put_number(out, number, 10);
}

static void put_f(struct output *out, unsigned number)
{
    if (!(out->options & DISASM_X_NAMES)) {
        put_text(out, register_f_name(number));
        return;
    }
    put_char(out, 'f');
    put_number(out, number, 10);
}

static void put_target(struct output *out, int64_t offset)
{
    if (out->options & DISASM_NO_PC) {
        put_text(out, offset < 0 ? ". - " : ". + ");
        put_number(out, offset < 0 ? 0 - (uint64_t)offset : (uint64_t)offset, 10);
        return;
    }
    put_hex(out, (out->pc + (uint64_t)offset) & mask_low(out->xlen));
}

static void put_csr(struct output *out, unsigned number)
{
    const struct csr_info *info = csr_info_by_number(number);
    if (info)
        put_text(out, info->name);
    else
        put_hex(out, number);
}

static void put_operand(struct output *out, const struct operand *operand, int32_t value)
{
    char accesses[5];
    switch (operand->kind) {
    case OPERAND_X:
        put_x(out, (unsigned)value);
        break;
    case OPERAND_F:
        put_f(out, (unsigned)value);
        break;
    case OPERAND_IMM:
        put_signed(out, value);
        break;
    case OPERAND_UPPER:
        put_hex(out, (uint32_t)value >> 12);
        break;
    case OPERAND_TARGET:
        put_target(out, value);
        break;
    case OPERAND_ZIMM:
        put_number(out, (unsigned)value, 10);
        break;
    case OPERAND_CSR:
        put_csr(out, (unsigned)value);
        break;
    case OPERAND_RM:
        put_text(out, rounding_name((unsigned)value));
        break;
    case OPERAND_ACCESSES:
        accesses_text((unsigned)value, accesses);
        put_text(out, accesses);
        break;
    case OPERAND_CONSTANT:
        put_text(out, constant_name((unsigned)value));
        break;
    case OPERAND_FIXED_RM:
        put_text(out, rounding_name(operand->fallback));
        break;
    case OPERAND_FIXED_X:
        put_x(out, operand->fallback);
        break;
    }
}

/* A rounding mode that goes without saying. */
static bool is_implied(const struct operand *operand, int32_t value)
{
    return operand->kind == OPERAND_RM && value == operand->fallback;
}

/* " name=value", for a field that no operand shows. */
static void put_assignment(struct output *out, bool first, enum field field, int32_t value)
{
    put_text(out, first ? " " : ", ");
    put_text(out, field_name(field));
    put_char(out, '=');
    if (field == FIELD_RD || field == FIELD_RS1 || field == FIELD_RS2 || field == FIELD_RS3)
        put_x(out, (unsigned)value);
    else
        put_signed(out, value);
}

/* Operands in their order, then what none of them shows: reserved fields that aren't zero. */
static void put_operands(struct output *out, const struct syntax *syntax, uint32_t hidden,
                         const int32_t values[FIELD_COUNT])
{
    bool first = true;
    for (unsigned i = 0; i < syntax->count; i++) {
        const struct operand *operand = &syntax->operands[i];
        int32_t value = values[operand->field];
        if (is_implied(operand, value)) continue;
        if (first || operand->after_comma) put_text(out, first ? " " : ", ");
        first = false;
        if (operand->in_brackets) put_char(out, '(');
        put_operand(out, operand, value);
        if (operand->in_brackets) put_char(out, ')');
    }
    for (unsigned f = 0; f < FIELD_OTHER; f++) {
        if (!(hidden >> f & 1) || values[f] == 0) continue;
        put_assignment(out, first, (enum field)f, values[f]);
        first = false;
    }
}

static void put_mnemonic(struct output *out, const struct insn_row *row)
{
    for (const char *c = row->id; *c; c++) {
        if (c[0] == '_' && c[1] == '_') break;
        put_char(out, *c == '_' ? '.' : *c);
    }
}

/* The ordering bits of an atomic are part of its mnemonic. */
static uint32_t put_ordering(struct output *out, uint32_t hidden, const int32_t values[FIELD_COUNT])
{
    const uint32_t ordering = 1u << FIELD_AQ | 1u << FIELD_RL;
    if (!(hidden & ordering)) return hidden;
    if (values[FIELD_AQ] || values[FIELD_RL]) put_char(out, '.');
    if (values[FIELD_AQ]) put_text(out, "aq");
    if (values[FIELD_RL]) put_text(out, "rl");
    return hidden & ~ordering;
}

static void put_unknown(struct output *out, uint32_t word, unsigned length)
{
    if (word == 0) { /* the one word that is illegal by definition (Unprivileged spec, "C") */
        put_text(out, "c.unimp");
        return;
    }
    put_text(out, length == 2 ? ".2byte 0x" : ".4byte 0x");
    for (unsigned digit = 2 * length; digit-- > 0;)
        put_char(out, "0123456789abcdef"[word >> 4 * digit & 15]);
}

static void put_instruction(struct output *out, const struct isa *isa,
                            const struct encoding *encoding, const int32_t values[FIELD_COUNT])
{
    const struct pseudo *pseudo = NULL;
    if (encoding->pseudo_count && !(out->options & DISASM_NO_PSEUDO))
        pseudo = pseudo_find(isa, encoding, values);
    if (pseudo) {
        put_text(out, pseudo->row->name);
        put_operands(out, &pseudo->syntax, 0, values);
        return;
    }
    put_mnemonic(out, encoding->row);
    uint32_t hidden = put_ordering(out, encoding->fields & ~encoding->syntax.fields, values);
    put_operands(out, &encoding->syntax, hidden, values);
}

bool disassemble(const struct isa *isa, uint32_t word, uint64_t pc, unsigned options, char *text,
                 size_t size)
{
    if (size == 0) return false;
    struct output out = {text, text + size - 1, options, pc, isa->xlen};
    unsigned length = insn_length((uint16_t)word);
    if (length == 2) word &= 0xffff;
    int32_t values[FIELD_COUNT];
    const struct encoding *encoding = encoding_find(isa, word, values);
    if (!encoding) {
        put_unknown(&out, word, length);
        *out.at = '\0';
        return false;
    }
    if (encoding->row->expansion && options & DISASM_EXPAND) {
        binding_apply(&encoding->expansion, values, values);
        encoding = encoding_of_row(isa, encoding->base);
    }
    if (encoding) put_instruction(&out, isa, encoding, values);
    *out.at = '\0';
    return true;
}

bool disasm_target(const struct isa *isa, uint32_t word, uint64_t pc, uint64_t *target)
{
    if (insn_length((uint16_t)word) == 2) word &= 0xffff;
    int32_t values[FIELD_COUNT];
    const struct encoding *encoding = encoding_find(isa, word, values);
    if (!encoding) return false;
    const struct syntax *syntax = &encoding->syntax;
    for (unsigned i = 0; i < syntax->count; i++) {
        if (syntax->operands[i].kind != OPERAND_TARGET) continue;
        *target = (pc + (uint64_t)(int64_t)values[FIELD_IMM]) & mask_low(isa->xlen);
        return true;
    }
    return false;
}
