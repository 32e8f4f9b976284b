/* tests/guest/hpm.S: performance counters: events, modes in which they count, overflow. */
#include "guest.h"

#define OF   (1 << 63)
#define MINH (1 << 62)
#define UINH (1 << 60)

#define CYCLES       0x1
#define INSTRUCTIONS 0x2
#define LOAD_WALKS   0x10019
#define EXCEPTIONS   0x100001
#define DEVICE_LOADS 0x100003

#define LCOFI (1 << 13)

/* Newer than the assembler. */
#define mcyclecfg_   0x321
#define minstretcfg_ 0x322
#define scountovf_   0xda0

/* U-mode at the next instruction but one: mret comes right before it. */
#define TO_U(at) la t6, at; csrw mepc, t6; CSR_CLEAR(mstatus, MPP)

    .globl main
main:
#ifdef QEMU /* counts its own cycles, and has other events */
    PASS
#endif
    /* An event that is none leaves the selector as it was. */
    CSR_WRITE(mhpmevent3, INSTRUCTIONS)
    CSR_WRITE(mhpmevent3, 0x777)
    EXPECT_CSR(mhpmevent3, INSTRUCTIONS)
    CSR_WRITE(mhpmevent31, INSTRUCTIONS) /* there is no such counter */
    EXPECT_CSR(mhpmevent31, 0)

    /* From after the write up to before the read. */
    csrw mhpmcounter3, zero
    nop
    nop
    nop
    csrr a0, mhpmcounter3
    EXPECT(a0, 3)
    csrw mhpmcounter3, zero
    csrr a0, hpmcounter3
    EXPECT(a0, 0)

    /* mcountinhibit stops it alone. */
    csrw mhpmcounter3, zero
    csrr a1, minstret
    CSR_WRITE(mcountinhibit, 1 << 3) /* three instructions with the one before */
    nop
    nop
    csrw mcountinhibit, zero
    nop
    csrr a0, mhpmcounter3
    csrr a2, minstret
    EXPECT(a0, 4)
    sub a2, a2, a1
    EXPECT(a2, 8)

    /* The lower modes only; the environment call doesn't retire. */
    CSR_WRITE(mhpmevent3, MINH | CYCLES)
    csrw mhpmcounter3, zero
    nop
    ENTER_U
    nop
    nop
    LEAVE /* la tp and ecall */
    nop
    EXPECT_CSR(mhpmcounter3, 4)

    /* mret counts where it comes from; the trap handler's eight instructions count again. */
    CSR_WRITE(mhpmevent3, UINH | INSTRUCTIONS)
    la tp, 2f
    TO_U(1f)
    csrw mhpmcounter3, zero
    nop
    mret
    .balign 4
1:  nop
    nop
    nop
    ecall
    .balign 4
2:  csrr a0, mhpmcounter3
    EXPECT(a0, 10)

    /* Likewise the two counters that have no event. */
    CSR_WRITE(minstretcfg_, MINH)
    CSR_WRITE(mcyclecfg_, UINH)
    EXPECT_CSR(minstretcfg_, MINH)
    csrw minstret, zero
    csrr a1, mcycle
    ENTER_U
    nop
    nop
    nop
    LEAVE
    csrr a2, mcycle
    EXPECT_CSR(minstret, 5)
    sub a2, a2, a1
    csrr a1, mcycle
    sltiu a2, a2, 25 /* as long as ENTER_U and the handler take, and not 3 more */
    EXPECT(a2, 1)
    csrw minstretcfg_, zero
    csrw mcyclecfg_, zero

    /* Overflow: the interrupt comes right after the instruction that made the counter wrap. */
    CSR_WRITE(mie, LCOFI)
    CSR_WRITE(mhpmevent3, INSTRUCTIONS)
    CSR_SET(mstatus, MIE)
    la tp, 2f
    li a0, 0
    li t0, -1000
    csrw mhpmcounter3, t0
1:  addi a0, a0, 1
    j 1b
    .balign 4
2:  AT; TRAPPED(INTERRUPT | 13, 0)
    EXPECT(a0, 500)
    la a1, 1b
    EXPECT_REG(s9, a1)
    EXPECT_CSR(mhpmevent3, OF | INSTRUCTIONS)
    EXPECT_CSR(scountovf_, 1 << 3)
    EXPECT_CSR(mip, LCOFI)

    /* OF switches further ones off; the counter goes on. */
    CSR_CLEAR(mip, LCOFI)
    EXPECT_CSR(mip, 0)
    CSR_SET(mstatus, MIE)
    li t0, -3
    csrw mhpmcounter3, t0
    nop
    nop
    nop
    nop
    csrr a0, mhpmcounter3
    EXPECT(a0, 1)
    EXPECT_CSR(mip, 0)

    /* Writing never overflows. */
    CSR_WRITE(mhpmevent3, INSTRUCTIONS)
    li t0, -1000
    csrw mhpmcounter3, t0
    csrw mhpmcounter3, zero
    EXPECT_CSR(scountovf_, 0)

    /* In U-mode alone, the interrupt S-mode's, and scountovf as far as mcounteren opens it. */
    CSR_WRITE(mideleg, LCOFI)
    CSR_WRITE(mhpmevent4, MINH | 1 << 61 | INSTRUCTIONS)
    li t0, -5
    csrw mhpmcounter4, t0
    CSR_WRITE(mcounteren, -1)
    la tp, 2f
    TO_U(1f)
    mret
    .balign 4
1:  addi a0, a0, 1
    j 1b
    .balign 4
2:  EXPECT(s10, INTERRUPT | 13)
    la a1, 1b + 2 /* five: addi, j, addi, j, addi */
    EXPECT_REG(s9, a1)
    csrr a0, scountovf_ /* in S-mode now */
    EXPECT(a0, 1 << 4)
    csrr a0, sip
    EXPECT(a0, LCOFI)
    csrc sip, a0
    LEAVE
    CSR_WRITE(mcounteren, 1 << 3)
    csrw mie, zero
    ENTER_S
    csrr a0, scountovf_
    LEAVE
    EXPECT(a0, 0)
    EXPECT_CSR(mip, 0)
    csrw mideleg, zero

    /* What slow paths count. */
    CSR_WRITE(mhpmevent5, EXCEPTIONS)
    CSR_WRITE(mhpmevent6, DEVICE_LOADS)
    csrw mhpmcounter5, zero
    csrw mhpmcounter6, zero
    EXPECT_TRAP(ILLEGAL, 0, .word 0)
    li a1, UART
    lb a0, 5(a1)
    lb a0, 5(a1)
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, li a1, NOWHERE; 97: lb a0, 0(a1))
    EXPECT_CSR(mhpmcounter5, 2)
    EXPECT_CSR(mhpmcounter6, 3)

    /* One of those overflows. */
    CSR_WRITE(mie, LCOFI)
    li a1, UART
    li t0, -2
    csrw mhpmcounter6, t0
    lb a0, 5(a1)
    EXPECT_CSR(mip, 0)
    lb a0, 5(a1)
    EXPECT_CSR(mip, LCOFI)
    EXPECT_CSR(mhpmcounter6, 0)
    PASS
