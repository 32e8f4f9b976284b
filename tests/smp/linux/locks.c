/* tests/smp/linux/locks.c: four threads of Linux, each held on a hart of its own, wait for each
 * other: asleep in a futex, round a lock without any hint, in the turns of a ticket lock, and for
 * the halves of a seqlock. Prints "locks: exact" when all came to an end and no count was lost.
 */
#include <stdbool.h>
#include <stdint.h>

enum { THREADS = 4, STACK = 16384 };
enum { WRITE = 64, FUTEX = 98, SCHED_SETAFFINITY = 122 };
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, ALL = INT32_MAX };

#define PAUSE __asm__ volatile(".word 0x0100000f" ::: "memory")

long thread_start(void (*run)(unsigned), unsigned argument, void *stack_top);
int main(void);

static _Alignas(16) uint8_t stacks[THREADS][STACK];
static uint32_t arrived, phase, turn, locked, next, now, sequence, ended;
static uint64_t count, mirror, halves;

static long call(long number, long a, long b, long c, long d)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a7) : "memory");
    return a0;
}

static uint32_t get(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void put(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void wait_while(uint32_t *word, uint32_t value)
{
    call(FUTEX, (long)word, FUTEX_WAIT, value, 0);
}

static void wake_all(uint32_t *word)
{
    call(FUTEX, (long)word, FUTEX_WAKE, ALL, 0);
}

static void barrier(void)
{
    uint32_t old = get(&phase);
    if (__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL) == THREADS) {
        put(&arrived, 0);
        put(&phase, old + 1);
        wake_all(&phase);
    }
    while (get(&phase) == old)
        wait_while(&phase, old);
}

static void game_futex(unsigned id)
{
    uint32_t seen;
    while ((seen = get(&turn)) % THREADS != id)
        wait_while(&turn, seen);
    count++;
    put(&turn, seen + 1);
    wake_all(&turn);
}

static void game_spin(unsigned id)
{
    (void)id;
    while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE))
        ;
    count++;
    put(&locked, 0);
}

static void game_ticket(unsigned id)
{
    (void)id;
    uint32_t mine = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
    while (get(&now) != mine)
        PAUSE;
    count++;
    put(&now, mine + 1);
}

static void game_sequence(unsigned id)
{
    if (id == 0) {
        __atomic_store_n(&sequence, sequence + 1, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_RELEASE);
        __atomic_store_n(&count, count + 1, __ATOMIC_RELAXED);
        __atomic_store_n(&mirror, ~count, __ATOMIC_RELAXED);
        put(&sequence, sequence + 1);
        return;
    }
    for (;;) {
        uint32_t before = get(&sequence);
        uint64_t one = __atomic_load_n(&count, __ATOMIC_RELAXED);
        uint64_t other = __atomic_load_n(&mirror, __ATOMIC_RELAXED);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (before & 1 || before != __atomic_load_n(&sequence, __ATOMIC_RELAXED)) continue;
        if (other != ~one) __atomic_fetch_add(&halves, 1, __ATOMIC_RELAXED);
        return;
    }
}

static const struct game {
    void (*play)(unsigned id);
    uint32_t rounds, counting; /* threads that count up a round */
} games[] = {
    {game_futex, 500, THREADS},
    {game_spin, 500, THREADS},
    {game_ticket, 5000, THREADS},
    {game_sequence, 5000, 1},
};

static bool exact = true;

static void run(unsigned id)
{
    uint64_t hart = 1u << id;
    call(SCHED_SETAFFINITY, 0, sizeof hart, (long)&hart, 0);
    for (unsigned i = 0; i < sizeof games / sizeof games[0]; i++) {
        barrier();
        for (uint32_t round = 0; round < games[i].rounds; round++)
            games[i].play(id);
        barrier();
        if (id) continue;
        exact = exact && count == (uint64_t)games[i].rounds * games[i].counting && !halves;
        count = 0;
        mirror = ~UINT64_C(0);
    }
    put(&ended, get(&ended) + (id == 0));
    wake_all(&ended);
}

int main(void)
{
    static const char good[] = "locks: exact\n", bad[] = "locks: counts were lost\n";
    for (unsigned id = 0; id < THREADS; id++)
        if (thread_start(run, id, stacks[id] + STACK) < 0) return 2;
    while (!get(&ended))
        wait_while(&ended, 0);
    call(WRITE, 1, (long)(exact ? good : bad), exact ? sizeof good - 1 : sizeof bad - 1, 0);
    return !exact;
}
