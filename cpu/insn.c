/* cpu/insn.c: the instruction table as data: rows, bit patterns, formats cut into pieces. */
#include "cpu/insn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

/* The first of a list of extensions. */
#define ROW_FIRST(...)           ROW_FIRST_OF(__VA_ARGS__, EXT_COUNT)
#define ROW_FIRST_OF(first, ...) first

const struct insn_row insn_rows[] = {
#define INSN(name_, base_, format_, bits_, operands_, text_, ...)                                  \
    {.id = #name_,                                                                                 \
     .bases = base_,                                                                               \
     .ext = ROW_FIRST(ISA_EXT),                                                                    \
     .brought_by = (const enum extension[]){ISA_EXT, EXT_COUNT},                                   \
     .needs = ISA_NEEDS,                                                                           \
     .format = FORMAT_##format_,                                                                   \
     .bits = bits_,                                                                                \
     .operands = operands_,                                                                        \
     .text = text_,                                                                                \
     .effect = #__VA_ARGS__,                                                                       \
     .code = OP_##name_},
#define COMPRESSED(name_, base_, format_, bits_, operands_, text_, where_, expansion_)             \
    {.id = #name_,                                                                                 \
     .bases = base_,                                                                               \
     .ext = ROW_FIRST(ISA_EXT),                                                                    \
     .brought_by = (const enum extension[]){ISA_EXT, EXT_COUNT},                                   \
     .needs = ISA_NEEDS,                                                                           \
     .format = FORMAT_##format_,                                                                   \
     .bits = bits_,                                                                                \
     .operands = operands_,                                                                        \
     .text = text_,                                                                                \
     .where = #where_,                                                                             \
     .expansion = expansion_,                                                                      \
     .code = OP_ILLEGAL},
#include "cpu/isa/all.def"
};

const unsigned insn_row_count = ARRAY_COUNT(insn_rows);

/* The `where` columns, compiled. */
#define COMPRESSED(name, base, format, bits, operands, text, where, expansion)                     \
    static bool where_##name(int32_t rd, int32_t rs1, int32_t rs2, int32_t imm)                    \
    {                                                                                              \
        (void)rd, (void)rs1, (void)rs2, (void)imm;                                                 \
        return where;                                                                              \
    }
#include "cpu/isa/all.def"

static bool (*const where_of[])(int32_t rd, int32_t rs1, int32_t rs2, int32_t imm) = {
#define INSN(name, base, format, bits, operands, text, ...)                    NULL,
#define COMPRESSED(name, base, format, bits, operands, text, where, expansion) where_##name,
#include "cpu/isa/all.def"
};

bool insn_where(const struct insn_row *row, const int32_t values[FIELD_COUNT])
{
    bool (*where)(int32_t, int32_t, int32_t, int32_t) = where_of[row - insn_rows];
    return !where ||
           where(values[FIELD_RD], values[FIELD_RS1], values[FIELD_RS2], values[FIELD_IMM]);
}

void insn_mnemonic(const struct insn_row *row, char *text, unsigned size)
{
    unsigned n = 0;
    for (const char *c = row->id; *c && n + 1 < size; c++) {
        if (c[0] == '_' && c[1] == '_') break;
        text[n++] = *c == '_' ? '.' : *c;
    }
    if (size) text[n] = '\0';
}

const struct insn_row *insn_row_by_id(const char *id)
{
    for (unsigned i = 0; i < insn_row_count; i++)
        if (strcmp(insn_rows[i].id, id) == 0) return &insn_rows[i];
    return NULL;
}

bool insn_row_pattern(const struct insn_row *row, uint32_t *mask, uint32_t *match)
{
    unsigned width = 0;
    *mask = *match = 0;
    for (const char *c = row->bits; *c; c++) {
        if (*c == ' ') continue;
        if (*c != '0' && *c != '1' && *c != '.') return false;
        *mask = *mask << 1 | (*c != '.');
        *match = *match << 1 | (*c == '1');
        width++;
    }
    return width == 16 || width == 32;
}

static const struct {
    const char *name;
    enum format_kind kind;
    const char *layout;
} format_rows[FORMAT_COUNT] = {
#define FORMAT(id, kind, layout) [FORMAT_##id] = {#id, KIND_##kind, layout},
#include "cpu/isa/formats.def"
#undef FORMAT
};

static const struct {
    const char *name;
    enum field field;
} field_names[] = {
    {"rd", FIELD_RD},     {"rs1", FIELD_RS1},  {"zimm", FIELD_RS1}, {"rs2", FIELD_RS2},
    {"rs3", FIELD_RS3},   {"rm", FIELD_RM},    {"imm", FIELD_IMM},  {"csr", FIELD_CSR},
    {"aq", FIELD_AQ},     {"rl", FIELD_RL},    {"fm", FIELD_FM},    {"pred", FIELD_PRED},
    {"succ", FIELD_SUCC}, {"rnum", FIELD_RS2},
};

enum field field_by_name(const char *name, size_t length)
{
    for (unsigned i = 0; i < ARRAY_COUNT(field_names); i++)
        if (strlen(field_names[i].name) == length && !strncmp(field_names[i].name, name, length))
            return field_names[i].field;
    return FIELD_OTHER;
}

const char *field_name(enum field field)
{
    for (unsigned i = 0; i < ARRAY_COUNT(field_names); i++)
        if (field_names[i].field == field) return field_names[i].name;
    return "";
}

/* Appends a piece below the ones already there; *low is the next free bit counted from the top. */
static struct piece *piece_add(struct format_info *info, unsigned *position, enum field field,
                               unsigned width, unsigned to)
{
    if (info->piece_count == PIECES_MAX) return NULL;
    struct piece *piece = &info->pieces[info->piece_count++];
    *piece = (struct piece){.field = field, .from = *position, .width = width, .to = to};
    *position += width;
    return piece;
}

/* "12|10:5" after "imm[": one piece a range. Returns what follows the ']', NULL when malformed. */
static const char *immediate_parse(struct format_info *info, const char *text, unsigned *position)
{
    for (;;) {
        char *end;
        unsigned high = strtoul(text, &end, 10), low = high;
        if (*end == ':') low = strtoul(end + 1, &end, 10);
        struct piece *piece = piece_add(info, position, FIELD_IMM, high - low + 1, low);
        if (!piece) return NULL;
        if (high == low)
            snprintf(piece->name, sizeof piece->name, "imm[%u]", high & 31);
        else
            snprintf(piece->name, sizeof piece->name, "imm[%u:%u]", high & 31, low & 31);
        if (high + 1 > info->imm_bits) info->imm_bits = high + 1;
        if (*end == ']') return end + 1;
        if (*end != '|') return NULL;
        text = end + 1;
    }
}

bool format_parse(enum format format, struct format_info *info)
{
    *info = (struct format_info){.name = format_rows[format].name,
                                 .kind = format_rows[format].kind,
                                 .layout = format_rows[format].layout};
    unsigned position = 0; /* from the top of the word */
    for (const char *c = info->layout; c && *c;) {
        if (*c == ' ') {
            c++;
            continue;
        }
        size_t length = strcspn(c, ":[");
        if (c[length] == '[') {
            info->has_imm = true;
            info->imm_signed = *c != 'u';
            c = immediate_parse(info, c + length + 1, &position);
            continue;
        }
        char *end;
        unsigned width = strtoul(c + length + 1, &end, 10);
        enum field field = field_by_name(c, length);
        struct piece *piece = piece_add(info, &position, field, width, 0);
        if (!piece) return false;
        snprintf(piece->name, sizeof piece->name, "%.*s", (int)length, c);
        if (field <= FIELD_RS2 && width == 3) info->compressed_regs = true;
        c = end;
    }
    info->bits = position;
    for (unsigned i = 0; i < info->piece_count;
         i++) /* turn positions from the top into bit numbers */
        info->pieces[i].from = info->bits - info->pieces[i].from - info->pieces[i].width;
    return info->bits == 16 || info->bits == 32;
}

void format_extract(const struct format_info *info, uint32_t word, int32_t values[FIELD_COUNT])
{
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        values[i] = 0;
    for (unsigned i = 0; i < info->piece_count; i++) {
        const struct piece *piece = &info->pieces[i];
        uint32_t bits = word >> piece->from & (uint32_t)mask_low(piece->width);
        values[piece->field] |= (int32_t)(bits << piece->to);
        if (piece->width == 3 && piece->field <= FIELD_RS2) values[piece->field] |= 8;
    }
    if (info->imm_signed && info->imm_bits)
        values[FIELD_IMM] = (int32_t)sign_extend((uint32_t)values[FIELD_IMM], info->imm_bits);
}

/* A piece's share of the word. */
static uint32_t piece_mask(const struct piece *piece)
{
    return (uint32_t)mask_low(piece->width) << piece->from;
}

uint32_t format_insert(const struct format_info *info, const int32_t values[FIELD_COUNT])
{
    uint32_t word = 0;
    for (unsigned i = 0; i < info->piece_count; i++) {
        const struct piece *piece = &info->pieces[i];
        if (piece->field == FIELD_OTHER) continue;
        word |= (uint32_t)values[piece->field] >> piece->to << piece->from & piece_mask(piece);
    }
    return word;
}

uint32_t format_field_mask(const struct format_info *info, enum field field)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < info->piece_count; i++)
        if (info->pieces[i].field == field) mask |= piece_mask(&info->pieces[i]);
    return mask;
}
