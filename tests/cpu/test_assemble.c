/* tests/cpu/test_assemble.c: what one line of assembly becomes, and how wrong ones are answered. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/disasm.h"

static int create(void **state)
{
    struct ext_set all = isa_default_extensions(64);
    *state = isa_create(64, &all, NULL);
    return *state ? 0 : -1;
}

static int destroy(void **state)
{
    isa_destroy(*state);
    return 0;
}

/* Words as GNU as encodes them. */
static void lines_become_the_words_other_assemblers_make(void **state)
{
    static const struct {
        const char *line;
        uint32_t word;
    } rows[] = {
        {"add a0, a1, a2", 0x00c58533},
        {"add x10, x11, x12", 0x00c58533},
        {"  add\ta0,a1,a2   # sum", 0x00c58533},
        {"sub s0, fp, t6", 0x41f40433},
        {"lw a0, -4(sp)", 0xffc12503},
        {"lw a0, (sp)", 0x00012503},
        {"lui a0, 0x12345", 0x12345537},
        {"auipc gp, 0xfffff", 0xfffff197},
        {"li a0, -1", 0xfff00513},
        {"li a0, 0x7ff", 0x7ff00513},
        {"mv a0, a1", 0x00058513},
        {"not a0, a0", 0xfff54513},
        {"ret", 0x00008067},
        {"jr a5", 0x00078067},
        {"jalr a5", 0x000780e7},
        {"jalr zero, 8(a5)", 0x00878067},
        {"beqz a0, 0x1010", 0x00050863},
        {"beqz a0, . + 16", 0x00050863},
        {"bgt a0, a1, 0xff8", 0xfea5cce3},
        {"jal 0x1800", 0x001000ef},
        {"fence", 0x0ff0000f},
        {"fence rw, w", 0x0310000f},
        {"fence.tso", 0x8330000f},
        {"pause", 0x0100000f},
        {"fence.i", 0x0000100f},
        {"lr.w.aq a0, (a1)", 0x1405a52f},
        {"amoadd.d.aqrl a0, a1, 0(a2)", 0x06b6352f},
        {"csrr a0, mhartid", 0xf1402573},
        {"csrw 0x300, a0", 0x30051073},
        {"csrw satp, 5", 0x1802d073},
        {"rdtime a0", 0xc0102573},
        {"fadd.s fa0, fa1, fa2", 0x00c5f553},
        {"fadd.s fa0, fa1, fa2, rtz", 0x00c59553},
        {"fcvt.d.w fa0, a0", 0xd2050553},
        {"fmadd.d fa0, fa1, fa2, fa3", 0x6ac5f543},
        {"fmv.d fa0, fa1", 0x22b58553},
        {"zext.h a0, a0", 0x0805453b},
        {"rori a0, a0, 63", 0x63f55513},
        {"sfence.vma a0", 0x12050073},
        {"unimp", 0xc0001073},
        {"c.addi4spn a0, sp, 16", 0x0808},
        {"c.lui a0, 0xfffff", 0x757d},
        {"c.ebreak", 0x9002},
        {".4byte 0xffffffff", 0xffffffff},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t word = 0;
        struct assemble_error err;
        if (!assemble(*state, rows[i].line, 0x1000, &word, &err))
            fail_msg("%s: %s", rows[i].line, err.error.text);
        if (word != rows[i].word) fail_msg("%s: %08x, not %08x", rows[i].line, word, rows[i].word);
    }
}

static void an_error_points_at_the_operand_and_says_what_would_do(void **state)
{
    static const struct {
        const char *line;
        unsigned column;
        const char *says;
    } rows[] = {
        {"", 0, "missing"},
        {"adi a0, a1, 2", 0, "addi"},
        {"frobnicate", 0, "no instruction"},
        {"add a0, a9, a2", 8, "a9 is not a register"},
        {"add a0, a1", 10, "','"},
        {"add a0, a1, fa2", 12, "a floating-point one"},
        {"add a0, a1, a2, a3", 14, "too many"},
        {"addi a0, a1, 2048", 13, "-2048 to 2047"},
        {"slli a0, a1, 64", 13, "0 to 63"},
        {"lw a0, 4(a1", 11, "')'"},
        {"lui a0, 0x100000", 8, "0xfffff"},
        {"beqz a0, 0x1001", 9, "steps of 2"},
        {"beqz a0, 0x9000", 9, "-4096 to 4094"},
        {"csrr a0, mfoo", 9, "no CSR"},
        {"csrr a0, 0x1000", 9, "0xfff"},
        {"fadd.s fa0, fa1, fa2, up", 22, "rne"},
        {"fence x, rw", 6, "iorw"},
        {"c.lw a0, 4(t0)", 11, "x8 to x15"},
        {"c.lw a0, 2(a1)", 9, "steps of 4"},
        {"c.lui sp, 1", 6, "rd != 2"},
        {"c.addi4spn a0, a0, 16", 15, "sp"},
        {"c.jal 0x1000", 0, "RV32"},
        {"li a0, 0xZZ", 7, "not a number"},
        {"li a0, 99999999999999999999", 7, "64 bits"},
        {".2byte 0x12345", 7, "16 bits"},
        {"add.aq a0, a1, a2", 0, "no instruction"},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t word;
        struct assemble_error err;
        if (assemble(*state, rows[i].line, 0x1000, &word, &err))
            fail_msg("'%s' assembles to %08x", rows[i].line, word);
        if (err.column != rows[i].column || !strstr(err.error.text, rows[i].says))
            fail_msg("'%s': column %u: %s", rows[i].line, err.column, err.error.text);
    }
}

static void text_follows_the_options(void **state)
{
    static const struct {
        uint32_t word;
        unsigned options;
        const char *text;
    } rows[] = {
        {0x00058513, 0, "mv a0, a1"},
        {0x00058513, DISASM_NO_PSEUDO, "addi a0, a1, 0"},
        {0x00058513, DISASM_NO_PSEUDO | DISASM_X_NAMES, "addi x10, x11, 0"},
        {0x852e, 0, "c.mv a0, a1"},
        {0x852e, DISASM_EXPAND, "add a0, zero, a1"},
        {0x00050863, 0, "beqz a0, 0x1010"},
        {0x00050863, DISASM_NO_PC, "beqz a0, . + 16"},
        {0x00c5f553, DISASM_X_NAMES, "fadd.s f10, f11, f12"},
        {0x00c5d553, 0, ".4byte 0x00c5d553"}, /* fadd.s, but rounding mode 5 is reserved */
        {0x7ff002af, 0, ".4byte 0x7ff002af"},
        {0x8330008f, 0, "fence rw, rw, rd=ra, fm=8"},
        {0x30051073, 0, "csrw mstatus, a0"},
        {0x80051073, 0, "csrw 0x800, a0"},
        {0, 0, "c.unimp"},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[DISASM_SIZE];
        disassemble(*state, rows[i].word, 0x1000, rows[i].options, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

static void text_is_cut_to_the_room_there_is(void **state)
{
    char text[8] = "xxxxxxx";
    disassemble(*state, 0x00c58533, 0, 0, text, 5);
    assert_string_equal(text, "add ");
    assert_int_equal(text[5], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_the_words_other_assemblers_make),
        cmocka_unit_test(an_error_points_at_the_operand_and_says_what_would_do),
        cmocka_unit_test(text_follows_the_options),
        cmocka_unit_test(text_is_cut_to_the_room_there_is),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
