/* tests/guest/branches.S: conditional branches and jumps, taken and not, near and far. */
#include "guest.h"

#define TAKEN(insn, a, b) AT; li a0, a; li a1, b; insn a0, a1, 1f; FAIL; 1:
#define NOT_TAKEN(insn, a, b) AT; li a0, a; li a1, b; insn a0, a1, fail

#define MIN64 0x8000000000000000
#define MAX64 0x7fffffffffffffff

    .globl main
main:
    TAKEN(beq, 5, 5)
    TAKEN(beq, -1, -1)
    NOT_TAKEN(beq, 0, 1)
    NOT_TAKEN(beq, 0, 0x100000000)
    TAKEN(bne, 0, 0x100000000)
    NOT_TAKEN(bne, MIN64, MIN64)
    TAKEN(blt, -1, 0)
    TAKEN(blt, MIN64, MAX64)
    NOT_TAKEN(blt, MAX64, MIN64)
    NOT_TAKEN(blt, 7, 7)
    TAKEN(bge, 7, 7)
    TAKEN(bge, MAX64, MIN64)
    NOT_TAKEN(bge, -1, 0)
    TAKEN(bltu, 0, -1)
    TAKEN(bltu, MAX64, MIN64)
    NOT_TAKEN(bltu, -1, 0)
    NOT_TAKEN(bltu, 7, 7)
    TAKEN(bgeu, -1, 0)
    TAKEN(bgeu, 7, 7)
    NOT_TAKEN(bgeu, MAX64, MIN64)

    /* Backwards: a loop of 1000 rounds adds 1..1000. */
    li a0, 0
    li a1, 1000
1:  add a0, a0, a1
    addi a1, a1, -1
    bnez a1, 1b
    EXPECT(a0, 500500)

    /* A branch reaches 4 KiB - 2 forward and 4 KiB back. */
    AT
    j 2f
    .balign 4
    .option push
    .option norvc
1:  j 3f
    .space 4092
2:  beq zero, zero, 1b
    FAIL
    .option pop
3:

    /* jal writes the address after itself, before anything else can change it. */
    jal a0, 1f
2:  FAIL
1:  la a1, 2b
    EXPECT_REG(a0, a1)
    AT
    jal zero, 1f
    FAIL
1:

    /* jalr: rd may be its own base; bit 0 of the target is dropped; the offset is signed. */
    la a0, 1f
    jalr a0, 0(a0)
2:  FAIL
1:  la a1, 2b
    EXPECT_REG(a0, a1)
    la a0, 1f
    addi a0, a0, 1
    AT
    jalr a1, 0(a0)
    FAIL
1:  la a0, 1f
    addi a0, a0, 2047
    AT
    jalr zero, -2047(a0)
    FAIL
1:  la a0, 1f - 2000
    AT
    jalr zero, 2000(a0)
    FAIL
1:

    /* Calls and returns, deep enough to outrun any return stack. */
    li a0, 100
    call down
    EXPECT(a0, 5050)

    /* An indirect jump whose target changes each time. */
    li a0, 0
    li s0, 3000
1:  li a1, 3
    remu a1, s0, a1
    la a2, table
    sh3add a1, a1, a2
    ld a1, 0(a1)
    jalr ra, 0(a1)
    addi s0, s0, -1
    bnez s0, 1b
    EXPECT(a0, 111000)
    PASS

/* a0 = a0 + (a0 - 1) + ... + 1 */
down:
    addi sp, sp, -16
    sd ra, 0(sp)
    sd a0, 8(sp)
    addi a0, a0, -1
    beqz a0, 1f
    call down
1:  ld a1, 8(sp)
    add a0, a0, a1
    ld ra, 0(sp)
    addi sp, sp, 16
    ret

add_1:
    addi a0, a0, 1
    ret
add_10:
    addi a0, a0, 10
    ret
add_100:
    addi a0, a0, 100
    ret

    .data
    .balign 8
table:
    .dword add_1, add_10, add_100
