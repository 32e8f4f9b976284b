/* cpu/mmu.h: address translation by page walk. No caching here: the TLB (cpu/tlb.h) sits above. */
#ifndef RIVET_CPU_MMU_H
#define RIVET_CPU_MMU_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

/* How an access is to be judged; mmu_regime() fills it from the hart's state (MPRV included). */
struct mmu_regime {
    enum priv priv;
    uint64_t satp;
    bool sum, mxr;
    bool adue;  /* hardware updates A and D (Svadu) */
    bool pbmt;  /* Svpbmt enabled */
    bool napot; /* Svnapot implemented */
};

struct mmu_regime mmu_regime(const struct hart *, enum access access);

struct mapping {
    uint64_t paddr;          /* of the very byte asked for */
    unsigned page_shift;     /* log2 of the leaf's size: 12, 16, 21, 22, 30, 39, 48; 64 when Bare */
    bool load, store, fetch; /* what this leaf lets this regime do *without another walk*: store
                                only when D is set, anything only when A is set */
    bool global;
};

/* One step of a walk, for `walk VA` in the monitor. */
struct walk_step {
    unsigned level;
    uint64_t pte_addr, pte;
};

struct walk_trace {
    struct walk_step step[5];
    unsigned count;
    const char *failed_rule; /* NULL when it succeeded: which rule of the algorithm said no */
};

/* Translates one address (Privileged spec, "Virtual Address Translation Process"). Updates A/D when
 * the regime says so (compare-and-swap on guest memory). False: *trap has the page fault, or the
 * access fault of a PTE fetch that PMP or the bus refused, of the kind `access` calls for. PMP on
 * the final address is the caller's. `trace` may be NULL; with a trace nothing is updated in
 * memory. The caller splits accesses that cross a page. */
bool mmu_translate(struct hart *, const struct mmu_regime *, uint64_t va, enum access access,
                   struct mapping *mapping, struct trap *trap, struct walk_trace *trace);

/* The fault of `kind` for `access`: page fault or access fault, with tval = va. */
struct trap mmu_page_fault(enum access access, uint64_t va);
struct trap mmu_access_fault(enum access access, uint64_t va);

#endif
