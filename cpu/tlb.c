/* cpu/tlb.c: choosing, filling and fencing the TLB contexts of a hart. */
#include "cpu/tlb.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/counter.h"
#include "cpu/isa.h"
#include "cpu/mmu.h"
#include "cpu/op.h"

/* A context's key:
 *
 *    63..60   59..44   5     4     3..2   1..0
 *    | MODE |  ASID | MXR | SUM |  priv |  0  |
 *
 * Bare addresses (M-mode, or satp.MODE = 0) have no ASID, SUM or MXR.
 */
#define KEY_ASID_SHIFT 44
#define KEY_ASID_MASK  (UINT64_C(0xffff) << KEY_ASID_SHIFT)
#define MSTATUS_FS     (UINT64_C(3) << 13)
#define MSTATUS_TVM    (UINT64_C(1) << 20)
#define KEY_NONE       1 /* no regime has it */

static uint64_t context_key(const struct hart *h, const struct mmu_regime *regime)
{
    uint64_t key = (uint64_t)regime->priv << 2;
    if (regime->priv == PRIV_M) return key;
    /* satp: RV64 MODE 63..60, ASID 59..44; RV32 MODE 31, ASID 30..22. */
    uint64_t mode = h->xlen == 64 ? regime->satp >> 60 : regime->satp >> 31 & 1;
    if (mode == 0) return key;
    uint64_t asid = h->xlen == 64 ? regime->satp >> 44 & 0xffff : regime->satp >> 22 & 0x1ff;
    return key | mode << 60 | asid << KEY_ASID_SHIFT | (uint64_t)regime->mxr << 5 |
           (uint64_t)(regime->priv == PRIV_S && regime->sum) << 4;
}

/* A tag whose index bits are all wrong never compares equal. */
static uint64_t tag_invalid(unsigned index)
{
    return (uint64_t)(~index & (TLB_ENTRIES - 1)) << PAGE_SHIFT;
}

static void entries_clear(struct tlb_entry *entries)
{
    for (unsigned i = 0; i < TLB_ENTRIES; i++)
        entries[i].tag = tag_invalid(i);
}

/* Nor does a pc whose index bits are all wrong. Every other one may be a guest's, even ~0: that is
 * -2 with FP off. */
static uint64_t jump_invalid(unsigned index)
{
    return (uint64_t)(~index & (JUMP_ENTRIES - 1)) << 1;
}

static void jumps_clear(struct tlb_context *context)
{
    memset(context->jump_pages, 0, sizeof context->jump_pages);
    for (unsigned i = 0; i < JUMP_ENTRIES; i++)
        context->jump[i].pc = jump_invalid(i);
}

static void context_clear(struct tlb_context *context)
{
    entries_clear(context->load);
    entries_clear(context->store);
    entries_clear(context->fetch);
    jumps_clear(context);
    walk_cache_clear(&context->walks);
    context->super_low = UINT64_MAX;
    context->super_high = 0;
    context->used = false;
}

static void pmp_spans_clear(struct tlb *tlb)
{
    for (unsigned i = 0; i < PMP_SPANS; i++)
        tlb->pmp[i] = (struct pmp_span){.first = 1, .last = 0};
}

bool tlb_create(struct hart *h, struct error *err)
{
    h->tlb = calloc(1, sizeof *h->tlb);
    if (!h->tlb) return error_set(err, "out of memory for the TLB of hart %u", h->id);
    for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
        context_clear(&h->tlb->contexts[i]);
        h->tlb->contexts[i].key = KEY_NONE;
    }
    h->data = h->fetch = &h->tlb->contexts[0];
    pmp_spans_clear(h->tlb);
    return true;
}

void tlb_destroy(struct hart *h)
{
    free(h->tlb);
    h->tlb = NULL;
}

static struct tlb_context *context_select(struct hart *h, enum access access)
{
    struct mmu_regime regime = mmu_regime(h, access);
    struct tlb *tlb = h->tlb;
    uint64_t key = context_key(h, &regime);
    struct tlb_context *oldest = &tlb->contexts[0];
    for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
        struct tlb_context *context = &tlb->contexts[i];
        if (context->key == key) {
            context->last_use = ++tlb->clock;
            return context;
        }
        if (context->last_use < oldest->last_use) oldest = context;
    }
    if (oldest->used) context_clear(oldest);
    oldest->key = key;
    oldest->last_use = ++tlb->clock;
    return oldest;
}

#define ENVCFG_PMM (UINT64_C(3) << 32)

/* "Pointer Masking Extensions": each mode's PMM is in a register of the next higher one; MXR
 * switches masking off below M. Virtual addresses are extended by their sign, physical ones by 0.
 */
static COLD void pointer_mask_select(struct hart *h)
{
    static const uint8_t pmlen_of[] = {0, 0, 7, 16};
    const struct mmu_regime regime = mmu_regime(h, ACCESS_LOAD);
    bool has_s = isa_has(h->isa, EXT_S);
    uint64_t config = regime.priv == PRIV_M            ? h->mseccfg
                      : regime.priv == PRIV_U && has_s ? h->senvcfg
                                                       : h->menvcfg;
    h->pmlen = regime.mxr && regime.priv != PRIV_M ? 0 : pmlen_of[bits_get(config, 33, 32)];
    h->pm_extends_sign = regime.priv != PRIV_M && regime.satp >> 60 != 0;
}

void hart_mode_changed(struct hart *h)
{
    counters_mode_changed(h, h->instret);
    h->pmlen = 0;
    if (UNLIKELY((h->menvcfg | h->senvcfg | h->mseccfg) & ENVCFG_PMM)) pointer_mask_select(h);
    h->data = context_select(h, ACCESS_LOAD);
    h->fetch = context_select(h, ACCESS_FETCH);
    h->fp_off = (h->mstatus & MSTATUS_FS) == 0;
    h->leave = true;
}

