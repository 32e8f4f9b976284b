/* cpu/hart.h: the architectural state of one hart, and what the rest of cpu/ hangs on it. */
#ifndef RIVET_CPU_HART_H
#define RIVET_CPU_HART_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"
#include "base/error.h"
#include "cpu/hpm_event.h"
#include "cpu/extension.h"
#include "mem/bus.h"
#include "mem/timebase.h"

enum priv { PRIV_U = 0, PRIV_S = 1, PRIV_M = 3 };

/* AMOs and SC count as stores: they report store/AMO faults (Unprivileged spec, "A" chapter). */
enum access { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };

/* A synchronous exception about to be taken: mcause code and mtval. */
struct trap {
    uint64_t cause;
    uint64_t tval;
};

#define X_COUNT       33 /* x0..x31 and the sink: writes to x0 are decoded to go to x[32] */
#define X_SINK        32
#define PMP_COUNT     16
#define TRIGGER_COUNT 4
#define COUNTER_COUNT 19 /* mcycle, (time), minstret, mhpmcounter3..18 */

#define RESERVATION_NONE UINT64_MAX

#define PAUSES 32 /* so many hints to wait without a trap in between: the hart spins */

struct isa;
struct csr_plan;
struct decoded;
struct tlb;
struct tlb_context;
struct hart_debug;

struct hart {
    /* Registers. For XLEN 32 only x32 is meaningful, for XLEN 64 only x64; hart_x() picks. */
    union {
        uint64_t x64[X_COUNT];
        uint32_t x32[X_COUNT];
    };
    uint64_t f[32]; /* NaN-boxed when narrower than FLEN = 64 */
    uint64_t pc;    /* exact whenever no engine is running */

    /* What the engine looks at while it runs. */
    struct tlb_context *data; /* context of loads and stores (differs from `fetch` under MPRV) */
    struct tlb_context *fetch;
    bool leave;           /* set by anything after which the engine must look round: an
                             interrupt may be takeable, mode or translation changed */
    bool fence_i;         /* FENCE.I was executed; the engine hasn't looked yet */
    uint8_t pmlen;        /* upper bits that loads and stores ignore: pointer masking */
    bool pm_extends_sign; /* they are made copies of the highest one left, else zero */
    bool fp_off;          /* mstatus.FS is Off: kept by hart_mode_changed */
    uint8_t fp_dirty;     /* FP state written since mstatus.FS was last looked at */
    uint8_t frm_host;     /* rounding mode the host FPU is set to (an frm value 0..3) */
    uint8_t frm_of[8];    /* rm field -> rounding mode 0..4, FRM_INVALID for a reserved one;
                             entry 7 (DYN) follows fcsr.frm */
    _Atomic bool kick;    /* another thread wants the hart to leave its engine */
    struct trap trap;     /* filled by whatever makes an instruction trap */
    uint64_t reservation; /* physical address of the LR reservation, or RESERVATION_NONE */
    uint64_t reservation_value;
    uint8_t reservation_size; /* bytes: 4 or 8 */

    /* Mode. */
    enum priv priv;
    unsigned xlen; /* 32 or 64 */
    unsigned id;   /* mhartid */

    /* CSRs, by the specification's names. Derived bits (SD, the sstatus view, XLEN fields...) are
     * made by csr.c; mip is `mip_wires | mip_soft` plus Sstc's STIP: see hart_mip(). */
    uint64_t mstatus;
    uint64_t medeleg, mideleg, mie;
    _Atomic uint64_t mip_wires; /* driven by CLINT, PLIC, Sstc deadline; any thread */
    uint64_t mip_soft;          /* written by software: SSIP, STIP (no Sstc), SEIP */
    uint64_t mtvec, mscratch, mepc, mcause, mtval, mcounteren, menvcfg, mcountinhibit, mseccfg;
    uint64_t mstateen[4], miselect, siselect;
    uint64_t stvec, sscratch, sepc, scause, stval, scounteren, senvcfg, satp, stimecmp;
    uint8_t pmpcfg[PMP_COUNT];
    uint64_t pmpaddr[PMP_COUNT];
    uint8_t frm;    /* fcsr.frm as written, 0..7 */
    uint8_t fflags; /* accrued flags while the hart is not in an engine; inside, the host FPU holds
                       them */
    uint64_t instret; /* retired instructions; exact whenever a CSR is accessed */
    bool wfi;         /* stopped in WFI until an interrupt is pending */
    uint8_t pauses;   /* since the last trap, modulo PAUSES: PAUSE, WRS and WFI that didn't wait */
    bool spins;       /* so many of them: the hart waits for another one, see hart_pause */
    bool spins_wfi;   /* the last of them was a WFI */

