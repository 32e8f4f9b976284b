/* tests/monitor/test_decode.c: what `rivet decode` promises: its input, its pictures, its reasons.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "monitor/decode_input.h"
#include "monitor/decode_json.h"
#include "monitor/decode_path.h"
#include "monitor/decode_quiz.h"
#include "monitor/decode_reasons.h"
#include "monitor/decode_svg.h"
#include "monitor/explain.h"
#include "tests/cpu/words.h"

static int create(void **state)
{
    static struct explain_context context = {.style = {.colour = false, .unicode = false}};
    struct ext_set all = isa_default_extensions(64);
    context.isa = isa_create(64, &all, NULL);
    *state = &context;
    return context.isa ? 0 : -1;
}

static int destroy(void **state)
{
    struct explain_context *context = *state;
    isa_destroy((struct isa *)context->isa);
    return 0;
}

/* What a printer prints of a word; to be freed. */
static char *printed(void (*print)(FILE *, const struct explain_context *, uint32_t),
                     const struct explain_context *context, uint32_t word)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    print(out, context, word);
    fclose(out);
    return text;
}

static void assert_says(const struct explain_context *context, uint32_t word, const char *what)
{
    char *text = printed(explain_word, context, word);
    if (!strstr(text, what)) fail_msg("0x%08x: '%s' is not in\n%s", word, what, text);
    free(text);
}

/* --- Input. --------------------------------------------------------------------------------------
 */

static void a_word_may_be_written_in_many_ways(void **state)
{
    static const struct {
        const char *text;
        uint32_t word;
    } rows[] = {
        {"0x00c58533", 0x00c58533},
        {"0X00C58533", 0x00c58533},
        {"00c58533", 0x00c58533},
        {"10000033", 0x10000033},
        {"0b00000000110001011000010100110011", 0x00c58533},
        {"0b0000_0000_1100_0101_1000_0101_0011_0011", 0x00c58533},
        {"0b0000 0000 1100 0101 1000 0101 0011 0011", 0x00c58533},
        {"8082", 8082},
        {"0x8082", 0x8082},
        {"c0de", 0xc0de},
        {"33 85 c5 00", 0x00c58533},
        {"82 80", 0x8082},
        {"add a0, a1, a2", 0x00c58533},
        {"  ret", 0x00008067},
        {"19", 19},
    };
    const struct explain_context *context = *state;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t word = 0;
        struct assemble_error err = {0};
        if (!input_word(context->isa, rows[i].text, 0, &word, &err))
            fail_msg("%s: %s", rows[i].text, err.error.text);
        if (word != rows[i].word) fail_msg("%s: 0x%08x", rows[i].text, word);
    }
}

static void bad_words_are_answered_at_the_culprit(void **state)
{
    static const struct {
        const char *text;
        unsigned column;
        const char *says;
    } rows[] = {
        {"0xZZ", 2, "hex digit"},
        {"0x", 2, "missing"},
        {"0b012", 4, "binary digit"},
        {"12a", 2, "decimal digit"},
        {"33 85 c5", 0, "3 bytes"},
        {"33 85 c5 00 00", 12, "more than four"},
        {"33 8", 3, "two hex digits"},
        {"0x100000000", 2, "32 bits"},
        {"0x12348082", 2, "16-bit"},
        {"-5", 0, "sign"},
        {"add a0, a1, a9", 12, "not a register"},
        {"beef beef", 0, "no instruction"},
    };
    const struct explain_context *context = *state;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t word;
        struct assemble_error err = {0};
        if (input_word(context->isa, rows[i].text, 0, &word, &err))
            fail_msg("%s is taken for 0x%08x", rows[i].text, word);
        if (err.column != rows[i].column || !strstr(err.error.text, rows[i].says))
            fail_msg("%s: column %u: %s", rows[i].text, err.column, err.error.text);
    }
}

