/* cpu/isa.c: compiles the instruction table into the tables of one ISA. */
#include "cpu/isa.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/words.h"
#include "cpu/encoding.h"
#include "cpu/pseudo.h"

/* The word with nothing but a bucket's bits set. */
static uint32_t bucket_bits(bool wide, unsigned bucket)
{
    return wide ? (bucket >> 3) << 2 | (bucket & 7) << 12 | 3 : bucket >> 3 | (bucket & 7) << 13;
}

/* Reads "lw rd, imm(x2)": the base row's id, then its operands in fields of this row. */
static bool expansion_parse(struct encoding *encoding, const struct format_info *formats)
{
    const char *text = encoding->row->expansion;
    char id[24] = "";
    size_t length = strcspn(text, " ");
    if (length >= sizeof id) return false;
    memcpy(id, text, length);
    const struct insn_row *base = encoding->base = insn_row_by_id(id);
    struct syntax shape;
    if (!base || !syntax_parse(base->operands, &shape) ||
        !binding_parse(&shape, text + length, &encoding->expansion))
        return false;
    /* Fields the base's bits fix: the rs2 of ebreak is 1. */
    uint32_t mask, match;
    int32_t fixed[FIELD_COUNT];
    if (!insn_row_pattern(base, &mask, &match)) return false;
    format_extract(&formats[base->format], match, fixed);
    for (unsigned f = 0; f < FIELD_OTHER; f++)
        if (!(shape.fields >> f & 1)) encoding->expansion.of[f].constant = fixed[f];
    return true;
}

static bool encoding_init(struct encoding *encoding, const struct insn_row *row,
                          const struct format_info *formats)
{
    *encoding = (struct encoding){.row = row, .base = row, .format = &formats[row->format]};
    if (!insn_row_pattern(row, &encoding->mask, &encoding->match)) return false;
    if (!syntax_parse(row->operands, &encoding->syntax)) return false;
    encoding->fields = encoding->syntax.fields & ~(1u << FIELD_OTHER);
    for (unsigned f = 0; f < FIELD_OTHER; f++)
        if (format_field_mask(encoding->format, (enum field)f) & ~encoding->mask)
            encoding->fields |= 1u << f;
    if (row->expansion && !expansion_parse(encoding, formats)) return false;
    struct syntax base;
    if (!syntax_parse(encoding->base->operands, &base)) return false;
    for (unsigned i = 0; i < base.count; i++) {
        const struct operand *operand = &base.operands[i];
        encoding->writes_x |= operand->kind == OPERAND_X && operand->field == FIELD_RD;
        encoding->needs_fp |= operand->kind == OPERAND_F || operand->kind == OPERAND_RM;
    }
    encoding->rounds = encoding->fields >> FIELD_RM & 1;
    encoding->imm_is_word = !formats[encoding->base->format].has_imm;
    return true;
}

/* Lists, for each bucket of one width, the encodings that can match in it. */
static void buckets_fill(struct decode_tables *tables, bool wide, unsigned *used)
{
    for (unsigned b = 0; b < (wide ? BUCKETS_32 : BUCKETS_16); b++) {
        struct bucket *bucket = wide ? &tables->wide[b] : &tables->narrow[b];
        uint32_t keys = wide ? 0x707f : 0xe003, want = bucket_bits(wide, b);
        bucket->first = (uint16_t)*used;
        for (unsigned i = 0; i < tables->encoding_count; i++) {
            const struct encoding *encoding = &tables->encodings[i];
            if ((encoding->format->bits == 32) != wide) continue;
            if ((encoding->match ^ want) & encoding->mask & keys) continue;
            unsigned at = (*used)++; /* sorted: more fixed bits first, then as in the table */
            for (; at > bucket->first && __builtin_popcount(tables->order[at - 1]->mask) <
                                             __builtin_popcount(encoding->mask);
                 at--)
                tables->order[at] = tables->order[at - 1];
            tables->order[at] = encoding;
        }
        bucket->count = (uint16_t)(*used - bucket->first);
    }
}

/* Gathers the pseudo-instructions of each encoding. */
static bool pseudos_fill(struct decode_tables *tables, unsigned base)
{
    for (unsigned i = 0; i < tables->encoding_count; i++) {
        struct encoding *encoding = &tables->encodings[i];
        encoding->pseudo_first = (uint16_t)tables->pseudo_count;
        for (unsigned p = 0; p < pseudo_row_count; p++) {
            const struct pseudo_row *row = &pseudo_rows[p];
            if (row->base != encoding->row || !(row->bases & base)) continue;
            struct pseudo *pseudo = &tables->pseudos[tables->pseudo_count++];
            *pseudo = (struct pseudo){.row = row, .base = encoding};
            if (!syntax_parse(row->operands, &pseudo->syntax) ||
                !binding_parse(&encoding->syntax, row->base_operands, &pseudo->binding))
                return false;
        }
        encoding->pseudo_count = (uint16_t)(tables->pseudo_count - encoding->pseudo_first);
    }
    return true;
}

