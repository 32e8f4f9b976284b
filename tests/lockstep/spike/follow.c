/* tests/lockstep/spike/follow.c: the reference stepped along Spike's commit log. */
#include "tests/lockstep/spike/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "cpu/memory.h"
#include "cpu/mmu.h"
#include "cpu/status.h"
#include "cpu/trap.h"
#include "tests/lockstep/peer/known.h"
#include "tests/lockstep/spike/image.h"

static void step(struct follow *s)
{
    struct hart *h = &s->rig->hart;
    uint64_t before = h->instret;
    uint32_t word;
    s->pc = h->pc;
    s->priv = h->priv;
    s->row = NULL;
    for (unsigned access = 0; access < ARRAY_COUNT(s->regimes); access++)
        s->regimes[access] = mmu_regime(h, (enum access)access);
    if (trap_interrupt_pending(h, &s->cause)) {
        trap_enter(h, s->cause, 0);
    } else {
        bool fetched = memory_fetch_insn(h, h->pc, &word);
        s->row = fetched ? decode_row(h->isa, word) : NULL;
        s->word = fetched && insn_length((uint16_t)word) == 2 ? (uint16_t)word : word;
        s->rig->engine->run(h, 1);
        s->cause = h->trap.cause;
    }
    s->trapped = h->instret == before;
}

static bool row_begins(const struct follow *s, const char *prefix)
{
    return s->row && strncmp(s->row->id, prefix, strlen(prefix)) == 0;
}

/* Unprivileged, A: a misaligned one raises an address-misaligned exception or an access fault. */
static bool misaligned_atomic(const struct follow *s, const struct commit *commit)
{
    if (!s->trapped || !commit->trap ||
        !(row_begins(s, "amo") || row_begins(s, "lr_") || row_begins(s, "sc_")))
        return false;
    return (s->cause == CAUSE_LOAD_MISALIGNED && commit->cause == CAUSE_LOAD_ACCESS) ||
           (s->cause == CAUSE_STORE_MISALIGNED && commit->cause == CAUSE_STORE_ACCESS);
}

/* Gives the reference Spike's choice. False: the trap would have gone elsewhere. */
static bool make_up(struct follow *s, const struct commit *commit)
{
    struct hart *h = &s->rig->hart;
    bool m = s->priv == PRIV_M;
    if (!m && ((h->medeleg >> s->cause ^ h->medeleg >> commit->cause) & 1)) return false;
    *(h->priv == PRIV_M ? &h->mcause : &h->scause) = s->cause = commit->cause;
    return true;
}

/* An access fault of the reference where its board has nothing, but Spike's has a ROM, a CLINT, a
 * PLIC and a UART. */
static bool other_board(struct follow *s)
{
    static const uint64_t causes[] = {[ACCESS_LOAD] = CAUSE_LOAD_ACCESS,
                                      [ACCESS_STORE] = CAUSE_STORE_ACCESS,
                                      [ACCESS_FETCH] = CAUSE_FETCH_ACCESS};
    struct hart *h = &s->rig->hart;
    for (unsigned access = 0; s->trapped && access < ARRAY_COUNT(causes); access++) {
        struct mapping mapping;
        struct trap trap;
        struct walk_trace trace;
        if (s->cause == causes[access] &&
            mmu_translate(h, &s->regimes[access], h->trap.tval, (enum access)access, &mapping,
                          &trap, &trace))
            return mapping.paddr < RAM_BASE;
    }
    return false;
}

/* Clauses that let the two differ from here on. NULL: none does. */
static const char *excuse(struct follow *s, const struct commit *commit)
{
    if (row_begins(s, "sc_"))
        return "Unprivileged, Load-Reserved/Store-Conditional: an SC may fail, and may then check "
               "its address or not";
    if (misaligned_atomic(s, commit)) return "the same, delegated otherwise";
    if (!commit->trap && other_board(s)) return "Spike's board has a device there";
    return NULL;
}

static bool differ(const char *what, uint64_t reference, uint64_t spike)
{
    if (reference == spike) return false;
    printf("  %s: reference 0x%" PRIx64 ", spike 0x%" PRIx64 "\n", what, reference, spike);
    return true;
}

static uint64_t ignored_of(uint64_t number)
{
    for (unsigned i = 0; i < known_csr_count; i++)
        if (known_csrs[i].number == number) return known_csrs[i].ignored;
    return 0;
}

/* The reference's memory as a load there would see it; *known false: not RAM, or not mapped. */
static uint64_t memory_at(struct follow *s, uint64_t va, unsigned size, bool *known)
{
    struct hart *h = &s->rig->hart;
    struct mmu_regime regime = mmu_regime(h, ACCESS_STORE);
    struct mapping mapping;
    struct trap trap;
    struct walk_trace trace;
    const uint8_t *bytes = NULL;
    if (mmu_translate(h, &regime, va, ACCESS_STORE, &mapping, &trap, &trace))
        bytes = bus_ram_at(h->bus, mapping.paddr, size);
    *known = bytes != NULL;
    return bytes ? load_le(bytes, size) : 0;
}

