/* tests/cpu/test_capstone.c: the instruction table held against another disassembler, capstone.
 *
 * What capstone says of a word is put into Rivet's spelling and assembled by Rivet's table: the
 * same word must come back. A row whose bits, fields or operand order were wrong would give
 * another.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <capstone/capstone.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "tests/cpu/words.h"

/* One base on both sides. */
struct peer {
    struct isa *isa;
    csh handle;
    cs_insn *insn;
};

static void peer_init(struct peer *peer, unsigned xlen)
{
    struct ext_set all = isa_default_extensions(xlen);
    peer->isa = isa_create(xlen, &all, NULL);
    assert_non_null(peer->isa);
    cs_mode mode = (xlen == 64 ? CS_MODE_RISCV64 : CS_MODE_RISCV32) | CS_MODE_RISCVC;
    assert_int_equal(cs_open(CS_ARCH_RISCV, mode, &peer->handle), CS_ERR_OK);
    peer->insn = cs_malloc(peer->handle);
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
    for (unsigned i = 0; i < 2; i++) {
        cs_free(peers[i].insn, 1);
        cs_close(&peers[i].handle);
        isa_destroy(peers[i].isa);
    }
    return 0;
}

/* Its text of a word at address 0, as "mnemonic operands"; false: it knows none. */
static bool peer_text(struct peer *peer, uint32_t word, char *text, size_t size)
{
    uint8_t bytes[4];
    store_le(bytes, 4, word);
    const uint8_t *code = bytes;
    size_t length = insn_length((uint16_t)word);
    uint64_t address = 0;
    if (!cs_disasm_iter(peer->handle, &code, &length, &address, peer->insn)) return false;
    snprintf(text, size, "%s %s", peer->insn->mnemonic, peer->insn->op_str);
    return true;
}

/* --- Spelling: the same meaning in other words. -------------------------------------------------
 */

/* An empty set of accesses is "0" here, "unknown" there. */
static void respell_fence(char *text, size_t size)
{
    char pred[16], succ[16];
    if (sscanf(text, "fence %15[a-z], %15[a-z]", pred, succ) != 2) return;
    snprintf(text, size, "fence %s, %s", strcmp(pred, "unknown") ? pred : "0",
             strcmp(succ, "unknown") ? succ : "0");
}

/* jalr's address is "4(a0)" here, "a0, 4" there. */
static void respell_jalr(char *text, size_t size)
{
    char rd[8], rs1[8], imm[16];
    if (sscanf(text, "jalr %7[a-z0-9], %7[a-z0-9], %15[-x0-9a-f]", rd, rs1, imm) != 3) return;
    snprintf(text, size, "jalr %s, %s(%s)", rd, imm, rs1);
}

/* --- Differences: where the two don't agree, and why. -------------------------------------------
 */

struct word {
    uint32_t word;
    const struct encoding *encoding;
    const int32_t *values;
};

/* Rows of extensions that capstone 5 doesn't know; test_objdump.c holds these against binutils. */
static bool in_unknown_extension(const struct word *w)
{
    static const enum extension known[] = {
        EXT_I, EXT_M, EXT_A, EXT_F, EXT_D, EXT_C, EXT_Zcf, EXT_Zcd, EXT_Zicsr, EXT_Zifencei, EXT_S,
    };
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++)
        if (w->encoding->row->ext == known[i]) return false;
    return true;
}

/* Compressed hints: instructions of Rivet's table that write x0 (Unprivileged spec, "C", table of
 * hints); capstone takes some for illegal and drops the immediate of others. */
static bool is_hint(const struct word *w)
{
    return w->encoding->format->bits == 16 && w->encoding->writes_x && w->values[FIELD_RD] == 0;
}

/* The base says to ignore what stands in fence's and fence.i's reserved fields; capstone doesn't.
 */
static bool has_reserved_fields(const struct word *w)
{
    uint32_t hidden = w->encoding->fields & ~w->encoding->syntax.fields;
    hidden &= ~(1u << FIELD_AQ | 1u << FIELD_RL);
    for (unsigned f = 0; f < FIELD_OTHER; f++)
        if (hidden >> f & 1 && w->values[f]) return true;
    return false;
}

/* Conversions that are always exact have a rounding mode all the same; capstone insists on rne. */
static bool rounds_what_is_exact(const struct word *w)
{
    const struct syntax *syntax = &w->encoding->syntax;
    for (unsigned i = 0; i < syntax->count; i++)
        if (syntax->operands[i].kind == OPERAND_RM && syntax->operands[i].fallback == 0)
            return w->values[FIELD_RM] != 0;
    return false;
}