static bool row_enabled(const struct isa *isa, const struct insn_row *row)
{
    if (!(row->bases & (isa->xlen == 64 ? RV64 : RV32)) || !isa_has(isa, row->needs)) return false;
    for (const enum extension *ext = row->brought_by; *ext != EXT_COUNT; ext++)
        if (isa_has(isa, *ext)) return true;
    return false;
}

static void tables_destroy(struct decode_tables *tables)
{
    if (!tables) return;
    free(tables->encodings);
    free(tables->pseudos);
    free(tables->encoding_names);
    free(tables->pseudo_names);
    free(tables->order);
    free(tables);
}

/* Allocates tables for as much as there is; NULL when out of memory. */
static struct decode_tables *tables_create(void)
{
    struct decode_tables *tables = calloc(1, sizeof *tables);
    if (!tables) return NULL;
    tables->encodings = calloc(insn_row_count, sizeof *tables->encodings);
    tables->pseudos = calloc(pseudo_row_count, sizeof *tables->pseudos);
    tables->encoding_names = calloc(insn_row_count, sizeof *tables->encoding_names);
    tables->pseudo_names = calloc(pseudo_row_count, sizeof *tables->pseudo_names);
    /* A row stands in at most 8 buckets: one a value of funct3. */
    tables->order = calloc(8 * insn_row_count, sizeof(*tables->order));
    if (tables->encodings && tables->pseudos && tables->encoding_names && tables->pseudo_names &&
        tables->order)
        return tables;
    tables_destroy(tables);
    return NULL;
}

static void names_fill(struct decode_tables *tables)
{
    for (unsigned i = 0; i < tables->encoding_count; i++) {
        char name[24];
        insn_mnemonic(tables->encodings[i].row, name, sizeof name);
        tables->encoding_names[i] = word_hash(name, strlen(name));
    }
    for (unsigned i = 0; i < tables->pseudo_count; i++) {
        const char *name = tables->pseudos[i].row->name;
        tables->pseudo_names[i] = word_hash(name, strlen(name));
    }
}

struct isa *isa_create(unsigned xlen, const struct ext_set *extensions, struct error *err)
{
    struct isa *isa = calloc(1, sizeof *isa);
    struct decode_tables *tables = tables_create();
    if (!isa || !tables) {
        free(isa);
        tables_destroy(tables);
        error_set(err, "out of memory for the decode tables");
        return NULL;
    }
    *isa = (struct isa){.xlen = xlen, .extensions = *extensions, .tables = tables};
    const char *bad = NULL;
    for (unsigned f = 0; f < FORMAT_COUNT && !bad; f++)
        if (!format_parse((enum format)f, &tables->formats[f])) bad = tables->formats[f].name;
    for (unsigned i = 0; i < insn_row_count && !bad; i++) {
        struct encoding *encoding = &tables->encodings[tables->encoding_count];
        if (!row_enabled(isa, &insn_rows[i])) continue;
        if (!encoding_init(encoding, &insn_rows[i], tables->formats)) bad = insn_rows[i].id;
        /* c.fld comes with Zcd, and fld must be there too. */
        if (!bad && row_enabled(isa, encoding->base)) tables->encoding_count++;
    }
    if (!bad && !pseudos_fill(tables, xlen == 64 ? RV64 : RV32))
        bad = tables->pseudos[tables->pseudo_count - 1].row->name;
    if (bad) {
        error_set(err, "instruction table: malformed row %s", bad);
        isa_destroy(isa);
        return NULL;
    }
    names_fill(tables);
    unsigned used = 0;
    buckets_fill(tables, true, &used);
    buckets_fill(tables, false, &used);
    return isa;
}

void isa_destroy(struct isa *isa)
{
    if (!isa) return;
    tables_destroy(isa->tables);
    free(isa);
}

struct ext_set isa_default_extensions(unsigned xlen)
{
    struct ext_set set = {{0}};
    for (unsigned ext = 0; ext < EXT_COUNT; ext++)
        ext_set_to(&set, (enum extension)ext, true);
    if (xlen == 64) ext_set_to(&set, EXT_Zcf, false); /* RV64 uses these encodings for c.ld, c.sd */
    /* Bits of a 64-bit PTE, tags in 64-bit addresses, 64 bits as such. */
    static const enum extension rv64_only[] = {EXT_Svnapot, EXT_Svpbmt, EXT_Smmpm,
                                               EXT_Smnpm,   EXT_Ssnpm,  EXT_Ssu64xl};
    for (unsigned i = 0; xlen == 32 && i < ARRAY_COUNT(rv64_only); i++)
        ext_set_to(&set, rv64_only[i], false);
    return set;
}
