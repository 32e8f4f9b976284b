/* monitor/explain.c: how an instruction is read, as text for a terminal. */
#include "monitor/explain.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/csr.h"
#include "cpu/hart.h"
#include "monitor/decode_path.h"
#include "monitor/decode_picture.h"
#include "monitor/decode_reasons.h"
#include "monitor/explain_part.h"

void explain_address(const struct explain_context *context, uint64_t address, char *text,
                     size_t size)
{
    uint64_t offset = 0;
    const char *symbol = context->symbol ? context->symbol(context->owner, address, &offset) : NULL;
    int n = snprintf(text, size, "0x%" PRIx64, address);
    if (!symbol || n < 0 || (size_t)n >= size) return;
    if (offset)
        snprintf(text + n, size - (size_t)n, " <%s+0x%" PRIx64 ">", symbol, offset);
    else
        snprintf(text + n, size - (size_t)n, " <%s>", symbol);
}

void explain_heading(FILE *out, const struct style *style, const char *text)
{
    fprintf(out, "\n%s%s%s\n", ink_on(style, INK_HEAD), text, ink_off(style));
}

/* A labelled line; long ones go on under themselves. */
static void item(FILE *out, const struct style *style, const char *label, const char *text)
{
    const unsigned indent = 14, width = 80 - indent;
    fprintf(out, "  %s%-12s%s", ink_on(style, INK_DIM), label, ink_off(style));
    while (strlen(text) > width) {
        unsigned cut = width;
        while (cut > width / 2 && text[cut] != ' ')
            cut--;
        if (text[cut] != ' ') cut = width;
        fprintf(out, "%.*s\n%*s", (int)cut, text, (int)indent, "");
        text += cut + (text[cut] == ' ');
    }
    fprintf(out, "%s\n", text);
}

unsigned explain_disasm_options(const struct explain_context *context)
{
    return context->has_pc ? 0 : DISASM_NO_PC;
}

/* Where it stands, the word in hex and binary, its text (on a line of its own when long). */
static void print_title(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const struct style *style = &context->style;
    char text[DISASM_SIZE], binary[48], address[128];
    bool legal = disassemble(context->isa, d->word, context->pc, explain_disasm_options(context),
                             text, sizeof text);
    if (!legal) snprintf(text, sizeof text, "illegal instruction");
    picture_binary(d->word, d->bits, binary);
    if (context->has_pc) {
        explain_address(context, context->pc, address, sizeof address);
        fprintf(out, "%s:\n", address);
    }
    size_t columns = 2 + d->bits / 4 + 2 + strlen(binary) + 2 + strlen(text);
    fprintf(out, "%s0x%0*x%s  %s%s%s%s%s\n\n", ink_on(style, INK_HEAD), (int)d->bits / 4, d->word,
            ink_off(style), binary, columns > 80 ? "\n" : "  ",
            ink_on(style, legal ? INK_HEAD : INK_BAD), text, ink_off(style));
}

/* Which register a CSR instruction is about. */
static void print_csr(FILE *out, const struct style *style, const struct decoding *d)
{
    static const char *const modes[] = {"U", "S", "HS", "M"};
    const unsigned number = (unsigned)d->values[FIELD_CSR];
    const struct csr_info *info = csr_info_by_number(number);
    char line[256];
    snprintf(line, sizeof line, "%s (0x%03x, %s-mode, %s): %s", info ? info->name : "none", number,
             modes[number >> 8 & 3], number >> 10 == 3 ? "read-only" : "read and write",
             info ? info->text : "Rivet has no such register");
    item(out, style, "CSR", line);
}

/* The spellings of one instruction. */
static void print_texts(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const struct style *style = &context->style;
    const struct isa *isa = context->isa;
    unsigned options = explain_disasm_options(context);
    char text[DISASM_SIZE], plain[DISASM_SIZE], line[DISASM_SIZE + 64];
    uint32_t back;
    explain_heading(out, style, "Assembly");
    disassemble(isa, d->word, context->pc, options, text, sizeof text);
    disassemble(isa, d->word, context->pc, options | DISASM_NO_PSEUDO, plain, sizeof plain);
    item(out, style, "ABI names", text);
    if (strcmp(text, plain)) {
        snprintf(line, sizeof line, "%s (%.*s is a pseudo-instruction)", plain,
                 (int)strcspn(text, " "), text);
        item(out, style, "base form", line);
    }
    disassemble(isa, d->word, context->pc, options | DISASM_NO_PSEUDO | DISASM_X_NAMES, plain,
                sizeof plain);
    item(out, style, "x-names", plain);
    bool same = assemble(isa, text, context->pc, &back, NULL) && back == d->word;
    snprintf(line, sizeof line, "%s assembles to 0x%0*x %s", text, (int)d->bits / 4, back,
             same ? lines_of(style)->tick : lines_of(style)->cross);
    item(out, style, "back", line);
    item(out, style, "meaning", d->encoding->row->text);
    if (d->encoding->fields >> FIELD_CSR & 1) print_csr(out, style, d);
    if (decoding_is_hint(d))
        item(out, style, "hint",
             "it writes x0 only: a HINT, which changes nothing a program can see");
}

