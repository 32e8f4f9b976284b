/* cpu/tlb.h: the translation look-aside buffers of one hart, in contexts.
 *
 * A context belongs to one way of judging addresses: (privilege, translation mode, ASID, SUM, MXR).
 * Changing mode, SUM or satp picks another context by pointer and flushes nothing.
 *
 * An entry holds the page's virtual base and what to add to a virtual address to get the host's.
 * One compare tells hit, page crossing and in-page misalignment:
 *
 *      (va ^ tag) <= 0xfff - (size - 1)
 *
 * because with equal page numbers the left side is the offset in the page. Pages that are not RAM,
 * not uniform under PMP, or (for stores) hold translated code never get an entry.
 */
#ifndef RIVET_CPU_TLB_H
#define RIVET_CPU_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"
#include "cpu/walk_cache.h"

/* Powers of two, at least 2. (tests/lockstep builds an engine with the least of everything, and
 * with TLB_HOLDS_ONE, which forgets the other entry too.) */
#ifndef TLB_ENTRIES
#define TLB_ENTRIES 1024
#endif
#ifndef TLB_CONTEXTS
#define TLB_CONTEXTS 16
#endif
#ifndef JUMP_ENTRIES
#define JUMP_ENTRIES 4096
#endif
#define JUMP_PAGES 4096

struct op;

struct tlb_entry {
    uint64_t tag;
    uintptr_t addend;
};

/* Jump cache: virtual pc (bit 0: FP is off) -> first op of the block there. */
struct jump_entry {
    uint64_t pc;
    const struct op *op;
};

struct tlb_context {
    struct tlb_entry load[TLB_ENTRIES], store[TLB_ENTRIES], fetch[TLB_ENTRIES];
    struct jump_entry jump[JUMP_ENTRIES];
    uint64_t jump_pages[JUMP_PAGES / 64]; /* a bit for each page number (modulo) that has jumps */
    uint64_t key;                         /* as made by context_key() */
    uint64_t last_use;                    /* for replacing the least recently used */
    uint64_t super_low,
        super_high; /* hull of the superpages entries were made from: low <= va < high */
    bool used;      /* something was installed since the last flush */
    struct walk_cache walks;
};

/* A range of physical addresses that PMP decides alike (cpu/pmp.c); empty: none is known. */
struct pmp_span {
    uint64_t first, last;
    bool matched; /* by an entry, whose pmpcfg byte is `cfg` */
    uint8_t cfg;
};

#define PMP_SPANS 8

struct tlb {
    struct tlb_context contexts[TLB_CONTEXTS];
    struct pmp_span pmp[PMP_SPANS]; /* the last ones asked about, by page number */
    bool idle;                      /* the engine walks for each access: nothing is installed */
    uint64_t clock;
    bool keeps_walks; /* the reference engine walks each time */
    uint64_t flushes, walks, walks_known, fills, slow_loads,
        slow_stores; /* counters, for -d stats */
};

/* Translates `va` in the context for `access`: by a walk, or as one said before. As mmu_translate.
 */
bool tlb_translate(struct hart *, uint64_t va, enum access access, struct mapping *mapping);

bool tlb_create(struct hart *, struct error *err);
void tlb_destroy(struct hart *);

/* Re-selects h->data and h->fetch after a change of privilege, mstatus, satp, senvcfg or menvcfg,
 * and sets h->leave. Everything that changes those calls this, with h->instret exact; nothing else
 * need be done. */
void hart_mode_changed(struct hart *);

/* Drops every cached translation: after pmpcfg/pmpaddr or menvcfg.PBMTE/ADUE changed. */
void tlb_flush_all(struct hart *);

/* SFENCE.VMA / SINVAL.VMA: by address, by ASID, both or neither. */
void tlb_fence(struct hart *, bool by_va, uint64_t va, bool by_asid, uint64_t asid);

/* The instruction: false when illegal here (U-mode, or S-mode with mstatus.TVM set). */
bool sfence_vma(struct hart *, bool by_va, uint64_t va, bool by_asid, uint64_t asid);

/* Forgets the store translations to [page, page + 4 KiB) of host memory: it now holds code. */
void tlb_forget_stores(struct hart *, const uint8_t *page);

/* Enters the way to the block for `pc`. */
void tlb_install_jump(struct tlb_context *context, uint64_t pc, bool fp_off, const struct op *op);

/* Forgets the ways to all blocks. */
void tlb_forget_jumps(struct hart *);

static inline unsigned tlb_index(uint64_t va)
{
    return va >> PAGE_SHIFT & (TLB_ENTRIES - 1);
}

static inline unsigned jump_index(uint64_t pc)
{
    return (pc >> 1 ^ pc >> 13) & (JUMP_ENTRIES - 1);
}

/* The only entry that can be for `va`; whether it is, and for all of [va, va+size); where that is.
 */
static ALWAYS_INLINE const struct tlb_entry *tlb_entry_of(const struct tlb_entry *entries,
                                                          uint64_t va)
{
    return &entries[tlb_index(va)];
}

static ALWAYS_INLINE bool tlb_covers(const struct tlb_entry *entry, uint64_t va, unsigned size)
{
    return (va ^ entry->tag) <= 0xfff - (uint64_t)(size - 1);
}

static ALWAYS_INLINE uint8_t *tlb_host(const struct tlb_entry *entry, uint64_t va)
{
    return (uint8_t *)(uintptr_t)(va + entry->addend);
}

/* Host address of [va, va+size) when the entry covers it, else NULL. */
static ALWAYS_INLINE uint8_t *tlb_hit(const struct tlb_entry *entries, uint64_t va, unsigned size)
{
    const struct tlb_entry *entry = tlb_entry_of(entries, va);
    return LIKELY(tlb_covers(entry, va, size)) ? tlb_host(entry, va) : NULL;
}

/* Enters `va` -> `host`; `page_shift` is the leaf's size, remembered so that a fence inside a
 * superpage finds all of it. `entries` is one of the context's arrays. */
void tlb_install(struct tlb_context *context, struct tlb_entry *entries, uint64_t va, uint8_t *host,
                 unsigned page_shift);

#endif
