/* tests/guest/delegate.S: exceptions delegated to S-mode, and those that are not. */
#include "guest.h"

#define DELEGABLE 0xb1ff /* causes 0..8, 12, 13, 15; ecall from S stays out so that LEAVE works */

    .globl main
main:
    /* An ecall from M cannot be delegated: the bit is read-only zero. */
    li a0, -1
    csrw medeleg, a0
    csrr a0, medeleg
    li a1, DELEGABLE | 1 << ECALL_S
    and a2, a0, a1
    EXPECT_REG(a2, a1)
#ifndef QEMU /* keeps the bit; "Machine Trap Delegation": for a cause that cannot occur below M, 0 */
    bexti a1, a0, ECALL_M
    EXPECT(a1, 0)
#endif
    CSR_WRITE(medeleg, DELEGABLE)
    EXPECT_CSR(medeleg, DELEGABLE)

    /* Traps out of M-mode stay in M-mode whatever is delegated. */
    csrw scause, zero
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    EXPECT_CSR(scause, 0)

    /* Delegated: SPP, SPIE and SIE are stacked, M-mode's own registers keep still. */
    csrw mepc, zero
    CSR_WRITE(mcause, 5)
    CSR_WRITE(mtval, 6)
    CSR_SET(mstatus, SIE | MPIE | MIE)
    CSR_CLEAR(mstatus, SPP | SPIE)
    ENTER_S
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    li t0, SPP | SPIE | SIE
    and a0, s8, t0
    EXPECT(a0, SPP | SPIE)
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    li t0, SPP | SPIE | SIE
    and a0, s8, t0
    EXPECT(a0, SPP)
    li a1, NOWHERE
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, lw a0, 0(a1))
    EXPECT_TRAP(STORE_ACCESS, NOWHERE, sw a0, 0(a1))
    EXPECT_TRAP_IN(FETCH_ACCESS, NOWHERE, jr a1)
    EXPECT_TRAP(ILLEGAL, 0x30002573, csrr a0, mstatus) /* M-mode's CSRs from S */
    EXPECT_TRAP(ILLEGAL, 0x30200073, mret)
    LEAVE
    EXPECT(s10, ECALL_S)
    EXPECT_CSR(scause, ILLEGAL)

    /* From U-mode: SPP = 0, and the handler runs in S-mode. */
    CSR_SET(mstatus, SPP)
    ENTER_U
    EXPECT_TRAP(ECALL_U, 0, ecall)
    li t0, SPP
    and a0, s8, t0
    EXPECT(a0, 0)
    csrw sscratch, zero /* S-mode may */
    LEAVE
    EXPECT(s10, ECALL_S)
    ENTER_U
    EXPECT_TRAP(ILLEGAL, 0x14002573, csrr a0, sscratch)
    LEAVE
    ENTER_U
    EXPECT_TRAP(ILLEGAL, 0x10200073, sret)
    LEAVE

    /* sret goes where sepc and SPP say, unstacks SPIE and leaves SPP = 0, SPIE = 1. */
    CSR_CLEAR(mstatus, SIE)
    CSR_SET(mstatus, SPP | SPIE)
    ENTER_S
    la t6, 1f
    csrw sepc, t6
    AT
    sret
    FAIL
    .balign 4
1:  csrr a0, sstatus /* still S-mode */
    li t0, SPP | SPIE | SIE
    and a0, a0, t0
    EXPECT(a0, SPIE | SIE)
    la t6, 1f
    csrw sepc, t6
    AT
    sret
    FAIL
    .balign 4
1:  EXPECT_TRAP(ECALL_U, 0, ecall)
    LEAVE

    /* One cause only: the others go to M-mode. */
    CSR_WRITE(medeleg, 1 << ILLEGAL)
    ENTER_S
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    csrr a0, sstatus
    li a1, NOWHERE
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, lw a0, 0(a1))
    csrr a0, mstatus /* M-mode now */
    EXPECT_CSR(scause, ILLEGAL)

    /* An ecall of S-mode, delegated: it stays there. */
    CSR_WRITE(medeleg, 1 << ECALL_S)
    ENTER_S
    EXPECT_TRAP(ECALL_S, 0, ecall)
    EXPECT_TRAP(ILLEGAL, 0x30002573, csrr a0, mstatus) /* undelegated again: the way out */
    csrr a0, mstatus

    /* U-mode's ecall is another cause. */
    ENTER_U
    EXPECT_TRAP(ECALL_U, 0, ecall)
    csrr a0, mstatus
    PASS
