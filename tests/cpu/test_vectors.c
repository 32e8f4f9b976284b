/* tests/cpu/test_vectors.c: hand-written cases of the specification's text, on both engines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/decode.h"
#include "cpu/insn.h"
#include "tests/cpu/rig.h"

#define DATA UINT64_C(0xff8)
#define ANY  (RV32 | RV64)

enum { A0 = 10, A1, A2, A3, A4 };

struct vector {
    unsigned bases;
    const char *insn;
    uint64_t a0, a1, a2, memory;
    uint64_t a0_after, memory_after;
};

#define R2(bases, insn, a1, a2, after)       {bases, insn, 0x5a5a, a1, a2, 0, after, 0},
#define RD(bases, insn, a0, a2, after)       {bases, insn, a0, 0, a2, 0, after, 0},
#define MEMORY(bases, insn, a0, a2, m, a, b) {bases, insn, a0, 0, a2, m, a, b},
static const struct vector vectors[] = {
/* 8 bytes of code each: up to DATA there is room for 511 */
#include "tests/cpu/vectors.def"
};

_Static_assert(8 * ARRAY_COUNT(vectors) <= DATA, "the code ends where the data is");

/* The extensions whose every row has a case. */
static const enum extension complete[] = {
    EXT_Zicond, EXT_Zimop, EXT_Zcmop, EXT_Zcb,  EXT_Zabha, EXT_Zbkb, EXT_Zbc,
    EXT_Zbkx,   EXT_Zknd,  EXT_Zkne,  EXT_Zknh, EXT_Zksed, EXT_Zksh,
};

/* Each at an address of its own, with a jump to itself behind it. */
static void vector_run(struct rig *rig, const struct vector *v)
{
    const uint32_t jump_to_self = 0x0000006f;
    const uint64_t at = 8 * (uint64_t)(v - vectors);
    struct hart *h = &rig->hart;
    struct assemble_error err;
    uint32_t word;
    if (!assemble(rig->isa, v->insn, BASE + at, &word, &err))
        fail_msg("RV%u %s: %s", h->xlen, v->insn, err.error.text);
    const unsigned length = insn_length((uint16_t)word);
    store_le(rig->ram.bytes + at, 4, word);
    store_le(rig->ram.bytes + at + length, 4, jump_to_self);
    store_le(rig->ram.bytes + DATA, 8, v->memory);
    hart_set_x(h, A0, v->a0);
    hart_set_x(h, A1, v->a1);
    hart_set_x(h, A2, v->a2);
    hart_set_x(h, A4, BASE + DATA);
    h->pc = BASE + at;
    rig->engine->run(h, 1);
    const uint64_t after = h->xlen == 64 ? v->a0_after : (uint64_t)sign_extend(v->a0_after, 32);
    const uint64_t memory = load_le(rig->ram.bytes + DATA, 8);
    if (h->pc != BASE + at + length) fail_msg("RV%u %s: trapped", h->xlen, v->insn);
    if (hart_x(h, A0) != after || memory != v->memory_after)
        fail_msg("RV%u %s: %#llx, in memory %#llx; the text says %#llx and %#llx", h->xlen, v->insn,
                 (unsigned long long)hart_x(h, A0), (unsigned long long)memory,
                 (unsigned long long)after, (unsigned long long)v->memory_after);
}

static void instructions_do_what_the_text_says(const struct engine *engine)
{
    for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
        struct rig rig;
        rig_init(&rig, xlen, engine);
        for (unsigned i = 0; i < ARRAY_COUNT(vectors); i++)
            if (vectors[i].bases & (xlen == 64 ? RV64 : RV32)) vector_run(&rig, &vectors[i]);
        rig_fini(&rig);
    }
}

static void instructions_do_what_the_text_says_on_the_reference_engine(void **state)
{
    (void)state;
    instructions_do_what_the_text_says(&engine_ref);
}

static void instructions_do_what_the_text_says_on_the_cached_engine(void **state)
{
    (void)state;
    instructions_do_what_the_text_says(&engine_cached);
}

static bool has_vector(const struct insn_row *row)
{
    char name[24];
    insn_mnemonic(row, name, sizeof name);
    for (unsigned i = 0; i < ARRAY_COUNT(vectors); i++) {
        size_t length = strcspn(vectors[i].insn, " ");
        if (vectors[i].bases & row->bases && strlen(name) == length &&
            !strncmp(name, vectors[i].insn, length))
            return true;
    }
    return false;
}

static void each_row_of_these_extensions_has_a_case(void **state)
{
    (void)state;
    for (unsigned i = 0; i < insn_row_count; i++)
        for (unsigned e = 0; e < ARRAY_COUNT(complete); e++)
            if (insn_rows[i].ext == complete[e] && !has_vector(&insn_rows[i]))
                fail_msg("%s has no case in vectors.def", insn_rows[i].id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instructions_do_what_the_text_says_on_the_reference_engine),
        cmocka_unit_test(instructions_do_what_the_text_says_on_the_cached_engine),
        cmocka_unit_test(each_row_of_these_extensions_has_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
