/* monitor/decode_json.c: what the table says of a word, as JSON (docs/decode-json.md). */
#include "monitor/decode_json.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/hart.h"
#include "monitor/decode_path.h"
#include "monitor/decode_picture.h"
#include "monitor/decode_reasons.h"

/* "key": with the comma that belongs before it. */
static void key(FILE *out, const char *name)
{
    fprintf(out, ", \"%s\": ", name);
}

static void string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            fprintf(out, "\\u%04x", *text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static void member(FILE *out, const char *name, const char *text)
{
    key(out, name);
    string(out, text);
}

static void hex(FILE *out, const char *name, uint64_t value, int digits)
{
    key(out, name);
    fprintf(out, "\"0x%0*" PRIx64 "\"", digits, value);
}

static const char *comma(unsigned index)
{
    return index ? ", " : "";
}

static void print_fields(FILE *out, const struct decoding *d)
{
    struct cell cells[CELLS_MAX];
    unsigned count = decoding_cells(d, cells);
    key(out, "fields");
    fputc('[', out);
    for (unsigned i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        fprintf(out, "%s{\"name\": ", comma(i));
        string(out, cell->name);
        fprintf(out, ", \"high\": %u, \"low\": %u, \"value\": %" PRIu64, cell->high, cell->low,
                bits_get(d->word, cell->high, cell->low));
        member(out, "meaning", cell->meaning);
        fputc('}', out);
    }
    fputc(']', out);
}

static void print_immediate(FILE *out, const struct explain_context *context,
                            const struct decoding *d)
{
    const struct format_info *format = d->encoding->format;
    if (!format->has_imm) return;
    key(out, "immediate");
    fprintf(out, "{\"value\": %d, \"signed\": %s", d->values[FIELD_IMM],
            format->imm_signed ? "true" : "false");
    hex(out, "hex", (uint64_t)(int64_t)d->values[FIELD_IMM] & mask_low(context->isa->xlen), 1);
    key(out, "bits");
    fputc('[', out);
    unsigned n = 0;
    for (unsigned bit = format->imm_bits; bit-- > 0;) {
        int source = decoding_imm_source(d, bit);
        if (source >= 0) fprintf(out, "%s{\"bit\": %u, \"from\": %d}", comma(n++), bit, source);
    }
    fputc(']', out);
    uint64_t target;
    if (context->has_pc && disasm_target(context->isa, d->word, context->pc, &target))
        hex(out, "target", target, 1);
    fputc('}', out);
}

static void print_path(FILE *out, const struct decoding *d)
{
    struct path_step steps[STEPS_MAX];
    unsigned count = decoding_path(d, steps);
    key(out, "path");
    fputc('[', out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "%s{\"name\": ", comma(i));
        string(out, steps[i].name);
        fprintf(out, ", \"high\": %u, \"low\": %u, \"value\": %" PRIu64 ", \"left\": %u",
                steps[i].high, steps[i].low, bits_get(d->word, steps[i].high, steps[i].low),
                steps[i].left);
        if (steps[i].means) member(out, "means", steps[i].means);
        fputc('}', out);
    }
    fputc(']', out);
}

static void print_near(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    struct near_miss misses[6];
    unsigned count = decoding_near(d, misses, ARRAY_COUNT(misses));
    key(out, "near");
    fputc('[', out);
    for (unsigned i = 0; i < count; i++) {
        char text[DISASM_SIZE];
        uint32_t word = d->word ^ misses[i].change;
        disassemble(context->isa, word, context->pc, context->has_pc ? 0 : DISASM_NO_PC, text,
                    sizeof text);
        fprintf(out, "%s{\"word\": \"0x%0*x\"", comma(i), (int)d->bits / 4, word);
        member(out, "text", text);
        hex(out, "change", misses[i].change, (int)d->bits / 4);
        fprintf(out, ", \"distance\": %u}", misses[i].distance);
    }
    fputc(']', out);
}

static void print_traps(FILE *out, const struct decoding *d, const struct hart_facts *facts)
{
    struct trap_fact traps[TRAPS_MAX];
    unsigned count = decoding_traps(d, facts, traps);
    key(out, "traps");
    fputc('[', out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "%s{\"code\": %u", comma(i), traps[i].code);
        member(out, "cause", traps[i].cause);
        member(out, "when", traps[i].when);
        fprintf(out, ", \"certain\": %s}", traps[i].certain ? "true" : "false");
    }
    fputc(']', out);
}

