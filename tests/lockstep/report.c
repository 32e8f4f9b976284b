/* tests/lockstep/report.c: a program and its difference, for a person to read. */
#include "tests/lockstep/report.h"

#include <inttypes.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/disasm.h"
#include "tests/lockstep/compare.h"

static void print_code(FILE *out, const struct isa *isa, const struct program *p)
{
    char text[DISASM_SIZE];
    for (unsigned i = 0; i < p->piece_count; i++) {
        const struct code_piece *piece = &p->pieces[i];
        uint32_t word = (uint32_t)load_le(p->ram + piece->offset, piece->length);
        if (word == (piece->length == 4 ? NOP_32 : NOP_16)) continue;
        disassemble(isa, word, RAM_BASE + piece->offset, DISASM_X_NAMES, text, sizeof text);
        fprintf(out, "  %08" PRIx64 ":  %0*" PRIx32 "%*s  %s\n", RAM_BASE + piece->offset,
                piece->length * 2, word, 8 - piece->length * 2, "", text);
    }
}

static void print_start(FILE *out, const struct program *p)
{
    fprintf(out, "  starts at 0x%" PRIx64 " in %c-mode, mtime 0x%" PRIx64 "\n", p->pc,
            "US?M"[p->priv], p -> time);
    for (unsigned i = 0; i < p->csr_count; i++)
        fprintf(out, "  %s = 0x%" PRIx64 "\n", csr_info_by_number(p->csrs[i].number)->name,
                p->csrs[i].value);
    for (unsigned i = 0; i < 32; i++)
        if (p->x[i]) fprintf(out, "  x%u = 0x%" PRIx64 "\n", i, p->x[i]);
    for (unsigned i = 0; i < 32; i++)
        if (p->f[i]) fprintf(out, "  f%u = 0x%" PRIx64 "\n", i, p->f[i]);
    for (unsigned i = 0; i < p->event_count; i++)
        if (p->events[i].kind)
            fprintf(out,
                    "  event %d after comparison %u: line %u level %d offset 0x%" PRIx32
                    " value 0x%" PRIx64 "\n",
                    p->events[i].kind, p->events[i].at, p->events[i].line, p->events[i].level,
                    p->events[i].offset, p->events[i].value);
}

void report_program(FILE *out, const struct isa *isa, const struct program *p)
{
    fprintf(out, "program of seed %" PRIu64 ", RV%u:\n", p->seed, p->xlen);
    print_start(out, p);
    print_code(out, isa, p);
}

static void print_trail(FILE *out, const struct isa *isa, const struct duel *duel)
{
    char text[DISASM_SIZE];
    unsigned count = duel->footprint_count;
    fprintf(out, "the reference's way to the difference:\n");
    for (unsigned i = count > TRAIL_SIZE ? count - TRAIL_SIZE : 0; i < count; i++) {
        const struct footprint *at = &duel->footprints[i % TRAIL_SIZE];
        if (at->fetched)
            disassemble(isa, at->word, at->pc, DISASM_X_NAMES, text, sizeof text);
        else
            snprintf(text, sizeof text, "(no instruction here, or an interrupt)");
        fprintf(out, "  %c %016" PRIx64 "  %s\n", "US?M"[at->priv], at -> pc, text);
    }
}

void report_difference(FILE *out, struct duel *duel, const struct program *p)
{
    const struct isa *isa = duel->reference.hart.isa;
    duel->trail = true;
    enum verdict verdict = duel_run(duel, p);
    duel->trail = false;
    report_program(out, isa, p);
    print_trail(out, isa, duel);
    if (verdict == VERDICT_SAME) {
        fprintf(
            out,
            "no difference when the reference is stepped: it looks for interrupts too seldom\n");
        duel_run(duel, p);
    }
    fprintf(out, "%s and %s differ after comparison %u:\n", duel->reference.engine->name,
            duel->other.engine->name, duel->comparisons);
    rigs_print_differences(out, &duel->reference, &duel->other);
}
