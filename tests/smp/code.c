/* tests/smp/code.c: hart 0 edits code while all others run it.
 *
 * Each slot is `li a0, N; ret`, N its generation. Hart 0 stores the next generation's first word,
 * interrupts the others and waits until each has executed FENCE.I and said so (Unprivileged spec,
 * "Zifencei": what makes a store visible to another hart's fetches). So a call that begins after a
 * hart's fence must run that generation or a later one, and never one that wasn't written yet:
 *
 *      fenced[hart] <= what the call returns <= writing
 *
 * In odd pages runners also keep counters beside the code: stores that miss it must not be lost,
 * and make these the pages that others could write to unnoticed.
 */
#include "bare.h"

#ifdef SMP_LONG
#define ROUNDS 2000 /* the immediate of LI ends at 2047 */
#else
#define ROUNDS 20
#endif
#define PAGES     4
#define SLOTS     4 /* a page */
#define SLOT_STEP 64
#define DATA      2048 /* of each page: where counters are */

#define LI(n) ((uint32_t)(n) << 20 | 0x513u)
#define RET   0x8067u

static __attribute__((aligned(4096))) uint8_t code[PAGES][4096];

static uint32_t writing[PAGES * SLOTS]; /* the generation a slot has, or is about to get */
static struct {
    LINE uint32_t slot[PAGES * SLOTS];
} fenced[HARTS];
static struct {
    LINE uint32_t seen; /* the last order served */
} served[HARTS];
static LINE uint32_t ordered;
static LINE bool over;

static uint32_t *word_of(unsigned slot)
{
    return (uint32_t *)&code[slot / SLOTS][slot % SLOTS * SLOT_STEP];
}

uint64_t trap(uint64_t cause, uint64_t epc, uint64_t tval)
{
    (void)tval;
    unsigned self = hart_id();
    if (cause != CAUSE_MSI) fail("a trap nobody expected, at", epc, cause);
    ipi_clear(self);
    uint32_t order = __atomic_load_n(&ordered, __ATOMIC_ACQUIRE);
    __asm__ volatile("fence.i" ::: "memory");
    for (unsigned slot = 0; slot < PAGES * SLOTS; slot++)
        if (slot == order % (PAGES * SLOTS)) fenced[self].slot[slot] = writing[slot];
    __atomic_store_n(&served[self].seen, order, __ATOMIC_RELEASE);
    return epc;
}

static void edit(uint32_t order)
{
    unsigned slot = order % (PAGES * SLOTS);
    uint32_t generation = order / (PAGES * SLOTS);
    __atomic_store_n(&writing[slot], generation, __ATOMIC_RELAXED);
    __asm__ volatile("fence w, w" ::: "memory");
    __atomic_store_n(word_of(slot), LI(generation), __ATOMIC_RELAXED);
    __atomic_store_n(&ordered, order, __ATOMIC_RELEASE);
    for (unsigned hart = 1; hart < HARTS; hart++)
        ipi_send(hart);
    for (unsigned hart = 1; hart < HARTS; hart++)
        while (__atomic_load_n(&served[hart].seen, __ATOMIC_ACQUIRE) != order)
            PAUSE;
}

static uint64_t run(unsigned hart)
{
    uint64_t calls = 0;
    for (unsigned slot = 0; !__atomic_load_n(&over, __ATOMIC_RELAXED);
         slot = (slot + 1) % (PAGES * SLOTS)) {
        uint64_t *counter = (uint64_t *)&code[slot / SLOTS][DATA + 8 * hart];
        uint32_t least = *(volatile uint32_t *)&fenced[hart].slot[slot];
        __asm__ volatile("" ::: "memory");
        uint64_t got = ((uint64_t(*)(void))(uintptr_t)word_of(slot))();
        __asm__ volatile("fence rw, rw" ::: "memory");
        uint32_t most = __atomic_load_n(&writing[slot], __ATOMIC_RELAXED);
        if (got < least) fail("ran code older than its fence.i", got, least);
        if (got > most) fail("ran code that was never written", got, most);
        if (slot / SLOTS % 2 == 0) continue;
        ++*counter;
        calls++;
    }
    return calls;
}

void main(unsigned hart)
{
    static uint64_t calls[HARTS];
    for (unsigned slot = 0; hart == 0 && slot < PAGES * SLOTS; slot++) {
        word_of(slot)[0] = LI(0);
        word_of(slot)[1] = RET;
    }
    barrier();
    __asm__ volatile("fence.i" ::: "memory");
    barrier();
    if (hart == 0) {
        for (uint32_t order = PAGES * SLOTS; order < PAGES * SLOTS * ROUNDS; order++)
            edit(order);
        __atomic_store_n(&over, true, __ATOMIC_RELAXED);
    } else {
        CSR_SET(mie, MIE_MSIE);
        CSR_SET(mstatus, MSTATUS_MIE);
        calls[hart] = run(hart);
    }
    barrier();
    if (hart) return;
    for (unsigned other = 1; other < HARTS; other++) {
        uint64_t counted = 0;
        for (unsigned page = 0; page < PAGES; page++)
            counted += *(uint64_t *)&code[page][DATA + 8 * other];
        if (counted != calls[other]) fail("stores beside code were lost", counted, calls[other]);
    }
    finish(0);
}
