/* monitor/isa_pages.c: the instruction reference in Markdown, out of the table. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/csr.h"
#include "cpu/encoding.h"
#include "cpu/pseudo.h"
#include "host/file.h"
#include "monitor/decode_facts.h"
#include "monitor/decode_traps.h"
#include "monitor/isa_print.h"

/* Text of any length under construction. */
struct page {
    char *text;
    size_t size;
    FILE *out;
};

static bool page_open(struct page *page, struct error *err)
{
    *page = (struct page){0};
    page->out = open_memstream(&page->text, &page->size);
    return page->out || error_set(err, "out of memory");
}

/* Writes the page, unless the file already says so: then nothing that depends on it is remade. */
static bool page_close(struct page *page, const char *directory, const char *name,
                       struct error *err)
{
    char path[1024];
    struct host_file old = {0};
    fclose(page->out);
    snprintf(path, sizeof path, "%s/%s.md", directory, name);
    bool same = host_file_readable(path) && host_file_read(path, &old, NULL) &&
                old.size == page->size && !memcmp(old.bytes, page->text, page->size);
    host_file_close(&old);
    bool good = same;
    if (!same) {
        FILE *file = fopen(path, "wb");
        good = file && fwrite(page->text, 1, page->size, file) == page->size;
        if (file && fclose(file) != 0) good = false;
    }
    free(page->text);
    return good || error_set(err, "%s: can't be written", path);
}

/* A '|' inside a table cell. */
static void put_cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|') fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_bits(FILE *out, const struct encoding *encoding)
{
    const struct format_info *format = encoding->format;
    fputs("|", out);
    for (unsigned i = 0; i < format->piece_count; i++) {
        const struct piece *piece = &format->pieces[i];
        unsigned high = piece->from + piece->width - 1u;
        fprintf(out, piece->width > 1 ? " %u:%u |" : " %u |", high, piece->from);
    }
    fputs("\n|", out);
    for (unsigned i = 0; i < format->piece_count; i++)
        fputs("---|", out);
    fputs("\n|", out);
    for (unsigned i = 0; i < format->piece_count; i++) {
        const struct piece *piece = &format->pieces[i];
        fputs(" ", out);
        uint32_t fixed = encoding->mask >> piece->from & ((1ull << piece->width) - 1);
        if (fixed)
            for (unsigned bit = piece->from + piece->width; bit-- > piece->from;)
                fputc(encoding->mask >> bit & 1 ? '0' + (char)(encoding->match >> bit & 1) : '.',
                      out);
        else
            fputs(piece->name, out);
        fputs(" |", out);
    }
    fputs("\n\n", out);
}

static void put_pseudos(FILE *out, const struct insn_row *row)
{
    char name[MNEMONIC_SIZE];
    insn_mnemonic(row, name, sizeof name);
    for (unsigned i = 0; i < pseudo_row_count; i++) {
        const struct pseudo_row *pseudo = &pseudo_rows[i];
        if (pseudo->base != row || pseudo->alias) continue;
        fprintf(out, "- `%s%s%s` is `%s %s`\n", pseudo->name, *pseudo->operands ? " " : "",
                pseudo->operands, name, pseudo->base_operands);
    }
}

static void put_traps(FILE *out, const struct isa *isa, const struct encoding *encoding)
{
    struct decoding d;
    struct trap_fact traps[TRAPS_MAX];
    const struct hart_facts unknown = {0};
    decoding_init(&d, isa, encoding->match);
    /* Of a CSR instruction: what depends on the CSR is left out. */
    if (!d.encoding || encoding->fields >> FIELD_CSR & 1) {
        if (encoding->fields >> FIELD_CSR & 1)
            fputs(
                "- traps: illegal instruction, where the CSR is absent, read-only and written, or "
                "above the mode\n",
                out);
        return;
    }
    unsigned count = decoding_traps(&d, &unknown, traps);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "- traps: %s, %s\n", traps[i].cause, traps[i].when);
}

