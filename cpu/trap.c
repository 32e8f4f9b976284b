/* cpu/trap.c: taking traps, returning from them, and which interrupt comes first. */
#include "cpu/trap.h"

#include "cpu/counter.h"
#include "cpu/debug.h"
#include "cpu/isa.h"
#include "cpu/status.h"
#include "cpu/tlb.h"

/* Interrupt numbers, highest priority first (Privileged spec, "Machine Interrupt (mip and mie)
 * Registers"): MEI MSI MTI SEI SSI STI LCOFI. */
static const uint8_t interrupt_order[] = {11, 3, 7, 9, 1, 5, 13};

const char *cause_text(uint64_t cause)
{
    static const char *const exceptions[] = {
#define CAUSE(name, code, text) [code] = (text),
#include "cpu/cause.def"
#undef CAUSE
    };
    static const char *const interrupts[] = {
        [1] = "supervisor software interrupt", [3] = "machine software interrupt",
        [5] = "supervisor timer interrupt",    [7] = "machine timer interrupt",
        [9] = "supervisor external interrupt", [11] = "machine external interrupt",
        [13] = "counter overflow interrupt",
    };
    uint64_t code = cause & ~CAUSE_INTERRUPT;
    const char *text = NULL;
    if (cause & CAUSE_INTERRUPT)
        text = code < ARRAY_COUNT(interrupts) ? interrupts[code] : NULL;
    else
        text = code < ARRAY_COUNT(exceptions) ? exceptions[code] : NULL;
    if (text) return text;
    return cause & CAUSE_INTERRUPT ? "reserved interrupt" : "reserved exception";
}

/* Privileged spec, "Machine Trap Delegation (medeleg and mideleg) Registers": a trap never goes to
 * a less privileged mode, so nothing is delegated from M-mode. */
static bool trap_delegated(const struct hart *h, uint64_t cause)
{
    uint64_t code = cause & ~CAUSE_INTERRUPT;
    uint64_t delegated = cause & CAUSE_INTERRUPT ? h->mideleg : h->medeleg;
    return h->priv != PRIV_M && code < 64 && (delegated >> code & 1);
}

/* "Machine Trap-Vector Base-Address (mtvec) Register": vectored mode is for interrupts alone. */
static uint64_t trap_target(const struct hart *h, uint64_t tvec, uint64_t cause)
{
    uint64_t base = tvec & ~UINT64_C(3);
    if ((tvec & 1) && (cause & CAUSE_INTERRUPT)) base += 4 * (cause & ~CAUSE_INTERRUPT);
    return base & mask_low(h->xlen);
}

static void trap_enter_s(struct hart *h, uint64_t cause, uint64_t tval)
{
    h->scause = cause;
    h->sepc = h->pc;
    h->stval = tval;
    uint64_t status = h->mstatus & ~(MSTATUS_SPIE | MSTATUS_SIE | MSTATUS_SPP);
    if (h->mstatus & MSTATUS_SIE) status |= MSTATUS_SPIE;
    if (h->priv == PRIV_S) status |= MSTATUS_SPP;
    h->mstatus = status;
    h->priv = PRIV_S;
    h->pc = trap_target(h, h->stvec, cause);
}

static void trap_enter_m(struct hart *h, uint64_t cause, uint64_t tval)
{
    h->mcause = cause;
    h->mepc = h->pc;
    h->mtval = tval;
    uint64_t status = h->mstatus & ~(MSTATUS_MPIE | MSTATUS_MIE | MSTATUS_MPP);
    if (h->mstatus & MSTATUS_MIE) status |= MSTATUS_MPIE;
    status |= (uint64_t)h->priv << MSTATUS_MPP_SHIFT;
    h->mstatus = status;
    h->priv = PRIV_M;
    h->pc = trap_target(h, h->mtvec, cause);
}

/* "Privilege and Global Interrupt-Enable Stack in mstatus register". */
void trap_enter(struct hart *h, uint64_t cause, uint64_t tval)
{
    enum priv from = h->priv;
    uint64_t from_pc = h->pc;
    h->wfi = false;
    h->pauses = 0;
    if (trap_delegated(h, cause))
        trap_enter_s(h, cause, tval);
    else
        trap_enter_m(h, cause, tval);
    hpm_count(h, cause & CAUSE_INTERRUPT ? HPM_INTERRUPTS : HPM_EXCEPTIONS);
    if (UNLIKELY(h->debug != NULL)) debug_trapped(h, cause, from, from_pc);
    hart_mode_changed(h);
}