static void lines_of_other_tools_are_understood(void **state)
{
    const struct explain_context *context = *state;
    struct input_line line;
    struct assemble_error err;
    assert_true(input_line(context->isa, "ffffffff80000000:\t00c58533          \tadd\ta0,a1,a2\n",
                           &line, &err));
    assert_true(line.has_pc && line.pc == 0xffffffff80000000 && line.count == 1);
    assert_int_equal(line.words[0], 0x00c58533);
    assert_true(input_line(context->isa, "   8:\t8082                \tret\n", &line, &err));
    assert_true(line.pc == 8 && line.words[0] == 0x8082);
    /* As kernels print it: halves; this begins in the middle of an instruction. */
    assert_true(
        input_line(context->isa, "[  1.0] Code: 00c5 1141 e406 (9002) 0533 00c5\n", &line, &err));
    assert_int_equal(line.count, 5);
    assert_int_equal(line.words[line.marked], 0x9002);
    assert_int_equal(line.words[4], 0x00c50533);
    /* And in whole words. */
    assert_true(input_line(context->isa, "Code: 00c58533 (0007b783)", &line, &err));
    assert_true(line.count == 2 && line.marked == 1 && line.words[1] == 0x0007b783);
    assert_true(input_line(context->isa, "   \n", &line, &err));
    assert_int_equal(line.count, 0);
    assert_true(input_line(context->isa, "Code: 11414501 00008082", &line, &err));
    assert_int_equal(line.count, 3); /* two in a word; the last is padded */
    assert_int_equal(line.words[1], 0x1141);
    assert_int_equal(line.words[2], 0x8082);
    assert_false(input_line(context->isa, "Code: 00c58533 xyzzy", &line, &err));
}

static void a_code_line_that_begins_inside_an_instruction_is_read_from_the_marked_one(void **state)
{
    const struct explain_context *context = *state;
    struct input_line line;
    struct assemble_error err;
    /* From the first half on, 0x8533 0x00c5 would be one instruction, and swallow the marked half.
     */
    assert_true(input_line(context->isa, "Code: 8533 (4501) 8082", &line, &err));
    assert_int_equal(line.words[line.marked], 0x4501);
}

static void any_line_is_taken_or_refused(void **state)
{
    const struct explain_context *context = *state;
    uint64_t seed = 7;
    static const char letters[] = "0123456789abcdefxX:() \t,-.#CodeRISCVaddi<>\n%";
    for (unsigned i = 0; i < 50000; i++) {
        char text[64];
        struct input_line line;
        struct assemble_error err = {0};
        unsigned length = (unsigned)(random_next(&seed) % sizeof text);
        for (unsigned c = 0; c < length; c++)
            text[c] = i % 4 ? letters[(random_next(&seed) >> 20) % (sizeof letters - 1)]
                            : (char)(random_next(&seed) >> 20);
        if (length == sizeof text) length--;
        text[length] = '\0';
        if (!input_line(context->isa, text, &line, &err)) {
            assert_true(*err.error.text);
            assert_true(err.column <= strlen(text));
        }
    }
}

/* --- Output. -------------------------------------------------------------------------------------
 */

static unsigned columns_of(const char *line)
{
    unsigned columns = 0;
    for (; *line && *line != '\n'; line++)
        columns += ((unsigned char)*line & 0xc0) != 0x80; /* UTF-8: count first bytes */
    return columns;
}

static void every_picture_fits_80_columns(void **state)
{
    struct explain_context context = *(struct explain_context *)*state;
    uint64_t seed = 1;
    for (unsigned i = 0; i < context.isa->tables->encoding_count; i++) {
        const struct encoding *encoding = &context.isa->tables->encodings[i];
        uint32_t word;
        if (!word_of(encoding, &seed, &word)) continue;
        context.style.unicode = i % 2;
        char *text = printed(explain_word, &context, word);
        for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
            if (columns_of(line) > 80)
                fail_msg("%s: %u columns: %.*s", encoding->row->id, columns_of(line),
                         (int)strcspn(line, "\n"), line);
        if (strstr(text, "illegal instruction\n\n")) fail_msg("%s", encoding->row->id);
        free(text);
    }
}

static void without_colour_there_is_no_escape_and_without_unicode_only_ascii(void **state)
{
    char *text = printed(explain_word, *state, 0xfe050ce3);
    for (char *c = text; *c; c++)
        assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
    free(text);
}

