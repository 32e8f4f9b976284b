/* monitor/isa_list.c: the instruction table as lists, in a terminal. */
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/encoding.h"
#include "monitor/decode_facts.h"
#include "monitor/isa_print.h"

/* * stands for any text, ? for one character; `text` is matched in whole. */
static bool glob(const char *pattern, const char *text)
{
    for (; *pattern; pattern++, text++) {
        if (*pattern == '*') {
            for (const char *rest = text;; rest++) {
                if (glob(pattern + 1, rest)) return true;
                if (!*rest) return false;
            }
        }
        if (!*text || (*pattern != '?' && *pattern != *text)) return false;
    }
    return !*text;
}

/* A pattern without * and ? may stand anywhere in the text. */
static bool matches(const char *pattern, const char *text)
{
    return strpbrk(pattern, "*?") ? glob(pattern, text) : strstr(text, pattern) != NULL;
}

static bool is_of(const struct insn_row *row, const char *extension)
{
    for (unsigned ext = 0; ext < EXT_COUNT; ext++)
        if (!strcmp(extension, extension_info[ext].name))
            return row_belongs(row, (enum extension)ext);
    return false;
}

static void print_row(FILE *out, const struct style *style, const struct insn_row *row)
{
    char name[MNEMONIC_SIZE];
    insn_mnemonic(row, name, sizeof name);
    fprintf(out, "%s%-16s%s %-22s %s%-5s%-9s%s %s%s%s\n", ink_on(style, INK_HEAD), name,
            ink_off(style), row->operands, ink_on(style, INK_DIM),
            row->bases == (RV32 | RV64) ? ""
            : row->bases == RV64        ? "RV64"
                                        : "RV32",
            extension_info[row->ext].name, ink_off(style), ink_on(style, INK_FIXED), row->bits,
            ink_off(style));
    fprintf(out, "    %s\n", row->text);
}

void isa_print_extensions(FILE *out, const struct style *style, const struct isa *isa)
{
    for (unsigned ext = 0; ext < EXT_COUNT; ext++) {
        unsigned count = 0;
        for (unsigned i = 0; i < isa->tables->encoding_count; i++)
            count += row_belongs(isa->tables->encodings[i].row, (enum extension)ext);
        if (!isa_has(isa, (enum extension)ext)) continue;
        fprintf(out, "%s%-12s%s %4u  %s", ink_on(style, INK_HEAD), extension_info[ext].name,
                ink_off(style), count, extension_info[ext].text);
        if (*extension_info[ext].profile)
            fprintf(out, " %s(%s)%s", ink_on(style, INK_DIM), extension_info[ext].profile,
                    ink_off(style));
        fputc('\n', out);
    }
    fprintf(out, "\n%u instructions on RV%u; `rivet isa zba` lists an extension's\n",
            isa->tables->encoding_count, isa->xlen);
}

bool isa_print_matches(FILE *out, const struct style *style, const struct isa *isa,
                       const char *pattern, struct error *err)
{
    unsigned found = 0;
    /* By extension, else by mnemonic, else by description: the first that finds something. */
    for (unsigned by = 0; by < 3 && !found; by++) {
        for (unsigned i = 0; i < isa->tables->encoding_count; i++) {
            const struct insn_row *row = isa->tables->encodings[i].row;
            char name[MNEMONIC_SIZE];
            insn_mnemonic(row, name, sizeof name);
            if (by == 0 ? !is_of(row, pattern) : !matches(pattern, by == 1 ? name : row->text))
                continue;
            print_row(out, style, row);
            found++;
        }
    }
    return found || error_set(err, "%s: no extension, mnemonic or description of RV%u matches",
                              pattern, isa->xlen);
}
