/* cpu/encoding.c: looking up compiled rows: by word, by row, by the fields they should have. */
#include "cpu/encoding.h"

#include <string.h>

#include "cpu/pseudo.h"

bool encoding_accepts(const struct encoding *encoding, const int32_t values[FIELD_COUNT])
{
    if (encoding->rounds && !rounding_name((unsigned)values[FIELD_RM])) return false;
    return insn_where(encoding->row, values);
}

const struct encoding *encoding_find(const struct isa *isa, uint32_t word,
                                     int32_t values[FIELD_COUNT])
{
    const struct decode_tables *tables = isa->tables;
    const struct bucket *bucket =
        (word & 3) == 3 ? &tables->wide[bucket_wide(word)] : &tables->narrow[bucket_narrow(word)];
    for (unsigned i = 0; i < bucket->count; i++) {
        const struct encoding *encoding = tables->order[bucket->first + i];
        if ((word & encoding->mask) != encoding->match) continue;
        format_extract(encoding->format, word, values);
        if (encoding_accepts(encoding, values)) return encoding;
    }
    return NULL;
}

const struct encoding *encoding_of_row(const struct isa *isa, const struct insn_row *row)
{
    for (unsigned i = 0; i < isa->tables->encoding_count; i++)
        if (isa->tables->encodings[i].row == row) return &isa->tables->encodings[i];
    return NULL;
}

bool encoding_encode(const struct encoding *encoding, const int32_t values[FIELD_COUNT],
                     uint32_t *word)
{
    *word = encoding->match | (format_insert(encoding->format, values) & ~encoding->mask);
    int32_t back[FIELD_COUNT];
    format_extract(encoding->format, *word, back);
    for (unsigned f = 0; f < FIELD_OTHER; f++)
        if (encoding->fields >> f & 1 && back[f] != values[f]) return false;
    return encoding_accepts(encoding, values);
}

const struct pseudo *pseudo_find(const struct isa *isa, const struct encoding *base,
                                 const int32_t values[FIELD_COUNT])
{
    for (unsigned i = 0; i < base->pseudo_count; i++) {
        const struct pseudo *pseudo = &isa->tables->pseudos[base->pseudo_first + i];
        if (pseudo->row->alias) continue;
        if (binding_matches(&pseudo->binding, base->fields, values)) return pseudo;
    }
    return NULL;
}
