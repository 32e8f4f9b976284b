/* cpu/mmu.c: address translation by page walk (Privileged spec, "Virtual Address Translation
 * Process"; the step numbers below are that section's). */
#include "cpu/mmu.h"

#include "cpu/counter.h"
#include "cpu/isa.h"
#include "cpu/pmp.h"
#include "cpu/trap.h"

/* A PTE of Sv39, Sv48 and Sv57:
 *
 *     63  62 61  60      54 53                   10 9 8  7   6   5   4   3   2   1   0
 *    +---+------+----------+-----------------------+----+---+---+---+---+---+---+---+---+
 *    | N | PBMT | reserved |          PPN          | sw | D | A | G | U | X | W | R | V |
 *    +---+------+----------+-----------------------+----+---+---+---+---+---+---+---+---+
 *
 * One of Sv32 is the low 32 bits of that; its PPN has 22 bits. R = W = X = 0 is a pointer to the
 * next table, anything else a leaf.
 */
#define PTE_V        (UINT64_C(1) << 0)
#define PTE_R        (UINT64_C(1) << 1)
#define PTE_W        (UINT64_C(1) << 2)
#define PTE_X        (UINT64_C(1) << 3)
#define PTE_U        (UINT64_C(1) << 4)
#define PTE_G        (UINT64_C(1) << 5)
#define PTE_A        (UINT64_C(1) << 6)
#define PTE_D        (UINT64_C(1) << 7)
#define PTE_RESERVED (UINT64_C(0x7f) << 54)
#define PTE_PBMT     (UINT64_C(3) << 61)
#define PTE_N        (UINT64_C(1) << 63)

#define NAPOT_BITS 4 /* the one size Svnapot has: 2^4 pages, 64 KiB */

#define MSTATUS_MPRV  (UINT64_C(1) << 17)
#define MSTATUS_SUM   (UINT64_C(1) << 18)
#define MSTATUS_MXR   (UINT64_C(1) << 19)
#define MENVCFG_ADUE  (UINT64_C(1) << 61)
#define MENVCFG_PBMTE (UINT64_C(1) << 62)

struct paging_mode {
    unsigned levels, vpn_bits, ppn_bits, pte_bytes, va_bits;
    const char *canonical; /* the rule an address outside the mode's range breaks */
};

/* clang-format off */
static const struct paging_mode sv32 = {2, 10, 22, 4, 32, NULL};
static const struct paging_mode sv39 = {3, 9, 44, 8, 39, "Sv39: address bits 63..39 must equal bit 38"};
static const struct paging_mode sv48 = {4, 9, 44, 8, 48, "Sv48: address bits 63..48 must equal bit 47"};
static const struct paging_mode sv57 = {5, 9, 44, 8, 57, "Sv57: address bits 63..57 must equal bit 56"};
/* clang-format on */

/* One translation under way. */
struct walk {
    struct hart *hart;
    const struct mmu_regime *regime;
    const struct paging_mode *mode;
    uint64_t va;
    enum access access;
    bool read_only; /* traced: nothing in memory changes */

    unsigned level;
    uint64_t table; /* the specification's `a` */
    uint64_t pte_addr, pte;
    bool global;
    const char *rule; /* what said no */
};

enum verdict { WALK_ON, WALK_PAGE_FAULT, WALK_ACCESS_FAULT };

static enum verdict walk_page_fault(struct walk *walk, const char *rule)
{
    walk->rule = rule;
    return WALK_PAGE_FAULT;
}

static enum verdict walk_access_fault(struct walk *walk, const char *rule)
{
    walk->rule = rule;
    return WALK_ACCESS_FAULT;
}

struct trap mmu_page_fault(enum access access, uint64_t va)
{
    static const uint8_t cause[] = {[ACCESS_LOAD] = CAUSE_LOAD_PAGE,
                                    [ACCESS_STORE] = CAUSE_STORE_PAGE,
                                    [ACCESS_FETCH] = CAUSE_FETCH_PAGE};
    return (struct trap){.cause = cause[access], .tval = va};
}

