/* cpu/decode.c: builds the decode tables of an ISA out of the instruction table, and decodes.
 *
 * A word is looked up by a bucket: for 32-bit words opcode[6:2] and funct3, for compressed ones the
 * quadrant and funct3. A bucket lists the rows whose fixed bits allow it.
 */
#include "cpu/decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/hart.h"

#define BUCKETS_32 256 /* opcode[6:2] << 3 | funct3 */
#define BUCKETS_16 32  /* quadrant << 3 | funct3 */

/* Where a base operand of an expansion comes from: a field of the compressed word or a constant. */
struct source {
    bool from_field;
    uint8_t field;
    int32_t constant;
};

struct pattern {
    uint32_t mask, match;
    const struct insn_row *row;
    const struct insn_row *base; /* what is executed: the row itself, or the expansion's */
    const struct format_info *format;
    bool writes_x;  /* rd is an integer register: x0 becomes the sink */
    bool needs_fp;
    bool imm_is_word; /* the format has no immediate: imm carries the word */
    struct source source[FIELD_IMM + 1]; /* compressed rows only */
};

struct bucket {
    uint16_t first, count; /* into `order` */
};

struct decode_tables {
    struct format_info formats[FORMAT_COUNT];
    struct pattern *patterns;
    unsigned pattern_count;
    const struct pattern **order;
    struct bucket wide[BUCKETS_32], narrow[BUCKETS_16];
};

static unsigned bucket_wide(uint32_t word)
{
    return bits_get(word, 6, 2) << 3 | bits_get(word, 14, 12);
}

static unsigned bucket_narrow(uint32_t word)
{
    return (word & 3) << 3 | bits_get(word, 15, 13);
}

/* The word with nothing but a bucket's bits set, the inverse of the two above. */
static uint32_t bucket_bits(bool wide, unsigned bucket)
{
    return wide ? (bucket >> 3) << 2 | (bucket & 7) << 12 | 3 : bucket >> 3 | (bucket & 7) << 13;
}

static bool ext_uses_fp(enum extension ext)
{
    return ext == EXT_F || ext == EXT_D;
}

/* Is `token` among the operands, as a whole word? */
static bool has_operand(const char *operands, const char *token)
{
    size_t length = strlen(token);
    for (const char *at = strstr(operands, token); at; at = strstr(at + 1, token)) {
        bool starts = at == operands || strchr(" ,(", at[-1]);
        bool ends = at[length] == '\0' || strchr(",()", at[length]);
        if (starts && ends) return true;
    }
    return false;
}

/* Which field an operand token stands for; FIELD_OTHER when it is none. */
static enum field operand_field(const char *token, size_t length)
{
    static const struct {
        const char *token;
        enum field field;
    } rows[] = {{"rd", FIELD_RD},   {"fd", FIELD_RD},   {"rs1", FIELD_RS1}, {"fs1", FIELD_RS1},
                {"rs2", FIELD_RS2}, {"fs2", FIELD_RS2}, {"imm", FIELD_IMM}, {"target", FIELD_IMM}};
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (strlen(rows[i].token) == length && !strncmp(rows[i].token, token, length))
            return rows[i].field;
    return FIELD_OTHER;
}

/* Reads "lw rd, imm(x2)" against the base row's "rd, imm(rs1)": token by token. */
static bool expansion_parse(struct pattern *pattern)
{
    const char *text = pattern->row->expansion;
    char id[24] = "";
    size_t length = strcspn(text, " ");
    if (length >= sizeof id) return false;
    memcpy(id, text, length);
    pattern->base = insn_row_by_id(id);
    if (!pattern->base) return false;
    static const char separators[] = " ,()";
    const char *shape = pattern->base->operands;
    text += length;
    for (;;) {
        text += strspn(text, separators);
        shape += strspn(shape, separators);
        if (!*text && !*shape) return true;
        size_t text_length = strcspn(text, separators);
        size_t shape_length = strcspn(shape, separators);
        enum field to = operand_field(shape, shape_length);
        if (to > FIELD_IMM) return false;
        enum field from = operand_field(text, text_length);
        struct source *source = &pattern->source[to];
        if (from <= FIELD_IMM)
            *source = (struct source){.from_field = true, .field = from};
        else
            source->constant = strtol(*text == 'x' ? text + 1 : text, NULL, 10);
        text += text_length;
        shape += shape_length;
    }
}

