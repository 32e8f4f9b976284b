/* tests/cpu/test_table.c: what the whole instruction table promises, derived from the table. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "cpu/encoding.h"
#include "cpu/pseudo.h"
#include "tests/cpu/words.h"

static struct isa *isa_of(unsigned xlen)
{
    struct error err = {""};
    struct ext_set all = isa_default_extensions(xlen);
    struct isa *isa = isa_create(xlen, &all, &err);
    if (!isa) fail_msg("%s", err.text);
    return isa;
}

static int create_both(void **state)
{
    static const unsigned xlens[] = {32, 64};
    struct isa **isas = calloc(3, sizeof *isas);
    for (unsigned i = 0; i < 2; i++)
        isas[i] = isa_of(xlens[i]);
    *state = isas;
    return 0;
}

static int destroy_both(void **state)
{
    struct isa **isas = *state;
    for (unsigned i = 0; i < 2; i++)
        isa_destroy(isas[i]);
    free(isas);
    return 0;
}

static void bits_and_formats_are_well_formed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < insn_row_count; i++) {
        const struct insn_row *row = &insn_rows[i];
        uint32_t mask, match;
        struct format_info format;
        if (!insn_row_pattern(row, &mask, &match)) fail_msg("%s: malformed bits", row->id);
        if (!format_parse(row->format, &format)) fail_msg("%s: malformed format", row->id);
        unsigned width = 0;
        for (const char *c = row->bits; *c; c++)
            width += *c != ' ';
        if (width != format.bits) fail_msg("%s: bits and format differ in width", row->id);
        if ((match & 3) == 3 ? width != 32 : width != 16)
            fail_msg("%s: the low bits don't tell its length", row->id);
        uint32_t opcodes = format_field_mask(&format, FIELD_OTHER);
        if (~mask & opcodes) fail_msg("%s: a bit is neither fixed nor in a field", row->id);
    }
}

static void operands_are_fields_of_the_format(void **state)
{
    (void)state;
    for (unsigned i = 0; i < insn_row_count; i++) {
        struct syntax syntax;
        struct format_info format;
        assert_true(format_parse(insn_rows[i].format, &format));
        if (!syntax_parse(insn_rows[i].operands, &syntax)) fail_msg("%s", insn_rows[i].id);
        for (unsigned o = 0; o < syntax.count; o++) {
            enum field field = syntax.operands[o].field;
            if (field != FIELD_OTHER && !format_field_mask(&format, field))
                fail_msg("%s: operand %.*s is not in its format", insn_rows[i].id,
                         (int)syntax.operands[o].name_length, syntax.operands[o].name);
        }
    }
}

/* One row's words are all words of the other: a special case of it, found first. */
static bool is_special_case(const struct encoding *a, const struct encoding *b)
{
    return (a->mask & b->mask) == b->mask && (a->match & b->mask) == b->match && a->mask != b->mask;
}

/* Some word that matches both by bits also satisfies both `where`s. */
static bool where_overlaps(const struct encoding *a, const struct encoding *b)
{
    for (uint32_t word = 0; word <= 0xffff; word++) {
        int32_t a_values[FIELD_COUNT], b_values[FIELD_COUNT];
        if ((word & a->mask) != a->match || (word & b->mask) != b->match) continue;
        format_extract(a->format, word, a_values);
        format_extract(b->format, word, b_values);
        if (encoding_accepts(a, a_values) && encoding_accepts(b, b_values)) return true;
    }
    return false;
}

static void rows_of_one_base_overlap_only_as_special_cases(void **state)
{
    struct isa **isas = *state;
    for (; *isas; isas++) {
        const struct decode_tables *tables = (*isas)->tables;
        for (unsigned i = 0; i < tables->encoding_count; i++) {
            for (unsigned j = i + 1; j < tables->encoding_count; j++) {
                const struct encoding *a = &tables->encodings[i], *b = &tables->encodings[j];
                if ((a->match ^ b->match) & a->mask & b->mask) continue;
                if (is_special_case(a, b) || is_special_case(b, a)) continue;
                if (a->format->bits == 16 && !where_overlaps(a, b)) continue;
                fail_msg("RV%u: %s and %s overlap", (*isas)->xlen, a->row->id, b->row->id);
            }
        }
    }
}

static void every_row_is_reached(void **state)
{
    struct isa **isas = *state;
    uint64_t seed = 1;
    for (; *isas; isas++) {
        for (unsigned i = 0; i < (*isas)->tables->encoding_count; i++) {
            const struct encoding *encoding = &(*isas)->tables->encodings[i];
            bool reached = false;
            uint32_t word;
            for (unsigned tries = 0; tries < 20 && !reached; tries++)
                reached =
                    word_of(encoding, &seed, &word) && decode_row(*isas, word) == encoding->row;
            if (!reached) fail_msg("RV%u: nothing decodes to %s", (*isas)->xlen, encoding->row->id);
        }
    }
}