void tlb_flush_all(struct hart *h)
{
    h->tlb->flushes++;
    pmp_spans_clear(h->tlb);
    for (unsigned i = 0; i < TLB_CONTEXTS; i++)
        if (h->tlb->contexts[i].used) context_clear(&h->tlb->contexts[i]);
    h->leave = true;
}

static void entry_clear(struct tlb_entry *entries, uint64_t va)
{
    unsigned i = tlb_index(va);
    if (entries[i].tag == (va & PAGE_MASK)) entries[i].tag = tag_invalid(i);
}

static uint64_t *jump_page_word(struct tlb_context *context, uint64_t va)
{
    return &context->jump_pages[va >> (PAGE_SHIFT + 6) & (JUMP_PAGES / 64 - 1)];
}

static uint64_t jump_page_bit(uint64_t va)
{
    return UINT64_C(1) << (va >> PAGE_SHIFT & 63);
}

static void jumps_clear_page(struct tlb_context *context, uint64_t page)
{
    if (!(*jump_page_word(context, page) & jump_page_bit(page))) return;
    for (unsigned i = 0; i < JUMP_ENTRIES; i++)
        if ((context->jump[i].pc & PAGE_MASK) == page) context->jump[i].pc = jump_invalid(i);
}

void tlb_install_jump(struct tlb_context *context, uint64_t pc, bool fp_off, const struct op *op)
{
    context->jump[jump_index(pc)] = (struct jump_entry){pc | fp_off, op};
    *jump_page_word(context, pc) |= jump_page_bit(pc);
    context->used = true;
}

/* Something from a leaf of that size is kept: a fence inside of it must find it. */
static void context_uses(struct tlb_context *context, uint64_t va, unsigned page_shift)
{
    context->used = true;
    if (page_shift <= PAGE_SHIFT || page_shift >= 64) return;
    uint64_t low = va & ~mask_low(page_shift), high = low | mask_low(page_shift);
    if (low < context->super_low) context->super_low = low;
    if (high > context->super_high) context->super_high = high;
}

void tlb_install(struct tlb_context *context, struct tlb_entry *entries, uint64_t va, uint8_t *host,
                 unsigned page_shift)
{
    uint64_t page = va & PAGE_MASK;
#ifdef TLB_HOLDS_ONE
    entries_clear(entries);
#endif
    entries[tlb_index(va)] = (struct tlb_entry){page, (uintptr_t)host - (uintptr_t)va};
    context_uses(context, va, page_shift);
}

bool tlb_translate(struct hart *h, uint64_t va, enum access access, struct mapping *mapping)
{
    struct tlb_context *context = access == ACCESS_FETCH ? h->fetch : h->data;
    if (h->tlb->keeps_walks && walk_cache_find(&context->walks, va, access, mapping)) {
        h->tlb->walks_known++;
        return true;
    }
    const struct mmu_regime regime = mmu_regime(h, access);
    h->tlb->walks++;
    if (!mmu_translate(h, &regime, va, access, mapping, &h->trap, NULL)) return false;
    if (h->tlb->keeps_walks) {
        walk_cache_keep(&context->walks, va, mapping);
        context_uses(context, va, mapping->page_shift);
    }
    return true;
}

/* Privileged spec, "Supervisor Memory-Management Fence Instruction": a fence by address also drops
 * the rest of the superpage the address lies in. Bare contexts hold nothing a page table could
 * change. Global pages are dropped with their context's ASID, more often than need be. */
static void context_fence(struct tlb_context *context, bool by_va, uint64_t va)
{
    if (!by_va || (va >= context->super_low && va <= context->super_high)) {
        context_clear(context);
        return;
    }
    entry_clear(context->load, va);
    entry_clear(context->store, va);
    entry_clear(context->fetch, va);
    walk_cache_forget(&context->walks, va);
    jumps_clear_page(context, va & PAGE_MASK);
}

void tlb_fence(struct hart *h, bool by_va, uint64_t va, bool by_asid, uint64_t asid)
{
    h->tlb->flushes++;
    hpm_count(h, HPM_FENCES);
    uint64_t asid_mask = h->xlen == 64 ? 0xffff : 0x1ff;
    for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
        struct tlb_context *context = &h->tlb->contexts[i];
        if (!context->used || context->key >> 60 == 0) continue;
        if (by_asid && (context->key & KEY_ASID_MASK) >> KEY_ASID_SHIFT != (asid & asid_mask))
            continue;
        context_fence(context, by_va, va);
    }
    h->leave = true;
}

bool sfence_vma(struct hart *h, bool by_va, uint64_t va, bool by_asid, uint64_t asid)
{
    if (h->priv == PRIV_U || (h->priv == PRIV_S && (h->mstatus & MSTATUS_TVM))) return false;
    tlb_fence(h, by_va, va, by_asid, asid);
    return true;
}

void tlb_forget_stores(struct hart *h, const uint8_t *page)
{
    for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
        struct tlb_context *context = &h->tlb->contexts[i];
        if (!context->used) continue;
        for (unsigned k = 0; k < TLB_ENTRIES; k++) {
            struct tlb_entry *entry = &context->store[k];
            if (tlb_index(entry->tag) == k && entry->tag + entry->addend == (uintptr_t)page)
                entry->tag = tag_invalid(k);
        }
    }
}

void tlb_forget_jumps(struct hart *h)
{
    for (unsigned i = 0; i < TLB_CONTEXTS; i++)
        if (h->tlb->contexts[i].used) jumps_clear(&h->tlb->contexts[i]);
}
