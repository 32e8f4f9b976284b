/* cpu/hart.c: a hart's life: made, reset, interrupted from outside. */
#include "cpu/hart.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/counter.h"
#include "cpu/csr.h"
#include "cpu/isa.h"
#include "cpu/status.h"
#include "cpu/tlb.h"
#include "cpu/trigger.h"

bool hart_init(struct hart *h, unsigned id, const struct isa *isa, struct bus *bus,
               const struct timebase *timebase, struct error *err)
{
    memset(h, 0, sizeof *h);
    h->id = id;
    h->isa = isa;
    h->xlen = isa->xlen;
    h->bus = bus;
    h->timebase = timebase;
    h->csrs = csr_plan_create(h, err);
    if (!h->csrs) return false;
    if (!tlb_create(h, err)) {
        free(h->csrs);
        h->csrs = NULL;
        return false;
    }
    hart_reset(h, 0);
    return true;
}

void hart_fini(struct hart *h)
{
    tlb_destroy(h);
    free(h->csrs);
    h->csrs = NULL;
}

/* Privileged spec, "Reset". What it leaves open is zero here, so that runs repeat. The wires of
 * mip_wires are the devices'; h->instret goes on, as the deterministic clock is made of it. */
void hart_reset(struct hart *h, uint64_t reset_pc)
{
    memset(h->x64, 0, sizeof h->x64);
    memset(h->f, 0, sizeof h->f);
    h->pc = reset_pc;
    h->priv = PRIV_M;
    h->wfi = h->spins = false;
    h->pauses = 0;
    h->trap = (struct trap){0};
    h->reservation = RESERVATION_NONE;
    h->reservation_value = 0;

    h->mstatus = isa_has(h->isa, EXT_U) ? 0 : MSTATUS_MPP;
    h->medeleg = h->mideleg = h->mie = h->mip_soft = 0;
    h->mtvec = h->mscratch = h->mepc = h->mcause = h->mtval = 0;
    h->mcounteren = h->menvcfg = h->mcountinhibit = h->mseccfg = 0;
    memset(h->mstateen, 0, sizeof h->mstateen);
    h->miselect = h->siselect = 0;
    h->stvec = h->sscratch = h->sepc = h->scause = h->stval = 0;
    h->scounteren = h->senvcfg = h->satp = h->stimecmp = 0;
    counters_reset(h);
    triggers_reset(h);
    memset(h->pmpcfg, 0, sizeof h->pmpcfg);
    memset(h->pmpaddr, 0, sizeof h->pmpaddr);

    h->frm = h->fflags = h->fp_dirty = 0;
    for (uint8_t rm = 0; rm < FRM_DYN; rm++)
        h->frm_of[rm] = rm <= FRM_RMM ? rm : FRM_INVALID;
    hart_frm_changed(h);

    tlb_flush_all(h);
    hart_mode_changed(h);
}

/* The host has RNE RTZ RDN RUP; RMM is made by integer code, and 5..7 are reserved: an instruction
 * that uses them is illegal (Unprivileged spec, "Floating-Point Control and Status Register"). */
void hart_frm_changed(struct hart *h)
{
    h->frm_of[FRM_DYN] = h->frm <= FRM_RMM ? h->frm : FRM_INVALID;
    h->frm_host = h->frm <= FRM_RUP ? h->frm : FRM_RNE;
}

void hart_irq_set(void *hart, unsigned line, bool level)
{
    struct hart *h = hart;
    uint64_t bit = UINT64_C(1) << line;
    if (!level) {
        atomic_fetch_and(&h->mip_wires, ~bit);
        return;
    }
    if (atomic_fetch_or(&h->mip_wires, bit) & bit) return;
    atomic_store(&h->kick, true);
    if (h->wake) h->wake(h->wake_owner);
}

static bool hart_has_timer(const struct hart *h)
{
    return h->menvcfg & MENVCFG_STCE; /* writable with Sstc only */
}

uint64_t hart_mip(const struct hart *h)
{
    uint64_t mip = atomic_load(&h->mip_wires) | h->mip_soft;
    if (!hart_has_timer(h)) return mip;
    mip &= ~MIP_STIP;
    return timebase_now(h->timebase) >= h->stimecmp ? mip | MIP_STIP : mip;
}

uint64_t hart_timer_deadline(const struct hart *h)
{
    return hart_has_timer(h) ? h->stimecmp : UINT64_MAX;
}