/* WARL fields of which Spike makes another legal value. */
static const struct {
    unsigned number;
    uint64_t bits;
    const char *clause;
} choices[] = {
    {CSR_mstatus, MSTATUS_MPP, "Privileged, mstatus: MPP is WARL; 2 becomes 0 or changes nothing"},
    {CSR_medeleg, 1 | UINT64_C(1) << CAUSE_HARDWARE_ERROR,
     "Privileged, medeleg: WARL; with C no fetch is misaligned, and there are no hardware errors"},
};

static bool chosen(unsigned number, uint64_t differs)
{
    for (unsigned i = 0; i < ARRAY_COUNT(choices); i++)
        if (choices[i].number == number) return differs && !(differs & ~choices[i].bits);
    return false;
}

/* The reference takes them over, also where they are read; what it can't hold it leaves. */
static bool chosen_csr(struct follow *s, uint64_t mine, const struct commit_write *write)
{
    uint64_t differs = (mine ^ write->value) & ~ignored_of(write->at);
    if (!chosen((unsigned)write->at, differs)) return false;
    s->known++;
    return csr_poke(&s->rig->hart, (unsigned)write->at, mine ^ differs);
}

static bool chosen_read(struct follow *s, uint64_t mine, const struct commit_write *write)
{
    if (!row_begins(s, "csrr") || !chosen(s->word >> 20, mine ^ write->value)) return false;
    s->known++;
    hart_set_x(&s->rig->hart, (unsigned)write->at, write->value);
    return true;
}

static bool write_differs(struct follow *s, const struct commit_write *write)
{
    struct hart *h = &s->rig->hart;
    uint64_t mine = 0;
    bool known;
    switch (write->kind) {
    case 'x':
        mine = hart_x(h, (unsigned)write->at);
        return !chosen_read(s, mine, write) && differ("x", mine, write->value);
    case 'f':
        return differ("f", h->f[write->at & 31], write->value);
    case 'm':
        if ((write->at & ~PAGE_MASK) + write->size > PAGE_SIZE) return false;
        mine = memory_at(s, write->at, write->size, &known);
        return known && differ("memory", mine, write->value);
    default:
        if (!csr_peek(h, (unsigned)write->at, &mine)) return false;
        if (chosen_csr(s, mine, write)) return false;
        mine &= ~ignored_of(write->at);
        return differ("csr", mine, write->value & ~ignored_of(write->at));
    }
}

/* Prints what differs. */
static bool step_differs(struct follow *s, const struct commit *commit)
{
    bool differs = differ("trap", s->trapped, commit->trap);
    differs = differ("pc", s->pc, commit->pc) || differs;
    if (differs) return true;
    if (s->trapped) {
        if (differ("cause", s->cause, commit->cause)) return true;
        return commit->has_tval && differ("tval", s->rig->hart.trap.tval, commit->tval);
    }
    differs = differ("mode", s->priv, commit->priv);
    differs = differ("word", s->word, commit->word) || differs;
    for (unsigned i = 0; i < commit->write_count; i++)
        differs = write_differs(s, &commit->writes[i]) || differs;
    return differs;
}

bool follow(struct follow *s, const struct program *p, struct log *log)
{
    struct commit commit;
    const uint32_t mret = 0x30200073;
    bool found = false;
    while (!found && log_next(log, &commit))
        found = commit.pc - STARTER_BASE < STARTER_SIZE && commit.word == mret;
    if (!found) return differ("starter", 1, 0);
    for (unsigned i = 0; i < p->steps && log_next(log, &commit); i++) {
        step(s);
        s->racy += rig_racy(s->rig);
        if (rig_racy(s->rig) || s->rig->hart.wfi) return true;
        s->steps++;
        if (misaligned_atomic(s, &commit) && make_up(s, &commit)) s->known++;
        if (!step_differs(s, &commit)) continue;
        const char *clause = excuse(s, &commit);
        s->excused += clause != NULL;
        char text[DISASM_SIZE] = "(no instruction)";
        const struct isa *isa = s->rig->hart.isa;
        if (s->row) disassemble(isa, s->word, s->pc, DISASM_X_NAMES, text, sizeof text);
        if (s->trapped)
            printf("  the reference's trap: cause 0x%" PRIx64 ", tval 0x%" PRIx64 "\n", s->cause,
                   s->rig->hart.trap.tval);
        if (commit.trap)
            printf("  spike's trap: cause 0x%" PRIx64 ", tval 0x%" PRIx64 "\n", commit.cause,
                   commit.tval);
        printf("seed %" PRIu64 ", step %u, %c %016" PRIx64 "  %s: %s\n", p->seed, i,
               "US?M"[s->priv], s -> pc, text, clause ? clause : "they differ");
        return clause != NULL;
    }
    return true;
}