    /* Performance counters: cpu/counter.h tells how they are kept. */
    bool counters_by_mode; /* one of them stands still in some modes */
    uint32_t counting;     /* a bit for each that counts now */
    uint8_t counter_event[COUNTER_COUNT];
    uint64_t counter[COUNTER_COUNT];          /* value, less the event's total while it counts */
    uint64_t counter_config[COUNTER_COUNT];   /* mhpmevent; mcyclecfg, minstretcfg */
    uint64_t counter_overflow[COUNTER_COUNT]; /* the total to overflow at, UINT64_MAX for none */
    uint64_t counter_deadline;                /* the nearest of those that follow instret */
    uint64_t event_total[HPM_EVENT_COUNT], event_alarm[HPM_EVENT_COUNT];

    /* Debug triggers: cpu/trigger.h. */
    uint64_t tselect, tdata1[TRIGGER_COUNT], tdata2[TRIGGER_COUNT];
    bool triggers_execute, triggers_data;         /* one waits for instructions, for data */
    uint64_t trigger_offsets[PAGE_SIZE / 2 / 64]; /* a bit a halfword of a page: may fire there */

    /* Surroundings, borrowed; set once by the board. */
    struct bus *bus;
    const struct timebase *timebase;
    const struct isa *isa;     /* what the hart implements, and the decode tables for it */
    struct tlb *tlb;           /* owned by the hart */
    struct csr_plan *csrs;     /* owned by the hart: which CSRs and bits of them it has */
    struct hart_debug *debug;  /* borrowed; NULL: nobody debugs this hart (cpu/debug.h) */
    bool code_stale;           /* blocks decoded so far are wrong: set by debug_attach */
    void *engine;              /* the running engine's own */
    struct decoded *decoded;   /* of an engine that decodes each time, else NULL */
    void (*wake)(void *owner); /* called after `mip_wires` rose, from any thread; may be NULL */
    void *wake_owner;
    /* 16 random bits for the seed CSR; false: not now. NULL: there never are any. */
    bool (*entropy)(void *owner, uint16_t *bits);
    void *entropy_owner;
};

#define FRM_RNE     0
#define FRM_RTZ     1
#define FRM_RDN     2
#define FRM_RUP     3
#define FRM_RMM     4
#define FRM_DYN     7
#define FRM_INVALID 0xff

static inline uint64_t hart_x(const struct hart *h, unsigned n)
{
    return n == 0 ? 0 : h->xlen == 64 ? h->x64[n] : (uint64_t)(int64_t)(int32_t)h->x32[n];
}

static inline void hart_set_x(struct hart *h, unsigned n, uint64_t value)
{
    if (n == 0) return;
    if (h->xlen == 64)
        h->x64[n] = value;
    else
        h->x32[n] = (uint32_t)value;
}

/* A hart in its reset state (Privileged spec, "Reset"): M-mode, interrupts off, pc at `reset_pc`.
 * `isa` decides XLEN and extensions. False: out of memory. */
bool hart_init(struct hart *, unsigned id, const struct isa *, struct bus *,
               const struct timebase *, struct error *err);
void hart_fini(struct hart *);
void hart_reset(struct hart *, uint64_t reset_pc);

/* A hint that the hart waits for something: PAUSE, WRS, or a WFI (`wfi`) that had nothing to wait
 * for. After PAUSES of them the engine is left, so that whoever runs the hart may give its
 * processor to another one. */
static inline void hart_pause(struct hart *h, bool wfi)
{
    if (++h->pauses % PAUSES) return;
    h->spins = true;
    h->spins_wfi = wfi;
    atomic_store_explicit(&h->kick, true, memory_order_relaxed);
}

/* h->frm was written: remakes frm_of[DYN] and frm_host from it. */
void hart_frm_changed(struct hart *);

/* One wire into mip_wires: `line` is the bit number (MSIP 3, MTIP 7, MEIP 11, SEIP 9). Owner is the
 * hart. From any thread; sets `kick` and calls `wake` on a rising level. */
void hart_irq_set(void *hart, unsigned line, bool level);

/* mip as software reads it, Sstc's STIP included. */
uint64_t hart_mip(const struct hart *);

/* Ticks of mtime at which Sstc would raise STIP, UINT64_MAX for never. */
uint64_t hart_timer_deadline(const struct hart *);

#endif
