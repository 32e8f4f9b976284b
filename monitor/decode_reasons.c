/* monitor/decode_reasons.c: why a word is illegal, every reason, and what would be legal. */
#include "monitor/decode_reasons.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"

struct reason_list {
    struct reason *reasons;
    unsigned count;
};

static void add(struct reason_list *list, const char *kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(struct reason_list *list, const char *kind, const char *format, ...)
{
    if (list->count == REASONS_MAX) return;
    struct reason *reason = &list->reasons[list->count++];
    reason->kind = kind;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text, sizeof reason->text, format, arguments);
    va_end(arguments);
}

/* Encodings of ratified extensions that no row describes: whose they are. */
static const struct {
    unsigned bits;
    uint32_t mask, match;
    const char *owner;
} foreign_rows[] = {
    /* clang-format off */
    {32, 0x0000707f, 0x00000007, "a vector load (V)"},
    {32, 0x0000707f, 0x00005007, "a vector load (V)"},
    {32, 0x0000707f, 0x00006007, "a vector load (V)"},
    {32, 0x0000707f, 0x00007007, "a vector load (V)"},
    {32, 0x0000707f, 0x00000027, "a vector store (V)"},
    {32, 0x0000707f, 0x00005027, "a vector store (V)"},
    {32, 0x0000707f, 0x00006027, "a vector store (V)"},
    {32, 0x0000707f, 0x00007027, "a vector store (V)"},
    {32, 0x0000007f, 0x00000057, "vector arithmetic (V)"},
    {32, 0x0000007f, 0x00000077, "vector cryptography (Zvk*)"},
    {32, 0x0000707f, 0x00001007, "a half-precision load (Zfh, Zfhmin)"},
    {32, 0x0000707f, 0x00001027, "a half-precision store (Zfh, Zfhmin)"},
    {32, 0x0000707f, 0x00004007, "a quad-precision load (Q)"},
    {32, 0x0000707f, 0x00004027, "a quad-precision store (Q)"},
    {32, 0x0600007f, 0x06000053, "quad-precision arithmetic (Q)"},
    {32, 0x0600007f, 0x04000053, "half-precision arithmetic (Zfh)"},
    {32, 0x06000073, 0x06000043, "a quad-precision fused multiply-add (Q)"},
    {32, 0x06000073, 0x04000043, "a half-precision fused multiply-add (Zfh)"},
    {32, 0x0000707f, 0x0000200f, "a cache-block operation (Zicbom, Zicboz)"},
    {32, 0x0000707f, 0x00004073, "a hypervisor load or store (H) or a may-be operation (Zimop)"},
    {32, 0xfe007fff, 0x22000073, "HFENCE.VVMA (H)"},
    {32, 0xfe007fff, 0x62000073, "HFENCE.GVMA (H)"},
    {32, 0xffffffff, 0x7b200073, "DRET (debug mode)"},
    {32, 0x0000607f, 0x0000002f, "an atomic on bytes or halfwords (Zabha)"},
    {16, 0xfc03,     0x8000,     "a compressed load or store of bytes and halfwords (Zcb)"},
    {16, 0xfc63,     0x9c61,     "a compressed extension, inversion (Zcb)"},
    {16, 0xfc63,     0x9c41,     "C.MUL (Zcb)"},
    {16, 0xf8ff,     0x6081,     "a compressed may-be operation (Zcmop)"},
    /* clang-format on */
};

/* Is there a row for such words in the table, of an extension that is merely off? Then that is
 * said. */
static void add_foreign(struct reason_list *list, const struct decoding *d)
{
    for (unsigned i = 0; i < ARRAY_COUNT(foreign_rows); i++) {
        if (foreign_rows[i].bits != d->bits) continue;
        if ((d->word & foreign_rows[i].mask) != foreign_rows[i].match) continue;
        add(list, "foreign",
            "the encoding space belongs to %s; no row of the table describes this word",
            foreign_rows[i].owner);
        return;
    }
}

/* What to switch on for a row to be there; EXT_COUNT: nothing is missing. */
static enum extension missing(const struct isa *isa, const struct insn_row *row)
{
    bool brought = false;
    for (const enum extension *each = row->brought_by; *each != EXT_COUNT; each++)
        brought |= isa_has(isa, *each);
    if (!brought) return row->ext;
    return isa_has(isa, row->needs) ? EXT_COUNT : row->needs;
}

