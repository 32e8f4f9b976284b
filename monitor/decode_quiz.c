/* monitor/decode_quiz.c: questions about instructions, asked and marked. */
#include "monitor/decode_quiz.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "monitor/decode_facts.h"
#include "monitor/decode_picture.h"

/* A question: the word it is about, and the right answer. */
struct question {
    uint32_t word;
    char answer[DISASM_SIZE];
};

struct quiz_state {
    const struct quiz *quiz;
    uint64_t random;
    const struct encoding *rows[2048];
    unsigned row_count;
};

static uint64_t random_next(struct quiz_state *s) /* xorshift64* */
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return s->random * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

/* A random legal word. */
static uint32_t random_word(struct quiz_state *s)
{
    for (;;) {
        const struct encoding *encoding = s->rows[random_next(s) % s->row_count];
        uint32_t random = (uint32_t)random_next(s),
                 word = encoding->match | (random & ~encoding->mask);
        int32_t values[FIELD_COUNT];
        if (encoding->format->bits == 16) word &= 0xffff;
        format_extract(encoding->format, word, values);
        if (encoding_accepts(encoding, values)) return word;
    }
}

static void word_text(const struct quiz_state *s, uint32_t word, char *text, size_t size)
{
    disassemble(s->quiz->context->isa, word, 0, DISASM_NO_PC, text, size);
}

static void ask_what(struct quiz_state *s, struct question *q)
{
    char binary[48];
    struct decoding d;
    q->word = random_word(s);
    decoding_init(&d, s->quiz->context->isa, q->word);
    picture_binary(d.word, d.bits, binary);
    word_text(s, q->word, q->answer, sizeof q->answer);
    fprintf(s->quiz->out, "Which instruction is 0x%0*x, %s?\n", (int)d.bits / 4, d.word, binary);
}

static void ask_word(struct quiz_state *s, struct question *q)
{
    char text[DISASM_SIZE];
    q->word = random_word(s);
    word_text(s, q->word, text, sizeof text);
    snprintf(q->answer, sizeof q->answer, "0x%0*x", (q->word & 3) == 3 ? 8 : 4, q->word);
    fprintf(s->quiz->out, "Which word is %s?\n", text);
}

static void ask_immediate(struct quiz_state *s, struct question *q)
{
    struct decoding d;
    for (unsigned tries = 0; tries < 1000; tries++) {
        q->word = random_word(s);
        decoding_init(&d, s->quiz->context->isa, q->word);
        if (d.encoding->format->has_imm) break;
    }
    if (!d.encoding->format->has_imm) {
        ask_what(s, q);
        return;
    }
    char name[MNEMONIC_SIZE], binary[48];
    insn_mnemonic(d.encoding->row, name, sizeof name);
    picture_binary(d.word, d.bits, binary);
    snprintf(q->answer, sizeof q->answer, "%d", d.values[FIELD_IMM]);
    fprintf(s->quiz->out, "0x%0*x, %s, is a %s. What is its immediate?\n", (int)d.bits / 4, d.word,
            binary, name);
}

static void ask_legal(struct quiz_state *s, struct question *q)
{
    struct decoding d;
    q->word = random_word(s);
    if (random_next(s) & 1) q->word ^= 1u << (2 + random_next(s) % ((q->word & 3) == 3 ? 30 : 14));
    decoding_init(&d, s->quiz->context->isa, q->word);
    snprintf(q->answer, sizeof q->answer, "%s", d.encoding ? "yes" : "no");
    fprintf(s->quiz->out, "Is 0x%0*x a legal instruction (yes or no)?\n", (int)d.bits / 4, d.word);
}

static void lower_trimmed(char *text)
{
    size_t start = strspn(text, " \t"), end = strcspn(text, "\r\n");
    while (end > start && isspace((unsigned char)text[end - 1]))
        end--;
    memmove(text, text + start, end - start);
    text[end - start] = '\0';
    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

/* Any spelling of the right answer counts: the instruction, or the number. */
static bool is_right(const struct quiz_state *s, const struct question *q, const char *text)
{
    uint32_t word;
    char *end;
    if (!strcmp(text, q->answer) || (*q->answer == 'y' && !strcmp(text, "y")) ||
        (*q->answer == 'n' && strlen(q->answer) == 2 && !strcmp(text, "n")))
        return true;
    if (isdigit((unsigned char)*q->answer) || *q->answer == '-') {
        long long given = strtoll(text, &end, 0), wanted = strtoll(q->answer, NULL, 0);
        if (*text && !*end) return given == wanted;
        given = strtoll(text, &end, 16);
        return *text && !*end && q->answer[1] == 'x' && given == wanted;
    }
    return assemble(s->quiz->context->isa, text, 0, &word, NULL) && word == q->word;
}

/* False: the input has ended. */
static bool ask(struct quiz_state *s, unsigned number, unsigned *right)
{
    static void (*const kinds[])(struct quiz_state *, struct question *) = {
        ask_what, ask_word, ask_immediate, ask_legal};
    const struct quiz *quiz = s->quiz;
    const struct style *style = &quiz->context->style;
    struct question question;
    char line[256];
    fprintf(quiz->out, "\n%s%u.%s ", ink_on(style, INK_HEAD), number, ink_off(style));
    kinds[random_next(s) % ARRAY_COUNT(kinds)](s, &question);
    fputs("> ", quiz->out);
    fflush(quiz->out);
    if (!fgets(line, sizeof line, quiz->in)) return false;
    lower_trimmed(line);
    if (is_right(s, &question, line)) {
        fprintf(quiz->out, "%sRight.%s\n", ink_on(style, INK_GOOD), ink_off(style));
        ++*right;
        return true;
    }
    fprintf(quiz->out, "%sNo: %s.%s\n\n", ink_on(style, INK_BAD), question.answer, ink_off(style));
    explain_word(quiz->out, quiz->context, question.word);
    return true;
}

bool quiz_run(const struct quiz *quiz, struct error *err)
{
    struct quiz_state s = {.quiz = quiz, .random = quiz->seed * 2654435761u + 1};
    const struct decode_tables *tables = quiz->context->isa->tables;
    for (unsigned i = 0; i < tables->encoding_count && s.row_count < ARRAY_COUNT(s.rows); i++) {
        bool wanted = !quiz->extension;
        for (unsigned ext = 0; ext < EXT_COUNT && !wanted; ext++)
            wanted = !strcmp(quiz->extension, extension_info[ext].name) &&
                     row_belongs(tables->encodings[i].row, (enum extension)ext);
        if (wanted) s.rows[s.row_count++] = &tables->encodings[i];
    }
    if (!s.row_count)
        return error_set(err, "no instruction of an extension %s; `rivet isa` lists them",
                         quiz->extension);
    unsigned right = 0, asked = 0;
    fprintf(quiz->out, "%u questions; an empty line is a wrong answer, the end of input ends it.\n",
            quiz->count);
    while (asked < quiz->count && ask(&s, asked + 1, &right))
        asked++;
    fprintf(quiz->out, "\n%u of %u right.\n", right, asked);
    return true;
}
