/* monitor/isa_map.c: the encoding space as a map: a cell for each opcode and funct3. */
#include <stdio.h>
#include <string.h>

#include "cpu/encoding.h"
#include "monitor/decode_facts.h"
#include "monitor/isa_print.h"

/* How many encodings can match words with these bits fixed. */
static unsigned count_in(const struct isa *isa, unsigned bits, uint32_t mask, uint32_t match,
                         const struct insn_row **first)
{
    unsigned count = 0;
    for (unsigned i = 0; i < isa->tables->encoding_count; i++) {
        const struct encoding *encoding = &isa->tables->encodings[i];
        if (encoding->format->bits != bits) continue;
        if ((encoding->match ^ match) & encoding->mask & mask) continue;
        if (!count++) *first = encoding->row;
    }
    return count;
}

/* One cell: the mnemonic when it is alone, else how many share it. */
static void print_cell(FILE *out, const struct style *style, const struct isa *isa, unsigned bits,
                       uint32_t mask, uint32_t match, enum opcode_use use)
{
    const struct insn_row *row = NULL;
    unsigned count = count_in(isa, bits, mask, match, &row);
    char text[16];
    if (count == 1) {
        char name[MNEMONIC_SIZE];
        insn_mnemonic(row, name, sizeof name);
        snprintf(text, sizeof text, "%.7s", name + (bits == 16 ? 2 : 0));
    } else if (count) {
        snprintf(text, sizeof text, "%u", count);
    } else {
        snprintf(text, sizeof text, "%s", use == OPCODE_CUSTOM ? "custom" : ".");
    }
    enum ink ink = count == 1 ? INK_RD : count ? INK_RS1 : use == OPCODE_CUSTOM ? INK_RS2 : INK_DIM;
    fprintf(out, "%s%-8s%s", ink_on(style, ink), text, ink_off(style));
}

static void print_heads(FILE *out, const struct style *style, const char *label, unsigned count)
{
    static const char *const bits[8] = {"000", "001", "010", "011", "100", "101", "110", "111"};
    fprintf(out, "%s%-16s", ink_on(style, INK_HEAD), label);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%-8s", bits[i]);
    fprintf(out, "%s\n", ink_off(style));
}

void isa_print_map(FILE *out, const struct style *style, const struct isa *isa)
{
    print_heads(out, style, "opcode, funct3", 8);
    for (unsigned opcode = 0; opcode < 32; opcode++) {
        const struct opcode_info *info = opcode_info(opcode);
        char bits[6];
        for (unsigned i = 0; i < 5; i++)
            bits[i] = (char)('0' + (opcode >> (4 - i) & 1));
        bits[5] = '\0';
        fprintf(out, "%s%s%s %-10s", ink_on(style, INK_DIM), bits, ink_off(style), info->name);
        for (uint32_t funct3 = 0; funct3 < 8; funct3++)
            print_cell(out, style, isa, 32, 0x707f, opcode << 2 | 3 | funct3 << 12, info->use);
        fputc('\n', out);
    }
    fputc('\n', out);
    print_heads(out, style, "compressed", 8);
    for (uint32_t quadrant = 0; quadrant < 3; quadrant++) {
        fprintf(out, "quadrant %u      ", quadrant);
        for (uint32_t funct3 = 0; funct3 < 8; funct3++)
            print_cell(out, style, isa, 16, 0xe003, quadrant | funct3 << 13, OPCODE_STANDARD);
        fputc('\n', out);
    }
    fputs(
        "\nA name: one instruction has the cell. A number: so many share it. custom: free for a\n"
        "designer. A dot: none in the table; `rivet decode` says of a word whose space it is in.\n",
        out);
}