static void a_branch_shows_its_immediate_and_target(void **state)
{
    struct explain_context context = *(struct explain_context *)*state;
    context.has_pc = true;
    context.pc = 0x80000010;
    assert_says(&context, 0xfe050ce3, "beqz a0, 0x80000008");
    assert_says(&context, 0xfe050ce3, "imm bit    12 11 10");
    assert_says(&context, 0xfe050ce3, "from bit   31  7 30");
    assert_says(&context, 0xfe050ce3, "= -8 = 0xfffffffffffffff8");
    assert_says(&context, 0xfe050ce3, "target: 0x80000010 - 8 = 0x80000008");
}

static void an_add_is_one_bit_from_sub(void **state)
{
    assert_says(*state, 0x00c58533, "bit 30         -> 0x40c58533  sub a0, a1, a2");
    assert_says(*state, 0x00c58533, "here        a0 = a1 + a2");
}

static void a_compressed_instruction_shows_what_it_stands_for(void **state)
{
    assert_says(*state, 0x852e, "Stands for  add a0, zero, a1  0x00b00533");
}

static void every_illegal_word_has_a_reason(void **state)
{
    struct explain_context *context = *state;
    uint64_t seed = 3;
    for (unsigned i = 0; i < 1000; i++) {
        struct decoding decoding;
        struct reason reasons[REASONS_MAX];
        decoding_init(&decoding, context->isa, (uint32_t)random_next(&seed));
        if (decoding.encoding) continue;
        assert_true(decoding_reasons(&decoding, reasons) > 0);
        assert_true(*reasons[0].text);
    }
}

static void reasons_name_what_is_the_matter(void **state)
{
    assert_says(*state, 0x0000, "all zeros are illegal by definition");
    assert_says(*state, 0x0000, "c.addi4spn needs imm != 0");
    assert_says(*state, 0xffffffff, "all ones are illegal by definition");
    assert_says(*state, 0x0000000b, "custom-0");
    assert_says(*state, 0x0000006b, "11010 are reserved");
    assert_says(*state, 0x02005053, "rounding mode 5, which is reserved");
    assert_says(*state, 0x00000057, "vector arithmetic (V)");
    assert_says(*state, 0x0000001f, "bits 4:2 = 111");
    assert_says(*state, 0x12345073, "no CSR 0x123");
    assert_says(*state, 0xc0051073, "read-only");
    struct ext_set set = isa_default_extensions(64);
    struct explain_context other = *(struct explain_context *)*state;
    ext_set_to(&set, EXT_M, false);
    struct isa *isa = isa_create(64, &set, NULL);
    other.isa = isa;
    assert_says(&other, 0x02c5d533, "it is divu a0, a1, a2; m is off");
    isa_destroy(isa);
    struct ext_set narrow = isa_default_extensions(32);
    other.isa = isa = isa_create(32, &narrow, NULL);
    assert_says(&other, 0x0005b503, "on RV64 the same word is ld a0, 0(a1)");
    isa_destroy(isa);
}

static void a_known_mode_tells_what_traps_for_sure(void **state)
{
    struct explain_context context = *(struct explain_context *)*state;
    context.facts = (struct hart_facts){.known = true, .priv = 0, .fp_off = true};
    assert_says(&context, 0x30051073, "below M-mode (bits 9:8 of the CSR's number): so here");
    assert_says(&context, 0x00c5f553, "while mstatus.FS = Off: so here");
}

/* A near miss is what it claims to be: flipping the bits gives that instruction. */
static void near_misses_are_legal_and_near(void **state)
{
    struct explain_context *context = *state;
    uint64_t seed = 5;
    for (unsigned i = 0; i < 300; i++) {
        struct decoding decoding;
        struct near_miss misses[6];
        decoding_init(&decoding, context->isa, (uint32_t)random_next(&seed));
        unsigned count = decoding_near(&decoding, misses, ARRAY_COUNT(misses));
        for (unsigned m = 0; m < count; m++) {
            int32_t values[FIELD_COUNT];
            assert_ptr_equal(encoding_find(context->isa, decoding.word ^ misses[m].change, values),
                             misses[m].encoding);
            if (m) assert_true(misses[m].distance >= misses[m - 1].distance);
        }
    }
}

