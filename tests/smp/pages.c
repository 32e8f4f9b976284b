/* tests/smp/pages.c: hart 0 moves pages about while all others read, write and run through them.
 *
 * Each virtual page is mapped to one of two physical ones, which differ in a word that says which
 * generation they were filled for, and in a function that returns it. Hart 0 fills the page that
 * isn't mapped for the next generation, stores the new PTE, interrupts the others and waits until
 * each has executed SFENCE.VMA and FENCE.I and said so. So until then a page shows the generation
 * before or the new one, after that the new one only (Privileged spec, "Supervisor
 * Memory-Management Fence Instruction": an access after the fence sees the store before it), and
 * always one that was mapped. Runners run in S-mode, Sv39; interrupts are M-mode's.
 *
 *      fenced[hart] <= what a page shows <= mapping
 *
 * They also count in the page they see. A count goes up by one, and nobody clears it: what the two
 * physical pages hold together at the end is what was counted.
 */
#include "bare.h"

#ifdef SMP_LONG
#define ROUNDS 2000 /* the immediate of LI ends at 2047 */
#else
#define ROUNDS 20
#endif
#define PAGES   8
#define VIRTUAL UINT64_C(0x100000000)
#define DATA    2048 /* of each page: its generation, and the harts' counters */

#define LI(n) ((uint32_t)(n) << 20 | 0x513u)
#define RET   0x8067u

#define PTE_V   1u
#define PTE_RWX 0xceu /* and A and D */
#define PTE(pa) ((uint64_t)(uintptr_t)(pa) >> 12 << 10 | PTE_V)
#define SV39    (UINT64_C(8) << 60)

#define MSTATUS_MPP_S (UINT64_C(1) << 11)
#define CAUSE_ECALL_S 9

struct page {
    _Alignas(4096) uint32_t code[DATA / 4];
    uint64_t generation;
    uint64_t counter[HARTS];
};

static struct page physical[PAGES][2];
static _Alignas(4096) uint64_t root[512], middle[512], leaves[512];

static uint32_t mapping[PAGES]; /* the generation a page has, or is about to get */
static struct {
    LINE uint32_t page[PAGES];
} fenced[HARTS];
static struct {
    LINE uint32_t seen; /* the last order served */
} served[HARTS];
static LINE uint32_t ordered;
static LINE bool over;

uint64_t trap(uint64_t cause, uint64_t epc, uint64_t tval)
{
    unsigned self = hart_id();
    if (cause == CAUSE_ECALL_S) { /* back to M-mode */
        CSR_SET(mstatus, UINT64_C(3) << 11);
        return epc + 4;
    }
    if (cause != CAUSE_MSI) {
        print_number(cause);
        fail(" is a trap nobody expected, at", epc, tval);
    }
    ipi_clear(self);
    uint32_t order = __atomic_load_n(&ordered, __ATOMIC_ACQUIRE);
    __asm__ volatile("sfence.vma %0" ::"r"(VIRTUAL + order % PAGES * 4096) : "memory");
    __asm__ volatile("fence.i" ::: "memory");
    fenced[self].page[order % PAGES] = mapping[order % PAGES];
    __atomic_store_n(&served[self].seen, order, __ATOMIC_RELEASE);
    return epc;
}

static void fill(struct page *page, uint32_t generation)
{
    page->code[0] = LI(generation);
    page->code[1] = RET;
    page->generation = generation;
}

static void move(uint32_t order)
{
    uint32_t n = order % PAGES, generation = order / PAGES;
    struct page *to = &physical[n][generation & 1];
    fill(to, generation);
    __atomic_store_n(&mapping[n], generation, __ATOMIC_RELAXED);
    __asm__ volatile("fence w, w" ::: "memory");
    __atomic_store_n(&leaves[n], PTE(to) | PTE_RWX, __ATOMIC_RELAXED);
    __atomic_store_n(&ordered, order, __ATOMIC_RELEASE);
    for (unsigned hart = 1; hart < HARTS; hart++)
        ipi_send(hart);
    for (unsigned hart = 1; hart < HARTS; hart++)
        while (__atomic_load_n(&served[hart].seen, __ATOMIC_ACQUIRE) != order)
            PAUSE;
}

static void check(const char *what, uint64_t got, uint64_t least, unsigned page)
{
    __asm__ volatile("fence rw, rw" ::: "memory");
    uint32_t most = __atomic_load_n(&mapping[page], __ATOMIC_RELAXED);
    if (got >= least && got <= most) return;
    print(what);
    fail(got < least ? " came from before the fence" : " was never mapped", got,
         got < least ? least : most);
}

/* In S-mode. */
static uint64_t run(unsigned hart)
{
    uint64_t counted = 0;
    for (unsigned n = 0; !__atomic_load_n(&over, __ATOMIC_RELAXED); n = (n + 1) % PAGES) {
        struct page *page = (struct page *)(VIRTUAL + n * 4096);
        uint64_t least = *(volatile uint32_t *)&fenced[hart].page[n];
        __asm__ volatile("" ::: "memory");
        check("a load", *(volatile uint64_t *)&page->generation, least, n);
        check("a call", ((uint64_t(*)(void))(uintptr_t)page->code)(), least, n);
        /* A count lost to a move between its load and its store would be no fault. */
        __atomic_fetch_add(&page->counter[hart], 1, __ATOMIC_RELAXED);
        counted++;
    }
    return counted;
}

static uint64_t run_in_s_mode(unsigned hart)
{
    uint64_t result;
    CSR_WRITE(satp, SV39 | (uint64_t)(uintptr_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    CSR_CLEAR(mstatus, UINT64_C(3) << 11);
    CSR_SET(mstatus, MSTATUS_MPP_S);
    __asm__ volatile("la t0, 1f\ncsrw mepc, t0\nmret\n1:" ::: "t0", "memory");
    result = run(hart);
    __asm__ volatile("ecall" ::: "memory");
    CSR_WRITE(satp, 0);
    __asm__ volatile("sfence.vma" ::: "memory");
    return result;
}

/* Virtual is physical for the first 4 GiB, as gigapages; then come the pages. */
static void tables_make(void)
{
    for (uint64_t i = 0; i < 4; i++)
        root[i] = PTE(i << 30) | PTE_RWX;
    root[4] = PTE(middle);
    middle[0] = PTE(leaves);
    for (unsigned n = 0; n < PAGES; n++) {
        fill(&physical[n][0], 0);
        leaves[n] = PTE(&physical[n][0]) | PTE_RWX;
    }
}

void main(unsigned hart)
{
    static uint64_t counted[HARTS];
    if (hart == 0) tables_make();
    barrier();
    __asm__ volatile("fence.i" ::: "memory");
    barrier();
    if (hart == 0) {
        for (uint32_t order = PAGES; order < PAGES * ROUNDS; order++)
            move(order);
        __atomic_store_n(&over, true, __ATOMIC_RELAXED);
    } else {
        CSR_SET(mie, MIE_MSIE); /* below M-mode they come whatever MIE says */
        counted[hart] = run_in_s_mode(hart);
    }
    barrier();
    if (hart) return;
    for (unsigned other = 1; other < HARTS; other++) {
        uint64_t found = 0;
        for (unsigned i = 0; i < 2 * PAGES; i++)
            found += physical[i / 2][i % 2].counter[other];
        if (found != counted[other]) fail("atomics were lost", found, counted[other]);
    }
    finish(0);
}
