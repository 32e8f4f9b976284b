/* tests/lockstep/services.c: random changes of the machine's state, as code for M-mode. */
#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/status.h"
#include "tests/lockstep/program.h"

void write_csr(struct writer *w, enum known_insn insn, unsigned number, unsigned a, uint64_t value)
{
    write_li(w, a, value);
    write_insn(w, insn, 0, a, 0, (int32_t)number);
}

static enum known_insn set_or_clear(struct rng *rng)
{
    return rng_percent(rng, 50) ? ASM_csrrs : ASM_csrrc;
}

/* Changes a page table entry, then fences it with one of the forms that cover it. A table below
 * several roots is in every ASID of its space. */
static void write_pte_edit(struct writer *w, unsigned a, unsigned b)
{
    struct rng *rng = &w->rng;
    struct program *p = w->program;
    const struct pte_slot *slot = &p->slots[rng_below(rng, p->slot_count)];
    write_li(w, a, RAM_BASE + slot->offset);
    write_li(w, b, random_pte(w, slot));
    write_insn(w, p->xlen == 64 ? ASM_sd : ASM_sw, 0, a, b, 0);
    enum known_insn fence = rng_percent(rng, 70) ? ASM_sfence_vma : ASM_sinval_vma;
    bool by_va = slot->leaf && rng_percent(rng, 60);
    unsigned va = by_va ? a : 0;
    if (by_va) write_li(w, a, slot->va + rng_below(rng, PAGE_SIZE));
    if (rng_percent(rng, 50)) {
        write_insn(w, fence, 0, va, 0, 0);
        return;
    }
    static const uint16_t asids[2][2] = {{1, 0x110}, {2, 0x1ff}};
    for (unsigned i = 0; i < 2; i++) {
        write_insn(w, ASM_addi, b, 0, 0, asids[slot->space][i]);
        write_insn(w, fence, 0, va, b, 0);
    }
}

static void write_satp(struct writer *w, unsigned a)
{
    struct rng *rng = &w->rng;
    const struct program *p = w->program;
    bool paged = rng_percent(rng, 10) ? !p->paged : p->paged;
    write_csr(w, ASM_csrrw, CSR_satp, a,
              p->satps[paged ? 1 + rng_below(rng, p->satp_count - 1) : 0]);
    if (rng_percent(rng, 30)) write_insn(w, ASM_sfence_vma, 0, 0, 0, 0);
}

/* One entry below the last; seldom locked, as then it holds for the handlers too. */
static void write_pmp(struct writer *w, unsigned a, unsigned b)
{
    struct rng *rng = &w->rng;
    unsigned entry = rng_below(rng, 4);
    uint64_t at = RAM_BASE + AT_CODE + rng_below(rng, AT_TABLES - AT_CODE);
    bool peer = w->options->peer;
    if (peer) w->group = ++w->groups;
    write_csr(w, ASM_csrrw, CSR_pmpaddr0 + entry, a, at >> 2 | mask_low(rng_below(rng, 12)));
    uint64_t config = rng_next(rng) & (!peer && rng_percent(rng, 3) ? 0x9f : 0x1f);
    write_li(w, b, UINT64_C(0xff) << (8 * entry));
    write_insn(w, ASM_csrrc, 0, b, 0, CSR_pmpcfg0);
    write_csr(w, ASM_csrrs, CSR_pmpcfg0, a, config << (8 * entry));
    /* Privileged, "Physical Memory Protection and Paging": needed where translations are kept with
     * the PMP's answers, as a peer may. */
    if (peer || rng_percent(rng, 40)) write_insn(w, ASM_sfence_vma, 0, 0, 0, 0);
    if (peer) w->group = 0;
}

void write_status(struct writer *w, unsigned a)
{
    static const uint64_t bits[] = {MSTATUS_SUM, MSTATUS_MXR,  MSTATUS_SUM | MSTATUS_MXR,
                                    MSTATUS_FS,  MSTATUS_TVM,  MSTATUS_TW,
                                    MSTATUS_TSR, MSTATUS_MPRV, MSTATUS_MPRV | 0x800,
                                    MSTATUS_MIE, MSTATUS_SIE,  MSTATUS_MPIE};
    struct rng *rng = &w->rng;
    uint64_t mask = bits[rng_below(rng, ARRAY_COUNT(bits))];
    unsigned number =
        (mask & (MSTATUS_SUM | MSTATUS_MXR | MSTATUS_FS | MSTATUS_SIE)) && rng_percent(rng, 50)
            ? CSR_sstatus
            : CSR_mstatus;
    write_csr(w, set_or_clear(rng), number, a, mask);
}

