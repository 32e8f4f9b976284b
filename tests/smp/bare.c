/* tests/smp/bare.c: text out, interrupts between harts, barriers, the end. */
#include "bare.h"

#define SYSCON ((volatile uint32_t *)0x00100000)
#define MSIP   ((volatile uint32_t *)0x02000000)
#define MTIME  ((volatile uint64_t *)0x0200bff8)
#define UART   ((volatile uint8_t *)0x10000000)

unsigned hart_id(void)
{
    register uint64_t tp __asm__("tp"); /* start.S put it there: S-mode can't ask the CSR */
    __asm__("" : "=r"(tp));
    return (unsigned)tp;
}

void ipi_send(unsigned hart)
{
    __asm__ volatile("fence rw, rw" ::: "memory");
    __asm__ volatile("fence w, o" ::: "memory");
    MSIP[hart] = 1;
}

uint64_t ticks(void)
{
    return *MTIME;
}

/* What was written before the interrupt is seen after this. */
void ipi_clear(unsigned hart)
{
    MSIP[hart] = 0;
    __asm__ volatile("fence io, rw" ::: "memory");
    __asm__ volatile("fence rw, rw" ::: "memory");
}

struct barrier {
    LINE uint32_t arrived;
    LINE uint32_t round;
};

void barrier(void)
{
    static struct barrier all;
    uint32_t round = __atomic_load_n(&all.round, __ATOMIC_ACQUIRE);
    if (__atomic_fetch_add(&all.arrived, 1, __ATOMIC_ACQ_REL) == HARTS - 1) {
        all.arrived = 0;
        __atomic_store_n(&all.round, round + 1, __ATOMIC_RELEASE);
    }
    while (__atomic_load_n(&all.round, __ATOMIC_ACQUIRE) == round)
        PAUSE;
}

void print(const char *text)
{
    while (*text)
        *UART = (uint8_t)*text++;
}

void print_padded(const char *text, unsigned width)
{
    unsigned length = 0;
    while (text[length])
        length++;
    print(text);
    for (; length < width; length++)
        print(" ");
}

void print_number(uint64_t number)
{
    char digits[24], *at = digits + sizeof digits;
    *--at = 0;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    print(at);
}

void finish(unsigned status)
{
    *SYSCON = status ? 0x3333 | status << 16 : 0x5555;
    for (;;)
        __asm__ volatile("wfi");
}

void fail(const char *what, uint64_t is, uint64_t wanted)
{
    print("hart ");
    print_number(hart_id());
    print(": ");
    print(what);
    print(": ");
    print_number(is);
    print(", wanted ");
    print_number(wanted);
    print("\n");
    finish(1);
}

__attribute__((weak)) uint64_t trap(uint64_t cause, uint64_t epc, uint64_t tval)
{
    (void)tval;
    fail("a trap nobody expected, at", epc, cause);
}
