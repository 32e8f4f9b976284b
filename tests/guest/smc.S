/* tests/guest/smc.S: code that is written while the machine runs.
 *
 * With fence.i the new code runs, always. Without one ("Zifencei") a hart may run either the old or
 * the new instruction; the checks below accept both, and nothing else: no mixture, no trap. */
#include "guest.h"

#define LI(n)  ((n) << 20 | 0x513) /* li a0, n */
#define RET    0x00008067
#define C_LI_5 0x4515 /* c.li a0, 5 */
#define C_LI_6 0x4519
#define C_RET  0x8082

#define CODE PAGE(0)
#define CALL(reg) jalr ra, 0(reg)
#define EITHER(reg, a, b) AT; li t6, a; beq reg, t6, 94f; li t6, b; bne reg, t6, fail; 94:

    .globl main
main:
    li s0, CODE
    STORE_AT(sw, CODE, LI(1))
    STORE_AT(sw, CODE + 4, RET)
    fence.i
    CALL(s0)
    EXPECT(a0, 1)
    STORE_AT(sw, CODE, LI(2))
    fence.i
    CALL(s0)
    EXPECT(a0, 2)

    /* Again and again, run many times in between. */
    li s1, 0
1:  slli t0, s1, 20
    li t1, 0x513
    or t0, t0, t1
    sw t0, 0(s0)
    fence.i
    li s2, 20
2:  CALL(s0)
    EXPECT_REG(a0, s1)
    addi s2, s2, -1
    bnez s2, 2b
    addi s1, s1, 1
    li t0, 200
    bne s1, t0, 1b

    /* Half of an instruction: a 16-bit store, an 8-bit store. */
    STORE_AT(sw, CODE, LI(0x123))
    fence.i
    CALL(s0)
    EXPECT(a0, 0x123)
    STORE_AT(sh, CODE + 2, 0x456)
    fence.i
    STORE_AT(sh, CODE + 2, 0x4560)
    fence.i
    CALL(s0)
    EXPECT(a0, 0x456)
    STORE_AT(sb, CODE + 3, 0x07)
    fence.i
    CALL(s0)
    EXPECT(a0, 0x076)

    /* A long instruction becomes two short ones, and back. */
    STORE_AT(sw, CODE, C_RET << 16 | C_LI_5)
    fence.i
    CALL(s0)
    EXPECT(a0, 5)
    STORE_AT(sw, CODE, LI(9))
    fence.i
    CALL(s0)
    EXPECT(a0, 9)

    /* Written by an AMO, by sc, by a float store, by a misaligned store, by one across pages. */
    li t0, LI(11)
    amoswap.w zero, t0, (s0)
    fence.i
    CALL(s0)
    EXPECT(a0, 11)
    li t0, LI(12)
1:  lr.w t1, (s0)
    sc.w t2, t0, (s0)
    bnez t2, 1b
    fence.i
    CALL(s0)
    EXPECT(a0, 12)
    CSR_SET(mstatus, FS)
    li t0, LI(13)
    fmv.w.x fa0, t0
    fsw fa0, 0(s0)
    fence.i
    CALL(s0)
    EXPECT(a0, 13)
    li t0, LI(14) << 8 | 0xff
    sd t0, -1(s0) /* across the page's beginning; 3 bytes of zero behind are the ret's: restored */
    STORE_AT(sw, CODE + 4, RET)
    fence.i
    CALL(s0)
    EXPECT(a0, 14)

    /* Code in the same page, and the same 64 bytes, as the data that is stored. */
    STORE_AT(sw, CODE + 8, 0)
    li s1, 1000
    li s2, 0
1:  CALL(s0)
    lw t0, 8(s0)
    add t0, t0, a0
    sw t0, 8(s0)
    addi s1, s1, -1
    bnez s1, 1b
    EXPECT_AT(lw, CODE + 8, 14000)

    /* A loop that writes over an instruction of its own, right ahead: one fence.i a round. */
    la s1, patched
    li s2, 0
    li s3, 0
    li s4, LI(0)
    li s5, 1 << 20
again:
    sw s4, 0(s1)
    fence.i
    .option push
    .option norvc
    .balign 4
patched:
    addi a0, zero, 0
    .option pop
    add s3, s3, a0
    add s4, s4, s5
    addi s2, s2, 1
    li t0, 100
    bne s2, t0, again
    EXPECT(s3, 4950)

    /* The last page of a block written, from a block that is chained to it. */
    li s2, 0
1:  STORE_AT(sw, CODE + 0x40, LI(21))
    fence.i
    li s1, CODE + 0x40
    STORE_AT(sw, CODE + 0x44, RET)
    fence.i
    CALL(s1)
    EXPECT(a0, 21)
    STORE_AT(sw, CODE + 0x40, LI(22))
    fence.i
    CALL(s1)
    EXPECT(a0, 22)
    addi s2, s2, 1
    li t0, 10
    bne s2, t0, 1b

    /* An instruction across two pages, each half written by itself. */
    li s1, PAGE(2) - 2
    STORE_AT(sh, PAGE(2) - 2, 0x0513)
    STORE_AT(sh, PAGE(2), LI(31) >> 16)
    STORE_AT(sw, PAGE(2) + 2, RET)
    fence.i
    CALL(s1)
    EXPECT(a0, 31)
    STORE_AT(sh, PAGE(2), LI(32) >> 16)
    fence.i
    CALL(s1)
    EXPECT(a0, 32)
    STORE_AT(sh, PAGE(2) - 2, 0x0593) /* li a1 */
    fence.i
    li a1, 0
    CALL(s1)
    EXPECT(a1, 32)

    /* Without fence.i: old or new. */
    STORE_AT(sw, CODE, LI(41))
    fence.i
    CALL(s0)
    STORE_AT(sw, CODE, LI(42))
    CALL(s0)
    EITHER(a0, 41, 42)
    fence.i
    CALL(s0)
    EXPECT(a0, 42)

    /* Written right ahead of itself in straight-line code, without fence.i. */
    la s1, ahead
    li t0, LI(52)
    AT
    sw t0, 0(s1)
    .option push
    .option norvc
    .balign 4
ahead:
    addi a0, zero, 51
    .option pop
    EITHER(a0, 51, 52)
    fence.i
    PASS
