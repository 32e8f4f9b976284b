/* tests/guest/precise.S: a trap in the middle of straight-line code leaves exactly what came before
 * it: at every place in a run of instructions that engines may join or reorder. */
#include "guest.h"

    .globl main
main:
    li a0, 0 /* the place that faults */
each_load:
    li t0, PAGE(0)
    la t1, pointers
    li t2, 8
1:  sd t0, 0(t1) /* all good... */
    addi t1, t1, 8
    addi t2, t2, -1
    bnez t2, 1b
    la t1, pointers
    sh3add t1, a0, t1
    li t0, NOWHERE
    sd t0, 0(t1) /* ...but one */
    li t0, PAGE(0)
    li t1, 0x77
    sd t1, 0(t0)
    la t1, pointers
    ld s0, 0(t1)
    ld s1, 8(t1)
    ld s2, 16(t1)
    ld s3, 24(t1)
    ld s4, 32(t1)
    ld s5, 40(t1)
    ld s6, 48(t1)
    ld s7, 56(t1)
    li a1, 0
    li a2, 0
    li a3, 0
    li a4, 0
    li a5, 0
    li a6, 0
    li a7, 0
    li t2, 0
    la tp, 1f
    AT
    .option push
    .option norvc
loads:
    ld a1, 0(s0)
    ld a2, 0(s1)
    ld a3, 0(s2)
    ld a4, 0(s3)
    ld a5, 0(s4)
    ld a6, 0(s5)
    ld a7, 0(s6)
    ld t2, 0(s7)
    .option pop
    FAIL
    .balign 4
1:  TRAPPED(LOAD_ACCESS, NOWHERE)
    la t0, loads
    sh2add t0, a0, t0
    EXPECT_REG(s9, t0)
    /* a0 of the eight were loaded: their sum is 0x77 times that. */
    add a1, a1, a2
    add a1, a1, a3
    add a1, a1, a4
    add a1, a1, a5
    add a1, a1, a6
    add a1, a1, a7
    add a1, a1, t2
    li t0, 0x77
    mul t0, t0, a0
    EXPECT_REG(a1, t0)
    addi a0, a0, 1
    li t0, 8
    bne a0, t0, each_load

    /* The same with stores mixed with arithmetic and branches, in a loop that has run before. */
    li a0, 0
each_store:
    li s0, PAGE(1)
    li s1, 0
    li s2, 0
    sd zero, 0(s0)
    li s3, 100 /* good rounds before the bad one */
    add s3, s3, a0
    la tp, 1f
    AT
2:  addi s1, s1, 1
    sd s1, 0(s0)
    addi s2, s2, 3
    xor s4, s2, s1
    bne s1, s3, 2b
    li s0, NOWHERE
    bnez s1, 2b
    FAIL
    .balign 4
1:  TRAPPED(STORE_ACCESS, NOWHERE)
    addi t0, s3, 1
    EXPECT_REG(s1, t0) /* the addi before the store ran, the one after didn't */
    li t0, 3
    mul t0, t0, s3
    EXPECT_REG(s2, t0)
    li t0, PAGE(1)
    ld t0, 0(t0)
    EXPECT_REG(t0, s3)
    addi a0, a0, 1
    li t0, 16
    bne a0, t0, each_store

    /* Instructions that both load and write their own base, or link and jump. */
    li a1, NOWHERE
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, ld a1, 0(a1))
    EXPECT(a1, NOWHERE)
    li a1, NOWHERE + 1
    la tp, 1f
    AT
    li ra, 5
    jalr ra, 0(a1)
    FAIL
    .balign 4
1:  TRAPPED(FETCH_ACCESS, NOWHERE)
    addi t0, ra, -5
    snez t0, t0
    EXPECT(t0, 1)

    /* An illegal instruction after a branch, at its target, and behind an instruction that pairs. */
    li s0, 100
    li s1, 0
1:  la tp, 3f
    AT
    addi s1, s1, 1
    beqz zero, 2f
    nop
2:  .word 0xffffffff
    FAIL
    .balign 4
3:  TRAPPED(ILLEGAL, 0xffffffff)
    la t0, 2b
    EXPECT_REG(s9, t0)
    addi s0, s0, -1
    bnez s0, 1b
    EXPECT(s1, 100)
    PASS

    .data
    .balign 8
pointers:
    .space 64
