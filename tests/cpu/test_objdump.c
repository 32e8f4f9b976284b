/* tests/cpu/test_objdump.c: the instruction table held against binutils' objdump.
 *
 * As in test_capstone.c: what objdump says of a word is assembled by Rivet's table, and the same
 * word must come back. OBJDUMP_PREFIX ("riscv64-linux-gnu-") is set by the build.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "tests/cpu/words.h"

struct peer {
    unsigned xlen;
    struct isa *isa;
    char march[512]; /* all extensions of the table that this binutils knows */
    bool knows[EXT_COUNT];
    char stem[L_tmpnam + 16];
};

static bool shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool shell(const char *format, ...)
{
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    return system(command) == 0;
}

static void peer_init(struct peer *peer, unsigned xlen)
{
    struct ext_set all = isa_default_extensions(xlen);
    peer->xlen = xlen;
    peer->isa = isa_create(xlen, &all, NULL);
    assert_non_null(peer->isa);
    snprintf(peer->stem, sizeof peer->stem, "test_objdump_%u", xlen);
    int n = snprintf(peer->march, sizeof peer->march, "rv%uimafdc", xlen);
    for (unsigned ext = 0; ext < EXT_COUNT; ext++) {
        const char *name = extension_info[ext].name;
        bool letter = strlen(name) == 1;
        peer->knows[ext] = letter || !strcmp(name, "zcf") || !strcmp(name, "zcd");
        if (peer->knows[ext] || !isa_has(peer->isa, ext)) continue;
        peer->knows[ext] = shell(OBJDUMP_PREFIX "as -march=rv%uif_%s /dev/null -o %s.o 2>/dev/null",
                                 xlen, name, peer->stem);
        if (peer->knows[ext])
            n += snprintf(peer->march + n, sizeof peer->march - (size_t)n, "_%s", name);
    }
}

/* A file of words as the text section of an object file, opened in objdump's mouth. */
static FILE *objdump_open(const struct peer *peer, const uint32_t *words, unsigned count,
                          const char *options)
{
    char name[64], command[512];
    snprintf(name, sizeof name, "%s.bin", peer->stem);
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    for (unsigned i = 0; i < count; i++) {
        uint8_t bytes[4];
        store_le(bytes, 4, words[i]);
        fwrite(bytes, insn_length((uint16_t)words[i]), 1, file);
    }
    fclose(file);
    assert_true(shell("echo '.incbin \"%s\"' | " OBJDUMP_PREFIX "as -march=%s -mabi=%s - -o %s.o",
                      name, peer->march, peer->xlen == 64 ? "lp64d" : "ilp32d", peer->stem));
    snprintf(command, sizeof command, OBJDUMP_PREFIX "objdump -D -z -j .text %s %s.o", options,
             peer->stem);
    return popen(command, "r");
}

static void objdump_close(const struct peer *peer, FILE *pipe)
{
    char name[64];
    pclose(pipe);
    snprintf(name, sizeof name, "%s.bin", peer->stem);
    remove(name);
    snprintf(name, sizeof name, "%s.o", peer->stem);
    remove(name);
}

/* The next instruction: "   8:\tfe050863          \tbeqz\ta0,7f8 <.text+0x7f8>". False: no more. */
static bool line_next(FILE *pipe, uint64_t *pc, char *text, size_t size)
{
    char line[512];
    while (fgets(line, sizeof line, pipe)) {
        char *end, *tab = strchr(line, '\t');
        *pc = strtoull(line, &end, 16);
        if (end == line || *end != ':' || !tab || !(tab = strchr(tab + 1, '\t'))) continue;
        tab[1 + strcspn(tab + 1, "<#\n")] = '\0';
        snprintf(text, size, "%s", tab + 1);
        return true;
    }
    return false;
}

/* --- Spelling: the same meaning in other words. -------------------------------------------------
 */

/* Targets are hexadecimal without 0x there. */
static void respell_target(const struct encoding *encoding, char *text, size_t size)
{
    const struct syntax *syntax = &encoding->syntax;
    if (!syntax->count || syntax->operands[syntax->count - 1].kind != OPERAND_TARGET) return;
    char *last = strrchr(text, ',') ? strrchr(text, ',') + 1 : strrchr(text, '\t') + 1;
    char number[32];
    snprintf(number, sizeof number, "%s", last);
    if (strncmp(number, "0x", 2)) snprintf(last, size - (size_t)(last - text), "0x%s", number);
}

