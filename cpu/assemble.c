/* cpu/assemble.c: one line of assembly to an instruction word.
 *
 * Several rows and pseudo-instructions may share a mnemonic (jalr takes its operands in four ways):
 * each is tried, and of the failures the one that came furthest in the line is reported.
 */
#include "cpu/assemble.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/words.h"
#include "cpu/assemble_operand.h"
#include "cpu/decode.h"
#include "cpu/encoding.h"
#include "cpu/pseudo.h"

/* Ordering bits written behind an atomic's mnemonic. */
struct mnemonic {
    const char *text;
    size_t length;
    int32_t aq, rl;
};

static bool spells(const struct mnemonic *mnemonic, const char *name)
{
    return strlen(name) == mnemonic->length && !strncmp(mnemonic->text, name, mnemonic->length);
}

/* "amoadd.w.aqrl" with its suffix cut off; false: it has none. */
static bool ordering_cut(struct mnemonic *mnemonic)
{
    static const struct {
        const char *suffix;
        int32_t aq, rl;
    } rows[] = {{".aqrl", 1, 1}, {".aq", 1, 0}, {".rl", 0, 1}};
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t length = strlen(rows[i].suffix);
        if (mnemonic->length <= length) continue;
        if (strncmp(mnemonic->text + mnemonic->length - length, rows[i].suffix, length)) continue;
        mnemonic->length -= length;
        mnemonic->aq = rows[i].aq;
        mnemonic->rl = rows[i].rl;
        return true;
    }
    return false;
}

/* Which operand gave this field of the base its value; NULL for none. */
static const struct operand *operand_behind(const struct syntax *syntax,
                                            const struct binding *binding, unsigned field)
{
    if (binding) {
        if (!binding->of[field].from_field) return NULL;
        field = binding->of[field].field;
    }
    for (unsigned i = 0; i < syntax->count; i++)
        if (syntax->operands[i].field == field) return &syntax->operands[i];
    return NULL;
}

/* All operands are read: puts them together, or says which one doesn't fit. */
static bool encode(struct operand_reader *reader, const struct encoding *encoding,
                   const struct syntax *syntax, const struct binding *binding, uint32_t *word)
{
    int32_t values[FIELD_COUNT], back[FIELD_COUNT];
    memcpy(values, reader->values, sizeof values);
    if (binding) binding_apply(binding, values, values);
    if (encoding_encode(encoding, values, word)) return true;
    format_extract(encoding->format, *word, back);
    for (unsigned f = 0; f < FIELD_OTHER; f++) {
        if (!(encoding->fields >> f & 1) || back[f] == values[f]) continue;
        const struct operand *operand = operand_behind(syntax, binding, f);
        return operand_does_not_fit(reader, encoding, operand, back[f]);
    }
    char name[24];
    insn_mnemonic(encoding->row, name, sizeof name);
    return reader_fail(reader,
                       reader->operand_column[syntax->count ? syntax->operands[0].field : 0], 1,
                       "%s needs %s; the other encodings are reserved or another instruction", name,
                       encoding->row->where);
}

/* Reads the operands as one row or pseudo-instruction has them. */
static bool attempt(struct operand_reader *reader, const struct encoding *encoding,
                    const struct syntax *syntax, const struct binding *binding,
                    const struct mnemonic *mnemonic, uint32_t *word)
{
    const uint32_t ordering = 1u << FIELD_AQ | 1u << FIELD_RL;
    reader->values[FIELD_AQ] = mnemonic->aq;
    reader->values[FIELD_RL] = mnemonic->rl;
    if ((mnemonic->aq || mnemonic->rl) && (encoding->fields & ordering) != ordering) return false;
    return operands_read(reader, encoding, syntax) &&
           encode(reader, encoding, syntax, binding, word);
}

/* Tries all that is spelled so. *known: something is. */
static bool try_all(const struct isa *isa, const struct mnemonic *mnemonic, const char *line,
                    const char *operands, uint64_t pc, uint32_t *word, bool *known,
                    struct assemble_error *err)
{
    const struct decode_tables *tables = isa->tables;
    const uint32_t hash = word_hash(mnemonic->text, mnemonic->length);
    struct operand_reader reader;
    for (unsigned i = 0; i < tables->encoding_count; i++) {
        const struct encoding *encoding = &tables->encodings[i];
        char name[24];
        if (tables->encoding_names[i] != hash) continue;
        insn_mnemonic(encoding->row, name, sizeof name);
        if (!spells(mnemonic, name)) continue;
        *known = true;
        reader_init(&reader, isa, line, operands, pc, err);
        if (attempt(&reader, encoding, &encoding->syntax, NULL, mnemonic, word)) return true;
    }
    for (unsigned i = 0; i < tables->pseudo_count; i++) {
        const struct pseudo *pseudo = &tables->pseudos[i];
        if (tables->pseudo_names[i] != hash || !spells(mnemonic, pseudo->row->name)) continue;
        *known = true;
        reader_init(&reader, isa, line, operands, pc, err);
        if (attempt(&reader, pseudo->base, &pseudo->syntax, &pseudo->binding, mnemonic, word))
            return true;
    }
    return false;
}

