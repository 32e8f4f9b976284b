/* tests/smp/bare.h: what programs for several harts without an operating system stand on.
 *
 * Every hart comes to main(hart) in M-mode, PMP open, interrupts off. HARTS, a power of two, is the
 * number the program was built for: run it with `-smp HARTS -bios none`.
 */
#ifndef RIVET_TESTS_BARE_H
#define RIVET_TESTS_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef HARTS
#define HARTS 4
#endif

#define LINE __attribute__((aligned(64)))

#define MIE_MSIE    8u
#define MSTATUS_MIE 8u
#define CAUSE_MSI   (UINT64_C(1) << 63 | 3)

#define PAUSE __asm__ volatile(".insn 0x0100000f" ::: "memory")

#define CSR_READ(csr)                                                                              \
    __extension__({                                                                                \
        uint64_t value_;                                                                           \
        __asm__ volatile("csrr %0, " #csr : "=r"(value_)::"memory");                               \
        value_;                                                                                    \
    })
#define CSR_WRITE(csr, value) __asm__ volatile("csrw " #csr ", %0" ::"r"(value) : "memory")
#define CSR_SET(csr, bits)    __asm__ volatile("csrs " #csr ", %0" ::"r"(bits) : "memory")
#define CSR_CLEAR(csr, bits)  __asm__ volatile("csrc " #csr ", %0" ::"r"(bits) : "memory")

/* The program's. */
void main(unsigned hart);
/* A trap to M-mode; returns where to go on. The one in bare.c ends the program. */
uint64_t trap(uint64_t cause, uint64_t epc, uint64_t tval);

unsigned hart_id(void);
uint64_t ticks(void); /* mtime */
void ipi_send(unsigned hart);
void ipi_clear(unsigned hart);

/* Nobody goes on before all have come. */
void barrier(void);

void print(const char *text);
void print_number(uint64_t number);
void print_padded(const char *text, unsigned width);
/* Ends the machine: 0 is a pass. */
_Noreturn void finish(unsigned status);
/* Says what was wrong on this hart and ends it. */
_Noreturn void fail(const char *what, uint64_t is, uint64_t wanted);

#endif
