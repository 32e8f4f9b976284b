/* tests/guest/instret.S: instret is exact: over branches, jumps, loops, traps and returns.
 *
 * Not counted are instructions that trap, ecall and ebreak too ("Machine Timer and Counter": an
 * instruction that causes a synchronous exception does not retire). */
#include "guest.h"

/* The instructions between retire exactly n; reading the counter costs one more. */
#define COUNT csrr s0, instret
#define COUNTED(n) csrr s1, instret; sub s1, s1, s0; EXPECT(s1, (n) + 1)

    .globl main
main:
    COUNT
    COUNTED(0)
    COUNT
    nop
    .word 0x00000013 /* a 4-byte nop */
    c.nop
    COUNTED(3)

    COUNT
    j 1f
    nop
1:  beqz zero, 1f
    nop
1:  bnez zero, 1f
    COUNTED(3)
1:
    li t0, 1000
    COUNT
1:  addi t0, t0, -1
    bnez t0, 1b
    COUNTED(2000)

    /* Two loops, one in the other, and a body longer than any pair or triple. */
    li t0, 50
    COUNT
2:  li t1, 20
1:  add a0, t0, t1
    xor a0, a0, t1
    slli a0, a0, 3
    sub a0, a0, t0
    addi t1, t1, -1
    bnez t1, 1b
    addi t0, t0, -1
    bnez t0, 2b
    COUNTED(50 * (1 + 20 * 6 + 2))

    /* Calls. */
    COUNT
    .option push
    .option norvc
    jal ra, leaf
    .option pop
    COUNTED(4)

    /* Loads, stores, AMOs, CSRs, fences. */
    li a1, PAGE(0)
    COUNT
    sd zero, 0(a1)
    ld a0, 0(a1)
    ld a0, 1(a1)
    amoadd.d a0, a0, (a1)
    csrr a0, mstatus
    csrw mstatus, a0
    fence
    fence.i
    sfence.vma
    COUNTED(9)

    /* A page-crossing access is one instruction, and so is one to a device. */
    li a1, PAGE(1)
    li a2, CLINT + 0xbff8
    COUNT
    ld a0, -4(a1)
    sd a0, -4(a1)
    ld a0, 0(a2)
    COUNTED(3)

#ifndef QEMU /* counts instructions that trap */
    /* A trap: the faulting instruction does not count, the handler's 8 up to the jump here do. */
#define HANDLER 8 /* beqz, 4 csrr, mv, li, jr */
    la tp, 1f
    li a1, NOWHERE
    COUNT
    nop
    ld a0, 0(a1)
    FAIL
    .balign 4
1:  COUNTED(1 + HANDLER)
    la tp, 1f
    COUNT
    .word 0xffffffff
    FAIL
    .balign 4
1:  COUNTED(HANDLER)
    la tp, 1f
    COUNT
    nop
    nop
    ecall
    FAIL
    .balign 4
1:  COUNTED(2 + HANDLER)
    la tp, 1f
    COUNT
    ebreak
    FAIL
    .balign 4
1:  COUNTED(HANDLER)
    la tp, 1f
    li a1, NOWHERE
    COUNT
    jr a1 /* retires; what is fetched there doesn't */
    .balign 4
1:  COUNTED(1 + HANDLER)

    /* A trap in a loop, in the middle of a block. */
    li a1, NOWHERE
    li t0, 100
    la t1, 3f
    csrr t2, mtvec
    csrw mtvec, t1
    COUNT
1:  addi t0, t0, -1
    ld a0, 0(a1)
    FAIL
    .balign 4
3:  bnez t0, 1b
    COUNTED(200)
    csrw mtvec, t2

    /* mret counts. */
    la t0, 1f
    csrw mepc, t0
    CSR_SET(mstatus, MPP)
    COUNT
    mret
    FAIL
    .balign 4
1:  COUNTED(1)

    /* An interrupt: no instruction is lost or counted twice. */
    la tp, 1f
    CSR_SET(mie, 1 << 3)
    CSR_SET(mstatus, MIE)
    li t0, CLINT
    li t1, 1
    sw t1, 0(t0)
    FAIL
    .balign 4
1:  sw zero, 0(t0)
    lw t1, 0(t0)
    csrw mie, zero
    csrw mcycle, zero
    li t2, 1000000
    COUNT
1:  addi t2, t2, -1
    bnez t2, 1b
    COUNTED(2000000)

    /* Written: from the next instruction on it counts from there. */
    li t0, 77
    csrw minstret, t0
    csrr a0, minstret
    EXPECT(a0, 77)
#endif
    PASS

leaf:
    nop
    c.nop
    ret