/* The word as an ISA with everything reads it; says which extension is off. */
static bool add_extension(struct reason_list *list, const struct decoding *d)
{
    struct ext_set all = isa_default_extensions(d->isa->xlen);
    struct isa *full = isa_create(d->isa->xlen, &all, NULL);
    if (!full) return false;
    struct decoding other;
    decoding_init(&other, full, d->word);
    char text[DISASM_SIZE], names[96];
    if (other.encoding) {
        const struct insn_row *row = other.encoding->row;
        if (missing(d->isa, row) == EXT_COUNT) row = other.base->row; /* c.mul needs mul */
        enum extension ext = missing(d->isa, row);
        row_extensions(row, names, sizeof names);
        disassemble(full, d->word, 0, DISASM_NO_PC, text, sizeof text);
        add(list, "extension", "it is %s; %s is off: --cpu rv%u,%s=on switches it on", text, names,
            full->xlen, ext < EXT_COUNT ? extension_info[ext].name : "?");
    }
    bool found = other.encoding != NULL;
    isa_destroy(full);
    return found;
}

/* Rows that match by their fixed bits, but not by the condition beside them. */
static bool add_where(struct reason_list *list, const struct decoding *d)
{
    bool found = false;
    for (unsigned i = 0; i < d->isa->tables->encoding_count; i++) {
        const struct encoding *encoding = &d->isa->tables->encodings[i];
        if (encoding->format->bits != d->bits) continue;
        if ((d->word & encoding->mask) != encoding->match) continue;
        char name[MNEMONIC_SIZE];
        int32_t values[FIELD_COUNT];
        insn_mnemonic(encoding->row, name, sizeof name);
        format_extract(encoding->format, d->word, values);
        if (encoding->rounds && !rounding_name((unsigned)values[FIELD_RM]))
            add(list, "where",
                "%s with rounding mode %d, which is reserved (0 to 4, or 7 for fcsr.frm)", name,
                values[FIELD_RM]);
        else
            add(list, "where", "%s needs %s; otherwise the encoding is reserved", name,
                encoding->row->where);
        found = true;
    }
    return found;
}

static void add_space(struct reason_list *list, const struct decoding *d)
{
    unsigned opcode = (unsigned)bits_get(d->word, 6, 2);
    const struct opcode_info *info = opcode_info(opcode);
    if (d->bits != 32) return;
    if (info->use == OPCODE_CUSTOM)
        add(list, "custom", "opcode %s is %s; no row is there", info->name, info->text);
    else if (info->use == OPCODE_RESERVED)
        add(list, "reserved", "opcode bits 6:2 = 11010 are reserved: no extension has them yet");
    else if (info->use == OPCODE_LONGER)
        add(list, "length", "bits 4:2 = 111 are the %s; there are none yet", info->text);
}

void decoding_other_base(const struct decoding *d, uint64_t pc, char *text, size_t size)
{
    const unsigned xlen = 96 - d->isa->xlen;
    struct ext_set all = isa_default_extensions(xlen);
    struct isa *isa = isa_create(xlen, &all, NULL);
    *text = '\0';
    if (!isa) return;
    struct decoding other;
    decoding_init(&other, isa, d->word);
    char theirs[DISASM_SIZE], name[2][MNEMONIC_SIZE] = {"", ""};
    disassemble(isa, d->word, pc, 0, theirs, sizeof theirs);
    if (d->encoding) insn_mnemonic(d->encoding->row, name[0], sizeof name[0]);
    if (other.encoding) insn_mnemonic(other.encoding->row, name[1], sizeof name[1]);
    if (!other.encoding && d->encoding)
        snprintf(text, size, "on RV%u this word is illegal", xlen);
    else if (other.encoding && d->encoding && other.encoding->row == d->encoding->row)
        snprintf(text, size, "on RV%u the encoding is the same", xlen);
    else if (other.encoding && !strcmp(name[0], name[1]))
        snprintf(text, size, "on RV%u the pattern is %s", xlen, other.encoding->row->bits);
    else if (other.encoding)
        snprintf(text, size, "on RV%u the same word is %s", xlen, theirs);
    isa_destroy(isa);
}

unsigned decoding_reasons(const struct decoding *d, struct reason reasons[REASONS_MAX])
{
    struct reason_list list = {reasons, 0};
    if (d->bits == 16 && d->word == 0)
        add(&list, "defined",
            "all zeros are illegal by definition, to catch runs into empty memory");
    if (d->bits == 32 && d->word == 0xffffffff)
        add(&list, "defined",
            "all ones are illegal by definition, to catch runs into erased memory");
    if (d->bits == 16 && !isa_has(d->isa, EXT_C))
        add(&list, "extension", "bits 1:0 other than 11 are compressed instructions, and C is off");
    bool elsewhere = add_extension(&list, d);
    elsewhere |= add_where(&list, d);
    if (!elsewhere) add_space(&list, d);
    if (!elsewhere && list.count == 0) add_foreign(&list, d);
    char other[160];
    decoding_other_base(d, 0, other, sizeof other);
    if (!elsewhere && strstr(other, "same word is"))
        add(&list, "xlen", "%s; --cpu rv%u decodes it", other, 96 - d->isa->xlen);
    if (list.count == 0)
        add(&list, "reserved",
            "no instruction has these bits: the encoding is reserved for the future");
    return list.count;
}