static void print_expansion(FILE *out, const struct explain_context *context,
                            const struct decoding *d)
{
    if (!decoding_is_compressed(d)) return;
    const struct style *style = &context->style;
    struct decoding wide;
    char text[DISASM_SIZE], line[DISASM_SIZE + 64];
    decoding_init(&wide, context->isa, d->expansion);
    disassemble(context->isa, d->expansion, context->pc,
                explain_disasm_options(context) | DISASM_NO_PSEUDO, text, sizeof text);
    snprintf(line, sizeof line, "Stands for  %s  0x%08x", text, d->expansion);
    explain_heading(out, style, line);
    picture_print(out, style, &wide, 0);
}

static void print_immediate(FILE *out, const struct explain_context *context,
                            const struct decoding *d)
{
    const struct style *style = &context->style;
    const struct format_info *format = d->encoding->format;
    if (!format->has_imm) return;
    int32_t imm = d->values[FIELD_IMM];
    explain_heading(out, style, "Immediate");
    picture_print_immediate(out, style, d);
    if (format->imm_signed)
        fprintf(out, "  bit %u is the sign: %u, copied to the bits above\n", format->imm_bits - 1,
                imm < 0);
    fprintf(out, "  = %d = 0x%" PRIx64 "\n", imm,
            (uint64_t)(int64_t)imm & mask_low(context->isa->xlen));
    uint64_t target;
    char address[128];
    if (!disasm_target(context->isa, d->word, context->pc, &target)) return;
    if (!context->has_pc) {
        fprintf(out, "  target: pc %c %u (--pc ADDR says where it is)\n", imm < 0 ? '-' : '+',
                imm < 0 ? 0 - (unsigned)imm : (unsigned)imm);
        return;
    }
    explain_address(context, target, address, sizeof address);
    fprintf(out, "  target: 0x%" PRIx64 " %c %u = %s\n", context->pc, imm < 0 ? '-' : '+',
            imm < 0 ? 0 - (unsigned)imm : (unsigned)imm, address);
}

static void print_where_from(FILE *out, const struct explain_context *context,
                             const struct decoding *d)
{
    const struct style *style = &context->style;
    const struct extension_info *ext = &extension_info[d->encoding->row->ext];
    char line[256], other[160], names[96];
    explain_heading(out, style, "Where it comes from");
    row_extensions(d->encoding->row, names, sizeof names);
    snprintf(line, sizeof line, "%s: %s", names, ext->text);
    item(out, style, "extension", line);
    if (*ext->spec) item(out, style, "specified", ext->spec);
    snprintf(line, sizeof line, "%s and later make it mandatory", ext->profile);
    item(out, style, "profile", *ext->profile ? line : "none of the RVA profiles requires it");
    decoding_other_base(d, context->pc, other, sizeof other);
    snprintf(line, sizeof line, "%s%s%s",
             d->encoding->row->bases == (RV32 | RV64) ? "RV32 and RV64"
             : d->encoding->row->bases == RV64        ? "RV64"
                                                      : "RV32",
             *other ? "; " : "", other);
    item(out, style, "base", line);
    snprintf(line, sizeof line, "%s  %s", d->encoding->format->name, d->encoding->format->layout);
    item(out, style, "format", line);
}

static void print_effect(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    char effect[512];
    explain_heading(out, &context->style, "Effect");
    item(out, &context->style, "the row", d->base->row->effect);
    decoding_effect(d, effect, sizeof effect);
    item(out, &context->style, "here", effect);
    if (context->hart) explain_live(out, context, d);
}

static void print_traps(FILE *out, const struct explain_context *context, const struct decoding *d,
                        const struct hart_facts *facts)
{
    const struct style *style = &context->style;
    struct trap_fact traps[TRAPS_MAX];
    unsigned count = decoding_traps(d, facts, traps);
    explain_heading(out, style, "Traps it can raise");
    if (!count)
        fprintf(out, "  none of its own (fetching it can fault, as for every instruction)\n");
    for (unsigned i = 0; i < count; i++) {
        char line[256];
        snprintf(line, sizeof line, "%s%s", traps[i].when, traps[i].certain ? ": so here" : "");
        fprintf(out, "  %s%2u %s%s\n", ink_on(style, traps[i].certain ? INK_BAD : INK_PLAIN),
                traps[i].code, traps[i].cause, ink_off(style));
        item(out, style, "", line);
    }
}

static void print_reasons(FILE *out, const struct explain_context *context,
                          const struct decoding *d)
{
    struct reason reasons[REASONS_MAX];
    unsigned count = decoding_reasons(d, reasons);
    explain_heading(out, &context->style, "Why it is illegal");
    for (unsigned i = 0; i < count; i++)
        item(out, &context->style, reasons[i].kind, reasons[i].text);
}

void explain_word(FILE *out, const struct explain_context *context, uint32_t word)
{
    struct decoding d;
    struct hart_facts facts = context->facts;
    if (context->hart)
        facts = (struct hart_facts){true, context->hart->priv, context->hart->fp_off};
    decoding_init(&d, context->isa, word);
    print_title(out, context, &d);
    if (!d.encoding || !d.base) {
        struct near_miss nearest;
        uint32_t marked = decoding_near(&d, &nearest, 1) ? nearest.change : 0;
        picture_print(out, &context->style, &d, marked);
        print_reasons(out, context, &d);
        explain_path(out, context, &d);
        explain_near(out, context, &d);
        return;
    }
    picture_print(out, &context->style, &d, 0);
    print_texts(out, context, &d);
    print_expansion(out, context, &d);
    explain_path(out, context, &d);
    explain_near(out, context, &d);
    print_immediate(out, context, &d);
    print_effect(out, context, &d);
    print_traps(out, context, &d, &facts);
    print_where_from(out, context, &d);
}