struct trap mmu_access_fault(enum access access, uint64_t va)
{
    static const uint8_t cause[] = {[ACCESS_LOAD] = CAUSE_LOAD_ACCESS,
                                    [ACCESS_STORE] = CAUSE_STORE_ACCESS,
                                    [ACCESS_FETCH] = CAUSE_FETCH_ACCESS};
    return (struct trap){.cause = cause[access], .tval = va};
}

struct mmu_regime mmu_regime(const struct hart *h, enum access access)
{
    /* "Memory Privilege in mstatus Register": MPRV lends MPP to loads and stores, never to
     * fetches. */
    bool lent = access != ACCESS_FETCH && (h->mstatus & MSTATUS_MPRV);
    return (struct mmu_regime){
        .priv = lent ? (enum priv)bits_get(h->mstatus, 12, 11) : h->priv,
        .satp = h->satp,
        .sum = h->mstatus & MSTATUS_SUM,
        .mxr = h->mstatus & MSTATUS_MXR,
        .adue = h->menvcfg & MENVCFG_ADUE,
        .pbmt = h->menvcfg & MENVCFG_PBMTE,
        .napot = isa_has(h->isa, EXT_Svnapot),
    };
}

/* satp: MODE, ASID and PPN are 4, 16 and 44 bits on RV64; 1, 9 and 22 on RV32. NULL: Bare. */
static const struct paging_mode *paging_mode_of(const struct hart *h,
                                                const struct mmu_regime *regime)
{
    if (regime->priv == PRIV_M) return NULL;
    if (h->xlen == 32) return bits_get(regime->satp, 31, 31) ? &sv32 : NULL;
    switch (bits_get(regime->satp, 63, 60)) {
    case 8:
        return &sv39;
    case 9:
        return &sv48;
    case 10:
        return &sv57;
    default:
        return NULL;
    }
}

/* log2 of the bytes that an entry at the walk's level maps. */
static unsigned walk_shift(const struct walk *walk)
{
    return PAGE_SHIFT + walk->level * walk->mode->vpn_bits;
}

static uint64_t pte_ppn(const struct walk *walk, uint64_t pte)
{
    return pte >> 10 & mask_low(walk->mode->ppn_bits);
}

/* Step 2: fetches the entry, whole: a walker never sees half of somebody's store. */
static enum verdict walk_fetch_pte(struct walk *walk)
{
    unsigned size = walk->mode->pte_bytes;
    uint64_t vpn = walk->va >> walk_shift(walk) & mask_low(walk->mode->vpn_bits);
    walk->pte_addr = walk->table + vpn * size;
    if (!pmp_allows(walk->hart, walk->pte_addr, size, ACCESS_LOAD, PRIV_S))
        return walk_access_fault(walk, "step 2: PMP forbids reading the PTE");
    uint8_t *bytes = bus_ram_at(walk->hart->bus, walk->pte_addr, size);
    if (!bytes) return walk_access_fault(walk, "step 2: the PTE's address is not main memory");
    if (size == 8) {
        uint64_t raw = atomic_load_explicit((_Atomic uint64_t *)bytes, memory_order_acquire);
        walk->pte = load_le(&raw, 8);
    } else {
        uint32_t raw = atomic_load_explicit((_Atomic uint32_t *)bytes, memory_order_acquire);
        walk->pte = load_le(&raw, 4);
    }
    return WALK_ON;
}

/* Step 3: V, the reserved R/W pair, and bits that no implemented extension gives a meaning. */
static enum verdict walk_check_encoding(struct walk *walk)
{
    uint64_t pte = walk->pte;
    if (!(pte & PTE_V)) return walk_page_fault(walk, "step 3: V is 0");
    if ((pte & (PTE_R | PTE_W)) == PTE_W)
        return walk_page_fault(walk, "step 3: W without R is reserved");
    if (walk->mode->pte_bytes == 8) {
        if (pte & PTE_RESERVED)
            return walk_page_fault(walk, "step 3: reserved bits 60..54 are set");
        if ((pte & PTE_PBMT) && !walk->regime->pbmt)
            return walk_page_fault(walk, "step 3: PBMT is set but Svpbmt is off");
        if ((pte & PTE_PBMT) == PTE_PBMT)
            return walk_page_fault(walk, "step 3: PBMT value 3 is reserved");
        if ((pte & PTE_N) && !walk->regime->napot)
            return walk_page_fault(walk, "step 3: N is set but there is no Svnapot");
    }
    if (pte & (PTE_R | PTE_X)) {
        if ((pte & PTE_N) && (walk->level > 0 || (pte_ppn(walk, pte) & 15) != 8))
            return walk_page_fault(walk, "step 3: N is set on what is not a 64 KiB range");
        return WALK_ON;
    }
    if (pte & (PTE_A | PTE_D | PTE_U))
        return walk_page_fault(walk, "step 3: A, D and U are reserved in a pointer");
    if (pte & (PTE_N | PTE_PBMT))
        return walk_page_fault(walk, "step 3: N and PBMT are reserved in a pointer");
    return WALK_ON;
}

