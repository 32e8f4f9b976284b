/* monitor/decode_picture.c: a word's bits as a labelled picture in a terminal.
 *
 *     31         25 24     20 19     15 14  12 11      7 6           0
 *    ┌─────────────┬─────────┬─────────┬──────┬─────────┬─────────────┐
 *    │0 0 0 0 0 0 0│0 1 1 0 0│0 1 0 1 1│0 0 0 │0 1 0 1 0│0 1 1 0 0 1 1│
 *    │funct7       │rs2      │rs1      │funct3│rd       │opcode       │
 *    │             │x12 a2   │x11 a1   │      │x10 a0   │OP           │
 *    └─────────────┴─────────┴─────────┴──────┴─────────┴─────────────┘
 */
#include "monitor/decode_picture.h"

#include <string.h>

#include "base/bits.h"

#define MARGIN " " /* B has eight fields: its picture takes all 80 columns */

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* Columns a cell takes inside its borders. */
static unsigned cell_width(const struct cell *cell)
{
    unsigned bits = cell->high - cell->low + 1, numbers = cell->high == cell->low ? 1 : 2;
    numbers += (cell->high > 9) + (cell->high != cell->low && cell->low > 9) + (numbers == 2);
    unsigned width = larger(2 * bits - 1, (unsigned)strlen(cell->name));
    return larger(larger(width, (unsigned)strlen(cell->meaning)), numbers);
}

static void repeat(FILE *out, const char *text, unsigned count)
{
    while (count-- > 0)
        fputs(text, out);
}

static void print_border(FILE *out, const struct style *style, const struct cell *cells,
                         unsigned count, const char *const corners[3])
{
    const struct line_set *lines = lines_of(style);
    fprintf(out, "%s%s", MARGIN, ink_on(style, INK_DIM));
    for (unsigned i = 0; i < count; i++) {
        fputs(corners[i == 0 ? 0 : 1], out);
        repeat(out, lines->across, cell_width(&cells[i]));
    }
    fprintf(out, "%s%s\n", corners[2], ink_off(style));
}

/* Bit numbers over the edges of each cell. */
static void print_numbers(FILE *out, const struct style *style, const struct cell *cells,
                          unsigned count)
{
    fprintf(out, "%s%s", MARGIN, ink_on(style, INK_DIM));
    for (unsigned i = 0; i < count; i++) {
        int width = (int)cell_width(&cells[i]);
        if (cells[i].high == cells[i].low)
            fprintf(out, " %-*u", width, cells[i].high);
        else
            fprintf(out, " %-*u%*u", width / 2, cells[i].high, width - width / 2, cells[i].low);
    }
    fprintf(out, "%s\n", ink_off(style));
}

static void print_bits(FILE *out, const struct style *style, const struct decoding *d,
                       const struct cell *cell, uint32_t marked)
{
    const char *ink = ink_on(style, ink_of_field(cell->field));
    fputs(ink, out);
    unsigned used = 2 * (cell->high - cell->low) + 1;
    for (unsigned bit = cell->high + 1; bit-- > cell->low;) {
        bool bad = marked >> bit & 1;
        if (bad) fprintf(out, "%s\033[7m", ink_on(style, INK_BAD));
        fputc('0' + (char)(d->word >> bit & 1), out);
        if (bad) fprintf(out, "%s%s", ink_off(style), ink);
        if (bit > cell->low) fputc(' ', out);
    }
    fprintf(out, "%s", ink_off(style));
    repeat(out, " ", cell_width(cell) - used);
}

static void print_words(FILE *out, const struct style *style, const struct cell *cells,
                        unsigned count, bool names)
{
    const char *down = lines_of(style)->down;
    fputs(MARGIN, out);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%s%s%s%s%-*s%s", ink_on(style, INK_DIM), down, ink_off(style),
                ink_on(style, ink_of_field(cells[i].field)), (int)cell_width(&cells[i]),
                names ? cells[i].name : cells[i].meaning, ink_off(style));
    fprintf(out, "%s%s%s\n", ink_on(style, INK_DIM), down, ink_off(style));
}

void picture_print(FILE *out, const struct style *style, const struct decoding *d, uint32_t marked)
{
    struct cell cells[CELLS_MAX];
    unsigned count = decoding_cells(d, cells);
    const struct line_set *lines = lines_of(style);
    if (!style->colour) marked = 0;
    print_numbers(out, style, cells, count);
    print_border(out, style, cells, count, lines->top);
    fputs(MARGIN, out);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, "%s%s%s", ink_on(style, INK_DIM), lines->down, ink_off(style));
        print_bits(out, style, d, &cells[i], marked);
    }
    fprintf(out, "%s%s%s\n", ink_on(style, INK_DIM), lines->down, ink_off(style));
    print_words(out, style, cells, count, true);
    print_words(out, style, cells, count, false);
    print_border(out, style, cells, count, lines->bottom);
}

/* One row of the immediate's picture: a number for each bit from the highest down. */
static void print_imm_row(FILE *out, const struct style *style, const struct decoding *d,
                          const char *label, unsigned top, unsigned low, unsigned what)
{
    fprintf(out, "  %-10s%s", label, ink_on(style, what == 0 ? INK_DIM : INK_IMM));
    for (unsigned bit = top + 1; bit-- > low;) {
        int source = decoding_imm_source(d, bit);
        if (what == 0)
            fprintf(out, "%3u", bit);
        else if (source < 0)
            fprintf(out, "%s  -%s", ink_on(style, INK_DIM), ink_on(style, INK_IMM));
        else if (what == 1)
            fprintf(out, "%3d", source);
        else
            fprintf(out, "%3u", d->word >> source & 1);
    }
    fprintf(out, "%s\n", ink_off(style));
}

void picture_print_immediate(FILE *out, const struct style *style, const struct decoding *d)
{
    if (!d->encoding || !d->encoding->format->has_imm) return;
    const struct format_info *format = d->encoding->format;
    unsigned top = format->imm_bits - 1, low = 0;
    while (decoding_imm_source(d, low) < 0)
        low++;
    /* Low zeros of branches are shown; the twelve of upper immediates are not. */
    if (low < 12) low = 0;
    print_imm_row(out, style, d, "imm bit", top, low, 0);
    print_imm_row(out, style, d, "from bit", top, low, 1);
    print_imm_row(out, style, d, "value", top, low, 2);
}

void picture_binary(uint32_t word, unsigned bits, char text[48])
{
    unsigned n = 0;
    for (unsigned bit = bits; bit-- > 0;) {
        text[n++] = (char)('0' + (word >> bit & 1));
        if (bit && bit % 4 == 0) text[n++] = ' ';
    }
    text[n] = '\0';
}