static bool pattern_init(struct pattern *pattern, const struct insn_row *row,
                         const struct format_info *formats)
{
    *pattern = (struct pattern){.row = row, .base = row, .format = &formats[row->format]};
    if (!insn_row_pattern(row, &pattern->mask, &pattern->match)) return false;
    if (row->expansion && !expansion_parse(pattern)) return false;
    pattern->writes_x = has_operand(pattern->base->operands, "rd");
    pattern->needs_fp = ext_uses_fp(pattern->base->ext);
    pattern->imm_is_word = !formats[pattern->base->format].has_imm;
    return true;
}

/* Lists, for each bucket of one width, the patterns that can match in it. */
static void buckets_fill(struct decode_tables *tables, bool wide, unsigned *used)
{
    for (unsigned b = 0; b < (wide ? BUCKETS_32 : BUCKETS_16); b++) {
        struct bucket *bucket = wide ? &tables->wide[b] : &tables->narrow[b];
        uint32_t keys = wide ? 0x707f : 0xe003, want = bucket_bits(wide, b);
        bucket->first = *used;
        for (unsigned i = 0; i < tables->pattern_count; i++) {
            const struct pattern *pattern = &tables->patterns[i];
            if ((pattern->format->bits == 32) != wide) continue;
            if ((pattern->match ^ want) & pattern->mask & keys) continue;
            tables->order[(*used)++] = pattern;
        }
        bucket->count = *used - bucket->first;
    }
}

static bool row_enabled(const struct isa *isa, const struct insn_row *row)
{
    return (row->bases & (isa->xlen == 64 ? RV64 : RV32)) && isa_has(isa, row->ext);
}

struct isa *isa_create(unsigned xlen, const struct ext_set *extensions, struct error *err)
{
    struct isa *isa = calloc(1, sizeof *isa);
    struct decode_tables *tables = calloc(1, sizeof *tables);
    struct pattern *patterns = calloc(insn_row_count, sizeof *patterns);
    /* A row stands in at most 8 buckets: one a value of funct3. */
    const struct pattern **order = calloc(8 * insn_row_count, sizeof(*order));
    if (!isa || !tables || !patterns || !order) {
        free(isa), free(tables), free(patterns), free(order);
        error_set(err, "out of memory for the decode tables");
        return NULL;
    }
    *isa = (struct isa){.xlen = xlen, .extensions = *extensions, .tables = tables};
    tables->patterns = patterns;
    tables->order = order;
    bool sound = true;
    for (unsigned f = 0; f < FORMAT_COUNT; f++)
        sound = sound && format_parse((enum format)f, &tables->formats[f]);
    for (unsigned i = 0; i < insn_row_count && sound; i++)
        if (row_enabled(isa, &insn_rows[i]))
            sound = pattern_init(&patterns[tables->pattern_count++], &insn_rows[i], tables->formats);
    if (!sound) {
        error_set(err, "instruction table: malformed row %s",
                  tables->pattern_count ? patterns[tables->pattern_count - 1].row->id : "format");
        isa_destroy(isa);
        return NULL;
    }
    unsigned used = 0;
    buckets_fill(tables, true, &used);
    buckets_fill(tables, false, &used);
    return isa;
}

void isa_destroy(struct isa *isa)
{
    if (!isa) return;
    free(isa->tables->patterns);
    free(isa->tables->order);
    free(isa->tables);
    free(isa);
}