/* ".4byte 0x00c58533", and "c.unimp": the all-zero halfword, illegal for ever. */
static bool try_raw(const struct isa *isa, const struct mnemonic *mnemonic, const char *line,
                    const char *operands, uint32_t *word, bool *known, struct assemble_error *err)
{
    static const struct {
        const char *name;
        unsigned bits;
    } rows[] = {{".2byte", 16}, {".half", 16}, {".short", 16}, {".4byte", 32}, {".word", 32}};
    *word = 0;
    *known = spells(mnemonic, "c.unimp");
    struct operand_reader reader;
    reader_init(&reader, isa, line, operands, 0, err);
    if (*known) return reader_at_end(&reader);
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        if (!spells(mnemonic, rows[i].name)) continue;
        *known = true;
        int64_t value;
        unsigned column = reader_column(&reader);
        if (!number_read(&reader, &value) || !reader_at_end(&reader)) return false;
        if (value < -(INT64_C(1) << (rows[i].bits - 1)) || value >> rows[i].bits > 0)
            return reader_fail(&reader, column, 1, "the number doesn't fit in %u bits",
                               rows[i].bits);
        *word = (uint32_t)value & (uint32_t)mask_low(rows[i].bits);
        return true;
    }
    return false;
}

/* Says why a mnemonic is unknown here: the row's base or extension, or what comes closest. */
static bool unknown(const struct isa *isa, const struct mnemonic *mnemonic, unsigned column,
                    struct assemble_error *err)
{
    struct error *error = &err->error;
    err->column = column;
    err->length = (unsigned)mnemonic->length;
    int shown = (int)(mnemonic->length < 32 ? mnemonic->length : 32);
    char name[24], nearest[24] = "";
    unsigned best = 3;
    for (unsigned i = 0; i < insn_row_count + pseudo_row_count; i++) {
        const bool is_row = i < insn_row_count;
        const struct insn_row *row = is_row ? &insn_rows[i] : pseudo_rows[i - insn_row_count].base;
        unsigned bases = is_row ? row->bases : pseudo_rows[i - insn_row_count].bases;
        if (is_row)
            insn_mnemonic(row, name, sizeof name);
        else
            snprintf(name, sizeof name, "%s", pseudo_rows[i - insn_row_count].name);
        if (spells(mnemonic, name) && !(bases & (isa->xlen == 64 ? RV64 : RV32)))
            return error_set(error, "%s is an RV%u instruction; this is RV%u", name, 96 - isa->xlen,
                             isa->xlen);
        if (spells(mnemonic, name))
            return error_set(error, "%s needs the extension %s, which is off", name,
                             extension_info[row->ext].name);
        unsigned d = word_distance(mnemonic->text, mnemonic->length, name);
        if (d < best) {
            best = d;
            snprintf(nearest, sizeof nearest, "%s", name);
        }
    }
    if (*nearest)
        return error_set(error, "no instruction is called %.*s; did you mean %s?", shown,
                         mnemonic->text, nearest);
    return error_set(error, "no instruction is called %.*s", shown, mnemonic->text);
}

bool assemble(const struct isa *isa, const char *line, uint64_t pc, uint32_t *word,
              struct assemble_error *err)
{
    struct assemble_error ignored;
    if (!err) err = &ignored;
    *err = (struct assemble_error){0};
    const char *start = line + strspn(line, " \t");
    struct mnemonic mnemonic = {.text = start, .length = strcspn(start, " \t#\r\n")};
    const char *operands = start + mnemonic.length;
    if (!mnemonic.length) {
        err->column = (unsigned)(start - line);
        return error_set(&err->error, "an instruction is missing, such as: add a0, a1, a2");
    }
    struct mnemonic plain = mnemonic;
    bool known = false;
    if (try_all(isa, &mnemonic, line, operands, pc, word, &known, err)) return true;
    if (!known && ordering_cut(&mnemonic) &&
        try_all(isa, &mnemonic, line, operands, pc, word, &known, err))
        return true;
    if (!known && try_raw(isa, &plain, line, operands, word, &known, err)) return true;
    if (known && *err->error.text) return false;
    return unknown(isa, &plain, (unsigned)(start - line), err);
}