static void put_row(FILE *out, const struct isa *isa, const struct encoding *encoding)
{
    const struct insn_row *row = encoding->row;
    char name[MNEMONIC_SIZE];
    insn_mnemonic(row, name, sizeof name);
    fprintf(out, "## %s\n\n`%s%s%s`%s\n\n%s\n\n", name, name, *row->operands ? " " : "",
            row->operands,
            row->bases == (RV32 | RV64) ? ""
            : row->bases == RV64        ? " (RV64)"
                                        : " (RV32)",
            row->text);
    put_bits(out, encoding);
    if (row->expansion)
        fprintf(out, "- stands for: `%s`\n", row->expansion);
    else
        fprintf(out, "- effect: `%s`\n", row->effect);
    if (row->where && strcmp(row->where, "true") && strcmp(row->where, "1"))
        fprintf(out, "- only where: `%s`\n", row->where);
    put_pseudos(out, row);
    put_traps(out, isa, encoding);
    fputc('\n', out);
}

/* One extension: rows of RV64, then those only RV32 has. */
static unsigned put_extension(FILE *out, const struct isa *isas[2], enum extension ext)
{
    const struct extension_info *info = &extension_info[ext];
    unsigned count = 0;
    fprintf(out, "<!-- Generated from cpu/isa/*.def by `rivet isa --pages`. -->\n# %s: %s\n\n%s.",
            info->name, info->text, info->spec);
    if (*info->profile) fprintf(out, " Mandatory from %s on.", info->profile);
    fputs("\n\n", out);
    for (unsigned which = 0; which < 2; which++) {
        for (unsigned i = 0; i < isas[which]->tables->encoding_count; i++) {
            const struct encoding *encoding = &isas[which]->tables->encodings[i];
            if (!row_belongs(encoding->row, ext) || (which && encoding->row->bases & RV64))
                continue;
            put_row(out, isas[which], encoding);
            count++;
        }
    }
    return count;
}

static void put_index_rows(FILE *out, const struct isa *isas[2], enum extension ext)
{
    for (unsigned which = 0; which < 2; which++) {
        for (unsigned i = 0; i < isas[which]->tables->encoding_count; i++) {
            const struct insn_row *row = isas[which]->tables->encodings[i].row;
            if (row->ext != ext || (which && row->bases & RV64)) continue;
            char name[MNEMONIC_SIZE];
            insn_mnemonic(row, name, sizeof name);
            fprintf(out, "| [%s](%s.md) | `", name, extension_info[ext].name);
            put_cell(out, row->operands);
            fprintf(out, "` | `%s` | ", row->bits);
            put_cell(out, row->text);
            fputs(" |\n", out);
        }
    }
}

static bool write_all(const char *directory, const struct isa *isas[2], struct error *err)
{
    struct page index, page;
    if (!page_open(&index, err)) return false;
    fputs("<!-- Generated from cpu/isa/*.def by `rivet isa --pages`. -->\n# The instructions\n\n"
          "Each line is a row of the instruction table, which the decoder, the engines and these "
          "pages are made of.\n\n| instruction | operands | bits | |\n|---|---|---|---|\n",
          index.out);
    bool good = true;
    for (unsigned ext = 0; ext < EXT_COUNT && good; ext++) {
        good = page_open(&page, err);
        if (!good) break;
        if (put_extension(page.out, isas, (enum extension)ext)) {
            put_index_rows(index.out, isas, (enum extension)ext);
            good = page_close(&page, directory, extension_info[ext].name, err);
        } else {
            fclose(page.out);
            free(page.text);
        }
    }
    return page_close(&index, directory, "README", good ? err : NULL) && good;
}

bool isa_write_pages(const char *directory, struct error *err)
{
    struct ext_set all[2] = {isa_default_extensions(64), isa_default_extensions(32)};
    struct isa *wide = isa_create(64, &all[0], err);
    struct isa *narrow = wide ? isa_create(32, &all[1], err) : NULL;
    const struct isa *isas[2] = {wide, narrow};
    bool good = narrow && write_all(directory, isas, err);
    isa_destroy(wide);
    isa_destroy(narrow);
    return good;
}