/* Each encoding's, side by side: millions of words are held against all of them. */
struct fixed_bits {
    uint32_t mask, match;
};

static struct fixed_bits *fixed_bits_of(const struct isa *isa)
{
    struct fixed_bits *fixed = calloc(isa->tables->encoding_count, sizeof *fixed);
    assert_non_null(fixed);
    for (unsigned i = 0; i < isa->tables->encoding_count; i++)
        fixed[i] =
            (struct fixed_bits){isa->tables->encodings[i].mask, isa->tables->encodings[i].match};
    return fixed;
}

/* Decodes, and holds the op against a search of every row. False: illegal. */
static bool check_decode(const struct isa *isa, const struct fixed_bits *fixed, uint32_t word)
{
    struct op op;
    decode(isa, word, true, &op);
    assert_int_equal(op.length, insn_length((uint16_t)word));
    const struct insn_row *row = decode_row(isa, word);
    unsigned matches = 0;
    for (unsigned i = 0; i < isa->tables->encoding_count; i++) {
        const struct encoding *encoding = &isa->tables->encodings[i];
        int32_t values[FIELD_COUNT];
        if ((word & fixed[i].mask) != fixed[i].match) continue;
        format_extract(encoding->format, word, values);
        if (!encoding_accepts(encoding, values)) continue;
        matches++;
        if (encoding->row == row) assert_int_equal(op.code, encoding->base->code);
    }
    if (!matches && op.code != OP_ILLEGAL) fail_msg("%08x: no row, yet decoded", word);
    if (matches && (op.code == OP_ILLEGAL || !row)) fail_msg("%08x: a row, yet illegal", word);
    return row != NULL;
}

/* Disassembles under some options and assembles the text. */
static void check_text(const struct isa *isa, uint32_t word, unsigned options)
{
    const uint64_t pc = 0x80400000;
    char text[DISASM_SIZE], expected[DISASM_SIZE];
    bool legal = disassemble(isa, word, pc, options, text, sizeof text);
    snprintf(expected, sizeof expected,
             insn_length((uint16_t)word) == 2 ? ".2byte 0x%04x" : ".4byte 0x%08x", word);
    if (legal == (decode_row(isa, word) == NULL)) fail_msg("%08x: %s", word, text);
    if (!legal && word && strcmp(text, expected)) fail_msg("%08x: %s", word, text);
    struct assemble_error err;
    uint32_t back = 0;
    if (!assemble(isa, text, pc, &back, &err))
        fail_msg("%08x is '%s', which doesn't assemble: %s (column %u)", word, text, err.error.text,
                 err.column);
    if (back != word) fail_msg("%08x is '%s', which assembles to %08x", word, text, back);
}

static void every_halfword_decodes_to_one_row_and_comes_back_as_text(void **state)
{
    struct isa **isas = *state;
    for (; *isas; isas++) {
        struct fixed_bits *fixed = fixed_bits_of(*isas);
        for (uint32_t half = 0; half <= 0xffff; half++) {
            if ((half & 3) == 3) continue;
            check_decode(*isas, fixed, half);
            for (unsigned options = 0; options < 16; options++)
                if (!(options & DISASM_EXPAND)) check_text(*isas, half, options);
        }
        free(fixed);
    }
}

static void random_words_decode_to_one_row(void **state)
{
    struct isa **isas = *state;
    uint64_t seed = 2;
    for (; *isas; isas++) {
        struct fixed_bits *fixed = fixed_bits_of(*isas);
        for (unsigned i = 0; i < words_wanted(500000) / 2; i++)
            check_decode(*isas, fixed, (uint32_t)random_next(&seed) | 3);
        free(fixed);
    }
}

static void words_of_every_row_come_back_as_text(void **state)
{
    struct isa **isas = *state;
    uint64_t seed = 3;
    for (; *isas; isas++) {
        const struct decode_tables *tables = (*isas)->tables;
        unsigned each = words_wanted(100000) / 2 / tables->encoding_count + 1;
        for (unsigned i = 0; i < tables->encoding_count; i++) {
            for (unsigned n = 0; n < each; n++) {
                uint32_t word;
                if (!word_of(&tables->encodings[i], &seed, &word)) continue;
                check_text(*isas, word, (unsigned)random_next(&seed) & 11);
            }
        }
    }
}

/* Fields with few values (x0, ra, CSRs that pseudo-instructions name) are rare among random words.
 */
