/* tests/guest/preempt.S: timer interrupts all the time change nothing in the code they interrupt. */
#include "guest.h"

#define MTIP (1 << 7)
#define MTIMECMP (CLINT + 0x4000)
#define MTIME    (CLINT + 0xbff8)

    .globl main
main:
    /* The results without interrupts... */
    call work
    mv s0, a0
    mv s1, a1
    /* ...and with them, while S-mode and U-mode run it, too. */
    li a0, 0
    la t0, ticks
    csrw mscratch, t0
    la t0, tick
    csrw mtvec, t0
    li t0, MTIMECMP
    sd zero, 0(t0)
    CSR_WRITE(mie, MTIP)
    CSR_SET(mstatus, MIE)
    li s2, 5
1:  call work
    EXPECT_REG(a0, s0)
    EXPECT_REG(a1, s1)
    addi s2, s2, -1
    bnez s2, 1b
    CSR_CLEAR(mstatus, MIE) /* a trap would change mepc and MPP before mret uses them */
    ENTER_S
    li s2, 5
1:  call work
    EXPECT_REG(a0, s0)
    EXPECT_REG(a1, s1)
    addi s2, s2, -1
    bnez s2, 1b
    la t0, 1f
    csrw sepc, t0
    li t0, SPP
    csrc sstatus, t0
    sret
    .balign 4
1:  li s2, 5
1:  call work
    EXPECT_REG(a0, s0)
    EXPECT_REG(a1, s1)
    addi s2, s2, -1
    bnez s2, 1b
    /* Until some interrupts were taken: how soon is the host's affair. */
    la t0, ticks
    ld t0, 16(t0)
    sltiu t0, t0, 10
    li s2, 1
    bnez t0, 1b
    li a7, 93
    ecall /* the tick handler ends the program at any exception */

/* a0 = a checksum over 20000 rounds of mixed work, a1 = the number of rounds of inner loops. */
work:
    addi sp, sp, -32
    sd s0, 0(sp)
    sd s1, 8(sp)
    sd ra, 16(sp)
    li s0, 20000
    li a0, 0x123456789abcdef
    li a1, 0
    li a2, PAGE(0)
1:  slli t0, a0, 13
    xor a0, a0, t0
    srli t0, a0, 7
    xor a0, a0, t0
    slli t0, a0, 17
    xor a0, a0, t0
    andi t1, a0, 7
2:  beqz t1, 3f
    addi t1, t1, -1
    addi a1, a1, 1
    j 2b
3:  andi t1, a0, 0x7f8
    add t1, t1, a2
    sd a0, 0(t1)
    ld t2, 0(t1)
    bne t2, a0, fail
    amoadd.w t2, a1, (a2)
4:  lr.d t2, (t1)
    addi t2, t2, 1
    sc.d t3, t2, (t1)
    bnez t3, 4b
    call twist
    addi s0, s0, -1
    bnez s0, 1b
    ld s0, 0(sp)
    ld s1, 8(sp)
    ld ra, 16(sp)
    addi sp, sp, 32
    ret

twist:
    rori a0, a0, 11
    not t0, a0
    mulhu t1, t0, a0
    xor a0, a0, t1
    ret

    .balign 4
tick:
    csrrw t6, mscratch, t6
    sd t0, 0(t6)
    sd t1, 8(t6)
    csrr t0, mcause
    bgez t0, over
    ld t0, 16(t6)
    addi t0, t0, 1
    sd t0, 16(t6)
    /* Next time after 4 to 29 microseconds. */
    andi t1, t0, 31
    addi t1, t1, 5
    slli t1, t1, 3
    li t0, MTIME
    ld t0, 0(t0)
    add t1, t1, t0
    li t0, MTIMECMP
    sd t1, 0(t0)
    ld t0, 0(t6)
    ld t1, 8(t6)
    csrrw t6, mscratch, t6
    mret
over:
    li t1, ECALL_U
    bne t0, t1, fail
    li t1, 93
    bne a7, t1, fail
    j pass

    .data
    .balign 8
ticks:
    .space 32
