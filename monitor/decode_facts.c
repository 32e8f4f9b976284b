/* monitor/decode_facts.c: one instruction word and what the table says of it. */
#include "monitor/decode_facts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/register.h"

void decoding_init(struct decoding *d, const struct isa *isa, uint32_t word)
{
    *d = (struct decoding){.isa = isa, .bits = 8 * insn_length((uint16_t)word)};
    d->word = d->bits == 16 ? word & 0xffff : word;
    d->expansion = d->word;
    d->base = d->encoding = encoding_find(isa, d->word, d->values);
    memcpy(d->base_values, d->values, sizeof d->values);
    if (!d->encoding || !d->encoding->row->expansion) return;
    d->base = encoding_of_row(isa, d->encoding->base);
    binding_apply(&d->encoding->expansion, d->values, d->base_values);
    if (d->base) encoding_encode(d->base, d->base_values, &d->expansion);
}

bool decoding_is_compressed(const struct decoding *d)
{
    return d->encoding && d->encoding->row->expansion && d->base;
}

/* How an encoding's operands write a field; OPERAND_FIXED_X when none does. */
static enum operand_kind kind_of_field(const struct encoding *encoding, enum field field)
{
    for (unsigned i = 0; i < encoding->syntax.count; i++)
        if (encoding->syntax.operands[i].field == field) return encoding->syntax.operands[i].kind;
    return OPERAND_FIXED_X;
}

void field_text(const struct encoding *encoding, enum field field, int32_t value, char *text,
                size_t size)
{
    const struct csr_info *csr = csr_info_by_number((unsigned)value & 0xfff);
    char accesses[5];
    *text = '\0';
    switch (kind_of_field(encoding, field)) {
    case OPERAND_X:
        snprintf(text, size, "x%d %s", value, register_x_name((unsigned)value));
        break;
    case OPERAND_F:
        snprintf(text, size, "f%d %s", value, register_f_name((unsigned)value));
        break;
    case OPERAND_ZIMM:
        snprintf(text, size, "%d", value);
        break;
    case OPERAND_CSR:
        snprintf(text, size, "%s", csr ? csr->name : "no such CSR");
        break;
    case OPERAND_CONSTANT:
        snprintf(text, size, "%s", constant_name((unsigned)value));
        break;
    case OPERAND_RM:
        snprintf(text, size, "%s", rounding_name((unsigned)value));
        break;
    case OPERAND_ACCESSES:
        accesses_text((unsigned)value, accesses);
        snprintf(text, size, "%s", accesses);
        break;
    default:
        break;
    }
}

static unsigned cells_of_format(const struct decoding *d, struct cell cells[CELLS_MAX])
{
    const struct format_info *format = d->encoding->format;
    for (unsigned i = 0; i < format->piece_count; i++) {
        const struct piece *piece = &format->pieces[i];
        struct cell *cell = &cells[i];
        *cell = (struct cell){
            .high = piece->from + piece->width - 1u, .low = piece->from, .field = piece->field};
        snprintf(cell->name, sizeof cell->name, "%s", piece->name);
        if (piece->field == FIELD_OTHER || piece->field == FIELD_IMM) continue;
        field_text(d->encoding, piece->field, d->values[piece->field], cell->meaning,
                   sizeof cell->meaning);
    }
    struct cell *last = &cells[format->piece_count - 1];
    if (d->bits == 32)
        snprintf(last->meaning, sizeof last->meaning, "%s",
                 opcode_info(bits_get(d->word, 6, 2))->name);
    return format->piece_count;
}

unsigned decoding_cells(const struct decoding *d, struct cell cells[CELLS_MAX])
{
    if (d->encoding) return cells_of_format(d, cells);
    if (d->bits == 16) {
        cells[0] = (struct cell){15, 13, FIELD_OTHER, "funct3", ""};
        cells[1] = (struct cell){12, 2, FIELD_OTHER, "", ""};
        cells[2] = (struct cell){1, 0, FIELD_OTHER, "op", ""};
        return 3;
    }
    /* Registers stand at the same places in every format that has them. */
    static const struct cell wide[] = {
        {31, 25, FIELD_OTHER, "funct7", ""}, {24, 20, FIELD_RS2, "rs2", ""},
        {19, 15, FIELD_RS1, "rs1", ""},      {14, 12, FIELD_OTHER, "funct3", ""},
        {11, 7, FIELD_RD, "rd", ""},         {6, 0, FIELD_OTHER, "opcode", ""},
    };
    memcpy(cells, wide, sizeof wide);
    snprintf(cells[5].meaning, sizeof cells[5].meaning, "%s",
             opcode_info(bits_get(d->word, 6, 2))->name);
    return 6;
}

