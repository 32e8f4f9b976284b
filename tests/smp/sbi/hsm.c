/* tests/smp/sbi/hsm.c: harts through OpenSBI: the Hart State Management extension (SBI spec §9).
 *
 * The hart that boots starts each of the others, which suspends itself keeping its registers, then
 * without keeping them, and stops; twice over. An IPI ends either sleep. The last one to be started
 * once more switches the machine off. What was wrong is the exit status.
 */
#include <stdbool.h>
#include <stdint.h>

#define HARTS  4
#define SYSCON ((volatile uint32_t *)0x00100000)

enum { HSM = 0x48534d, IPI = 0x735049, SRST = 0x53525354 };
enum { HART_START, HART_STOP, HART_STATUS, HART_SUSPEND };
enum { STARTED = 0, STOPPED = 1, SUSPENDED = 4 };
enum { ALREADY_AVAILABLE = -6, INVALID_PARAM = -3 };

#define RETENTIVE     UINT64_C(0)
#define NON_RETENTIVE UINT64_C(0x80000000)
#define SSIP          2u
#define OPAQUE(hart)  (UINT64_C(0x1234567800) | (hart))

struct answer {
    long error, value;
};

void started(void);
void resumed(void);
void begin(uint64_t hart);
void again(uint64_t hart, uint64_t opaque);
void woken(uint64_t hart, uint64_t opaque);

static uint32_t steps[HARTS]; /* what a started hart has come through */
static uint32_t last = HARTS; /* this one switches off when it is started */

static struct answer sbi(long extension, long function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t a0 __asm__("a0") = a;
    register uint64_t a1 __asm__("a1") = b;
    register uint64_t a2 __asm__("a2") = c;
    register long a6 __asm__("a6") = function;
    register long a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (struct answer){(long)a0, (long)a1};
}

static void check(bool good, unsigned status)
{
    if (!good) *SYSCON = 0x3333 | status << 16;
}

static uint32_t step(unsigned hart)
{
    return __atomic_load_n(&steps[hart], __ATOMIC_ACQUIRE);
}

static void step_done(unsigned hart)
{
    __atomic_store_n(&steps[hart], steps[hart] + 1, __ATOMIC_RELEASE);
}

static void wait_for(unsigned hart, long state)
{
    while (sbi(HSM, HART_STATUS, hart, 0, 0).value != state)
        ;
}

static void wait_step(unsigned hart, uint32_t wanted)
{
    while (step(hart) != wanted)
        ;
}

static void wake(unsigned hart)
{
    wait_for(hart, SUSPENDED);
    check(sbi(IPI, 0, UINT64_C(1) << hart, 0, 0).error == 0, 1);
}

static void start(unsigned hart)
{
    check(sbi(HSM, HART_START, hart, (uint64_t)(uintptr_t)started, OPAQUE(hart)).error == 0, 2);
}

void begin(uint64_t self)
{
    check(sbi(HSM, HART_START, HARTS, (uint64_t)(uintptr_t)started, 0).error == INVALID_PARAM, 3);
    check(sbi(HSM, HART_START, self, (uint64_t)(uintptr_t)started, 0).error == ALREADY_AVAILABLE,
          4);
    for (unsigned i = 0; i < 2 * HARTS; i++) {
        unsigned hart = i % HARTS;
        if (hart == self) continue;
        wait_for(hart, STOPPED);
        uint32_t from = step(hart);
        start(hart);
        wait_step(hart, from + 1);
        wake(hart);
        wait_step(hart, from + 2);
        wake(hart);
        wait_step(hart, from + 3);
    }
    unsigned off = (unsigned)(self + HARTS - 1) % HARTS;
    wait_for(off, STOPPED);
    __atomic_store_n(&last, off, __ATOMIC_RELEASE);
    start(off);
}

static void interrupts_prepare(void)
{
    __asm__ volatile("csrc sip, %0\n csrs sie, %0" ::"r"(SSIP) : "memory");
}

void again(uint64_t hart, uint64_t opaque)
{
    check(opaque == OPAQUE(hart), 5);
    if (hart == __atomic_load_n(&last, __ATOMIC_ACQUIRE)) sbi(SRST, 0, 0, 0, 0); /* shutdown */
    interrupts_prepare();
    step_done((unsigned)hart);
    check(sbi(HSM, HART_SUSPEND, RETENTIVE, 0, 0).error == 0, 6);
    interrupts_prepare();
    step_done((unsigned)hart);
    sbi(HSM, HART_SUSPEND, NON_RETENTIVE, (uint64_t)(uintptr_t)resumed, ~OPAQUE(hart));
    check(false, 7); /* it doesn't return */
}

void woken(uint64_t hart, uint64_t opaque)
{
    check(opaque == ~OPAQUE(hart), 8);
    step_done((unsigned)hart);
    sbi(HSM, HART_STOP, 0, 0, 0);
    check(false, 9);
}
