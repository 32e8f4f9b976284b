/* tests/cpu/test_vectors.c: each instruction row against hand-written cases of tests/cpu/vectors/.
 *
 * A case runs on both engines, in M-mode with FS on and all registers zero but those it sets:
 *
 *   CASE(bases, "instructions; the last is what is tested", "name=value ...", "name=value ...")
 *
 * Names: registers; fflags and other CSRs; m0, m8...: a doubleword at that offset of `data`; pc;
 * trap and tval. Values: numbers, data, pc (of the first instruction), both with +n; s:1.5, d:inf
 * and h:nan, a NaN-boxed number of that format. What isn't named must be as it was, pc behind the
 * last instruction.
 */
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
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/encoding.h"
#include "cpu/engine.h"
#include "cpu/fp_soft.h"
#include "cpu/register.h"
#include "cpu/status.h"

#define RAM_BASE  UINT64_C(0x80000000)
#define RAM_SIZE  (64 * 1024)
#define CODE      (RAM_BASE + 0x1800)
#define HANDLER   (RAM_BASE + 0x3000)
#define DATA      (RAM_BASE + 0x4000)
#define DATA_SIZE 256
#define WFI       0x10500073u

struct vector {
    unsigned bases, line;
    const char *file, *text, *before, *after;
};

static const struct vector vectors[] = {
#define CASE(bases_, text_, before_, after_)                                                       \
    {.bases = (bases_),                                                                            \
     .line = __LINE__,                                                                             \
     .file = __FILE__,                                                                             \
     .text = (text_),                                                                              \
     .before = (before_),                                                                          \
     .after = (after_)},
#include "tests/cpu/vectors/base.def"
#include "tests/cpu/vectors/bits.def"
#include "tests/cpu/vectors/compressed.def"
#include "tests/cpu/vectors/crypto.def"
#include "tests/cpu/vectors/float.def"
#include "tests/cpu/vectors/memory.def"
#include "tests/cpu/vectors/system.def"
#undef CASE
};

struct bench {
    unsigned xlen;
    struct isa *isa;
    struct ram ram;
    struct bus bus;
    struct timebase timebase;
    struct hart hart;
    const struct engine *engine;
};

static uint64_t no_time(void *owner)
{
    (void)owner;
    return 0;
}

static void bench_init(struct bench *b, unsigned xlen, const struct engine *engine)
{
    struct error err = {""};
    struct ext_set all = isa_default_extensions(xlen);
    *b = (struct bench){.xlen = xlen, .engine = engine, .timebase = {.now = no_time}};
    b->isa = isa_create(xlen, &all, &err);
    assert_non_null(b->isa);
    assert_true(ram_init(&b->ram, RAM_SIZE, &err));
    assert_true(bus_add_ram(&b->bus, RAM_BASE, &b->ram, &err));
    assert_true(hart_init(&b->hart, 0, b->isa, &b->bus, &b->timebase, &err));
    assert_true(engine->attach(&b->hart, &err));
}

static void bench_fini(struct bench *b)
{
    b->engine->detach(&b->hart);
    hart_fini(&b->hart);
    ram_fini(&b->ram);
    isa_destroy(b->isa);
}

static void bad(const struct vector *v, const struct bench *b, const char *what, const char *name,
                uint64_t wanted, uint64_t found)
{
    fail_msg("%s:%u: RV%u %s: %s: %s %s is 0x%llx, not 0x%llx", v->file, v->line, b->xlen,
             b->engine->name, v->text, what, name, (unsigned long long)found,
             (unsigned long long)wanted);
}

static uint64_t float_value(const char *text)
{
    static const struct {
        char letter;
        const struct fp_format *format;
        unsigned bits;
    } formats[] = {{'h', &fp_f16, 16}, {'s', &fp_f32, 32}, {'d', &fp_f64, 64}};
    double real = strtod(text + 2, NULL);
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    for (unsigned i = 0; i < ARRAY_COUNT(formats); i++) {
        if (formats[i].letter != *text) continue;
        struct fp_soft soft = {.rm = FRM_RNE};
        if (strncmp(text + 2, "snan", 4) == 0)
            return (mask_low(formats[i].format->exponent_bits) << formats[i].format->fraction_bits |
                    1) |
                   (formats[i].bits == 64 ? 0 : ~mask_low(formats[i].bits));
        uint64_t value = fp_soft_convert(&soft, formats[i].format, &fp_f64, bits);
        return formats[i].bits == 64 ? value : value | ~mask_low(formats[i].bits);
    }
    return 0;
}

