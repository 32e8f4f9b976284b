/* tests/lockstep/coverage.c: what random programs reach. */
#include "tests/lockstep/coverage.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/memory.h"
#include "cpu/trap.h"

static const struct insn_row *row_at_pc(struct hart *h)
{
    uint16_t low, high = 0;
    if (!memory_fetch(h, h->pc, &low)) return NULL;
    if ((low & 3) == 3 && !memory_fetch(h, h->pc + 2, &high)) return NULL;
    return decode_row(h->isa, low | (uint32_t)high << 16);
}

static void count_cause(struct coverage *c, uint64_t cause)
{
    uint64_t code = cause & ~CAUSE_INTERRUPT;
    if (code >= COVERAGE_CAUSES) return;
    if (cause & CAUSE_INTERRUPT)
        c->interrupts[code]++;
    else
        c->exceptions[code]++;
}

void coverage_run(struct coverage *c, struct rig *rig, const struct program *p)
{
    struct hart *h = &rig->hart;
    rig_load(rig, p);
    for (unsigned step = 0; step < p->steps; step++) {
        uint64_t cause, before = h->instret;
        if (trap_interrupt_pending(h, &cause)) {
            count_cause(c, cause);
            trap_enter(h, cause, 0);
        }
        c->modes[h->priv]++;
        const struct insn_row *row = row_at_pc(h);
        h->wfi = false;
        atomic_store(&h->kick, false);
        rig->engine->run(h, 1);
        if (h->instret == before)
            count_cause(c, h->trap.cause);
        else if (row)
            c->rows[row - insn_rows]++;
        c->retired += h->instret - before;
    }
}

bool coverage_report(const struct coverage *c, FILE *out, const struct assembler *a)
{
    bool complete = true;
    fprintf(out, "modes: U %" PRIu64 ", S %" PRIu64 ", M %" PRIu64 "\n", c->modes[0], c->modes[1],
            c->modes[3]);
    for (unsigned i = 0; i < COVERAGE_CAUSES; i++)
        if (c->exceptions[i]) fprintf(out, "%10" PRIu64 " %s\n", c->exceptions[i], cause_text(i));
    for (unsigned i = 0; i < COVERAGE_CAUSES; i++)
        if (c->interrupts[i])
            fprintf(out, "%10" PRIu64 " %s\n", c->interrupts[i], cause_text(i | CAUSE_INTERRUPT));
    for (unsigned k = 0; k < ROW_CLASS_COUNT; k++) {
        for (unsigned i = 0; i < a->lists[k].count; i++) {
            const struct insn_row *row = a->lists[k].rows[i];
            bool traps = strcmp(row->id, "ecall") == 0 || strstr(row->id, "ebreak");
            if (c->rows[row - insn_rows] || traps) continue;
            fprintf(out, "never retired: %s\n", row->id);
            complete = false;
        }
    }
    return complete;
}
