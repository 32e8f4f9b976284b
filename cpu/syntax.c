/* cpu/syntax.c: operand strings, taken apart. */
#include "cpu/syntax.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/register.h"

#define RM_RNE 0
#define RM_RTZ 1
#define RM_DYN 7

/* The words of the `operands` column. */
static const struct {
    const char *name;
    enum operand_kind kind;
    enum field field;
    uint8_t fallback;
} operand_rows[] = {
    {"rd", OPERAND_X, FIELD_RD, 0},
    {"rs1", OPERAND_X, FIELD_RS1, 0},
    {"rs2", OPERAND_X, FIELD_RS2, 0},
    {"rs3", OPERAND_X, FIELD_RS3, 0},
    {"fd", OPERAND_F, FIELD_RD, 0},
    {"fs1", OPERAND_F, FIELD_RS1, 0},
    {"fs2", OPERAND_F, FIELD_RS2, 0},
    {"fs3", OPERAND_F, FIELD_RS3, 0},
    {"imm", OPERAND_IMM, FIELD_IMM, 0},
    {"upper", OPERAND_UPPER, FIELD_IMM, 0},
    {"target", OPERAND_TARGET, FIELD_IMM, 0},
    {"zimm", OPERAND_ZIMM, FIELD_RS1, 0},
    {"csr", OPERAND_CSR, FIELD_CSR, 0},
    {"rm", OPERAND_RM, FIELD_RM, RM_DYN},
    {"rm_exact", OPERAND_RM, FIELD_RM, RM_RNE}, /* never rounds: assemblers put 0 there */
    {"rnum", OPERAND_ZIMM, FIELD_RS2, 0},
    {"constant", OPERAND_CONSTANT, FIELD_RS1, 0},
    {"rtz", OPERAND_FIXED_RM, FIELD_OTHER, RM_RTZ},
    {"pred", OPERAND_ACCESSES, FIELD_PRED, 0},
    {"succ", OPERAND_ACCESSES, FIELD_SUCC, 0},
};

static const char separators[] = " ,()";

/* What one word of an operand string is; false: neither a field nor a register. */
static bool operand_init(struct operand *operand, const char *word, size_t length)
{
    operand->name = word;
    operand->name_length = (uint8_t)length;
    for (unsigned i = 0; i < ARRAY_COUNT(operand_rows); i++) {
        if (strlen(operand_rows[i].name) != length || strncmp(operand_rows[i].name, word, length))
            continue;
        operand->kind = operand_rows[i].kind;
        operand->field = operand_rows[i].field;
        operand->fallback = operand_rows[i].fallback;
        return true;
    }
    int number = register_x_number(word, length);
    operand->kind = OPERAND_FIXED_X;
    operand->field = FIELD_OTHER;
    operand->fallback = (uint8_t)number;
    return number >= 0;
}

bool syntax_parse(const char *operands, struct syntax *syntax)
{
    *syntax = (struct syntax){0};
    bool comma = false;
    for (const char *at = operands; *at;) {
        if (strchr(separators, *at)) {
            comma |= *at++ == ',';
            continue;
        }
        if (syntax->count == OPERANDS_MAX) return false;
        struct operand *operand = &syntax->operands[syntax->count++];
        size_t length = strcspn(at, separators);
        if (!operand_init(operand, at, length)) return false;
        operand->after_comma = comma;
        operand->in_brackets = at > operands && at[-1] == '(';
        syntax->fields |= 1u << operand->field;
        comma = false;
        at += length;
    }
    return true;
}

/* A word that stands for a fixed value, as the operand it stands for writes it. */
static bool constant_parse(enum operand_kind kind, const char *word, size_t length, int32_t *value)
{
    char text[16] = "";
    if (length >= sizeof text) return false;
    memcpy(text, word, length);
    char *end;
    *value = (int32_t)strtol(text, &end, 0);
    if (*end == '\0') return true;
    if (kind == OPERAND_ACCESSES)
        *value = accesses_parse(word, length);
    else if (kind == OPERAND_CSR)
        *value = csr_info_by_name(text) ? (int32_t)csr_info_by_name(text)->number : -1;
    else
        *value = register_x_number(word, length);
    return *value >= 0;
}