struct ext_set isa_default_extensions(unsigned xlen)
{
    struct ext_set set = {{0}};
    for (unsigned ext = 0; ext < EXT_COUNT; ext++)
        ext_set_to(&set, (enum extension)ext, true);
    if (xlen == 64) ext_set_to(&set, EXT_Zcf, false); /* RV64 uses these encodings for c.ld, c.sd */
    return set;
}

/* The pattern a word matches and its fields, NULL for none. */
static const struct pattern *pattern_find(const struct decode_tables *tables, uint32_t word,
                                          int32_t values[FIELD_COUNT])
{
    const struct bucket *bucket = (word & 3) == 3 ? &tables->wide[bucket_wide(word)]
                                                  : &tables->narrow[bucket_narrow(word)];
    for (unsigned i = 0; i < bucket->count; i++) {
        const struct pattern *pattern = tables->order[bucket->first + i];
        if ((word & pattern->mask) != pattern->match) continue;
        format_extract(pattern->format, word, values);
        if (insn_where(pattern->row, values)) return pattern;
    }
    return NULL;
}

/* Replaces the fields of a compressed word by those of the instruction it stands for. */
static void expand(const struct pattern *pattern, int32_t values[FIELD_COUNT])
{
    int32_t fields[FIELD_COUNT];
    memcpy(fields, values, sizeof fields);
    for (unsigned f = 0; f <= FIELD_IMM; f++) {
        const struct source *source = &pattern->source[f];
        values[f] = source->from_field ? fields[source->field] : source->constant;
    }
}

void decode(const struct isa *isa, uint32_t word, bool fp_on, struct op *op)
{
    int32_t values[FIELD_COUNT];
    unsigned length = insn_length((uint16_t)word);
    if (length == 2) word &= 0xffff;
    const struct pattern *pattern = pattern_find(isa->tables, word, values);
    *op = (struct op){.code = OP_ILLEGAL, .imm = (int32_t)word, .length = (uint8_t)length};
    if (!pattern || (pattern->needs_fp && !fp_on)) return;
    if (pattern->row->expansion) expand(pattern, values);
    op->code = pattern->base->code;
    if (!pattern->imm_is_word) op->imm = values[FIELD_IMM];
    op->rd = (uint8_t)(values[FIELD_RD] == 0 && pattern->writes_x ? X_SINK : values[FIELD_RD]);
    op->rs1 = (uint8_t)values[FIELD_RS1];
    op->rs2 = (uint8_t)values[FIELD_RS2];
    op->rs3 = (uint8_t)values[FIELD_RS3];
    op->rm = (uint8_t)values[FIELD_RM];
    if (values[FIELD_CSR]) {
        op->rs2 = (uint8_t)values[FIELD_CSR];
        op->rs3 = (uint8_t)(values[FIELD_CSR] >> 8);
    }
}

const struct insn_row *decode_row(const struct isa *isa, uint32_t word)
{
    int32_t values[FIELD_COUNT];
    if (insn_length((uint16_t)word) == 2) word &= 0xffff;
    const struct pattern *pattern = pattern_find(isa->tables, word, values);
    return pattern ? pattern->row : NULL;
}

const struct insn_row *insn_row_of_code(unsigned code)
{
    static const struct {
        const char *id;
    } ids[OP_ILLEGAL] = {
#define INSN(name, base, format, bits, operands, text, ...) [OP_##name] = {#name},
#include "cpu/isa/all.def"
    };
    return code < OP_ILLEGAL ? insn_row_by_id(ids[code].id) : NULL;
}

enum format_kind op_kind(unsigned code)
{
    static const enum format_kind kind_of_format[FORMAT_COUNT] = {
#define FORMAT(id, kind, layout) [FORMAT_##id] = KIND_##kind,
#include "cpu/isa/formats.def"
#undef FORMAT
    };
    static const enum format format_of[OP_ILLEGAL] = {
#define INSN(name, base, format, bits, operands, text, ...) [OP_##name] = FORMAT_##format,
#include "cpu/isa/all.def"
    };
    return code < OP_ILLEGAL ? kind_of_format[format_of[code]] : KIND_SYSTEM;
}
