/* cpu/memory.c: the slow paths of a hart's memory accesses. */
#include "cpu/memory.h"

#include <string.h>

#include "cpu/counter.h"
#include "cpu/debug.h"
#include "cpu/decode.h"
#include "cpu/mmu.h"
#include "cpu/pmp.h"
#include "cpu/trap.h"
#include "cpu/trigger.h"

/* Where an access that stays within a page ends up. */
struct place {
    uint64_t paddr;
    uint8_t *host; /* NULL: not RAM */
};

static struct tlb_entry *entries_for(struct tlb_context *context, enum access access)
{
    return access == ACCESS_LOAD    ? context->load
           : access == ACCESS_STORE ? context->store
                                    : context->fetch;
}

/* Enters the page in the TLB if every later access like this one may skip the checks. */
static void cache(struct hart *h, uint64_t va, enum access access, const struct mapping *mapping,
                  uint8_t *host)
{
    struct ram *ram = h->bus->ram;
    bool allowed = access == ACCESS_LOAD    ? mapping->load
                   : access == ACCESS_STORE ? mapping->store
                                            : mapping->fetch;
    if (!allowed || !pmp_uniform(h, mapping->paddr & PAGE_MASK)) return;
    if (UNLIKELY(h->debug != NULL) && debug_page_watched(h, va, mapping->paddr, access)) return;
    if (UNLIKELY(h->triggers_data) && trigger_page_watched(h, va, access)) return;
    if (access == ACCESS_STORE) {
        /* First our bit, then a look at the code maps; a code cache does it the other way round. */
        uint64_t page = (uint64_t)(host - ram->bytes) >> PAGE_SHIFT;
        uint64_t bit = UINT64_C(1) << (h->id & 63);
        if (!(atomic_load_explicit(&ram->store_mappers[page], memory_order_relaxed) & bit))
            atomic_fetch_or(&ram->store_mappers[page], bit);
        if (ram_page_holds_code(ram, page)) return;
    }
    struct tlb_context *context = access == ACCESS_FETCH ? h->fetch : h->data;
    tlb_install(context, entries_for(context, access), va, host, mapping->page_shift);
    h->tlb->fills++;
}

/* Translates and checks an access that stays within a page. False: h->trap is filled, or a
 * debugger wants to judge the access first. */
static bool place_find(struct hart *h, uint64_t va, unsigned size, enum access access,
                       struct place *place)
{
    struct mapping mapping;
    if (!tlb_translate(h, va, access, &mapping)) return false;
    if (!pmp_allows(h, mapping.paddr, size, access, mmu_regime(h, access).priv)) {
        h->trap = mmu_access_fault(access, va);
        return false;
    }
    place->paddr = mapping.paddr;
    place->host = bus_ram_at(h->bus, mapping.paddr, size);
    if (UNLIKELY(h->debug != NULL) &&
        debug_access(h, va, mapping.paddr, size, access, !place->host))
        return false;
    if (place->host && !h->tlb->idle) cache(h, va, access, &mapping, place->host);
    return true;
}

static bool place_load(struct hart *h, const struct place *place, uint64_t va, unsigned size,
                       uint64_t *value)
{
    if (place->host) {
        *value = guest_load(place->host, size);
        return true;
    }
    hpm_count(h, HPM_DEVICE_LOADS);
    if (bus_load(h->bus, place->paddr, size, value)) return true;
    h->trap = mmu_access_fault(ACCESS_LOAD, va);
    return false;
}

/* RAM was written there. */
static enum exec place_changed(struct hart *h, const struct place *place, unsigned size)
{
    atomic_thread_fence(memory_order_seq_cst); /* first the store, then the look at the maps */
    uint64_t offset = (uint64_t)(place->host - h->bus->ram->bytes);
    if (!ram_holds_code(h->bus->ram, offset, size)) return EXEC_NEXT;
    ram_written(h->bus->ram, offset, size);
    return EXEC_LEAVE;
}

static enum exec place_store(struct hart *h, const struct place *place, uint64_t va, unsigned size,
                             uint64_t value)
{
    if (place->host) {
        guest_store(place->host, size, value);
        return place_changed(h, place, size);
    }
    hpm_count(h, HPM_DEVICE_STORES);
    if (bus_store(h->bus, place->paddr, size, value)) return EXEC_LEAVE;
    h->trap = mmu_access_fault(ACCESS_STORE, va);
    return EXEC_TRAP;
}

/* Bytes of an access that lie in the first of its two pages; 0: it doesn't cross. */
static unsigned bytes_in_first_page(uint64_t va, unsigned size)
{
    unsigned room = PAGE_SIZE - (unsigned)(va & ~PAGE_MASK);
    return room < size ? room : 0;
}

/* The address after `va` by `n` bytes, wrapping at XLEN. */
static uint64_t address_add(const struct hart *h, uint64_t va, unsigned n)
{
    return h->xlen == 64 ? va + n : (uint32_t)(va + n);
}