/* Steps 5, 6 and 8: alignment, U, and the permission itself (7 is for shadow stacks). */
static enum verdict walk_check_leaf(struct walk *walk)
{
    const struct mmu_regime *regime = walk->regime;
    uint64_t pte = walk->pte;
    if (pte_ppn(walk, pte) & mask_low(walk->level * walk->mode->vpn_bits))
        return walk_page_fault(walk, "step 5: the superpage is misaligned");
    if (regime->priv == PRIV_U && !(pte & PTE_U))
        return walk_page_fault(walk, "step 6: U-mode and the page has U = 0");
    if (regime->priv == PRIV_S && (pte & PTE_U)) {
        if (walk->access == ACCESS_FETCH)
            return walk_page_fault(walk, "step 6: S-mode never executes a page with U = 1");
        if (!regime->sum)
            return walk_page_fault(walk, "step 6: S-mode and the page has U = 1, SUM is 0");
    }
    if (walk->access == ACCESS_LOAD && !(pte & PTE_R) && !(regime->mxr && (pte & PTE_X)))
        return walk_page_fault(walk, pte & PTE_X ? "step 8: a load, R is 0, X is 1 but MXR is 0"
                                                 : "step 8: a load and R is 0");
    if (walk->access == ACCESS_STORE && !(pte & PTE_W))
        return walk_page_fault(walk, "step 8: a store and W is 0");
    if (walk->access == ACCESS_FETCH && !(pte & PTE_X))
        return walk_page_fault(walk, "step 8: a fetch and X is 0");
    return WALK_ON;
}

/* Writes `wanted` over the entry if that is still what the walk read. */
static bool walk_swap_pte(struct walk *walk, uint8_t *bytes, uint64_t wanted)
{
    if (walk->mode->pte_bytes == 8) {
        uint64_t before, after;
        store_le(&before, 8, walk->pte);
        store_le(&after, 8, wanted);
        return atomic_compare_exchange_strong((_Atomic uint64_t *)bytes, &before, after);
    }
    uint32_t before, after;
    store_le(&before, 4, walk->pte);
    store_le(&after, 4, wanted);
    return atomic_compare_exchange_strong((_Atomic uint32_t *)bytes, &before, after);
}

/* Step 9: A and, for a store, D. Svade faults; Svadu sets them in memory. When another hart was
 * quicker, `*leaf` becomes false and the walk goes on with step 2 at the same level. */
static enum verdict walk_update_leaf(struct walk *walk, bool *leaf)
{
    uint64_t wanted = walk->pte | PTE_A | (walk->access == ACCESS_STORE ? PTE_D : 0);
    if (wanted == walk->pte) return WALK_ON;
    if (!walk->regime->adue)
        return walk_page_fault(walk, walk->pte & PTE_A ? "step 9: a store, D is 0 and ADUE is 0"
                                                       : "step 9: A is 0 and ADUE is 0");
    unsigned size = walk->mode->pte_bytes;
    if (!pmp_allows(walk->hart, walk->pte_addr, size, ACCESS_STORE, PRIV_S))
        return walk_access_fault(walk, "step 9: PMP forbids writing A and D to the PTE");
    if (!walk->read_only) {
        uint8_t *bytes = bus_ram_at(walk->hart->bus, walk->pte_addr, size);
        *leaf = walk_swap_pte(walk, bytes, wanted);
        if (!*leaf) return WALK_ON;
        bus_ram_written(walk->hart->bus, walk->pte_addr, size);
    }
    walk->pte = wanted;
    return WALK_ON;
}

