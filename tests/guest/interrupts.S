/* tests/guest/interrupts.S: software and timer interrupts, enables, delegation, priorities. */
#include "guest.h"

#define SSIP (1 << 1)
#define MSIP (1 << 3)
#define STIP (1 << 5)
#define MTIP (1 << 7)
#define SEIP (1 << 9)
#define MEIP (1 << 11)

#ifdef QEMU /* takes the lowest number first */
#define FIRST 1
#else
#define FIRST 9
#endif

#define MTIMECMP (CLINT + 0x4000)
#define MTIME    (CLINT + 0xbff8)

#define MSI(value) li t5, CLINT; li t6, value; sw t6, 0(t5); lw t6, 0(t5)
#define TIMER_NOW li t5, MTIMECMP; sd zero, 0(t5)
#define TIMER_OFF li t5, MTIMECMP; li t6, -1; sd t6, 0(t5)

/* What is pending and enabled is taken at once when the instructions enable it. */
#define EXPECT_INTERRUPT(code, ...) AT; la tp, 98f; __VA_ARGS__; nop; nop; FAIL; .balign 4; \
    98: TRAPPED(INTERRUPT | (code), 0); CSR_CLEAR(mstatus, MIE | SIE)
/* Spins until the pending bits are these. */
#define WAIT_PENDING(bits) AT; 1: csrr a0, mip; li t6, bits; and a0, a0, t6; bne a0, t6, 1b
#define WAIT_IDLE(bits) AT; 1: csrr a0, mip; li t6, bits; and a0, a0, t6; bnez a0, 1b
#define MIE_WRITE(bits) CSR_WRITE(mie, bits)
#define UNMASK li t6, MIE; csrs mstatus, t6

    .globl main
main:
    TIMER_OFF
    csrw mideleg, zero
    MIE_WRITE(0)

    /* MSIP: the CLINT's register is one bit and mip shows it. Software cannot write mip.MSIP. */
    MSI(-1)
    EXPECT_AT(lw, CLINT, 1)
    WAIT_PENDING(MSIP)
    MSI(0)
    WAIT_IDLE(MSIP)
    CSR_SET(mip, MSIP | MTIP | MEIP)
    csrr a0, mip
    li t0, MSIP | MTIP | MEIP
    and a0, a0, t0
    EXPECT(a0, 0)

    /* Taken when both mie and MIE say so. mepc is the next instruction to run. */
    MSI(1)
    WAIT_PENDING(MSIP)
    UNMASK
    nop
    CSR_CLEAR(mstatus, MIE)
    AT
    la tp, 1f
    MIE_WRITE(MSIP)
    li t6, MIE
    csrs mstatus, t6
2:  FAIL
1:  TRAPPED(INTERRUPT | 3, 0)
    la t6, 2b
    bne s9, t6, fail
    csrr a0, mstatus
    li t0, MIE | MPIE
    and a0, a0, t0
    EXPECT(a0, MPIE)

    /* MIE = 0 in M-mode masks; below M-mode M's interrupts are always enabled. */
    nop
    EXPECT_INTERRUPT(3, ENTER_U)
    EXPECT_INTERRUPT(3, ENTER_S)
    MSI(0)
    WAIT_IDLE(MSIP)

    /* The timer: pending while mtime >= mtimecmp. */
    MIE_WRITE(MTIP)
    TIMER_NOW
    WAIT_PENDING(MTIP)
    EXPECT_INTERRUPT(7, UNMASK)
    TIMER_OFF
    WAIT_IDLE(MTIP)
    /* In the future: it comes while a loop runs. */
    li t5, MTIME
    ld t0, 0(t5)
    li t1, 20000 /* 2 ms */
    add t0, t0, t1
    li t5, MTIMECMP
    AT
    la tp, 1f
    sd t0, 0(t5)
    CSR_SET(mstatus, MIE)
2:  addi a2, a2, 1
    xor a3, a3, a2
    j 2b
    .balign 4
