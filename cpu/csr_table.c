/* cpu/csr_table.c: the rows of cpu/csr.def, found by number and by name. */
#include "cpu/csr_row.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum csr_index {
#define CSR(number_, name_, bases_, extension_, text_, ...) ROW_##name_,
#include "cpu/csr.def"
#undef CSR
    ROW_COUNT
};

/* clang-format off */
#define ALL (RV32 | RV64)

#define HELD(member)     .held = offsetof(struct hart, member),
#define READ(function)   .read = (function),
#define MODIFY(function) .modify = (function),
#define WRITE(function)  .write = (function),
#define AFTER(function)  .after = (function),
#define GATE(function)   .gate = (function),
#define INDEX(n)         .index = (n),
#define HIGH_HALF        .shift = 32,
#define ALL_OR_NOTHING   .all_or_nothing = true,
#define MUST_WRITE       .must_write = true,
#define ALSO(...)        .also = {__VA_ARGS__},
#define READS_ZERO       .read = zero_read, .write = write_ignored,
#define FIELDS(...)      .info.fields = (const struct csr_field[]){__VA_ARGS__, {.name = NULL}},

#define ANY              .rule = CSR_ANY
#define ZERO             .rule = CSR_ZERO
#define FIXED            .rule = CSR_FIXED
#define CHOICE(function) .rule = CSR_CHOICE, .legal = (function)
#define CHOICE_ELSE(function, value) .rule = CSR_CHOICE, .legal = (function), .otherwise = (value)
#define FIELD(bases_, name_, high_, low_, needs_, rule_, meaning_)                                  \
    {.name = #name_, .bases = (bases_), .high = (high_), .low = (low_), .needs = EXT_##needs_,      \
     rule_, .meaning = (meaning_)}

static const struct csr_row rows[ROW_COUNT] = {
#define CSR(number_, name_, bases_, extension_, text_, ...)                                         \
    [ROW_##name_] = {.info.number = (number_), .info.name = #name_, .info.bases = (bases_),         \
                     .info.extension = EXT_##extension_, .info.text = (text_), __VA_ARGS__},
#include "cpu/csr.def"
#undef CSR
};

/* By number: the row's index plus one; 0: no row. */
static const uint16_t row_of[4096] = {
#define CSR(number_, name_, bases_, extension_, text_, ...) [number_] = ROW_##name_ + 1,
#include "cpu/csr.def"
#undef CSR
};
/* clang-format on */

const struct csr_row *csr_row(unsigned number, unsigned *index)
{
    if (number >= ARRAY_COUNT(row_of) || row_of[number] == 0) return NULL;
    *index = row_of[number] - 1u;
    return &rows[*index];
}

const struct csr_info *csr_info_at(unsigned index)
{
    return index < ROW_COUNT ? &rows[index].info : NULL;
}

const struct csr_info *csr_info_by_number(unsigned number)
{
    unsigned index;
    const struct csr_row *row = csr_row(number, &index);
    return row ? &row->info : NULL;
}

const struct csr_info *csr_info_by_name(const char *name)
{
    for (unsigned i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].info.name, name) == 0) return &rows[i].info;
    return NULL;
}

bool csr_field_word(const struct csr_field *field, uint64_t value, char *word, size_t size)
{
    const char *list = strchr(field->meaning, ':');
    if (!list) return false;
    /* "Words: 0 Off, 1 Initial": each entry starts after ": " or ", ". */
    for (const char *entry = list; entry; entry = strchr(entry + 1, ',')) {
        char *end;
        uint64_t number = strtoull(entry + 1, &end, 10);
        if (end == entry + 1 || *end != ' ' || number != value) continue;
        size_t length = strcspn(end + 1, ",");
        if (length >= size) return false;
        memcpy(word, end + 1, length);
        word[length] = '\0';
        return true;
    }
    return false;
}
