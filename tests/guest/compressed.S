/* tests/guest/compressed.S: each compressed instruction by its own encoding. */
#include "guest.h"

    .option rvc
    .globl main
main:
    li a0, 5
    c.addi a0, -32
    EXPECT(a0, -27)
    c.li a0, -32
    EXPECT(a0, -32)
    c.li a0, 31
    EXPECT(a0, 31)
    c.lui a0, 31
    EXPECT(a0, 0x1f000)
    c.lui a0, 0xfffe0
    EXPECT(a0, 0xfffffffffffe0000)
    li a0, 0x17fffffff
    c.addiw a0, 1
    EXPECT(a0, 0xffffffff80000000)
    li a0, 0x1234567880000000
    c.addiw a0, 0 /* sext.w */
    EXPECT(a0, 0xffffffff80000000)
    mv s0, sp
    c.addi16sp sp, -512
    sub a0, s0, sp
    EXPECT(a0, 512)
    c.addi16sp sp, 496
    sub a0, s0, sp
    EXPECT(a0, 16)
    mv sp, s0
    c.addi4spn a0, sp, 4
    sub a0, a0, sp
    EXPECT(a0, 4)
    c.addi4spn a0, sp, 1020
    sub a0, a0, sp
    EXPECT(a0, 1020)

    li a0, 1
    c.slli a0, 63
    EXPECT(a0, 1 << 63)
    c.srai a0, 31
    EXPECT(a0, 0xffffffff00000000)
    c.srli a0, 60
    EXPECT(a0, 15)
    c.andi a0, -6
    EXPECT(a0, 10)
    li a1, 77
    c.mv a0, a1
    EXPECT(a0, 77)
    c.add a0, a1
    EXPECT(a0, 154)
    c.sub a0, a1
    EXPECT(a0, 77)
    li a1, 0x55
    c.xor a0, a1
    EXPECT(a0, 0x18)
    c.or a0, a1
    EXPECT(a0, 0x5d)
    li a1, 0x0f
    c.and a0, a1
    EXPECT(a0, 0x0d)
    li a0, 0x7fffffff
    li a1, 1
    c.addw a0, a1
    EXPECT(a0, 0xffffffff80000000)
    c.subw a0, a1
    EXPECT(a0, 0x7fffffff)

    /* Memory: offsets of 5 to 7 bits, scaled, unsigned. */
    li a1, PAGE(0)
    li a0, 0x8877665544332211
    c.sd a0, 248(a1)
    c.sw a0, 124(a1)
    c.ld a2, 248(a1)
    EXPECT(a2, 0x8877665544332211)
    c.lw a2, 124(a1)
    EXPECT(a2, 0x44332211)
    c.lw a2, 120(a1)
    EXPECT(a2, 0)
    li sp, PAGE(1)
    c.sdsp a0, 504(sp)
    c.swsp a0, 252(sp)
    c.ldsp a2, 504(sp)
    EXPECT(a2, 0x8877665544332211)
    c.ldsp s5, 504(sp)
    EXPECT(s5, 0x8877665544332211)
    c.lwsp a2, 252(sp)
    EXPECT(a2, 0x44332211)
    li a0, 0xffffffff80000000
    c.swsp a0, 0(sp)
    c.lwsp a2, 0(sp)
    EXPECT(a2, 0xffffffff80000000)

    /* Doubles. */
    CSR_SET(mstatus, FS)
    li a1, PAGE(0)
    li a0, 0x3ff8000000000000
    fmv.d.x fa0, a0
    c.fsd fa0, 16(a1)
    c.fld fa1, 16(a1)
    fmv.x.d a2, fa1
    EXPECT(a2, 0x3ff8000000000000)
    c.fsdsp fa0, 408(sp)
    c.fldsp ft0, 408(sp)
    fmv.x.d a2, ft0
    EXPECT(a2, 0x3ff8000000000000)

    /* Jumps and branches; the link is the address 2 bytes on. */
    AT
    c.j 1f
    FAIL
1:  c.li a0, 0
    c.beqz a0, 1f
    FAIL
1:  c.bnez a0, 2f
    c.li a0, 1
    c.beqz a0, 2f
    c.bnez a0, 1f
2:  FAIL
1:  la a0, 1f
    c.jr a0
    FAIL
1:  la a0, 1f
    AT
    c.jalr a0
2:  FAIL
1:  la a1, 2b
    EXPECT_REG(ra, a1)
    la ra, 1f
    AT
    c.jalr ra /* the target is read before the link is written */
    FAIL
1:  AT
    c.li a0, 10 /* backwards */
1:  c.addi a0, -1
    c.bnez a0, 1b
    EXPECT(a0, 0)

    /* Hints do nothing: c.nop with an immediate, c.li x0, c.slli x0, c.mv x0, c.add x0. */
    li a0, 3
    .half 0x0005, 0x4005, 0x0006, 0x802a, 0x902a
    EXPECT(a0, 3)
    EXPECT(zero, 0)

    /* c.ebreak; and the all-zero halfword is defined to be illegal. */
    AT
    la tp, 1f
2:  c.ebreak
    FAIL
    .balign 4
1:  la t6, 2b
    bne s9, t6, fail
    EXPECT(s10, BREAKPOINT)
    EXPECT_TRAP(ILLEGAL, 0, .half 0)
    /* Reserved: c.addi4spn 0, c.lui 0, c.addi16sp 0, c.addiw x0, c.lwsp x0, c.ldsp x0, c.jr x0. */
    EXPECT_TRAP(ILLEGAL, 0x0008, .half 0x0008)
    EXPECT_TRAP(ILLEGAL, 0x6501, .half 0x6501)
    EXPECT_TRAP(ILLEGAL, 0x6101, .half 0x6101)
    EXPECT_TRAP(ILLEGAL, 0x2005, .half 0x2005)
    EXPECT_TRAP(ILLEGAL, 0x4002, .half 0x4002)
    EXPECT_TRAP(ILLEGAL, 0x6002, .half 0x6002)
    EXPECT_TRAP(ILLEGAL, 0x8002, .half 0x8002)
    EXPECT_TRAP(ILLEGAL, 0x9c79, .half 0x9c79)

    /* A 32-bit instruction may stand on any even address, on two cache lines and two pages. */
    la a1, edge
    li a0, 0
    AT
    jalr a1
    EXPECT(a0, 3)
    PASS

    .balign 4096
    .space 4096 - 4
edge:
    c.addi a0, 1
    .option push
    .option norvc
    addi a0, a0, 2 /* two bytes here, two on the next page */
    .option pop
    ret