int decoding_imm_source(const struct decoding *d, unsigned bit)
{
    const struct format_info *format = d->encoding->format;
    for (unsigned i = 0; i < format->piece_count; i++) {
        const struct piece *piece = &format->pieces[i];
        if (piece->field == FIELD_IMM && bit >= piece->to &&
            bit < piece->to + (unsigned)piece->width)
            return (int)(piece->from + bit - piece->to);
    }
    return -1;
}

const struct opcode_info *opcode_info(unsigned bits_6_2)
{
    /* clang-format off */
    static const struct opcode_info rows[32] = {
        {"LOAD",      OPCODE_STANDARD, "loads"},
        {"LOAD-FP",   OPCODE_STANDARD, "floating-point and vector loads"},
        {"custom-0",  OPCODE_CUSTOM,   "free for a designer's own instructions"},
        {"MISC-MEM",  OPCODE_STANDARD, "fences and cache-block operations"},
        {"OP-IMM",    OPCODE_STANDARD, "arithmetic with an immediate"},
        {"AUIPC",     OPCODE_STANDARD, "add an upper immediate to the pc"},
        {"OP-IMM-32", OPCODE_STANDARD, "word arithmetic with an immediate"},
        {"48-bit",    OPCODE_LONGER,   "beginning of a 48-bit instruction"},
        {"STORE",     OPCODE_STANDARD, "stores"},
        {"STORE-FP",  OPCODE_STANDARD, "floating-point and vector stores"},
        {"custom-1",  OPCODE_CUSTOM,   "free for a designer's own instructions"},
        {"AMO",       OPCODE_STANDARD, "atomics"},
        {"OP",        OPCODE_STANDARD, "arithmetic between registers"},
        {"LUI",       OPCODE_STANDARD, "load an upper immediate"},
        {"OP-32",     OPCODE_STANDARD, "word arithmetic between registers"},
        {"64-bit",    OPCODE_LONGER,   "beginning of a 64-bit instruction"},
        {"MADD",      OPCODE_STANDARD, "fused multiply-add"},
        {"MSUB",      OPCODE_STANDARD, "fused multiply-subtract"},
        {"NMSUB",     OPCODE_STANDARD, "negated fused multiply-subtract"},
        {"NMADD",     OPCODE_STANDARD, "negated fused multiply-add"},
        {"OP-FP",     OPCODE_STANDARD, "floating-point arithmetic"},
        {"OP-V",      OPCODE_STANDARD, "vector arithmetic"},
        {"custom-2",  OPCODE_CUSTOM,   "free for a designer, or RV128's"},
        {"48-bit",    OPCODE_LONGER,   "beginning of a 48-bit instruction"},
        {"BRANCH",    OPCODE_STANDARD, "conditional branches"},
        {"JALR",      OPCODE_STANDARD, "jump to a computed address"},
        {"reserved",  OPCODE_RESERVED, "not given to anybody yet"},
        {"JAL",       OPCODE_STANDARD, "jump and link"},
        {"SYSTEM",    OPCODE_STANDARD, "environment calls, CSRs, privileged instructions"},
        {"OP-VE",     OPCODE_STANDARD, "vector cryptography"},
        {"custom-3",  OPCODE_CUSTOM,   "free for a designer, or RV128's"},
        {">=80-bit",  OPCODE_LONGER,   "beginning of an instruction of 80 bits or more"},
    };
    /* clang-format on */
    return &rows[bits_6_2 & 31];
}

