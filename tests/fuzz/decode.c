/* tests/fuzz/decode.c: any word decodes to something, and its text assembles to the same text;
 * any text is assembled or refused. */
#include <string.h>

#include "base/bits.h"
#include "cpu/assemble.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "tests/fuzz/fuzz.h"

#define PC UINT64_C(0x80001000)

static void there_and_back(const struct isa *isa, uint32_t word, unsigned options)
{
    char text[DISASM_SIZE], again[DISASM_SIZE];
    struct assemble_error err;
    uint32_t assembled;
    struct op op;
    decode(isa, word, word & 1, &op);
    (void)disassemble(isa, word, PC, options, text, sizeof text);
    FUZZ_REQUIRE(assemble(isa, text, PC, &assembled, &err));
    (void)disassemble(isa, assembled, PC, options, again, sizeof again);
    FUZZ_REQUIRE(strcmp(text, again) == 0);
}

static void from_text(const struct isa *isa, const uint8_t *bytes, size_t size)
{
    char line[256], text[DISASM_SIZE];
    struct assemble_error err;
    uint32_t word;
    size_t length = size < sizeof line ? size : sizeof line - 1;
    memcpy(line, bytes, length);
    line[length] = '\0';
    if (assemble(isa, line, PC, &word, &err))
        (void)disassemble(isa, word, PC, 0, text, sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct isa *isas[2]; /* made once: they don't change */
    for (unsigned i = 0; i < 2; i++) {
        unsigned xlen = i == 0 ? 64 : 32;
        struct ext_set extensions = isa_default_extensions(xlen);
        if (!isas[i]) isas[i] = isa_create(xlen, &extensions, NULL);
        FUZZ_REQUIRE(isas[i]);
        from_text(isas[i], bytes, size);
        for (size_t at = 0; at + 4 <= size && at < 256; at += 4) {
            uint32_t word = (uint32_t)load_le(bytes + at, 4);
            there_and_back(isas[i], word, bytes[at] & (DISASM_X_NAMES | DISASM_NO_PSEUDO));
        }
    }
    return 0;
}
