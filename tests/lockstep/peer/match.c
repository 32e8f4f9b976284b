/* tests/lockstep/peer/match.c: one program on the reference and on a peer, step by step.
 *
 * A step is one instruction or one trap. After each the registers are compared; after a trap, a CSR
 * access or a floating-point operation what it may have changed as well; now and then all; memory
 * at the end.
 */
#include "tests/lockstep/peer/match.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "cpu/memory.h"
#include "cpu/mmu.h"
#include "cpu/status.h"
#include "cpu/trap.h"

static const char *const f_names[32] = {"ft0", "ft1", "ft2",  "ft3",  "ft4", "ft5", "ft6",  "ft7",
                                        "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
                                        "fa6", "fa7", "fs2",  "fs3",  "fs4", "fs5", "fs6",  "fs7",
                                        "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
static const char *const x_names[33] = {"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp",
                                        "s1",   "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
                                        "s2",   "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",
                                        "s11",  "t3", "t4", "t5", "t6", "pc"};

bool match_init(struct match *m, const struct isa *isa, struct gdb *peer, struct error *err)
{
    memset(m, 0, sizeof *m);
    m->peer = peer;
    gdb_physical(peer, true);
    gdb_step_interrupts(peer);
    for (unsigned i = 0; i < known_csr_count; i++)
        gdb_expect_csr(peer, known_csrs[i].name, known_csrs[i].number);
    return rig_init(&m->reference, isa, &engine_ref, RIG_PEER, err);
}

void match_fini(struct match *m)
{
    rig_fini(&m->reference);
}

/* --- The peer's first state ------------------------------------------------------------------- */

static bool peer_load_memory(struct match *m, const struct program *p)
{
    const uint32_t chunk = 256;
    for (uint32_t at = 0; at < RAM_SIZE; at += chunk) {
        if (m->memory_known && memcmp(m->memory + at, p->ram + at, chunk) == 0) continue;
        if (!gdb_write_memory(m->peer, RAM_BASE + at, p->ram + at, chunk)) return false;
        memcpy(m->memory + at, p->ram + at, chunk);
    }
    m->memory_known = true;
    return true;
}

/* What earlier programs left below the RAM that programs are in. */
static bool clear_strays(struct match *m)
{
    struct rig *rig = &m->reference;
    const uint8_t zeros[16] = {0};
    bool ok = true;
    for (unsigned i = 0; i < rig->stray_count && i < STRAYS_MAX && ok; i++) {
        uint64_t at = rig->strays[i] & ~UINT64_C(7);
        memset(rig->ram.bytes + at, 0, sizeof zeros);
        ok = gdb_write_memory(m->peer, at, zeros, sizeof zeros);
    }
    rig->stray_count = 0;
    return ok;
}

/* Reads what csr_poke made of the settings, so that both begin alike. */
static bool peer_load_csrs(struct match *m)
{
    static const char *const cleared[] = {"pmpcfg0", "pmpcfg2", "mstatus", "mie", "mip"};
    struct hart *h = &m->reference.hart;
    char name[16];
    bool ok = gdb_write_register(m->peer, "priv", PRIV_M);
    for (unsigned i = 0; i < ARRAY_COUNT(cleared); i++)
        ok = ok && gdb_write_register(m->peer, cleared[i], 0);
    /* Another value first: a write that changes nothing would leave the peer's TLB as it was. */
    ok = ok && gdb_write_register(m->peer, "satp", UINT64_C(8) << 60 | 0x12345);
    ok = ok && gdb_write_register(m->peer, "satp", 0);
    for (unsigned i = 0; i < PMP_COUNT && ok; i++) {
        snprintf(name, sizeof name, "pmpaddr%u", i);
        ok = gdb_write_register(m->peer, name, h->pmpaddr[i]);
    }
    ok = ok && gdb_write_register(m->peer, "pmpcfg0", load_le(h->pmpcfg, 8));
    ok = ok && gdb_write_register(m->peer, "pmpcfg2", load_le(h->pmpcfg + 8, 8));
    for (unsigned i = 0; i < known_csr_count && ok; i++) {
        uint64_t value;
        ok = csr_peek(h, known_csrs[i].number, &value) &&
             gdb_write_register(m->peer, known_csrs[i].name, value);
    }
    ok = ok && gdb_write_register(m->peer, "mcounteren", h->mcounteren);
    ok = ok && gdb_write_register(m->peer, "scounteren", h->scounteren);
    if (gdb_has_register(m->peer, "menvcfg"))
        ok = ok && gdb_write_register(m->peer, "menvcfg", h->menvcfg);
    return ok;
}

static bool peer_load(struct match *m, const struct program *p)
{
    struct hart *h = &m->reference.hart;
    bool ok = peer_load_csrs(m);
    for (unsigned i = 1; i < 32; i++)
        ok = ok && gdb_write_register(m->peer, x_names[i], hart_x(h, i));
    for (unsigned i = 0; i < 32; i++)
        ok = ok && gdb_write_register(m->peer, f_names[i], h->f[i]);
    /* Again: to write fflags may have set FS. */
    uint64_t status;
    ok = ok && csr_peek(h, CSR_mstatus, &status) && gdb_write_register(m->peer, "mstatus", status);
    ok = ok && gdb_write_register(m->peer, "pc", h->pc);
    ok = ok && peer_load_memory(m, p);
    return ok && gdb_write_register(m->peer, "priv", h->priv);
}

/* --- Comparing -------------------------------------------------------------------------------- */

struct look {
    struct match *match;
    struct step_facts *facts;
    bool lost;
};

static void differ_but(struct look *look, const char *what, uint64_t whole, uint64_t peer,
                       uint64_t ignored)
{
    uint64_t reference = whole & ~ignored;
    peer &= ~ignored;
    if (reference == peer) return;
    struct step_facts *facts = look->facts;
    if (facts->difference_count < DIFFERENCES_MAX)
        facts->differences[facts->difference_count] =
            (struct difference){what, reference, peer, whole};
    facts->difference_count++;
    if (look->match->report)
        fprintf(look->match->report, "  %s: reference 0x%" PRIx64 ", peer 0x%" PRIx64 "\n", what,
                reference, peer);
}

static void differ(struct look *look, const char *what, uint64_t reference, uint64_t peer)
{
    differ_but(look, what, reference, peer, 0);
}

static void look_at_core(struct look *look)
{
    struct hart *h = &look->match->reference.hart;
    uint64_t values[33];
    if (!gdb_read_core(look->match->peer, values)) {
        look->lost = true;
        return;
    }
    for (unsigned i = 0; i < 32; i++)
        differ(look, x_names[i], hart_x(h, i), values[i]);
    differ(look, "pc", h->pc, values[32]);
}

static void look_at_csrs(struct look *look)
{
    struct hart *h = &look->match->reference.hart;
    for (unsigned i = 0; i < known_csr_count && !look->lost; i++) {
        const struct known_csr *csr = &known_csrs[i];
        uint64_t mine = 0, theirs = 0;
        look->lost = !gdb_alive(look->match->peer);
        /* Refused: QEMU shows no debugger satp where software could not read it. */
        if (!gdb_read_register(look->match->peer, csr->name, &theirs)) continue;
        csr_peek(h, csr->number, &mine);
        differ_but(look, csr->name, mine, theirs, csr->ignored);
    }
    uint64_t priv = 0;
    look->lost = look->lost || !gdb_read_register(look->match->peer, "priv", &priv);
    differ(look, "priv", h->priv, priv);
}

static void look_at_float(struct look *look, unsigned number)
{
    struct hart *h = &look->match->reference.hart;
    uint64_t theirs = 0, flags = 0;
    look->lost = look->lost || !gdb_read_register(look->match->peer, f_names[number], &theirs) ||
                 !gdb_read_register(look->match->peer, "fflags", &flags);
    differ(look, f_names[number], h->f[number], theirs);
    differ(look, "fflags", h->fflags, flags);
}

static bool row_is_float(const struct insn_row *row)
{
    return strstr(row->operands, "fd") || strstr(row->operands, "fs");
}

static void look_after_step(struct look *look)
{
    const struct insn_row *row = look->facts->row;
    look_at_core(look);
    bool all = look->match->steps % 64 == 0 || look->facts->difference_count > 0;
    if (all || look->facts->trapped || !row || strstr(row->operands, "csr") ||
        strcmp(row->operands, "") == 0)
        look_at_csrs(look);
    if (row && row_is_float(row)) look_at_float(look, bits_get(look->facts->word, 11, 7));
    for (unsigned i = 0; all && i < 32 && !look->lost; i++)
        look_at_float(look, i);
}

/* Privileged, Sv32: D tells that the page was written. An SC that fails has been through the walk
 * of a store here and in Spike; QEMU doesn't walk for one that has no reservation. */
static uint64_t dirty_by_failed_sc(const struct match *m, uint32_t at)
{
    const uint64_t dirty = 1 << 7;
    return m->sc_failed && at >= AT_TABLES && at < AT_END ? dirty : 0;
}

static bool look_at_memory(struct match *m)
{
    const uint8_t *mine = m->reference.bytes;
    bool same = true;
    m->memory_known = gdb_read_memory(m->peer, RAM_BASE, m->memory, RAM_SIZE);
    for (uint32_t at = 0; at < RAM_SIZE; at += 8) {
        uint64_t ignored = dirty_by_failed_sc(m, at);
        uint64_t a = load_le(mine + at, 8) | ignored, b = load_le(m->memory + at, 8) | ignored;
        same = same && a == b;
        if (a != b && m->report)
            fprintf(m->report,
                    "  memory at 0x%" PRIx64 ": reference 0x%016" PRIx64 ", peer 0x%016" PRIx64
                    "\n",
                    RAM_BASE + at, a, b);
    }
    return same;
}

/* --- Stepping --------------------------------------------------------------------------------- */

/* What stands at pc, if it can be fetched. */
static void facts_begin(struct match *m, struct step_facts *facts)
{
    struct hart *h = &m->reference.hart;
    uint16_t low, high = 0;
    *facts = (struct step_facts){.hart = h};
    if (!memory_fetch(h, h->pc, &low)) return;
    if ((low & 3) == 3 && !memory_fetch(h, h->pc + 2, &high)) return;
    facts->word = low | (uint32_t)high << 16;
    facts->row = decode_row(h->isa, facts->word);
}

static void print_step(struct match *m, const struct step_facts *facts)
{
    char text[DISASM_SIZE] = "(no instruction)";
    const struct hart *h = &m->reference.hart;
    if (!m->report) return;
    if (facts->row) disassemble(h->isa, facts->word, h->pc, DISASM_X_NAMES, text, sizeof text);
    fprintf(m->report, "  %c %016" PRIx64 "  %s\n", "US?M"[h->priv], h -> pc, text);
}

static void reference_step(struct match *m, struct step_facts *facts)
{
    struct hart *h = &m->reference.hart;
    uint64_t cause, before = h->instret;
    enum priv priv = h->priv;
    if (trap_interrupt_pending(h, &cause)) {
        trap_enter(h, cause, 0);
        facts->row = NULL;
        facts->cause = cause;
    } else {
        m->reference.engine->run(h, 1);
        facts->cause = h->trap.cause;
    }
    facts->trapped = h->instret == before;
    /* A trap or xRET may end a reservation; the peer does, and so here. */
    bool returns =
        facts->row && (strcmp(facts->row->id, "mret") == 0 || strcmp(facts->row->id, "sret") == 0);
    if (facts->trapped || returns || priv != h->priv) h->reservation = RESERVATION_NONE;
}

/* Which rule of the walk a page fault comes from, and in a report the walk. `regimes` are those
 * before the fault. */
static void facts_fault(struct match *m, struct step_facts *facts,
                        const struct mmu_regime regimes[3])
{
    static const enum access accesses[] = {ACCESS_FETCH, ACCESS_LOAD, ACCESS_STORE};
    struct hart *h = &m->reference.hart;
    for (unsigned i = 0; facts->trapped && i < ARRAY_COUNT(accesses); i++) {
        struct mapping mapping;
        struct trap trap;
        struct walk_trace trace = {.count = 0};
        if (facts->cause != mmu_page_fault(accesses[i], 0).cause) continue;
        if (mmu_translate(h, &regimes[accesses[i]], h->trap.tval, accesses[i], &mapping, &trap,
                          &trace))
            continue;
        facts->rule = trace.failed_rule;
        for (unsigned k = 0; m->report && k < trace.count; k++)
            fprintf(m->report, "  level %u: PTE 0x%" PRIx64 " at 0x%" PRIx64 "\n",
                    trace.step[k].level, trace.step[k].pte, trace.step[k].pte_addr);
        if (m->report) fprintf(m->report, "  %s\n", trace.failed_rule);
    }
}

/* WFI would wait for the peer's devices: both go round it. */
static bool step_over_wfi(struct match *m, const struct step_facts *facts)
{
    struct hart *h = &m->reference.hart;
    if (!facts->row || strcmp(facts->row->id, "wfi") != 0) return false;
    h->pc += 4;
    (void)gdb_write_register(m->peer, "pc", h->pc);
    return true;
}

/* A known difference: the peer gets the reference's values, so that the program can go on. */
static enum match_verdict make_up(struct match *m, const struct step_facts *facts)
{
    const struct known_difference *known = known_difference(facts);
    bool loads = facts->row && strchr(facts->row->operands, '(') && !facts->trapped;
    if (!known && m->store_cut && loads && facts->difference_count == 1) return MATCH_EXCUSED;
    if (!known) return MATCH_DIFFERENT;
    m->known++;
    if (known->ends) return MATCH_EXCUSED;
    for (unsigned i = 0; i < facts->difference_count && i < DIFFERENCES_MAX; i++)
        gdb_write_register(m->peer, facts->differences[i].name, facts->differences[i].whole);
    return MATCH_SAME;
}

/* A store that a fault cuts: misaligned, or with its first byte after the cut in the next page.
 * Privileged, Physical Memory Protection, "Priority and Matching Logic": a portion of a misaligned
 * store may become visible, even if another one fails. Then memory differs, and what loads see. */
static bool may_be_cut(const struct step_facts *f)
{
    bool store = f->cause == CAUSE_STORE_ACCESS || f->cause == CAUSE_STORE_PAGE;
    uint64_t tval = f->hart->trap.tval;
    return f->trapped && store && (tval % 8 != 0 || tval % PAGE_SIZE == 0);
}

static enum match_verdict match_step(struct match *m)
{
    struct step_facts facts;
    struct look look = {.match = m, .facts = &facts};
    facts_begin(m, &facts);
    print_step(m, &facts);
    if (step_over_wfi(m, &facts)) return MATCH_SAME;
    const struct hart *h = &m->reference.hart;
    const struct mmu_regime regimes[] = {[ACCESS_LOAD] = mmu_regime(h, ACCESS_LOAD),
                                         [ACCESS_STORE] = mmu_regime(h, ACCESS_STORE),
                                         [ACCESS_FETCH] = mmu_regime(h, ACCESS_FETCH)};
    reference_step(m, &facts);
    if (facts.row && strncmp(facts.row->id, "sc_", 3) == 0 &&
        (facts.trapped || hart_x(h, bits_get(facts.word, 11, 7)) != 0 ||
         bits_get(facts.word, 11, 7) == 0))
        m->sc_failed = true;
    m->store_cut = m->store_cut || may_be_cut(&facts);
    facts_fault(m, &facts, regimes);
    if (rig_racy(&m->reference)) return MATCH_RACY;
    if (!gdb_step(m->peer)) return MATCH_LOST;
    look_after_step(&look);
    m->steps++;
    if (look.lost) return MATCH_LOST;
    return facts.difference_count == 0 ? MATCH_SAME : make_up(m, &facts);
}

enum match_verdict match_run(struct match *m, const struct program *p)
{
    if (!clear_strays(m)) return MATCH_LOST;
    rig_load(&m->reference, p);
    /* QEMU 7.2 sets A and D and reads PBMT whatever menvcfg says; a program being shrunk may lose
     * what it sets there. */
    csr_poke(&m->reference.hart, CSR_menvcfg, MENVCFG_ADUE | MENVCFG_PBMTE);
    if (!peer_load(m, p)) return MATCH_LOST;
    enum match_verdict verdict = MATCH_SAME;
    m->sc_failed = m->store_cut = false;
    for (unsigned step = 0; step < p->steps && verdict == MATCH_SAME; step++)
        verdict = match_step(m);
    if (verdict == MATCH_LOST) return verdict;
    bool same = look_at_memory(m);
    if (verdict != MATCH_SAME || same) return verdict;
    return m->store_cut ? MATCH_EXCUSED : MATCH_DIFFERENT;
}