/* An empty set of accesses is "0" here, "unknown" there. */
static void respell_fence(char *text, size_t size)
{
    char pred[16], succ[16];
    if (sscanf(text, "fence\t%15[a-z],%15[a-z]", pred, succ) != 2) return;
    snprintf(text, size, "fence %s, %s", strcmp(pred, "unknown") ? pred : "0",
             strcmp(succ, "unknown") ? succ : "0");
}

/* A compressed shift by 0 is a hint; on RV128 it would shift by 64, hence its name there. */
static void respell_shift(char *text, size_t size)
{
    char name[16], rd[8];
    if (sscanf(text, "c.%15[a-z]64 %7[a-z0-9]", name, rd) == 2)
        snprintf(text, size, "c.%s %s, 0", name, rd);
}

/* Words that are illegal here and not there. */
static bool is_foreign(const struct peer *peer, uint32_t word, const char *text)
{
    /* Shifts and the like with an immediate of 32 and more on RV32: OP-IMM, funct3 x01, bit 25. */
    if (peer->xlen == 32 && (word & 0x0200307f) == 0x02001013) return true;
    static const struct {
        unsigned xlen; /* 0: either */
        const char *start, *end;
    } rows[] = {
        {32, "c.slli", ""},      /* by 32 and more: custom space */
        {32, "c.sr", ""},        /* likewise */
        {0, "c.addi16sp", ",0"}, /* by 0: reserved */
        {0, "c.addi4spn", ",0"}, /* likewise */
        {0, "c.lui", ",0x0"},    /* likewise */
        {0, "f", ",unknown"},    /* a reserved rounding mode */
        {0, "hinval", ""},       {0, "hfence", ""},
        {0, "hlv", ""},          {0, "hsv", ""},  /* the hypervisor extension */
        {0, "dret", ""},         {0, "uret", ""}, /* debug mode; user interrupts, withdrawn */
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t end = strlen(rows[i].end), length = strlen(text);
        if (rows[i].xlen && rows[i].xlen != peer->xlen) continue;
        if (strncmp(text, rows[i].start, strlen(rows[i].start))) continue;
        if (length >= end && !strcmp(text + length - end, rows[i].end)) return true;
    }
    return false;
}

/* --- Differences: where the two don't agree, and why. -------------------------------------------
 */

struct word {
    const struct peer *peer;
    const struct encoding *encoding;
    const int32_t *values;
};

static bool in_unknown_extension(const struct word *w)
{
    return !w->peer->knows[w->encoding->row->ext];
}

/* The base says to ignore what stands in fence's and fence.i's reserved fields; objdump doesn't. */
static bool has_reserved_fields(const struct word *w)
{
    uint32_t hidden = w->encoding->fields & ~w->encoding->syntax.fields;
    hidden &= ~(1u << FIELD_AQ | 1u << FIELD_RL);
    for (unsigned f = 0; f < FIELD_OTHER; f++)
        if (hidden >> f & 1 && w->values[f]) return true;
    return false;
}

/* CSRs that Rivet doesn't have are numbers here and names there. */
static bool is_unknown_csr(const struct word *w)
{
    return w->encoding->fields >> FIELD_CSR & 1 &&
           !csr_info_by_number((unsigned)w->values[FIELD_CSR]);
}

/* Conversions that are always exact have a rounding mode all the same; objdump insists on rne. */
static bool rounds_what_is_exact(const struct word *w)
{
    const struct syntax *syntax = &w->encoding->syntax;
    for (unsigned i = 0; i < syntax->count; i++)
        if (syntax->operands[i].kind == OPERAND_RM && syntax->operands[i].fallback == 0)
            return w->values[FIELD_RM] != 0;
    return false;
}

static bool (*const differences[])(const struct word *) = {
    in_unknown_extension,
    has_reserved_fields,
    is_unknown_csr,
    rounds_what_is_exact,
};

static bool may_differ(const struct peer *peer, const struct encoding *encoding,
                       const int32_t *values)
{
    const struct word w = {peer, encoding, values};
    for (unsigned i = 0; i < ARRAY_COUNT(differences); i++)
        if (differences[i](&w)) return true;
    return false;
}

/* --- The comparison. ----------------------------------------------------------------------------
 */