/* "Pointer Masking Extensions": what an explicit access does to its address. Addresses with a tag
 * always come here, as the TLB knows only those without. */
static uint64_t pointer_mask(const struct hart *h, uint64_t va)
{
    if (LIKELY(h->pmlen == 0)) return va;
    uint64_t untagged = va << h->pmlen;
    return h->pm_extends_sign ? (uint64_t)((int64_t)untagged >> h->pmlen) : untagged >> h->pmlen;
}

/* Triggers are asked first: their exceptions come before any fault of the access. */
static bool triggered(struct hart *h, uint64_t va, unsigned size, uint64_t kinds)
{
    return UNLIKELY(h->triggers_data) && trigger_access(h, va, size, kinds);
}

/* Page-crossing accesses go byte by byte, after both pages have been checked. tval is the address
 * of the first byte that faults (Privileged spec, "mtval": the portion that caused the fault). */
static bool load_across(struct hart *h, uint64_t va, unsigned size, unsigned first, uint64_t *value)
{
    struct place low, high;
    uint64_t second = pointer_mask(h, address_add(h, va, first));
    if (!place_find(h, va, first, ACCESS_LOAD, &low)) return false;
    if (!place_find(h, second, size - first, ACCESS_LOAD, &high)) return false;
    uint64_t tail;
    if (low.host && high.host) {
        *value = guest_load_bytes(low.host, first) | guest_load_bytes(high.host, size - first)
                                                         << (8 * first);
        return true;
    }
    if (!bus_load_bytes(h->bus, low.paddr, first, value)) {
        h->trap = mmu_access_fault(ACCESS_LOAD, va);
        return false;
    }
    if (!bus_load_bytes(h->bus, high.paddr, size - first, &tail)) {
        h->trap = mmu_access_fault(ACCESS_LOAD, second);
        return false;
    }
    *value |= tail << 8 * first;
    return true;
}

static enum exec store_across(struct hart *h, uint64_t va, unsigned size, unsigned first,
                              uint64_t value)
{
    struct place low, high;
    uint64_t second = pointer_mask(h, address_add(h, va, first));
    if (!place_find(h, va, first, ACCESS_STORE, &low)) return EXEC_TRAP;
    if (!place_find(h, second, size - first, ACCESS_STORE, &high)) return EXEC_TRAP;
    if (!low.host || !high.host) {
        h->trap = mmu_access_fault(ACCESS_STORE, low.host ? second : va);
        return EXEC_TRAP;
    }
    enum exec a = place_store(h, &low, va, first, value);
    enum exec b = place_store(h, &high, second, size - first, value >> (8 * first));
    return a == EXEC_NEXT ? b : a;
}

COLD bool memory_load(struct hart *h, uint64_t va, unsigned size, uint64_t *value)
{
    struct place place;
    h->tlb->slow_loads++;
    va = pointer_mask(h, va);
    if (triggered(h, va, size, TRIGGER_LOAD)) return false;
    unsigned first = bytes_in_first_page(va, size);
    if (first) return load_across(h, va, size, first, value);
    return place_find(h, va, size, ACCESS_LOAD, &place) && place_load(h, &place, va, size, value);
}

COLD enum exec memory_store(struct hart *h, uint64_t va, unsigned size, uint64_t value)
{
    struct place place;
    h->tlb->slow_stores++;
    va = pointer_mask(h, va);
    if (triggered(h, va, size, TRIGGER_STORE)) return EXEC_TRAP;
    if (UNLIKELY(h->debug != NULL)) h->debug->storing = value;
    unsigned first = bytes_in_first_page(va, size);
    if (first) return store_across(h, va, size, first, value);
    if (!place_find(h, va, size, ACCESS_STORE, &place)) return EXEC_TRAP;
    return place_store(h, &place, va, size, value);
}

bool memory_code_page(struct hart *h, uint64_t pc, uint64_t *paddr, const uint8_t **host)
{
    struct place place;
    *host = tlb_hit(h->fetch->fetch, pc, 2);
    if (*host) {
        *paddr = memory_physical(h, *host);
        return true;
    }
    if (!place_find(h, pc, 2, ACCESS_FETCH, &place)) return false;
    *paddr = place.paddr;
    *host = place.host;
    if (place.host) return true;
    const uint8_t *page = bus_code_page(h->bus, place.paddr & PAGE_MASK);
    if (page) *host = page + (place.paddr & ~PAGE_MASK);
    return true;
}

static bool parcel_load(struct hart *h, const struct place *place, uint64_t pc, uint16_t *parcel)
{
    uint64_t value = 0;
    if (!place->host && !bus_load(h->bus, place->paddr, 2, &value)) {
        h->trap = mmu_access_fault(ACCESS_FETCH, pc);
        return false;
    }
    *parcel = (uint16_t)(place->host ? guest_load(place->host, 2) : value);
    return true;
}