1:  TRAPPED(INTERRUPT | 7, 0)
    li t5, MTIME
    ld t1, 0(t5)
    sltu t2, t1, t0
    EXPECT(t2, 0) /* not before its time */
    TIMER_OFF
    WAIT_IDLE(MTIP)

    /* S-mode's interrupts are software's to set in mip; undelegated they go to M-mode. */
    CSR_SET(mip, SSIP | STIP | SEIP)
    csrr a0, mip
    li t0, SSIP | STIP | SEIP
    and a0, a0, t0
    EXPECT_REG(a0, t0)

    /* Priorities: MEI, MSI, MTI, SEI, SSI, STI. */
    MSI(1)
    TIMER_NOW
    WAIT_PENDING(MSIP | MTIP)
#ifndef QEMU
    MIE_WRITE(SSIP | MSIP | STIP | MTIP | SEIP)
    EXPECT_INTERRUPT(3, UNMASK)
    MIE_WRITE(SSIP | STIP | MTIP | SEIP)
    EXPECT_INTERRUPT(7, UNMASK)
    MIE_WRITE(SSIP | STIP | SEIP)
    EXPECT_INTERRUPT(9, UNMASK)
    MIE_WRITE(SSIP | STIP)
    EXPECT_INTERRUPT(1, UNMASK)
    MIE_WRITE(STIP)
    EXPECT_INTERRUPT(5, UNMASK)
#endif

    /* Delegated: never taken in M-mode; in S-mode with SIE; in U-mode always. */
    CSR_WRITE(mideleg, SSIP | STIP | SEIP)
    EXPECT_CSR(mideleg, SSIP | STIP | SEIP)
    MIE_WRITE(SSIP | STIP | SEIP)
    UNMASK
    nop
    CSR_CLEAR(mstatus, MIE | SIE)
    AT
    la tp, 1f
    ENTER_S
    nop
    csrr a0, sip /* delegated bits are visible, with SIE = 0 nothing is taken */
    csrr a1, sie
    li t0, SIE
    csrs sstatus, t0
    FAIL
    .balign 4
1:  TRAPPED(INTERRUPT | FIRST, 0)
    EXPECT(a0, SSIP | STIP | SEIP)
    EXPECT(a1, SSIP | STIP | SEIP)
    csrr a0, sstatus
    li t0, SPP | SPIE | SIE
    and a0, a0, t0
    EXPECT(a0, SPP | SPIE)
    /* sie and sip write through: SSIP is S-mode's to clear, SEIP and STIP are not. */
    li t0, SSIP | STIP | SEIP
    csrc sip, t0
    csrr a0, sip
    and a0, a0, t0
    EXPECT(a0, STIP | SEIP)
    li t0, SEIP
    csrc sie, t0
    LEAVE
    EXPECT_CSR(mie, SSIP | STIP)
    AT
    la tp, 1f
    ENTER_U
    FAIL
    .balign 4
1:  TRAPPED(INTERRUPT | 5, 0)
    LEAVE

    /* An M-mode interrupt goes before a delegated one of any kind. */
    CSR_SET(mip, SEIP)
    MIE_WRITE(SSIP | STIP | SEIP | MTIP)
    AT
    la tp, 1f
    ENTER_U
    FAIL
    .balign 4
1:  EXPECT_CSR(mcause, INTERRUPT | 7)
    EXPECT(s10, INTERRUPT | 7)
    TIMER_OFF
    MSI(0)

    /* mideleg cannot hand down M-mode's own interrupts. */
    CSR_WRITE(mideleg, -1)
    csrr a0, mideleg
    li t0, MSIP | MTIP | MEIP
    and a0, a0, t0
    EXPECT(a0, 0)
    /* Undelegated bits are hidden from S-mode. */
    csrw mideleg, zero
    csrr a0, sie
    EXPECT(a0, 0)
    csrr a0, sip
    EXPECT(a0, 0)
    PASS
