/* monitor/decode_markdown.c: what the table says of a word, as Markdown. */
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "monitor/decode_facts.h"
#include "monitor/decode_picture.h"
#include "monitor/decode_reasons.h"
#include "monitor/decode_svg.h"

static void print_fields(FILE *out, const struct decoding *d)
{
    struct cell cells[CELLS_MAX];
    unsigned count = decoding_cells(d, cells);
    fputs("|", out);
    for (unsigned i = 0; i < count; i++) {
        if (cells[i].high == cells[i].low)
            fprintf(out, " %u |", cells[i].high);
        else
            fprintf(out, " %u:%u |", cells[i].high, cells[i].low);
    }
    fputs("\n|", out);
    for (unsigned i = 0; i < count; i++)
        fputs("---|", out);
    fputs("\n|", out);
    for (unsigned i = 0; i < count; i++) {
        fputs(" `", out);
        for (unsigned bit = cells[i].high + 1; bit-- > cells[i].low;)
            fputc('0' + (char)(d->word >> bit & 1), out);
        fputs("` |", out);
    }
    fputs("\n|", out);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, " %s |", cells[i].name);
    fputs("\n|", out);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, " %s |", cells[i].meaning);
    fputs("\n\n", out);
}

static void print_legal(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const unsigned options = context->has_pc ? 0 : DISASM_NO_PC;
    const struct extension_info *ext = &extension_info[d->encoding->row->ext];
    char text[DISASM_SIZE], effect[512];
    fprintf(out, "%s\n\n", d->encoding->row->text);
    disassemble(context->isa, d->word, context->pc, options | DISASM_NO_PSEUDO | DISASM_X_NAMES,
                text, sizeof text);
    fprintf(out, "- with x-names: `%s`\n", text);
    if (decoding_is_compressed(d)) {
        disassemble(context->isa, d->expansion, context->pc, options | DISASM_NO_PSEUDO, text,
                    sizeof text);
        fprintf(out, "- stands for: `%s` (`0x%08x`)\n", text, d->expansion);
    }
    if (d->encoding->format->has_imm)
        fprintf(out, "- immediate: %d = `0x%" PRIx64 "`\n", d->values[FIELD_IMM],
                (uint64_t)(int64_t)d->values[FIELD_IMM] & mask_low(context->isa->xlen));
    decoding_effect(d, effect, sizeof effect);
    fprintf(out, "- effect: `%s`\n- here: `%s`\n", d->base->row->effect, effect);
    row_extensions(d->encoding->row, text, sizeof text);
    fprintf(out, "- extension: %s: %s (%s)\n", text, ext->text, ext->spec);
    struct trap_fact traps[TRAPS_MAX];
    unsigned count = decoding_traps(d, &context->facts, traps);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "- can trap: %s, %s\n", traps[i].cause, traps[i].when);
}

void decode_print_markdown(FILE *out, const struct explain_context *context, uint32_t word)
{
    struct decoding d;
    struct reason reasons[REASONS_MAX];
    char text[DISASM_SIZE];
    decoding_init(&d, context->isa, word);
    disassemble(context->isa, d.word, context->pc, context->has_pc ? 0 : DISASM_NO_PC, text,
                sizeof text);
    fprintf(out, "### `0x%0*x` `%s`\n\n", (int)d.bits / 4, d.word, d.encoding ? text : "illegal");
    print_fields(out, &d);
    if (d.encoding && d.base) {
        print_legal(out, context, &d);
        return;
    }
    unsigned count = decoding_reasons(&d, reasons);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "- illegal: %s\n", reasons[i].text);
}