static void words_of_every_pseudo_instruction_come_back_as_text(void **state)
{
    struct isa **isas = *state;
    uint64_t seed = 4;
    for (; *isas; isas++) {
        const struct decode_tables *tables = (*isas)->tables;
        for (unsigned i = 0; i < tables->pseudo_count; i++) {
            const struct pseudo *pseudo = &tables->pseudos[i];
            bool printed = pseudo->row->alias;
            for (unsigned n = 0; n < 50; n++) {
                int32_t values[FIELD_COUNT];
                uint32_t word;
                char text[DISASM_SIZE];
                assert_true(word_of(pseudo->base, &seed, &word));
                format_extract(pseudo->base->format, word, values);
                binding_apply(&pseudo->binding, values, values);
                if (!encoding_encode(pseudo->base, values, &word)) continue;
                check_text(*isas, word, 0);
                disassemble(*isas, word, 0, 0, text, sizeof text);
                size_t length = strlen(pseudo->row->name);
                printed |= !strncmp(text, pseudo->row->name, length) && strchr(" ", text[length]);
            }
            if (!printed) fail_msg("RV%u: %s is never printed", (*isas)->xlen, pseudo->row->name);
        }
    }
}

static void an_expansion_assembles_to_what_is_executed(void **state)
{
    struct isa **isas = *state;
    for (; *isas; isas++) {
        for (uint32_t half = 0; half <= 0xffff; half++) {
            if ((half & 3) == 3 || !decode_row(*isas, half)) continue;
            char text[DISASM_SIZE];
            struct op narrow, wide;
            uint32_t word;
            disassemble(*isas, half, 0x1000, DISASM_EXPAND, text, sizeof text);
            if (!assemble(*isas, text, 0x1000, &word, NULL)) fail_msg("%04x: %s", half, text);
            decode(*isas, half, true, &narrow);
            decode(*isas, word, true, &wide);
            assert_int_equal(wide.length, 4);
            wide.length = 2;
            /* Without an immediate it is the word that stands there, for mtval. */
            const struct insn_row *base = insn_row_of_code(wide.code);
            if (encoding_of_row(*isas, base)->imm_is_word) narrow.imm = wide.imm;
            if (memcmp(&narrow, &wide, sizeof narrow)) fail_msg("%04x: %s", half, text);
        }
    }
}

static void fp_rows_are_illegal_while_fs_is_off(void **state)
{
    struct isa **isas = *state;
    uint64_t seed = 5;
    for (; *isas; isas++) {
        for (unsigned i = 0; i < (*isas)->tables->encoding_count; i++) {
            const struct encoding *encoding = &(*isas)->tables->encodings[i];
            uint32_t word;
            struct op op;
            assert_true(word_of(encoding, &seed, &word));
            decode(*isas, word, false, &op);
            bool is_fp = encoding->base->ext == EXT_F || encoding->base->ext == EXT_D;
            if (is_fp && op.code != OP_ILLEGAL) fail_msg("%s", encoding->row->id);
            if (!encoding->needs_fp && op.code == OP_ILLEGAL) fail_msg("%s", encoding->row->id);
        }
    }
}

static void an_extension_that_is_off_takes_its_rows_away(void **state)
{
    (void)state;
    struct ext_set set = isa_default_extensions(64);
    ext_set_to(&set, EXT_D, false);
    struct isa *isa = isa_create(64, &set, NULL);
    uint32_t word;
    struct assemble_error err;
    assert_null(decode_row(isa, 0x02b50553)); /* fadd.d fa0, fa0, fa1 */
    assert_null(decode_row(isa, 0x2108));     /* c.fld fa0, 0(a0): Zcd is there, D isn't */
    assert_false(assemble(isa, "fadd.d fa0, fa0, fa1", 0, &word, &err));
    assert_non_null(strstr(err.error.text, "extension d"));
    isa_destroy(isa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_and_formats_are_well_formed),
        cmocka_unit_test(operands_are_fields_of_the_format),
        cmocka_unit_test(rows_of_one_base_overlap_only_as_special_cases),
        cmocka_unit_test(every_row_is_reached),
        cmocka_unit_test(every_halfword_decodes_to_one_row_and_comes_back_as_text),
        cmocka_unit_test(random_words_decode_to_one_row),
        cmocka_unit_test(words_of_every_row_come_back_as_text),
        cmocka_unit_test(words_of_every_pseudo_instruction_come_back_as_text),
        cmocka_unit_test(an_expansion_assembles_to_what_is_executed),
        cmocka_unit_test(fp_rows_are_illegal_while_fs_is_off),
        cmocka_unit_test(an_extension_that_is_off_takes_its_rows_away),
    };
    return cmocka_run_group_tests(tests, create_both, destroy_both);
}