static uint64_t value_of(const char *text)
{
    if (text[0] && text[1] == ':') return float_value(text);
    char *end;
    uint64_t base = 0;
    const char *rest = text;
    if (strncmp(text, "data", 4) == 0) {
        base = DATA;
        rest += 4;
    } else if (strncmp(text, "pc", 2) == 0) {
        base = CODE;
        rest += 2;
    } else if (*text == '-') {
        return (uint64_t)strtoll(text, NULL, 0);
    }
    if (!*rest) return base;
    int64_t more = *rest == '-' ? strtoll(rest, &end, 0) : (int64_t)strtoull(rest, &end, 0);
    if (*end) fail_msg("%s is no value", text);
    return base + (uint64_t)more;
}

/* Splits "a0=1 a1=2": the next name and value. False: no more. */
static bool next_pair(const char **at, char name[32], char value[48])
{
    int used = 0;
    if (sscanf(*at, " %31[^= ]=%47s%n", name, value, &used) != 2) return false;
    *at += used;
    return true;
}

enum place_kind { PLACE_X, PLACE_F, PLACE_MEMORY, PLACE_CSR, PLACE_PC, PLACE_TRAP, PLACE_TVAL };

struct place {
    enum place_kind kind;
    unsigned number;
};

static struct place place_of(const char *name)
{
    size_t length = strlen(name);
    int x = register_x_number(name, length), f = register_f_number(name, length);
    if (x >= 0) return (struct place){PLACE_X, (unsigned)x};
    if (f >= 0) return (struct place){PLACE_F, (unsigned)f};
    if (strcmp(name, "pc") == 0) return (struct place){PLACE_PC, 0};
    if (strcmp(name, "trap") == 0) return (struct place){PLACE_TRAP, 0};
    if (strcmp(name, "tval") == 0) return (struct place){PLACE_TVAL, 0};
    const struct csr_info *info = csr_info_by_name(name);
    if (info) return (struct place){PLACE_CSR, info->number};
    if (*name != 'm') fail_msg("nothing is called %s", name);
    return (struct place){PLACE_MEMORY, (unsigned)strtoul(name + 1, NULL, 0)};
}

static uint8_t *bytes_at(struct bench *b, uint64_t address)
{
    return b->ram.bytes + (address - RAM_BASE);
}

static void bench_set(struct bench *b, struct place place, uint64_t value)
{
    switch (place.kind) {
    case PLACE_X:
        hart_set_x(&b->hart, place.number, value);
        break;
    case PLACE_F:
        b->hart.f[place.number] = value;
        break;
    case PLACE_CSR:
        assert_true(csr_poke(&b->hart, place.number, value));
        break;
    case PLACE_MEMORY:
        store_le(bytes_at(b, DATA + place.number), 8, value);
        break;
    default:
        fail_msg("that can't be set");
    }
}

/* What is expected once the case has run. */
struct expected {
    uint64_t x[32], f[32];
    uint8_t data[DATA_SIZE];
    uint64_t pc, trap, tval;
    bool has_trap, has_tval;
};

static void expect(struct bench *b, const struct vector *v, struct expected *e)
{
    char name[32], text[48];
    for (unsigned i = 0; i < 32; i++) {
        e->x[i] = hart_x(&b->hart, i);
        e->f[i] = b->hart.f[i];
    }
    memcpy(e->data, bytes_at(b, DATA), DATA_SIZE);
    for (const char *at = v->after; next_pair(&at, name, text);) {
        struct place place = place_of(name);
        uint64_t value = value_of(text);
        if (place.kind == PLACE_X)
            e->x[place.number] = b->xlen == 64 ? value : (uint64_t)(int64_t)(int32_t)value;
        if (place.kind == PLACE_F) e->f[place.number] = value;
        if (place.kind == PLACE_MEMORY) store_le(e->data + place.number, 8, value);
        if (place.kind == PLACE_PC) e->pc = value;
        if (place.kind == PLACE_TVAL) e->tval = value;
        if (place.kind == PLACE_TRAP) e->trap = value;
        e->has_trap |= place.kind == PLACE_TRAP;
        e->has_tval |= place.kind == PLACE_TVAL;
    }
    if (e->has_trap) e->pc = HANDLER;
}