/* Steps 2 to 9 for the entry at the walk's level. `*leaf`: the walk ends here. */
static enum verdict walk_step(struct walk *walk, struct walk_trace *trace, bool *leaf)
{
    enum verdict verdict = walk_fetch_pte(walk);
    if (verdict != WALK_ON) return verdict;
    if (trace)
        trace->step[trace->count++] =
            (struct walk_step){.level = walk->level, .pte_addr = walk->pte_addr, .pte = walk->pte};
    verdict = walk_check_encoding(walk);
    if (verdict != WALK_ON) return verdict;

    *leaf = walk->pte & (PTE_R | PTE_X);
    if (*leaf) {
        verdict = walk_check_leaf(walk);
        return verdict != WALK_ON ? verdict : walk_update_leaf(walk, leaf);
    }
    if (walk->level == 0)
        return walk_page_fault(walk, "step 4: a pointer in the last level's table");
    walk->global |= (walk->pte & PTE_G) != 0; /* G of a pointer holds for all below it */
    walk->level--;
    walk->table = pte_ppn(walk, walk->pte) << PAGE_SHIFT;
    return WALK_ON;
}

/* Step 10. */
static struct mapping walk_mapping(const struct walk *walk)
{
    const struct mmu_regime *regime = walk->regime;
    uint64_t pte = walk->pte;
    unsigned shift = pte & PTE_N ? PAGE_SHIFT + NAPOT_BITS : walk_shift(walk);
    uint64_t frame = pte_ppn(walk, pte) << PAGE_SHIFT;
    bool user_in_s = regime->priv == PRIV_S && (pte & PTE_U);
    return (struct mapping){
        .paddr = (frame & ~mask_low(shift)) | (walk->va & mask_low(shift)),
        .page_shift = shift,
        .load = (pte & PTE_R) || (regime->mxr && (pte & PTE_X)),
        .store = (pte & PTE_W) && (pte & PTE_D),
        .fetch = (pte & PTE_X) && !user_in_s,
        .global = walk->global || (pte & PTE_G),
    };
}

static const enum hpm_event walk_event[] = {[ACCESS_LOAD] = HPM_DTLB_LOAD_MISS,
                                            [ACCESS_STORE] = HPM_DTLB_STORE_MISS,
                                            [ACCESS_FETCH] = HPM_ITLB_MISS};

bool mmu_translate(struct hart *h, const struct mmu_regime *regime, uint64_t va, enum access access,
                   struct mapping *mapping, struct trap *trap, struct walk_trace *trace)
{
    const struct paging_mode *mode = paging_mode_of(h, regime);
    if (trace) *trace = (struct walk_trace){.count = 0};
    uint64_t address = h->xlen == 32 ? (uint32_t)va : va;
    if (!mode) {
        *mapping = (struct mapping){
            .paddr = address, .page_shift = 64, .load = true, .store = true, .fetch = true};
        return true;
    }
    struct walk walk = {
        .hart = h,
        .regime = regime,
        .mode = mode,
        .va = address,
        .access = access,
        .read_only = trace != NULL,
        .level = mode->levels - 1,
        .table = (regime->satp & mask_low(mode->ppn_bits)) << PAGE_SHIFT, /* step 1 */
    };
    enum verdict verdict = WALK_ON;
    bool leaf = false;
    if (!trace) hpm_count(h, walk_event[access]);
    if (mode->canonical && (uint64_t)sign_extend(va, mode->va_bits) != va)
        verdict = walk_page_fault(&walk, mode->canonical);
    while (!leaf && verdict == WALK_ON)
        verdict = walk_step(&walk, trace, &leaf);
    if (trace) trace->failed_rule = walk.rule;
    if (verdict == WALK_ON) {
        *mapping = walk_mapping(&walk);
        return true;
    }
    *trap = verdict == WALK_PAGE_FAULT ? mmu_page_fault(access, va) : mmu_access_fault(access, va);
    return false;
}