bool memory_fetch(struct hart *h, uint64_t pc, uint16_t *parcel)
{
    struct place place;
    return place_find(h, pc, 2, ACCESS_FETCH, &place) && parcel_load(h, &place, pc, parcel);
}

/* What follows a parcel, at `pc`. In the same page it is translated alike, and PMP is asked. */
static bool place_follow(struct hart *h, uint64_t pc, struct place *place)
{
    if ((pc & ~PAGE_MASK) == 0 || h->debug) return place_find(h, pc, 2, ACCESS_FETCH, place);
    place->paddr += 2;
    place->host = bus_ram_at(h->bus, place->paddr, 2);
    if (pmp_allows(h, place->paddr, 2, ACCESS_FETCH, h->priv)) return true;
    h->trap = mmu_access_fault(ACCESS_FETCH, pc);
    return false;
}

bool memory_fetch_insn(struct hart *h, uint64_t pc, uint32_t *word)
{
    struct place place;
    uint16_t low, high = 0;
    uint64_t next = address_add(h, pc, 2);
    if (!place_find(h, pc, 2, ACCESS_FETCH, &place) || !parcel_load(h, &place, pc, &low))
        return false;
    if (insn_length(low) == 4 &&
        (!place_follow(h, next, &place) || !parcel_load(h, &place, next, &high)))
        return false;
    *word = low | (uint32_t)high << 16;
    return true;
}

COLD void *memory_atomic(struct hart *h, uint64_t va, unsigned size, enum atomic atomic)
{
    static const uint64_t kinds[] = {[ATOMIC_LR] = TRIGGER_LOAD,
                                     [ATOMIC_SC] = TRIGGER_STORE,
                                     [ATOMIC_AMO] = TRIGGER_LOAD | TRIGGER_STORE};
    va = pointer_mask(h, va);
    bool store = atomic != ATOMIC_LR;
    enum access access = store ? ACCESS_STORE : ACCESS_LOAD;
    struct place place;
    if (triggered(h, va, size, kinds[atomic])) return NULL;
    if (UNLIKELY(h->debug != NULL)) h->debug->storing = 0;
    if (va & (size - 1)) { /* Unprivileged spec, "A": may be reported as address-misaligned */
        h->trap = (struct trap){store ? CAUSE_STORE_MISALIGNED : CAUSE_LOAD_MISALIGNED, va};
        return NULL;
    }
    if (!place_find(h, va, size, access, &place)) return NULL;
    if (!place.host) { /* Privileged spec, "Atomicity PMAs": devices support none */
        h->trap = mmu_access_fault(access, va);
        return NULL;
    }
    uint64_t page = (uint64_t)(place.host - h->bus->ram->bytes) >> PAGE_SHIFT;
    if (store && ram_page_holds_code(h->bus->ram, page)) h->leave = true; /* memory_atomic_done */
    return place.host;
}

COLD void memory_code_changed(struct hart *h, const void *host, unsigned size)
{
    ram_written(h->bus->ram, (uint64_t)((const uint8_t *)host - h->bus->ram->bytes), size);
}

/* Unprivileged spec, "CMO Extensions", "Traps": what faults is a store, at the very address given.
 */
static enum exec block_fault(struct hart *h, uint64_t va)
{
    h->trap.tval = va;
    return EXEC_TRAP;
}

COLD enum exec memory_block_zero(struct hart *h, uint64_t va)
{
    va = pointer_mask(h, va);
    struct place place;
    uint64_t block = va & ~(uint64_t)(MEMORY_BLOCK_SIZE - 1);
    if (triggered(h, block, MEMORY_BLOCK_SIZE, TRIGGER_STORE)) return EXEC_TRAP;
    if (!place_find(h, block, MEMORY_BLOCK_SIZE, ACCESS_STORE, &place)) return block_fault(h, va);
    if (!place.host) { /* devices don't take whole blocks */
        h->trap = mmu_access_fault(ACCESS_STORE, va);
        return EXEC_TRAP;
    }
    memset(place.host, 0, MEMORY_BLOCK_SIZE);
    return place_changed(h, &place, MEMORY_BLOCK_SIZE);
}

/* Permitted where a load or a store is ("Cache-Block Management Instructions"). */
COLD enum exec memory_block_manage(struct hart *h, uint64_t va)
{
    va = pointer_mask(h, va);
    struct place place;
    uint64_t block = va & ~(uint64_t)(MEMORY_BLOCK_SIZE - 1);
    if (triggered(h, block, MEMORY_BLOCK_SIZE, TRIGGER_STORE)) return EXEC_TRAP;
    if (place_find(h, block, MEMORY_BLOCK_SIZE, ACCESS_LOAD, &place) ||
        place_find(h, block, MEMORY_BLOCK_SIZE, ACCESS_STORE, &place))
        return EXEC_NEXT;
    return block_fault(h, va);
}
