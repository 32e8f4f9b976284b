/* tests/smp/spin.c: locks that spin, on fewer processors than harts: each must come to its end.
 *
 * Every hart takes part in each game; what it protects is plain memory, so that a lock that lets
 * two in loses counts. A turn that goes round (ping-pong, tickets) is the worst case: only one hart
 * can go on, and all others spin until it has had a processor.
 */
#include "bare.h"

#ifdef SMP_LONG
#define ROUNDS 100000
#else
#define ROUNDS 1000
#endif

#define WRS_NTO __asm__ volatile(".insn 0x00d00073" ::: "memory")

static struct {
    LINE uint32_t word;
} locked, turn, next, sequence;
static LINE uint64_t count, mirror; /* mirror == ~count whenever no lock is held */

static void count_up(void)
{
    if (mirror != ~count) fail("another was inside", mirror, ~count);
    count++;
    mirror = ~count;
}

/* Test and set, no hint to the host at all. */
static void game_swap(unsigned hart)
{
    (void)hart;
    while (__atomic_exchange_n(&locked.word, 1, __ATOMIC_ACQUIRE))
        ;
    count_up();
    __atomic_store_n(&locked.word, 0, __ATOMIC_RELEASE);
}

/* LR/SC, and a plain load that spins with PAUSE in between. */
static void game_reserve(unsigned hart)
{
    (void)hart;
    uint32_t failed;
    do {
        while (__atomic_load_n(&locked.word, __ATOMIC_RELAXED))
            PAUSE;
        __asm__ volatile("lr.w.aq t0, (%1)\nli %0, 1\nbnez t0, 1f\nsc.w %0, %2, (%1)\n1:"
                         : "=&r"(failed)
                         : "r"(&locked.word), "r"(1)
                         : "t0", "memory");
    } while (failed);
    count_up();
    __atomic_store_n(&locked.word, 0, __ATOMIC_RELEASE);
}

/* A ticket lock, as Linux has: waits for one certain hart, in WRS on the reserved word. */
static void game_ticket(unsigned hart)
{
    (void)hart;
    uint32_t mine = __atomic_fetch_add(&next.word, 1, __ATOMIC_RELAXED), now;
    for (;;) {
        __asm__ volatile("lr.w %0, (%1)" : "=r"(now) : "r"(&turn.word) : "memory");
        if (now == mine) break;
        WRS_NTO;
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    count_up();
    __atomic_store_n(&turn.word, mine + 1, __ATOMIC_RELEASE);
}

/* Hart 0 writes, the others read until they see two halves of one write. */
static void game_sequence(unsigned hart)
{
    if (hart == 0) {
        __atomic_store_n(&sequence.word, sequence.word + 1, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        __atomic_store_n(&count, count + 1, __ATOMIC_RELAXED);
        __atomic_store_n(&mirror, ~count, __ATOMIC_RELAXED);
        __atomic_store_n(&sequence.word, sequence.word + 1, __ATOMIC_RELEASE);
        return;
    }
    for (;;) {
        uint32_t before = __atomic_load_n(&sequence.word, __ATOMIC_ACQUIRE);
        uint64_t one = __atomic_load_n(&count, __ATOMIC_RELAXED);
        uint64_t other = __atomic_load_n(&mirror, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (before & 1 || before != __atomic_load_n(&sequence.word, __ATOMIC_RELAXED)) continue;
        if (other != ~one) fail("a seqlock showed half a write", other, ~one);
        return;
    }
}

/* The turn goes round all harts. */
static void game_round(unsigned hart)
{
    while (__atomic_load_n(&turn.word, __ATOMIC_ACQUIRE) % HARTS != hart)
        PAUSE;
    count_up();
    __atomic_store_n(&turn.word, turn.word + 1, __ATOMIC_RELEASE);
}

/* The same, asleep: each wakes the next by an interrupt. */
static void game_wake(unsigned hart)
{
    while (__atomic_load_n(&turn.word, __ATOMIC_ACQUIRE) % HARTS != hart) {
        __asm__ volatile("wfi" ::: "memory");
        ipi_clear(hart);
    }
    count_up();
    __atomic_store_n(&turn.word, turn.word + 1, __ATOMIC_RELEASE);
    ipi_send((hart + 1) % HARTS);
}

static const struct game {
    void (*play)(unsigned hart);
    unsigned divisor;  /* of ROUNDS: without a hint, the host's scheduler decides when it goes on */
    unsigned counting; /* harts that count up a round */
} games[] = {
    {game_swap, 10, HARTS}, {game_reserve, 1, HARTS}, {game_ticket, 1, HARTS},
    {game_sequence, 1, 1},  {game_round, 1, HARTS},   {game_wake, 1, HARTS},
};

void main(unsigned hart)
{
    CSR_WRITE(mie, MIE_MSIE); /* ends a WFI, though nothing traps */
    for (unsigned i = 0; i < sizeof games / sizeof games[0]; i++) {
        uint32_t rounds = ROUNDS / games[i].divisor;
        if (hart == 0) {
            count = 0;
            mirror = ~UINT64_C(0);
            turn.word = next.word = 0;
        }
        barrier();
        for (uint32_t round = 0; round < rounds; round++)
            games[i].play(hart);
        barrier();
        uint64_t wanted = (uint64_t)rounds * games[i].counting;
        if (hart == 0 && count != wanted) fail("counts were lost", count, wanted);
        barrier();
    }
    if (hart == 0) finish(0);
}
