/* tests/lockstep/paging.c: page tables for two address spaces, in every mode the hart has.
 *
 * The tables of Sv39 are also the lower levels of Sv48's, and those of Sv57's: the roots differ.
 * The pages of tables, eight a space:
 *
 *      RV64   0 root of Sv39       1 of VA_USER    2 of VA_IDENT    3 of VA_MEGA
 *             4 last of VA_USER    5 last of VA_IDENT   6 root of Sv48   7 root of Sv57
 *      RV32   0 root of Sv32       4 last of VA_USER    5 last of VA_IDENT
 */
#include "base/bits.h"
#include "tests/lockstep/program.h"

#define PTE_V    UINT64_C(0x01)
#define PTE_R    UINT64_C(0x02)
#define PTE_W    UINT64_C(0x04)
#define PTE_X    UINT64_C(0x08)
#define PTE_U    UINT64_C(0x10)
#define PTE_G    UINT64_C(0x20)
#define PTE_A    UINT64_C(0x40)
#define PTE_D    UINT64_C(0x80)
#define PTE_PBMT UINT64_C(0x6000000000000000)
#define PTE_N    UINT64_C(0x8000000000000000)

enum table { ROOT39, USER1, IDENT1, MEGA1, USER0, IDENT0, ROOT48, ROOT57, TABLE_COUNT };

static uint32_t table_at(unsigned space, enum table table)
{
    return AT_TABLES + PAGE_SIZE * (space * TABLE_COUNT + table);
}

static uint64_t pte_of(uint64_t physical, uint64_t flags)
{
    return physical >> PAGE_SHIFT << 10 | flags;
}

/* Mostly a page on which everything goes; else something is missing, or reserved. */
static uint64_t random_leaf(struct rng *rng, unsigned xlen, uint64_t physical, bool user)
{
    uint64_t all = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
    uint64_t pte = pte_of(physical, all | (user ? PTE_U : 0));
    if (rng_percent(rng, 10)) pte |= PTE_G;
    if (rng_percent(rng, 60)) return pte;
    if (xlen == 64 && rng_percent(rng, 15)) return pte | UINT64_C(1) << (61 + rng_below(rng, 2));
    switch (rng_below(rng, 12)) {
    case 0:
    case 1:
        return pte & ~PTE_D;
    case 2:
    case 3:
        return pte & ~(PTE_A | PTE_D);
    case 4:
        return pte & ~(PTE_W | PTE_D);
    case 5:
        return pte & ~PTE_X;
    case 6:
        return pte & ~(PTE_R | PTE_W); /* execute only: MXR */
    case 7:
        return pte ^ PTE_U;
    case 8:
        return pte & ~PTE_V;
    case 9:
        pte &= ~(rng_next(rng) & 0xff);
        return pte & (PTE_R | PTE_X) ? pte : pte & ~PTE_V; /* never data as a page table */
    case 10:
        return xlen == 64 ? pte | (rng_next(rng) & (PTE_PBMT | PTE_N)) : pte & ~PTE_R;
    default:
        return pte ^ UINT64_C(1) << rng_below(rng, xlen);
    }
}

/* A fair choice among all entries of the kind that come by; NULL: not this one. */
static struct pte_slot *slot_choose(struct writer *w, bool large)
{
    unsigned *seen = large ? &w->slots_large_seen : &w->slots_seen;
    unsigned room = large ? SLOTS_LARGE : SLOTS_MAX - SLOTS_LARGE;
    unsigned at = (*seen)++ < room ? *seen - 1 : rng_below(&w->rng, *seen);
    if (at >= room) return NULL;
    return &w->program->slots[large ? at : SLOTS_LARGE + at];
}

static void pte_put(struct writer *w, unsigned space, uint32_t table, unsigned index, uint64_t va,
                    uint64_t pte, bool leaf)
{
    struct program *p = w->program;
    unsigned size = p->xlen == 64 ? 8 : 4;
    uint32_t offset = table + index * size;
    store_le(p->ram + offset, size, pte);
    struct pte_slot *slot = slot_choose(w, !leaf || va >= VA_TERA);
    if (slot) *slot = (struct pte_slot){.offset = offset, .va = va, .space = space, .leaf = leaf};
}

static void put_leaf(struct writer *w, unsigned space, enum table table, uint64_t va,
                     unsigned level, uint64_t physical, bool user)
{
    unsigned bits = w->program->xlen == 64 ? 9 : 10;
    unsigned index = va >> (PAGE_SHIFT + level * bits) & mask_low(bits);
    pte_put(w, space, table_at(space, table), index, va,
            random_leaf(&w->rng, w->program->xlen, physical, user), true);
}

static void put_pointer(struct writer *w, unsigned space, enum table from, uint64_t va,
                        unsigned level, enum table to)
{
    unsigned bits = w->program->xlen == 64 ? 9 : 10;
    unsigned index = va >> (PAGE_SHIFT + level * bits) & mask_low(bits);
    uint64_t pte = pte_of(RAM_BASE + table_at(space, to), PTE_V);
    pte_put(w, space, table_at(space, from), index, va, pte, false);
}

