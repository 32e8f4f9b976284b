/* cpu/memory.h: a hart's accesses to memory: the TLB's fast path in front of translation, PMP,
 * RAM and devices. */
#ifndef RIVET_CPU_MEMORY_H
#define RIVET_CPU_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"
#include "cpu/tlb.h"
#include "mem/guest.h"

/* What an instruction did, told to the engine. */
enum exec {
    EXEC_NEXT,  /* retired; go on with the next one */
    EXEC_JUMP,  /* retired; go on at the target */
    EXEC_LEAVE, /* retired; the engine must look round before the next one */
    EXEC_TRAP,  /* not retired; h->trap says why */
};

/* The general paths: any alignment, page crossings (both pages are checked before either byte is
 * written), devices, code pages. `size` is 1, 2, 4 or 8. False / EXEC_TRAP: h->trap is filled.
 * memory_store returns EXEC_LEAVE when code or an interrupt may have changed. */
bool memory_load(struct hart *h, uint64_t va, unsigned size, uint64_t *value);
enum exec memory_store(struct hart *h, uint64_t va, unsigned size, uint64_t value);

/* 16 bits of code at `pc`, or the instruction, in the low 16 bits of the word when compressed.
 * False: h->trap, whose tval is the address of the 16 bits that could not be fetched. */
bool memory_fetch(struct hart *h, uint64_t pc, uint16_t *parcel);
bool memory_fetch_insn(struct hart *h, uint64_t pc, uint32_t *word);

/* Host address and physical address of code at `pc`, entered in the fetch TLB. False: h->trap.
 * *host is NULL when the page can only be fetched from with loads. */
bool memory_code_page(struct hart *h, uint64_t pc, uint64_t *paddr, const uint8_t **host);

enum atomic { ATOMIC_LR, ATOMIC_SC, ATOMIC_AMO };

/* Naturally aligned host address for an atomic: readable for LR, writable for the others.
 * NULL: h->trap (misaligned, page or access fault; only RAM has atomics). Sets h->leave when the
 * page holds code: call memory_atomic_done after the operation. */
void *memory_atomic(struct hart *h, uint64_t va, unsigned size, enum atomic);

/* RAM at `host` was written: whoever decoded it hears of it. */
void memory_code_changed(struct hart *h, const void *host, unsigned size);

static ALWAYS_INLINE void memory_atomic_done(struct hart *h, const void *host, unsigned size)
{
    if (UNLIKELY(h->leave)) memory_code_changed(h, host, size);
}

#define MEMORY_BLOCK_SIZE 64 /* what the device tree says: riscv,cboz-block-size, -cbom- */

/* The block of memory around `va`: zeroed (cbo.zero), or checked for being accessible at all, which
 * is what cleaning, flushing and invalidating come to where there is no cache. */
enum exec memory_block_zero(struct hart *h, uint64_t va);
enum exec memory_block_manage(struct hart *h, uint64_t va);

/* Physical address behind a host address in RAM. */
static inline uint64_t memory_physical(const struct hart *h, const void *host)
{
    return h->bus->ram_base + (uint64_t)((const uint8_t *)host - h->bus->ram->bytes);
}

/* Host address for an aligned atomic through the TLB. */
static ALWAYS_INLINE void *memory_atomic_fast(struct hart *h, uint64_t va, unsigned size,
                                              enum atomic atomic)
{
    if (LIKELY((va & (size - 1)) == 0)) {
        void *host = tlb_hit(atomic == ATOMIC_LR ? h->data->load : h->data->store, va, size);
        if (LIKELY(host)) return host;
    }
    return memory_atomic(h, va, size, atomic);
}

#endif