static void check_word(struct peer *peer, uint32_t word, uint64_t pc, char *text, size_t size)
{
    char ours[DISASM_SIZE];
    uint32_t back = 0;
    int32_t values[FIELD_COUNT];
    struct assemble_error err = {0};
    bool legal = disassemble(peer->isa, word, pc, 0, ours, sizeof ours);
    const struct encoding *encoding = encoding_find(peer->isa, word, values);
    if (!legal) {
        if (*text != '.' && word && !is_foreign(peer, word, text))
            fail_msg("%08x: illegal; objdump says %s", word, text);
        return;
    }
    if (may_differ(peer, encoding, values)) return;
    respell_target(encoding, text, size);
    respell_fence(text, size);
    respell_shift(text, size);
    if (*text == '.') fail_msg("%08x: %s, which objdump doesn't know", word, ours);
    if (!assemble(peer->isa, text, pc, &back, &err))
        fail_msg("%08x: %s; objdump says %s: %s", word, ours, text, err.error.text);
    if (back != word) fail_msg("%08x: %s; objdump says %s, which is %08x", word, ours, text, back);
}

static void check_all(struct peer *peer, const uint32_t *words, unsigned count, const char *options)
{
    FILE *pipe = objdump_open(peer, words, count, options);
    char text[256];
    uint64_t pc;
    unsigned i = 0;
    for (; i < count && line_next(pipe, &pc, text, sizeof text); i++)
        check_word(peer, words[i], pc, text, sizeof text);
    objdump_close(peer, pipe);
    if (i != count) fail_msg("objdump gave %u lines for %u words", i, count);
}

static const uint32_t *words_of_rows(struct peer *peer, unsigned *count)
{
    const struct decode_tables *tables = peer->isa->tables;
    /* Half of what is wanted, for two bases, each with and without aliases. */
    const unsigned each = words_wanted(400000) / 8 / tables->encoding_count;
    uint32_t *words = calloc(each * tables->encoding_count, sizeof *words);
    uint64_t seed = 1;
    assert_non_null(words);
    *count = 0;
    for (unsigned i = 0; i < tables->encoding_count; i++) {
        const struct encoding *encoding = &tables->encodings[i];
        if (encoding->format->bits != 32) continue;
        for (unsigned n = 0; n < each; n++)
            *count += n % 2 ? usual_word_of(encoding, &seed, &words[*count])
                            : word_of(encoding, &seed, &words[*count]);
    }
    return words;
}

static void every_row_means_what_objdump_says(void **state)
{
    for (struct peer *peer = *state, *end = peer + 2; peer < end; peer++) {
        unsigned count;
        const uint32_t *words = words_of_rows(peer, &count);
        check_all(peer, words, count, "-M no-aliases");
        check_all(peer, words, count, "");
        free((void *)words);
    }
}

static void every_halfword_means_what_objdump_says(void **state)
{
    for (struct peer *peer = *state, *end = peer + 2; peer < end; peer++) {
        static uint32_t words[0xc000];
        unsigned count = 0;
        for (uint32_t half = 0; half <= 0xffff; half++)
            if ((half & 3) != 3) words[count++] = half;
        check_all(peer, words, count, "-M no-aliases");
    }
}

static void what_is_illegal_is_illegal_to_objdump(void **state)
{
    uint64_t seed = 2;
    for (struct peer *peer = *state, *end = peer + 2; peer < end; peer++) {
        unsigned count = words_wanted(400000) / 4; /* the other half, for two bases */
        uint32_t *words = calloc(count, sizeof *words);
        assert_non_null(words);
        for (unsigned i = 0; i < count;) {
            words[i] = (uint32_t)random_next(&seed) | 3;
            i += (words[i] & 31) != 31; /* that is how longer instructions begin */
        }
        check_all(peer, words, count, "-M no-aliases");
        free(words);
    }
}

static int create_both(void **state)
{
    static struct peer peers[2];
    peer_init(&peers[0], 32);
    peer_init(&peers[1], 64);
    *state = peers;
    return 0;
}

static int destroy_both(void **state)
{
    struct peer *peers = *state;
    for (unsigned i = 0; i < 2; i++)
        isa_destroy(peers[i].isa);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_means_what_objdump_says),
        cmocka_unit_test(every_halfword_means_what_objdump_says),
        cmocka_unit_test(what_is_illegal_is_illegal_to_objdump),
    };
    return cmocka_run_group_tests(tests, create_both, destroy_both);
}