static void print_source(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const struct insn_row *row = d->encoding->row;
    const struct extension_info *ext = &extension_info[row->ext];
    char other[160];
    key(out, "extension");
    fputs("{\"name\": ", out);
    string(out, ext->name);
    row_extensions(row, other, sizeof other);
    member(out, "brought_by", other);
    member(out, "text", ext->text);
    member(out, "spec", ext->spec);
    member(out, "profile", ext->profile);
    fputc('}', out);
    key(out, "bases");
    fputs(row->bases == (RV32 | RV64) ? "[32, 64]" : row->bases == RV64 ? "[64]" : "[32]", out);
    decoding_other_base(d, context->pc, other, sizeof other);
    member(out, "other_base", other);
    key(out, "format");
    fputs("{\"name\": ", out);
    string(out, d->encoding->format->name);
    member(out, "layout", d->encoding->format->layout);
    fputc('}', out);
    member(out, "pattern", row->bits);
}

static void print_texts(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const unsigned options = context->has_pc ? 0 : DISASM_NO_PC;
    char text[DISASM_SIZE], mnemonic[MNEMONIC_SIZE], effect[512];
    uint32_t back = 0;
    insn_mnemonic(d->encoding->row, mnemonic, sizeof mnemonic);
    member(out, "mnemonic", mnemonic);
    disassemble(context->isa, d->word, context->pc, options, text, sizeof text);
    member(out, "text", text);
    if (assemble(context->isa, text, context->pc, &back, NULL))
        hex(out, "assembled", back, (int)d->bits / 4);
    disassemble(context->isa, d->word, context->pc, options | DISASM_NO_PSEUDO, text, sizeof text);
    member(out, "base_form", text);
    disassemble(context->isa, d->word, context->pc, options | DISASM_NO_PSEUDO | DISASM_X_NAMES,
                text, sizeof text);
    member(out, "x_names", text);
    if (decoding_is_compressed(d)) {
        disassemble(context->isa, d->expansion, context->pc, options | DISASM_NO_PSEUDO, text,
                    sizeof text);
        key(out, "expansion");
        fprintf(out, "{\"word\": \"0x%08x\"", d->expansion);
        member(out, "text", text);
        fputc('}', out);
    }
    member(out, "meaning", d->encoding->row->text);
    key(out, "hint");
    fputs(decoding_is_hint(d) ? "true" : "false", out);
    decoding_effect(d, effect, sizeof effect);
    key(out, "effect");
    fputs("{\"row\": ", out);
    string(out, d->base->row->effect);
    member(out, "here", effect);
    fputc('}', out);
}

static void print_reasons(FILE *out, const struct decoding *d)
{
    struct reason reasons[REASONS_MAX];
    unsigned count = decoding_reasons(d, reasons);
    key(out, "reasons");
    fputc('[', out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "%s{\"kind\": ", comma(i));
        string(out, reasons[i].kind);
        member(out, "text", reasons[i].text);
        fputc('}', out);
    }
    fputc(']', out);
}

void decode_print_json(FILE *out, const struct explain_context *context, uint32_t word)
{
    struct decoding d;
    char binary[48];
    decoding_init(&d, context->isa, word);
    bool legal = d.encoding && d.base;
    picture_binary(d.word, d.bits, binary);
    fprintf(out, "{\"word\": \"0x%0*x\", \"bits\": %u", (int)d.bits / 4, d.word, d.bits);
    member(out, "binary", binary);
    key(out, "xlen");
    fprintf(out, "%u", context->isa->xlen);
    if (context->has_pc) hex(out, "pc", context->pc, 1);
    key(out, "legal");
    fputs(legal ? "true" : "false", out);
    print_fields(out, &d);
    if (legal) {
        print_texts(out, context, &d);
        print_immediate(out, context, &d);
        print_traps(out, &d, &context->facts);
        print_source(out, context, &d);
    } else {
        print_reasons(out, &d);
    }
    print_path(out, &d);
    print_near(out, context, &d);
    fputs("}\n", out);
}