/* The 4 KiB pages. */
static void make_last_level(struct writer *w, unsigned space)
{
    for (unsigned page = 0; page < AT_TABLES >> PAGE_SHIFT; page++) {
        uint64_t at = (uint64_t)page << PAGE_SHIFT;
        put_leaf(w, space, USER0, VA_USER + at, 0, RAM_BASE + at, true);
        put_leaf(w, space, IDENT0, VA_IDENT + at, 0, RAM_BASE + at, false);
        unsigned other = 2 + rng_below(&w->rng, CODE_PAGES + DATA_PAGES);
        put_leaf(w, space, USER0, VA_ALIAS + at, 0, RAM_BASE + other * PAGE_SIZE,
                 rng_percent(&w->rng, 50));
    }
    /* The handlers had better be there. */
    uint64_t all = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
    unsigned size = w->program->xlen == 64 ? 8 : 4;
    store_le(w->program->ram + table_at(space, IDENT0), size, pte_of(RAM_BASE, all));
    put_leaf(w, space, USER0, VA_DEVICE, 0, DEVICE_BASE, rng_percent(&w->rng, 60));
    if (size == 4) return;
    /* Svnapot: sixteen entries alike, their PPN ending in 1000. */
    uint64_t napot =
        random_leaf(&w->rng, 64, RAM_BASE, rng_percent(&w->rng, 60)) | PTE_N | UINT64_C(8) << 10;
    for (unsigned i = 0; i < 16; i++)
        store_le(w->program->ram + table_at(space, USER0) + (0x180 + i) * 8, 8, napot);
}

static void make_space_64(struct writer *w, unsigned space)
{
    struct rng *rng = &w->rng;
    put_pointer(w, space, ROOT39, VA_USER, 2, USER1);
    put_pointer(w, space, ROOT39, VA_IDENT, 2, IDENT1);
    put_pointer(w, space, ROOT39, VA_MEGA, 2, MEGA1);
    put_leaf(w, space, ROOT39, VA_GIGA, 2, RAM_BASE, rng_percent(rng, 30));
    put_pointer(w, space, USER1, VA_USER, 1, USER0);
    put_pointer(w, space, IDENT1, VA_IDENT, 1, IDENT0);
    put_leaf(w, space, MEGA1, VA_MEGA, 1, RAM_BASE, rng_percent(rng, 30));
    put_pointer(w, space, ROOT48, 0, 3, ROOT39);
    put_pointer(w, space, ROOT48, VA_GIGA, 3, ROOT39);
    put_leaf(w, space, ROOT48, VA_TERA, 3, 0, rng_percent(rng, 30));
    put_pointer(w, space, ROOT57, 0, 4, ROOT48);
    put_pointer(w, space, ROOT57, VA_GIGA, 4, ROOT48);
    put_leaf(w, space, ROOT57, VA_PETA, 4, 0, rng_percent(rng, 30));
}

static void make_space_32(struct writer *w, unsigned space)
{
    put_pointer(w, space, ROOT39, VA_USER, 1, USER0);
    put_pointer(w, space, ROOT39, VA_IDENT, 1, IDENT0);
    put_leaf(w, space, ROOT39, VA_MEGA, 1, RAM_BASE, rng_percent(&w->rng, 30));
}

/* ASIDs of a space: a translation may outlive its satp under the same ASID, so none is shared. */
static const uint16_t asids[2][2] = {{1, 0x110}, {2, 0x1ff}};

static void make_satps(struct writer *w, unsigned space, unsigned percent)
{
    struct program *p = w->program;
    static const enum table roots[] = {ROOT39, ROOT48, ROOT57};
    for (unsigned mode = 0; mode < (p->xlen == 64 ? 3 : 1); mode++) {
        for (unsigned i = 0; i < 2; i++) {
            bool must = p->satp_count == 1 && mode == 0 && i == 1;
            if (!must && !rng_percent(&w->rng, percent)) continue;
            uint64_t ppn = (RAM_BASE + table_at(space, roots[mode])) >> PAGE_SHIFT;
            uint64_t asid = asids[space][i];
            p->satps[p->satp_count++] = p->xlen == 64
                                            ? (UINT64_C(8) + mode) << 60 | asid << 44 | ppn
                                            : UINT64_C(1) << 31 | asid << 22 | ppn;
        }
    }
}

void make_tables(struct writer *w)
{
    struct program *p = w->program;
    p->satps[p->satp_count++] = 0;
    for (unsigned space = 0; space < 2; space++) {
        make_last_level(w, space);
        if (p->xlen == 64)
            make_space_64(w, space);
        else
            make_space_32(w, space);
        make_satps(w, space, space == 0 ? 60 : 20);
    }
    p->slot_count = SLOTS_MAX;
}

uint64_t random_pte(struct writer *w, const struct pte_slot *slot)
{
    struct program *p = w->program;
    struct rng *rng = &w->rng;
    uint64_t pte = load_le(p->ram + slot->offset, p->xlen == 64 ? 8 : 4);
    if (!slot->leaf) return rng_percent(rng, 70) ? pte : pte ^ UINT64_C(1) << rng_below(rng, 8);
    bool large = slot->va >= VA_TERA; /* all the superpages */
    uint64_t physical = (pte >> 10 & mask_low(44)) << PAGE_SHIFT;
    if (!large || rng_percent(rng, 50))
        physical = RAM_BASE + PAGE_SIZE * (2 + rng_below(rng, CODE_PAGES + DATA_PAGES));
    return random_leaf(rng, p->xlen, physical, rng_percent(rng, 60));
}
