/* tests/cpu/test_history.c: what is not recorded can be computed from what is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/history.h"
#include "cpu/insn.h"

/* What isn't kept is computed anew, with nothing but the registers at hand. */
static void all_that_registers_do_not_tell_is_kept(void **state)
{
    static const char *const words[] = {"LOAD", "STORE", "AMO",   "csr", "CSR",  "F64",
                                        "F32",  "FBITS", "FLAGS", "h->", "TRAP", "ROUND"};
    unsigned computed = 0;
    (void)state;
    for (unsigned code = 0; code < OP_ILLEGAL; code++) {
        const struct insn_row *row = insn_row_of_code(code);
        if (!row->effect || history_writes(row->operands) != HISTORY_X) continue;
        if (history_keeps(row->operands) != HISTORY_NOTHING) continue;
        computed++;
        for (unsigned i = 0; i < ARRAY_COUNT(words); i++)
            if (strstr(row->effect, words[i])) fail_msg("%s: %s", row->id, row->effect);
    }
    assert_true(computed > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_registers_do_not_tell_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
