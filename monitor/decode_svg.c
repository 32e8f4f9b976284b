/* monitor/decode_svg.c: a word's bit fields as a drawing.
 *
 *   title: the word and its text            y  0..60
 *   bit numbers, boxes with bits            y 70..130
 *   names and meanings under the boxes      y 150..180
 */
#include "monitor/decode_svg.h"

#include <string.h>

#include "base/bits.h"
#include "monitor/decode_facts.h"

#define WIDTH  960
#define LEFT   24
#define HEIGHT 196

/* XML's own characters don't stand for themselves. */
static void text_out(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else
            fputc(*text, out);
    }
}

static void text_at(FILE *out, unsigned x, unsigned y, unsigned size, const char *anchor,
                    const char *fill, const char *text)
{
    if (!*text) return;
    fprintf(out, "  <text x=\"%u\" y=\"%u\" font-size=\"%u\" text-anchor=\"%s\" fill=\"%s\">", x, y,
            size, anchor, fill);
    text_out(out, text);
    fputs("</text>\n", out);
}

/* A name under its box: smaller, or without its "imm", where the box is narrow. */
static void label_at(FILE *out, unsigned middle, unsigned y, unsigned width, const char *fill,
                     const char *text)
{
    const char *bits = strchr(text, '[');
    if (bits && strlen(text) * 7 > width) text = bits;
    text_at(out, middle, y, strlen(text) * 9 <= width ? 15 : 11, "middle", fill, text);
}

static void cell_out(FILE *out, const struct decoding *d, const struct cell *cell, unsigned x,
                     unsigned bit_width)
{
    unsigned bits = cell->high - cell->low + 1, width = bits * bit_width, middle = x + width / 2;
    const char *fill = ink_rgb(ink_of_field(cell->field));
    char number[8];
    fprintf(
        out,
        "  <rect x=\"%u\" y=\"84\" width=\"%u\" height=\"44\" fill=\"%s\" fill-opacity=\"0.12\" "
        "stroke=\"%s\" stroke-width=\"1.5\"/>\n",
        x, width, fill, fill);
    snprintf(number, sizeof number, "%u", cell->high);
    text_at(out, bits == 1 ? middle : x + 3, 78, 11, bits == 1 ? "middle" : "start", "#808080",
            number);
    snprintf(number, sizeof number, "%u", cell->low);
    if (bits > 1) text_at(out, x + width - 3, 78, 11, "end", "#808080", number);
    for (unsigned i = 0; i < bits; i++)
        text_at(out, x + i * bit_width + bit_width / 2, 113, 20, "middle", fill,
                d->word >> (cell->high - i) & 1 ? "1" : "0");
    label_at(out, middle, 148, width, fill, cell->name);
    label_at(out, middle, 168, width, "#606060", cell->meaning);
}

void decode_print_svg(FILE *out, const struct explain_context *context, uint32_t word)
{
    struct decoding d;
    struct cell cells[CELLS_MAX];
    char text[DISASM_SIZE], title[32];
    decoding_init(&d, context->isa, word);
    unsigned count = decoding_cells(&d, cells), x = LEFT;
    const unsigned bit_width = (WIDTH - 2 * LEFT) / d.bits;
    bool legal = disassemble(context->isa, d.word, context->pc, context->has_pc ? 0 : DISASM_NO_PC,
                             text, sizeof text);
    snprintf(title, sizeof title, "0x%0*x", (int)d.bits / 4, d.word);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
            "height=\"%u\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\">\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT);
    fprintf(out, "  <title>%s ", title);
    text_out(out, legal ? text : "illegal instruction");
    fprintf(out, "</title>\n  <rect width=\"%u\" height=\"%u\" fill=\"#ffffff\"/>\n", WIDTH,
            HEIGHT);
    text_at(out, LEFT, 44, 26, "start", "#606060", title);
    text_at(out, LEFT + 220, 44, 26, "start", legal ? "#000000" : ink_rgb(INK_BAD),
            legal ? text : "illegal instruction");
    for (unsigned i = 0; i < count; i++) {
        cell_out(out, &d, &cells[i], x, bit_width);
        x += (cells[i].high - cells[i].low + 1) * bit_width;
    }
    fputs("</svg>\n", out);
}
