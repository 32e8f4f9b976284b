/* tests/lockstep/assembler.c: instruction words made out of the instruction table. */
#include "tests/lockstep/assembler.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "tests/lockstep/rng.h"

static bool row_enabled(const struct isa *isa, const struct insn_row *row)
{
    return (row->bases & (isa->xlen == 64 ? RV64 : RV32)) && isa_has(isa, row->ext);
}

static enum row_class class_of(const struct assembler *a, const struct insn_row *row)
{
    switch (a->formats[row->format].kind) {
    case KIND_BRANCH:
        return ROW_BRANCH;
    case KIND_JUMP:
        return ROW_JUMP;
    case KIND_INDIRECT:
        return ROW_INDIRECT;
    case KIND_SYSTEM:
        return ROW_SYSTEM;
    default:
        break;
    }
    if (strstr(row->operands, "csr")) return ROW_CSR;
    if (strchr(row->operands, '(')) /* an address */
        return strstr(row->operands, "imm(") ? ROW_MEMORY : ROW_ATOMIC;
    return strstr(row->operands, "fd") || strstr(row->operands, "fs") ? ROW_FLOAT : ROW_PLAIN;
}

static bool patterns_make(struct assembler *a)
{
    a->patterns = calloc(insn_row_count, sizeof *a->patterns);
    if (!a->patterns) return false;
    for (unsigned i = 0; i < insn_row_count; i++)
        if (!insn_row_pattern(&insn_rows[i], &a->patterns[i].mask, &a->patterns[i].match))
            return false;
    return true;
}

bool assembler_init(struct assembler *a, const struct isa *isa)
{
    static const char *const names[KNOWN_COUNT] = {
#define K(id) [ASM_##id] = #id,
        KNOWN_INSNS(K)
#undef K
    };
    *a = (struct assembler){.isa = isa};
    struct rng rng = {.state = 1};
    for (unsigned i = 0; i < DATA_NUMBERS; i++)
        a->data[i] = rng_number(&rng);
    if (!patterns_make(a)) return false;
    for (unsigned f = 0; f < FORMAT_COUNT; f++)
        if (!format_parse((enum format)f, &a->formats[f])) return false;
    for (unsigned k = 0; k < KNOWN_COUNT; k++)
        if (!(a->known[k] = insn_row_by_id(names[k]))) return false;
    for (unsigned c = 0; c < ROW_CLASS_COUNT; c++)
        if (!(a->lists[c].rows = calloc(insn_row_count, sizeof(*a->lists[c].rows)))) return false;
    for (unsigned i = 0; i < insn_row_count; i++) {
        struct row_list *list = &a->lists[class_of(a, &insn_rows[i])];
        if (row_enabled(isa, &insn_rows[i])) list->rows[list->count++] = &insn_rows[i];
    }
    return true;
}

void assembler_fini(struct assembler *a)
{
    for (unsigned c = 0; c < ROW_CLASS_COUNT; c++)
        free(a->lists[c].rows);
    free(a->patterns);
    *a = (struct assembler){0};
}

uint32_t row_word(const struct assembler *a, const struct insn_row *row,
                  const int32_t values[FIELD_COUNT], uint32_t other)
{
    const struct format_info *format = &a->formats[row->format];
    const struct row_pattern *pattern = &a->patterns[row - insn_rows];
    uint32_t free_bits = 0;
    for (unsigned i = 0; i < format->piece_count; i++) {
        const struct piece *piece = &format->pieces[i];
        uint32_t width = (uint32_t)mask_low(piece->width);
        uint32_t bits = piece->field == FIELD_OTHER
                            ? other >> piece->from & width
                            : (uint32_t)values[piece->field] >> piece->to & width;
        free_bits |= bits << piece->from;
    }
    return pattern->match | (free_bits & ~pattern->mask);
}

uint32_t insn_word(const struct assembler *a, enum known_insn insn, unsigned rd, unsigned rs1,
                   unsigned rs2, int32_t imm)
{
    const int32_t values[FIELD_COUNT] = {
        [FIELD_RD] = (int32_t)rd, [FIELD_RS1] = (int32_t)rs1, [FIELD_RS2] = (int32_t)rs2,
        [FIELD_IMM] = imm,        [FIELD_CSR] = imm,
    };
    return row_word(a, a->known[insn], values, 0);
}