static void check(struct bench *b, const struct vector *v, const struct expected *e, bool sleeps)
{
    char name[32], text[48];
    struct hart *h = &b->hart;
    uint64_t found;
    if (h->pc != e->pc + (sleeps ? 0 : 4)) bad(v, b, "", "pc", e->pc, h->pc - (sleeps ? 0 : 4));
    assert_true(csr_peek(h, CSR_mcause, &found));
    if (e->has_trap && found != e->trap) bad(v, b, "", "trap", e->trap, found);
    if (e->has_tval && h->mtval != e->tval) bad(v, b, "", "tval", e->tval, h->mtval);
    for (unsigned i = 0; i < 32; i++) {
        if (hart_x(h, i) != e->x[i]) bad(v, b, "", register_x_name(i), e->x[i], hart_x(h, i));
        if (h->f[i] != e->f[i]) bad(v, b, "", register_f_name(i), e->f[i], h->f[i]);
    }
    for (unsigned i = 0; i < DATA_SIZE; i += 8) {
        uint64_t wanted = load_le(e->data + i, 8), there = load_le(bytes_at(b, DATA + i), 8);
        snprintf(name, sizeof name, "%u", i);
        if (wanted != there) bad(v, b, "memory", name, wanted, there);
    }
    bool flags_named = false;
    for (const char *at = v->after; next_pair(&at, name, text);) {
        struct place place = place_of(name);
        if (place.kind != PLACE_CSR) continue;
        flags_named |= place.number == CSR_fflags || place.number == CSR_fcsr;
        uint64_t wanted = value_of(text);
        assert_true(csr_peek(h, place.number, &found));
        if (b->xlen == 32) wanted = (uint64_t)(int64_t)(int32_t)wanted;
        if (found != wanted) bad(v, b, "CSR", name, wanted, found);
    }
    if (!flags_named && !strstr(v->before, "fflags") && h->fflags)
        bad(v, b, "", "fflags", 0, h->fflags);
}

/* Assembles the case at CODE. Returns the row of its last instruction and the address behind it. */
static const struct insn_row *place_code(struct bench *b, const struct vector *v, uint64_t *end)
{
    const struct insn_row *row = NULL;
    uint64_t pc = CODE;
    char lines[256];
    snprintf(lines, sizeof lines, "%s", v->text);
    for (char *line = strtok(lines, ";"); line; line = strtok(NULL, ";")) {
        struct assemble_error err;
        uint32_t word;
        if (!assemble(b->isa, line, pc, &word, &err))
            fail_msg("%s:%u: RV%u %s: %s", v->file, v->line, b->xlen, line, err.error.text);
        unsigned length = insn_length((uint16_t)word);
        store_le(bytes_at(b, pc), length, word);
        row = decode_row(b->isa, word);
        if (!row) fail_msg("%s:%u: %s is no instruction", v->file, v->line, line);
        pc += length;
    }
    *end = pc;
    return row;
}

/* Where the case should end stands a WFI, which stops the engine. */
static const struct insn_row *run_case(struct bench *b, const struct vector *v)
{
    struct hart *h = &b->hart;
    struct expected e = {0};
    char name[32], text[48];
    uint64_t end;
    memset(b->ram.bytes, 0, RAM_SIZE);
    bus_ram_written(&b->bus, RAM_BASE, RAM_SIZE);
    hart_reset(h, CODE);
    assert_true(csr_poke(h, CSR_mstatus, h->mstatus | MSTATUS_FS));
    h->mtvec = HANDLER;
    for (const char *at = v->before; next_pair(&at, name, text);)
        bench_set(b, place_of(name), value_of(text));
    const struct insn_row *row = place_code(b, v, &end);
    e.pc = end;
    expect(b, v, &e);
    store_le(bytes_at(b, e.pc), 4, WFI);
    bus_ram_written(&b->bus, RAM_BASE, RAM_SIZE);
    enum run_reason reason;
    do {
        reason = b->engine->run(h, 64);
    } while (reason == RUN_KICK); /* the code that was just written */
    if (reason != RUN_WFI)
        fail_msg("%s:%u: %s: goes astray to 0x%llx", v->file, v->line, v->text,
                 (unsigned long long)h->pc);
    check(b, v, &e, row && strcmp(row->id, "wfi") == 0);
    return row;
}

static void run_all(const struct engine *engine)
{
    static bool tested[INSN_COUNT];
    memset(tested, 0, sizeof tested);
    static struct bench b;
    for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
        bench_init(&b, xlen, engine);
        for (unsigned i = 0; i < ARRAY_COUNT(vectors); i++)
            if (vectors[i].bases & (xlen == 64 ? RV64 : RV32))
                tested[run_case(&b, &vectors[i]) - insn_rows] = true;
        bench_fini(&b);
    }
    unsigned untested = 0;
    for (unsigned i = 0; i < insn_row_count; i++) {
        if (tested[i]) continue;
        print_error("%s has no case\n", insn_rows[i].id);
        untested++;
    }
    if (untested) fail_msg("%u rows have no case", untested);
}

static void every_row_does_what_the_specification_says_on_the_reference_engine(void **state)
{
    (void)state;
    run_all(&engine_ref);
}

static void every_row_does_what_the_specification_says_on_the_cached_engine(void **state)
{
    (void)state;
    run_all(&engine_cached);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_does_what_the_specification_says_on_the_reference_engine),
        cmocka_unit_test(every_row_does_what_the_specification_says_on_the_cached_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