/* Brackets and quotes pair up; good enough to notice a comma or quote gone wrong. */
static void check_json(const char *text)
{
    int depth = 0;
    bool quoted = false;
    char before = '{';
    for (const char *c = text; *c && *c != '\n'; c++) {
        if (quoted) {
            if (*c == '\\')
                c++;
            else if (*c == '"')
                quoted = false;
            continue;
        }
        quoted = *c == '"';
        depth += (*c == '{' || *c == '[') - (*c == '}' || *c == ']');
        assert_true(depth > 0 || c[1] == '\n');
        if ((*c == ',' || *c == '}' || *c == ']') && before == ',') fail_msg("%s", text);
        if (*c != ' ') before = *c;
    }
    assert_int_equal(depth, 0);
    assert_false(quoted);
}

static void json_and_drawings_are_well_formed(void **state)
{
    struct explain_context *context = *state;
    uint64_t seed = 9;
    for (unsigned i = 0; i < 400; i++) {
        uint32_t word = (uint32_t)random_next(&seed);
        if (i % 2 &&
            !word_of(&context->isa->tables->encodings[i / 2 % context->isa->tables->encoding_count],
                     &seed, &word))
            continue;
        char *json = printed(decode_print_json, context, word);
        check_json(json);
        assert_int_equal(json[strlen(json) - 1], '\n');
        free(json);
        char *svg = printed(decode_print_svg, context, word);
        assert_non_null(strstr(svg, "</svg>"));
        assert_null(strstr(svg, "&a0"));
        free(svg);
        free(printed(decode_print_markdown, context, word));
    }
}

/* --- The quiz. -----------------------------------------------------------------------------------
 */

static char *quiz_with(const struct explain_context *context, const char *answers)
{
    char *text = NULL;
    size_t size;
    struct quiz quiz = {.context = context, .seed = 1, .count = 4};
    struct error err;
    quiz.in = fmemopen((char *)answers, strlen(answers), "r");
    quiz.out = open_memstream(&text, &size);
    assert_true(quiz_run(&quiz, &err));
    fclose(quiz.in);
    fclose(quiz.out);
    return text;
}

static void a_quiz_asks_the_same_for_the_same_seed_and_explains_what_was_wrong(void **state)
{
    char *first = quiz_with(*state, "x\nx\nx\nx\n"), *second = quiz_with(*state, "x\nx\nx\nx\n");
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "0 of 4 right"));
    assert_non_null(strstr(first, "No: "));
    assert_non_null(strstr(first, "The decoder's path"));
    /* Answer it with what it said. */
    char answers[512] = "";
    for (char *at = first; (at = strstr(at, "No: ")); at++) {
        strncat(answers, at + 4, strcspn(at + 4, "\n") - 1);
        strcat(answers, "\n");
    }
    char *third = quiz_with(*state, answers);
    assert_non_null(strstr(third, "4 of 4 right"));
    free(first), free(second), free(third);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_may_be_written_in_many_ways),
        cmocka_unit_test(bad_words_are_answered_at_the_culprit),
        cmocka_unit_test(lines_of_other_tools_are_understood),
        cmocka_unit_test(a_code_line_that_begins_inside_an_instruction_is_read_from_the_marked_one),
        cmocka_unit_test(any_line_is_taken_or_refused),
        cmocka_unit_test(every_picture_fits_80_columns),
        cmocka_unit_test(without_colour_there_is_no_escape_and_without_unicode_only_ascii),
        cmocka_unit_test(a_branch_shows_its_immediate_and_target),
        cmocka_unit_test(an_add_is_one_bit_from_sub),
        cmocka_unit_test(a_compressed_instruction_shows_what_it_stands_for),
        cmocka_unit_test(every_illegal_word_has_a_reason),
        cmocka_unit_test(reasons_name_what_is_the_matter),
        cmocka_unit_test(a_known_mode_tells_what_traps_for_sure),
        cmocka_unit_test(near_misses_are_legal_and_near),
        cmocka_unit_test(json_and_drawings_are_well_formed),
        cmocka_unit_test(a_quiz_asks_the_same_for_the_same_seed_and_explains_what_was_wrong),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