static bool interrupt_first(uint64_t pending, uint64_t *cause)
{
    for (size_t i = 0; i < ARRAY_COUNT(interrupt_order); i++) {
        if (!(pending >> interrupt_order[i] & 1)) continue;
        *cause = CAUSE_INTERRUPT | interrupt_order[i];
        return true;
    }
    return false;
}

/* "Machine Interrupt (mip and mie) Registers": an interrupt for a mode is masked in higher modes,
 * open in lower ones, and follows xIE in the mode itself. Those for M-mode come first. */
bool trap_interrupt_pending(const struct hart *h, uint64_t *cause)
{
    bool m_open = h->priv != PRIV_M || (h->mstatus & MSTATUS_MIE);
    bool s_open = h->priv == PRIV_U || (h->priv == PRIV_S && (h->mstatus & MSTATUS_SIE));
    uint64_t for_m = m_open ? h->mie & ~h->mideleg : 0;
    uint64_t for_s = s_open ? h->mie & h->mideleg : 0;
    if (!(for_m | for_s)) return false;
    uint64_t pending = hart_mip(h);
    return interrupt_first(pending & for_m, cause) || interrupt_first(pending & for_s, cause);
}

static uint64_t priv_least(const struct hart *h)
{
    return isa_has(h->isa, EXT_U) ? PRIV_U : PRIV_M;
}

/* "Trap-Return Instructions": xIE = xPIE, xPIE = 1, xPP = the least privileged mode; MPRV is
 * cleared on the way to a mode below M. */
bool trap_mret(struct hart *h, uint64_t *target)
{
    enum priv from = h->priv;
    if (from != PRIV_M) return false;
    h->priv = (enum priv)((h->mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT);
    uint64_t status = h->mstatus & ~(MSTATUS_MIE | MSTATUS_MPP);
    if (h->mstatus & MSTATUS_MPIE) status |= MSTATUS_MIE;
    if (h->priv != PRIV_M) status &= ~MSTATUS_MPRV;
    h->mstatus = status | MSTATUS_MPIE | priv_least(h) << MSTATUS_MPP_SHIFT;
    *target = h->mepc;
    counters_mode_changed(h, h->instret + 1); /* it counts where it came from */
    if (UNLIKELY(h->debug != NULL)) debug_mode(h, from);
    hart_mode_changed(h);
    return true;
}

bool trap_sret(struct hart *h, uint64_t *target)
{
    if (!isa_has(h->isa, EXT_S) || h->priv == PRIV_U) return false;
    if (h->priv == PRIV_S && (h->mstatus & MSTATUS_TSR)) return false;
    enum priv from = h->priv;
    h->priv = h->mstatus & MSTATUS_SPP ? PRIV_S : PRIV_U;
    uint64_t status = h->mstatus & ~(MSTATUS_SIE | MSTATUS_SPP | MSTATUS_MPRV);
    if (h->mstatus & MSTATUS_SPIE) status |= MSTATUS_SIE;
    h->mstatus = status | MSTATUS_SPIE;
    *target = h->sepc;
    counters_mode_changed(h, h->instret + 1); /* it counts where it came from */
    if (UNLIKELY(h->debug != NULL)) debug_mode(h, from);
    hart_mode_changed(h);
    return true;
}

/* "Virtualization Support in mstatus Register": with TW, and in U-mode of a hart with S-mode, WFI
 * is illegal unless it completes in bounded time; the bound here is zero. A pending interrupt that
 * is enabled in mie ends it whatever mstatus and mideleg say ("Wait for Interrupt"). */
bool trap_wfi(struct hart *h)
{
    if (h->priv != PRIV_M && (h->mstatus & MSTATUS_TW)) return false;
    if (h->priv == PRIV_U && isa_has(h->isa, EXT_S)) return false;
    h->wfi = !(hart_mip(h) & h->mie);
    if (!h->wfi) hart_pause(h, true);
    return true;
}