bool decoding_is_hint(const struct decoding *d)
{
    if (!d->base || !d->base->writes_x || d->base_values[FIELD_RD] != 0) return false;
    /* Only what computes from registers: anything that could trap or go elsewhere is none. */
    static const char *const acts[] = {"LOAD", "STORE", "AMO",   "JUMP",
                                       "CSR",  "TRAP",  "LEGAL", "FP_FLAGS"};
    const char *effect = d->base->row->effect;
    for (unsigned i = 0; i < ARRAY_COUNT(acts); i++)
        if (strstr(effect, acts[i])) return false;
    bool is_nop = d->base->row == &insn_rows[INSN_addi] && !d->base_values[FIELD_RS1] &&
                  !d->base_values[FIELD_IMM];
    return !is_nop;
}

bool row_belongs(const struct insn_row *row, enum extension ext)
{
    for (const enum extension *each = row->brought_by; *each != EXT_COUNT; each++)
        if (*each == ext) return true;
    return false;
}

void row_extensions(const struct insn_row *row, char *text, size_t size)
{
    size_t n = 0;
    text[0] = '\0';
    for (const enum extension *each = row->brought_by; *each != EXT_COUNT && n < size; each++)
        n += (size_t)snprintf(text + n, size - n, "%s%s", n ? " or " : "",
                              extension_info[*each].name);
    if (row->needs != EXT_I && n < size)
        snprintf(text + n, size - n, ", with %s", extension_info[row->needs].name);
}

/* What stands for a name in the effect: "X(rs1)" is "a1" here, "imm" the number. Returns how much
 * of the effect it took; 0: it is as it is. */
static size_t replacement(const struct decoding *d, const char *at, char *text, size_t size)
{
    static const struct {
        const char *name;
        char file; /* 'x' or 'f': a register; 'n': the field's number */
        enum field field;
    } rows[] = {
        {"X(rd)", 'x', FIELD_RD},       {"X(rs1)", 'x', FIELD_RS1},
        {"X(rs2)", 'x', FIELD_RS2},     {"F32(rs1)", 'f', FIELD_RS1},
        {"F32(rs2)", 'f', FIELD_RS2},   {"F32(rs3)", 'f', FIELD_RS3},
        {"F64(rs1)", 'f', FIELD_RS1},   {"F64(rs2)", 'f', FIELD_RS2},
        {"F64(rs3)", 'f', FIELD_RS3},   {"F16(rs1)", 'f', FIELD_RS1},
        {"F16(rs2)", 'f', FIELD_RS2},   {"F16(rs3)", 'f', FIELD_RS3},
        {"FBITS(rs1)", 'f', FIELD_RS1}, {"FBITS(rs2)", 'f', FIELD_RS2},
        {"op->rs1", 'n', FIELD_RS1},    {"op->rs2", 'n', FIELD_RS2},
        {"imm", 'n', FIELD_IMM},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t length = strlen(rows[i].name);
        if (strncmp(at, rows[i].name, length) || isalnum((unsigned char)at[length])) continue;
        int32_t value = d->base_values[rows[i].field];
        if (rows[i].file == 'n')
            snprintf(text, size, value < 0 ? "(%d)" : "%d", value);
        else
            snprintf(text, size, "%s",
                     rows[i].file == 'x' ? register_x_name((unsigned)value)
                                         : register_f_name((unsigned)value));
        return length;
    }
    if (!strncmp(at, "(rd,", 4)) { /* SET_F64(rd, ...) */
        snprintf(text, size, "(%s,", register_f_name((unsigned)d->base_values[FIELD_RD]));
        return 4;
    }
    return 0;
}

void decoding_effect(const struct decoding *d, char *text, size_t size)
{
    size_t n = 0;
    for (const char *at = d->base->row->effect; *at && n + 1 < size;) {
        char other[24];
        bool inside_word =
            at > d->base->row->effect && (isalnum((unsigned char)at[-1]) || at[-1] == '_');
        size_t taken = inside_word && *at != '(' ? 0 : replacement(d, at, other, sizeof other);
        if (taken) {
            n += (size_t)snprintf(text + n, size - n, "%s", other);
            if (n >= size) n = size - 1;
            at += taken;
        } else {
            text[n++] = *at++;
        }
    }
    text[n] = '\0';
}
