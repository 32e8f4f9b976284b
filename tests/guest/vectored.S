/* tests/guest/vectored.S: xtvec.MODE = 1 sends interrupts to base + 4 x cause, exceptions to base. */
#include "guest.h"

#define SSIP (1 << 1)

    .globl main
main:
    /* MODE and base are kept; bit 1 is reserved and reads zero in what can be read back. */
    la t0, vectors_m + 1
    csrw mtvec, t0
    csrr a0, mtvec
    EXPECT_REG(a0, t0)
    la t0, vectors_s + 1
    csrw stvec, t0
    csrr a0, stvec
    EXPECT_REG(a0, t0)

    /* M-mode: a software interrupt (3), then an exception. */
    li s0, 0
    CSR_SET(mie, 1 << 3)
    CSR_SET(mstatus, MIE)
    la tp, 1f
    li t0, CLINT
    li t1, 1
    AT
    sw t1, 0(t0)
    lw t1, 0(t0)
    nop
    nop
    FAIL
1:  EXPECT(s0, 103)
    EXPECT(s10, INTERRUPT | 3)
    EXPECT(s11, 0)
    li t0, CLINT
    sw zero, 0(t0)
    li s0, 0
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    EXPECT(s0, 100)

    /* A supervisor software interrupt that is not delegated: M-mode's vector 1. */
    li s0, 0
    CSR_SET(mie, SSIP)
    CSR_SET(mstatus, MIE)
    la tp, 1f
    AT
    csrsi mip, SSIP
    nop
    FAIL
1:  EXPECT(s0, 101)
    EXPECT(s10, INTERRUPT | 1)
    csrci mip, SSIP

    /* Delegated: nothing happens in M-mode; in S-mode vector 1, then base for an exception. */
    CSR_SET(mideleg, SSIP)
    CSR_WRITE(medeleg, 1 << ILLEGAL)
    CSR_SET(mstatus, MIE | SIE)
    AT
    csrsi mip, SSIP
    nop
    CSR_CLEAR(mstatus, MIE)
    li s0, 0
    la tp, 1f
    ENTER_S
    FAIL
1:  EXPECT(s0, 201)
    EXPECT(s10, INTERRUPT | 1)
    csrci sip, SSIP
    li s0, 0
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    EXPECT(s0, 200)

    /* An exception that goes to M-mode: base again. */
    li s0, 0
    LEAVE
    EXPECT(s0, 100)
    PASS

    .option push
    .option norvc
    .balign 256
vectors_m:
    .set n, 0
    .rept 16
    j enter_m + n * 8
    .set n, n + 1
    .endr
enter_m:
    .set n, 0
    .rept 16
    li s0, 100 + n
    j trap_m
    .set n, n + 1
    .endr

    .balign 256
vectors_s:
    .set n, 0
    .rept 16
    j enter_s + n * 8
    .set n, n + 1
    .endr
enter_s:
    .set n, 0
    .rept 16
    li s0, 200 + n
    j trap_s
    .set n, n + 1
    .endr
    .option pop