/* "fm=8" */
static bool assignment_parse(const char *word, size_t length, struct binding *binding)
{
    const char *equals = memchr(word, '=', length);
    if (!equals) return false;
    enum field field = field_by_name(word, (size_t)(equals - word));
    return field != FIELD_OTHER &&
           constant_parse(OPERAND_IMM, equals + 1, length - (size_t)(equals + 1 - word),
                          &binding->of[field].constant);
}

bool binding_parse(const struct syntax *base, const char *text, struct binding *binding)
{
    *binding = (struct binding){0};
    unsigned index = 0;
    for (const char *at = text + strspn(text, separators); *at; at += strspn(at, separators)) {
        size_t length = strcspn(at, separators);
        if (index == base->count) {
            if (!assignment_parse(at, length, binding)) return false;
        } else {
            const struct operand *shape = &base->operands[index++];
            struct operand operand = {0};
            if (shape->field == FIELD_OTHER) return false;
            struct source *source = &binding->of[shape->field];
            if (operand_init(&operand, at, length) && operand.field != FIELD_OTHER)
                *source = (struct source){.from_field = true, .field = (uint8_t)operand.field};
            else if (!constant_parse(shape->kind, at, length, &source->constant))
                return false;
        }
        at += length;
    }
    return index == base->count;
}

void binding_apply(const struct binding *binding, const int32_t values[FIELD_COUNT],
                   int32_t bound[FIELD_COUNT])
{
    int32_t fields[FIELD_COUNT];
    memcpy(fields, values, sizeof fields);
    for (unsigned f = 0; f < FIELD_OTHER; f++) {
        const struct source *source = &binding->of[f];
        bound[f] = source->from_field ? fields[source->field] : source->constant;
    }
}

bool binding_matches(const struct binding *binding, uint32_t fields,
                     const int32_t bound[FIELD_COUNT])
{
    for (unsigned f = 0; f < FIELD_OTHER; f++) {
        if (!(fields >> f & 1)) continue;
        const struct source *source = &binding->of[f];
        if (bound[f] != (source->from_field ? bound[source->field] : source->constant))
            return false;
    }
    return true;
}

static const char letters[] = "iorw"; /* input, output, read, write: bits 3 down to 0 */

void accesses_text(unsigned set, char text[5])
{
    unsigned n = 0;
    for (unsigned i = 0; i < 4; i++)
        if (set & 8 >> i) text[n++] = letters[i];
    if (!n) text[n++] = '0';
    text[n] = '\0';
}

int accesses_parse(const char *text, size_t length)
{
    if (length == 1 && *text == '0') return 0;
    int set = 0;
    for (size_t i = 0; i < length; i++) {
        const char *letter = memchr(letters, text[i], 4);
        if (!letter) return -1;
        int bit = 8 >> (letter - letters);
        if (set & bit) return -1;
        set |= bit;
    }
    return length ? set : -1;
}

const char *rounding_name(unsigned mode)
{
    static const char *const names[8] = {"rne", "rtz", "rdn", "rup", "rmm", NULL, NULL, "dyn"};
    return names[mode & 7];
}

/* Unprivileged spec, "Zfa", table of FLI. */
static const char *const constants[32] = {
    "-1.0",
    "min",
    "1.52587890625e-05",
    "3.0517578125e-05",
    "0.00390625",
    "0.0078125",
    "0.0625",
    "0.125",
    "0.25",
    "0.3125",
    "0.375",
    "0.4375",
    "0.5",
    "0.625",
    "0.75",
    "0.875",
    "1.0",
    "1.25",
    "1.5",
    "1.75",
    "2.0",
    "2.5",
    "3.0",
    "4.0",
    "8.0",
    "16.0",
    "128.0",
    "256.0",
    "32768.0",
    "65536.0",
    "inf",
    "nan",
};

const char *constant_name(unsigned index)
{
    return constants[index & 31];
}

/* "inf", "min" and "nan", or any spelling of one of the numbers. */
int constant_parse_name(const char *text, size_t length)
{
    char word[32] = "", *end;
    if (length == 0 || length >= sizeof word) return -1;
    memcpy(word, text, length);
    double value = strtod(word, &end);
    for (unsigned i = 0; i < ARRAY_COUNT(constants); i++) {
        if (strcmp(word, constants[i]) == 0) return (int)i;
        if (*end == '\0' && i != 1 && i < 30 && value == strtod(constants[i], NULL)) return (int)i;
    }
    return -1;
}
