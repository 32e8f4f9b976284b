/* docs/examples/decode.c: reads instruction words with librivet: docs/embedding.md walks through
 * it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/assemble.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "cpu/insn.h"
#include "cpu/isa.h"

/* Prints a word's row, fields and effect. */
static void show(const struct isa *isa, uint32_t word, uint64_t pc)
{
    char text[DISASM_SIZE];
    if (!disassemble(isa, word, pc, 0, text, sizeof text)) {
        printf("%08" PRIx32 " is illegal\n", word);
        return;
    }
    const struct insn_row *row = decode_row(isa, word);
    struct format_info format;
    int32_t values[FIELD_COUNT];
    format_parse(row->format, &format);
    format_extract(&format, word, values);
    printf("%08" PRIx32 " %s\n  %s\n", word, text, row->text);
    for (unsigned i = 0; i < format.piece_count; i++) {
        const struct piece *piece = &format.pieces[i];
        printf("  bits %2u:%-2u %s\n", piece->from + piece->width - 1u, piece->from, piece->name);
    }
    if (format.has_imm) printf("  immediate %" PRId32 "\n", values[FIELD_IMM]);
    printf("  effect %s\n", row->effect ? row->effect : row->expansion);
}

int main(void)
{
    struct error err;
    struct ext_set extensions = isa_default_extensions(64);
    struct isa *isa = isa_create(64, &extensions, &err);
    if (!isa) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    show(isa, 0x00c58533, 0);
    show(isa, 0xfe050ce3, 0x80000010);

    uint32_t word;
    struct assemble_error wrong;
    if (assemble(isa, "lw a0, 8(sp)", 0, &word, &wrong)) show(isa, word, 0);
    if (!assemble(isa, "lw a0, 8(s99)", 0, &word, &wrong))
        printf("column %u: %s\n", wrong.column, wrong.error.text);
    isa_destroy(isa);
    return EXIT_SUCCESS;
}