/* capstone 5 has these two names the wrong way round. */
static bool is_pmpaddr13_or_14(const struct word *w)
{
    return w->values[FIELD_CSR] == 0x3bd || w->values[FIELD_CSR] == 0x3be;
}

/* CSRs that Rivet doesn't have are numbers here and names there; RV32's halves have
 * pseudo-instructions there on RV64 too. */
static bool is_unknown_csr(const struct word *w)
{
    if (!(w->encoding->fields >> FIELD_CSR & 1)) return false;
    const struct csr_info *info = csr_info_by_number((unsigned)w->values[FIELD_CSR]);
    return !info || !(info->bases & RV64);
}

static bool (*const differences[])(const struct word *) = {
    in_unknown_extension, is_hint,        has_reserved_fields, rounds_what_is_exact,
    is_pmpaddr13_or_14,   is_unknown_csr,
};

static bool may_differ(const struct encoding *encoding, uint32_t word)
{
    int32_t values[FIELD_COUNT];
    format_extract(encoding->format, word, values);
    const struct word w = {word, encoding, values};
    for (unsigned i = 0; i < ARRAY_COUNT(differences); i++)
        if (differences[i](&w)) return true;
    return false;
}

/* --- The comparison. ----------------------------------------------------------------------------
 */

static void check_word(struct peer *peer, const struct encoding *encoding, uint32_t word)
{
    char text[256], ours[DISASM_SIZE];
    uint32_t back = 0;
    struct assemble_error err = {0};
    if (may_differ(encoding, word)) return;
    disassemble(peer->isa, word, 0, 0, ours, sizeof ours);
    if (!peer_text(peer, word, text, sizeof text))
        fail_msg("%08x: %s, which capstone doesn't know", word, ours);
    respell_fence(text, sizeof text);
    respell_jalr(text, sizeof text);
    if (!assemble(peer->isa, text, 0, &back, &err))
        fail_msg("%08x: %s; capstone says %s: %s", word, ours, text, err.error.text);
    if (back != word) fail_msg("%08x: %s; capstone says %s, which is %08x", word, ours, text, back);
}

static void every_row_means_what_capstone_says(void **state)
{
    uint64_t seed = 1;
    for (struct peer *peer = *state, *end = peer + 2; peer < end; peer++) {
        const struct decode_tables *tables = peer->isa->tables;
        unsigned each = words_wanted(200000) / 2 / tables->encoding_count + 1;
        for (unsigned i = 0; i < tables->encoding_count; i++) {
            for (unsigned n = 0; n < each; n++) {
                uint32_t word;
                bool usual = n % 2;
                if (usual ? usual_word_of(&tables->encodings[i], &seed, &word)
                          : word_of(&tables->encodings[i], &seed, &word))
                    check_word(peer, &tables->encodings[i], word);
            }
        }
    }
}

/* Words that are illegal here and not there: of extensions Rivet doesn't have, and reserved ones.
 */
static bool is_foreign(unsigned xlen, const char *text)
{
    static const struct {
        unsigned xlen; /* 0: either */
        const char *start;
    } rows[] = {
        {0, "hfence"},                               /* the hypervisor extension's */
        {0, "uret"},                                 /* user-level interrupts: withdrawn */
        {0, "dret"},                                 /* debug mode's */
        {0, "c.lui"},                                /* by 0: reserved, and later given to Zcmop */
        {32, "sr"},                                  /* by 32 and more: reserved */
        {32, "slli"},  {32, "c.slli"}, {32, "c.sr"}, /* by 32 and more: custom space */
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if ((!rows[i].xlen || rows[i].xlen == xlen) &&
            !strncmp(text, rows[i].start, strlen(rows[i].start)))
            return true;
    return false;
}

static void what_is_illegal_is_illegal_to_capstone(void **state)
{
    uint64_t seed = 2;
    for (struct peer *peer = *state, *end = peer + 2; peer < end; peer++) {
        for (unsigned i = 0; i < words_wanted(200000) / 2; i++) {
            uint32_t word = (uint32_t)random_next(&seed);
            if (i <= 0xffff) word = i;
            if ((word & 3) != 3) word &= 0xffff;
            int32_t values[FIELD_COUNT];
            char text[256];
            const struct encoding *encoding = encoding_find(peer->isa, word, values);
            if (encoding)
                check_word(peer, encoding, word);
            else if (word && peer_text(peer, word, text, sizeof text) &&
                     !is_foreign(peer->isa->xlen, text))
                fail_msg("RV%u: %08x is illegal; capstone says %s", peer->isa->xlen, word, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_means_what_capstone_says),
        cmocka_unit_test(what_is_illegal_is_illegal_to_capstone),
    };
    return cmocka_run_group_tests(tests, create_both, destroy_both);
}
