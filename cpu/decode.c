/* cpu/decode.c: from an instruction word to an op, by the tables of cpu/isa.c. */
#include "cpu/decode.h"

#include <stdlib.h>

#include "cpu/encoding.h"
#include "cpu/hart.h"

void decode(const struct isa *isa, uint32_t word, bool fp_on, struct op *op)
{
    int32_t values[FIELD_COUNT];
    unsigned length = insn_length((uint16_t)word);
    if (length == 2) word &= 0xffff;
    const struct encoding *found = encoding_find(isa, word, values);
    *op = (struct op){.code = OP_ILLEGAL, .imm = (int32_t)word, .length = (uint8_t)length};
    if (!found || (found->needs_fp && !fp_on)) return;
    if (found->row->expansion) binding_apply(&found->expansion, values, values);
    op->code = found->base->code;
    if (!found->imm_is_word) op->imm = values[FIELD_IMM];
    op->rd = (uint8_t)(values[FIELD_RD] == 0 && found->writes_x ? X_SINK : values[FIELD_RD]);
    op->rs1 = (uint8_t)values[FIELD_RS1];
    op->rs2 = (uint8_t)values[FIELD_RS2];
    op->rs3 = (uint8_t)values[FIELD_RS3];
    op->rm = (uint8_t)values[FIELD_RM];
    if (values[FIELD_CSR]) {
        op->rs2 = (uint8_t)values[FIELD_CSR];
        op->rs3 = (uint8_t)(values[FIELD_CSR] >> 8);
    }
}

#define MEMORY_BITS 10

/* The key is the word, bit 32: FP is on, bit 33: there is something. */
struct decoded {
    struct {
        uint64_t key;
        struct op op;
    } entries[1 << MEMORY_BITS];
};

struct decoded *decoded_create(void)
{
    return calloc(1, sizeof(struct decoded));
}

void decode_again(struct decoded *memory, const struct isa *isa, uint32_t word, bool fp_on,
                  struct op *op)
{
    uint64_t key = word | (uint64_t)fp_on << 32 | UINT64_C(1) << 33;
    unsigned at = word * UINT32_C(0x9e3779b1) >> (32 - MEMORY_BITS); /* Knuth's golden ratio */
    if (memory->entries[at].key != key) {
        decode(isa, word, fp_on, &memory->entries[at].op);
        memory->entries[at].key = key;
    }
    *op = memory->entries[at].op;
}

const struct insn_row *decode_row(const struct isa *isa, uint32_t word)
{
    int32_t values[FIELD_COUNT];
    if (insn_length((uint16_t)word) == 2) word &= 0xffff;
    const struct encoding *found = encoding_find(isa, word, values);
    return found ? found->row : NULL;
}

const struct insn_row *insn_row_of_code(unsigned code)
{
    static const uint16_t index_of[OP_ILLEGAL] = {
#define INSN(name, base, format, bits, operands, text, ...) [OP_##name] = INSN_##name,
#include "cpu/isa/all.def"
    };
    return code < OP_ILLEGAL ? &insn_rows[index_of[code]] : NULL;
}

enum format_kind op_kind(unsigned code)
{
    static const enum format_kind kind_of_format[FORMAT_COUNT] = {
#define FORMAT(id, kind, layout) [FORMAT_##id] = KIND_##kind,
#include "cpu/isa/formats.def"
#undef FORMAT
    };
    static const enum format format_of[OP_ILLEGAL] = {
#define INSN(name, base, format, bits, operands, text, ...) [OP_##name] = FORMAT_##format,
#include "cpu/isa/all.def"
    };
    return code < OP_ILLEGAL ? kind_of_format[format_of[code]] : KIND_SYSTEM;
}
