/* cpu/pmp.c: physical memory protection: which bytes each privilege may touch. */
#include "cpu/pmp.h"

#include "cpu/status.h"
#include "cpu/tlb.h"
#include "mem/ram.h"

/* One pmpcfg byte (Privileged spec, "Physical Memory Protection CSRs"):
 *
 *      7   6   5   4   3   2   1   0
 *    +---+-------+-------+---+---+---+
 *    | L |   0   |   A   | X | W | R |     A: 0 OFF, 1 TOR, 2 NA4, 3 NAPOT
 *    +---+-------+-------+---+---+---+
 *
 * pmpaddr holds bits 55..2 of an address (33..2 on RV32). For NAPOT its trailing ones give the
 * size: y...y0 is 8 bytes, y...y01 is 16, y...y011 is 32.
 */
#define PMP_R 0x01
#define PMP_W 0x02
#define PMP_X 0x04
#define PMP_L 0x80

enum pmp_match { PMP_OFF, PMP_TOR, PMP_NA4, PMP_NAPOT };

/* The bytes first..last, both included; nothing when last < first. */
struct pmp_range {
    uint64_t first, last;
};

static const struct pmp_range nothing = {1, 0};

static struct pmp_range pmp_entry_range(const struct hart *h, unsigned entry)
{
    uint64_t address = h->pmpaddr[entry];
    switch ((enum pmp_match)(h->pmpcfg[entry] >> 3 & 3)) {
    case PMP_TOR: {
        uint64_t bottom = entry == 0 ? 0 : h->pmpaddr[entry - 1];
        if (bottom >= address) return nothing;
        return (struct pmp_range){bottom << 2, (address << 2) - 1};
    }
    case PMP_NA4:
        return (struct pmp_range){address << 2, address << 2 | 3};
    case PMP_NAPOT: {
        uint64_t inside = address ^ (address + 1); /* the trailing ones and the zero above them */
        return (struct pmp_range){(address & ~inside) << 2, (address | inside) << 2 | 3};
    }
    case PMP_OFF:
        break;
    }
    return nothing;
}

/* The lowest-numbered entry with a byte in common with first..last, PMP_COUNT for none.
 * `*whole`: it matches all of them. */
static unsigned pmp_find(const struct hart *h, uint64_t first, uint64_t last, bool *whole)
{
    *whole = true;
    for (unsigned entry = 0; entry < PMP_COUNT; entry++) {
        struct pmp_range range = pmp_entry_range(h, entry);
        if (range.last < range.first || last < range.first || range.last < first) continue;
        *whole = range.first <= first && last <= range.last;
        return entry;
    }
    return PMP_COUNT;
}

/* The widest range around `address` whose bytes are all decided alike: by the same entry, or by
 * none. */
static struct pmp_span pmp_span_around(const struct hart *h, uint64_t address)
{
    struct pmp_span span = {.first = 0, .last = UINT64_MAX, .matched = false};
    for (unsigned entry = 0; entry < PMP_COUNT; entry++) {
        struct pmp_range range = pmp_entry_range(h, entry);
        if (range.last < range.first) continue;
        if (range.last < address) {
            if (span.first <= range.last) span.first = range.last + 1;
            continue;
        }
        if (range.first > address) {
            if (span.last >= range.first) span.last = range.first - 1;
            continue;
        }
        if (span.first < range.first) span.first = range.first;
        if (span.last > range.last) span.last = range.last;
        span.matched = true;
        span.cfg = h->pmpcfg[entry];
        break;
    }
    return span;
}

/* The span around `first`: those last found are remembered. Without a TLB it is put in `*made`. */
static const struct pmp_span *pmp_span_of(const struct hart *h, uint64_t first,
                                          struct pmp_span *made)
{
    struct pmp_span *span = h->tlb ? &h->tlb->pmp[first >> PAGE_SHIFT & (PMP_SPANS - 1)] : made;
    if (!h->tlb || first < span->first || span->last < first) *span = pmp_span_around(h, first);
    return span;
}

/* "Smepmp", the truth table for MML = 1, by L, R, W and X: what M-mode and the others may do. */
static const struct {
    uint8_t m, other;
} lockdown[16] = {
    /* L R W X */
    [0x0] = {0, 0},
    [0x1] = {0, PMP_X},
    [0x2] = {PMP_R | PMP_W, PMP_R},
    [0x3] = {PMP_R | PMP_W, PMP_R | PMP_W},
    [0x4] = {0, PMP_R},
    [0x5] = {0, PMP_R | PMP_X},
    [0x6] = {0, PMP_R | PMP_W},
    [0x7] = {0, PMP_R | PMP_W | PMP_X},
    [0x8] = {0, 0},
    [0x9] = {PMP_X, 0},
    [0xa] = {PMP_X, PMP_X},
    [0xb] = {PMP_R | PMP_X, PMP_X},
    [0xc] = {PMP_R, 0},
    [0xd] = {PMP_R | PMP_X, 0},
    [0xe] = {PMP_R | PMP_W, 0},
    [0xf] = {PMP_R, PMP_R},
};

static bool smepmp_allows(const struct hart *h, const struct pmp_span *span, uint8_t needed,
                          enum priv priv)
{
    bool mml = h->mseccfg & MSECCFG_MML;
    if (!span->matched) {
        if (priv != PRIV_M || (h->mseccfg & MSECCFG_MMWP)) return false;
        return !mml || needed != PMP_X; /* M-mode executes only what an entry allows it to */
    }
    if (!mml) return (priv == PRIV_M && !(span->cfg & PMP_L)) || (span->cfg & needed);
    unsigned lrwx = (span->cfg & PMP_L ? 8 : 0) | (span->cfg & PMP_R ? 4 : 0) |
                    (span->cfg & PMP_W ? 2 : 0) | (span->cfg & PMP_X ? 1 : 0);
    return (priv == PRIV_M ? lockdown[lrwx].m : lockdown[lrwx].other) & needed;
}

bool pmp_allows(const struct hart *h, uint64_t paddr, unsigned size, enum access access,
                enum priv priv)
{
    static const uint8_t needed[] = {
        [ACCESS_LOAD] = PMP_R, [ACCESS_STORE] = PMP_W, [ACCESS_FETCH] = PMP_X};

    uint64_t last = paddr + size - 1;
    struct pmp_span made;
    const struct pmp_span *span = pmp_span_of(h, paddr, &made);
    if (UNLIKELY(last > span->last)) {
        bool whole;
        unsigned entry = pmp_find(h, paddr, last, &whole);
        if (!whole) return false;
        made = (struct pmp_span){.first = paddr, .last = last, .matched = entry < PMP_COUNT};
        if (made.matched) made.cfg = h->pmpcfg[entry];
        span = &made;
    }
    /* "Priority and Matching Logic": no match, M-mode succeeds and S/U fail; a partial match fails
     * irrespective of L; an unlocked entry says nothing to M-mode. */
    if (UNLIKELY(h->mseccfg & (MSECCFG_MML | MSECCFG_MMWP)))
        return smepmp_allows(h, span, needed[access], priv);
    if (!span->matched) return priv == PRIV_M;
    if (priv == PRIV_M && !(span->cfg & PMP_L)) return true;
    return span->cfg & needed[access];
}

bool pmp_uniform(const struct hart *h, uint64_t page)
{
    struct pmp_span made;
    if (page + PAGE_SIZE - 1 <= pmp_span_of(h, page, &made)->last) return true;
    bool whole;
    pmp_find(h, page, page + PAGE_SIZE - 1, &whole);
    return whole;
}