static void write_environment(struct writer *w, unsigned a)
{
    static const uint64_t bits[] = {MENVCFG_ADUE, MENVCFG_PBMTE, MENVCFG_STCE,
                                    MENVCFG_ADUE | MENVCFG_PBMTE};
    struct rng *rng = &w->rng;
    bool wide = w->program->xlen == 64;
    uint64_t mask = bits[rng_below(rng, ARRAY_COUNT(bits))];
    write_csr(w, set_or_clear(rng), wide ? CSR_menvcfg : CSR_menvcfgh, a, wide ? mask : mask >> 32);
}

static void write_interrupt_csr(struct writer *w, unsigned a)
{
    static const uint16_t numbers[] = {CSR_mie,     CSR_mip,     CSR_sie,     CSR_sip,
                                       CSR_mideleg, CSR_medeleg, CSR_stimecmp};
    struct rng *rng = &w->rng;
    unsigned number = numbers[rng_below(rng, ARRAY_COUNT(numbers))];
    enum known_insn how = rng_percent(rng, 30) ? ASM_csrrw : set_or_clear(rng);
    write_csr(w, how, number, a, rng_percent(rng, 50) ? 0x222 : rng_next(rng) & mask_low(16));
}

void write_interrupts(struct writer *w, unsigned a)
{
    struct rng *rng = &w->rng;
    bool machine = rng_percent(rng, 60);
    write_csr(w, ASM_csrrs, machine ? CSR_mie : CSR_sie, a, rng_next(rng) & 0xaaa);
    if (rng_percent(rng, 50)) {
        write_csr(w, ASM_csrrs, machine ? CSR_mip : CSR_sip, a, rng_next(rng) & 0x222);
        write_csr(w, set_or_clear(rng), machine ? CSR_mstatus : CSR_sstatus, a,
                  MSTATUS_MIE | MSTATUS_SIE);
    } else {
        write_csr(w, set_or_clear(rng), machine ? CSR_mstatus : CSR_sstatus, a,
                  MSTATUS_MIE | MSTATUS_SIE);
        write_csr(w, ASM_csrrs, machine ? CSR_mip : CSR_sip, a, rng_next(rng) & 0x222);
    }
    if (rng_percent(rng, 30)) write_csr(w, set_or_clear(rng), CSR_mideleg, a, 0x222);
}

static void write_counters(struct writer *w, unsigned a)
{
    static const uint16_t numbers[] = {CSR_mcounteren, CSR_scounteren, CSR_mcountinhibit,
                                       CSR_minstret, CSR_mcycle};
    struct rng *rng = &w->rng;
    write_csr(w, rng_percent(rng, 30) ? ASM_csrrw : set_or_clear(rng),
              numbers[rng_below(rng, ARRAY_COUNT(numbers))], a, rng_below(rng, 64));
}

void write_state_change(struct writer *w, unsigned a, unsigned b)
{
    switch (rng_below(&w->rng, w->options->peer ? 7 : 14)) {
    case 0:
    case 1:
        write_satp(w, a);
        break;
    case 2:
        write_pmp(w, a, b);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        write_status(w, a);
        break;
    case 7:
    case 8:
        write_environment(w, a);
        break;
    case 9:
        write_counters(w, a);
        break;
    case 10:
        write_hpm(w, a);
        break;
    case 11:
        write_trigger(w, a);
        break;
    default:
        write_interrupt_csr(w, a);
        break;
    }
}

void write_service(struct writer *w, unsigned a, unsigned b)
{
    if (rng_percent(&w->rng, 50)) {
        w->group = ++w->groups;
        write_pte_edit(w, a, b);
        w->group = 0;
    } else {
        write_state_change(w, a, b);
    }
}
