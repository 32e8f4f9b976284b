/* monitor/explain_path.c: the decoder's way to an instruction and what is close to it, as text. */
#include <string.h>

#include "base/bits.h"
#include "monitor/decode_path.h"
#include "monitor/explain_part.h"

/* What a step leaves: names where they are few and fit, else how many. */
static void print_left(FILE *out, const struct path_step *step, size_t width)
{
    char names[128] = "";
    for (unsigned r = 0; r < step->left && r < ARRAY_COUNT(step->rows); r++) {
        char name[MNEMONIC_SIZE];
        insn_mnemonic(step->rows[r], name, sizeof name);
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, "%s%s", r ? ", " : "", name);
    }
    if (!step->left)
        fputs("nothing is left\n", out);
    else if (step->left > ARRAY_COUNT(step->rows) || strlen(names) > width)
        fprintf(out, "%u instructions\n", step->left);
    else
        fprintf(out, "%s\n", names);
}

/* "bit 30" or "bits 31, 25" */
static void bits_text(uint32_t bits, char *text, size_t size)
{
    int n = snprintf(text, size, bits & (bits - 1) ? "bits" : "bit");
    for (unsigned bit = 32; bit-- > 0;)
        if (bits >> bit & 1 && n > 0 && (size_t)n < size)
            n += snprintf(text + n, size - (size_t)n, " %u", bit);
}

/* What fixed bits alone can't tell apart from the instruction, and what does. */
static void print_rivals(FILE *out, const struct decoding *d, const struct path_step *step)
{
    const char *where = d->encoding->row->where;
    if (where && strcmp(where, "true") && strcmp(where, "1"))
        fprintf(out, "  %-8s %s\n", "and", where);
    for (unsigned r = 0; r < step->left && r < ARRAY_COUNT(step->rows); r++) {
        const struct encoding *rival = encoding_of_row(d->isa, step->rows[r]);
        char name[MNEMONIC_SIZE], bits[80];
        int32_t values[FIELD_COUNT];
        if (!rival || rival == d->encoding) continue;
        insn_mnemonic(rival->row, name, sizeof name);
        format_extract(rival->format, d->word, values);
        uint32_t differ = (rival->match ^ d->word) & rival->mask;
        bits_text(differ, bits, sizeof bits);
        if (differ)
            fprintf(out, "  %-8s %s: that has %s the other way\n", "not", name, bits);
        else if (encoding_accepts(rival, values))
            fprintf(out, "  %-8s %s: it is the general case, with fewer fixed bits\n", "not", name);
        else
            fprintf(out, "  %-8s %s: that needs %s\n", "not", name,
                    rival->row->where ? rival->row->where : "a rounding mode");
    }
}

void explain_path(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const struct style *style = &context->style;
    const char *arrow = lines_of(style)->arrow;
    struct path_step steps[STEPS_MAX];
    unsigned count = decoding_path(d, steps);
    explain_heading(out, style, "The decoder's path");
    for (unsigned i = 0; i < count; i++) {
        const struct path_step *step = &steps[i];
        char bits[16], value[40] = "";
        if (step->high == step->low)
            snprintf(bits, sizeof bits, "bit %u", step->high);
        else
            snprintf(bits, sizeof bits, "bits %u:%u", step->high, step->low);
        for (unsigned bit = step->high + 1, n = 0; bit-- > step->low;)
            value[n++] = (char)('0' + (d->word >> bit & 1)), value[n] = '\0';
        fprintf(out, "  %-8s %-11s = %s%-12s%s %s ", step->name, bits, ink_on(style, INK_IMM),
                value, ink_off(style), arrow);
        if (step->means) fprintf(out, "%s: ", step->means);
        print_left(out, step, 39 - (step->means ? strlen(step->means) + 2 : 0));
    }
    if (d->encoding && count) print_rivals(out, d, &steps[count - 1]);
}

void explain_near(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    const struct style *style = &context->style;
    struct near_miss misses[6];
    unsigned count = decoding_near(d, misses, ARRAY_COUNT(misses));
    explain_heading(out, style, d->encoding ? "Near misses" : "The closest legal instructions");
    for (unsigned i = 0; i < count && misses[i].distance <= misses[0].distance + 1; i++) {
        char bits[80], text[DISASM_SIZE];
        uint32_t word = d->word ^ misses[i].change;
        disassemble(context->isa, word, context->pc, explain_disasm_options(context), text,
                    sizeof text);
        bits_text(misses[i].change, bits, sizeof bits);
        fprintf(out, "  %s%-14s%s %s 0x%0*x  %s\n", ink_on(style, INK_BAD), bits, ink_off(style),
                lines_of(style)->arrow, (int)d->bits / 4, word, text);
    }
}
