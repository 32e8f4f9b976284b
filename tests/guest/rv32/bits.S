/* tests/guest/rv32/bits.S: RV32: Zba, Zbb, Zbc, Zbs and Zicond, by the specification's text. */
#include "../guest.h"

#define CLMUL(a, b, value)  li a1, a; li a2, b; .insn r 0x33, 1, 0x05, a0, a1, a2; EXPECT(a0, value)
#define CLMULR(a, b, value) li a1, a; li a2, b; .insn r 0x33, 2, 0x05, a0, a1, a2; EXPECT(a0, value)
#define CLMULH(a, b, value) li a1, a; li a2, b; .insn r 0x33, 3, 0x05, a0, a1, a2; EXPECT(a0, value)
#define EQZ(a, b, value)    li a1, a; li a2, b; .insn r 0x33, 5, 0x07, a0, a1, a2; EXPECT(a0, value)
#define NEZ(a, b, value)    li a1, a; li a2, b; .insn r 0x33, 7, 0x07, a0, a1, a2; EXPECT(a0, value)
#define ILLEGAL_WORD(bits)  EXPECT_TRAP(ILLEGAL, bits, .word bits)

    .globl main
main:
    /* Zba: shifted, modulo 2^32. What is for unsigned words is RV64's. */
    RR(sh1add, 0x80000001, 5, 7)
    RR(sh2add, 0x40000003, -1, 11)
    RR(sh3add, 0x20000001, 0x80000000, 0x80000008)
    ILLEGAL_WORD(0x08c5853b) /* add.uw a0, a1, a2 */
    ILLEGAL_WORD(0x20c5a53b) /* sh1add.uw a0, a1, a2 */
    ILLEGAL_WORD(0x0845951b) /* slli.uw a0, a1, 4 */

    /* Zbb: XLEN is 32 for what counts, rotates and reverses. */
    RR(andn, 0xff00ff00, 0xf0f0f0f0, 0x0f000f00)
    RR(orn, 0x00000001, 0xfffffff0, 0x0000000f)
    RR(xnor, 0xffff0000, 0xff00ff00, 0xff0000ff)
    R1(clz, 0, 32)
    R1(clz, 0x00010000, 15)
    R1(clz, 0x80000000, 0)
    R1(ctz, 0, 32)
    R1(ctz, 0x80000000, 31)
    R1(cpop, -1, 32)
    R1(cpop, 0x80010101, 4)
    RR(max, 0x80000000, 1, 1)
    RR(maxu, 0x80000000, 1, 0x80000000)
    RR(min, 0x80000000, 1, 0x80000000)
    RR(minu, 0x80000000, 1, 1)
    R1(sext.b, 0x12345680, 0xffffff80)
    R1(sext.h, 0x12348000, 0xffff8000)
    R1(zext.h, 0xffff8000, 0x8000)
    RR(rol, 0x80000001, 4, 0x18)
    RR(rol, 0x80000001, 36, 0x18) /* five bits of the amount count */
    RR(ror, 0x80000018, 4, 0x88000001)
    RI(rori, 0x00000001, 31, 2)
    R1(orc.b, 0x00800001, 0x00ff00ff)
    R1(rev8, 0x01020304, 0x04030201)
    ILLEGAL_WORD(0x6005951b) /* clzw a0, a1 */
    ILLEGAL_WORD(0x60c5953b) /* rolw a0, a1, a2 */
    ILLEGAL_WORD(0x6b85d513) /* rev8 as RV64 spells it */
    ILLEGAL_WORD(0x6205d513) /* rori a0, a1, 32 */

    /* Zbc: halves of a 64-bit product, and its bits 62..31. */
    CLMUL(0xffffffff, 0xffffffff, 0x55555555)
    CLMULH(0xffffffff, 0xffffffff, 0x55555555)
    CLMULR(0xffffffff, 0xffffffff, 0xaaaaaaaa)
    CLMUL(0x12345678, 3, 0x365cfa88)
    CLMULH(0x80000000, 2, 1)
    CLMULR(0x80000000, 1, 1)
    CLMULR(0x80000000, 0x80000000, 0x80000000)

    /* Zbs: five bits of the index count. */
    RR(bset, 0, 31, 0x80000000)
    RR(bset, 0, 32, 1)
    RR(bclr, -1, 31, 0x7fffffff)
    RR(binv, 1, 0, 0)
    RR(bext, 0x80000000, 63, 1)
    RI(bseti, 0, 31, 0x80000000)
    RI(bclri, -1, 0, 0xfffffffe)
    RI(binvi, 0, 16, 0x00010000)
    RI(bexti, 0x00010000, 16, 1)
    ILLEGAL_WORD(0x2a059513) /* bseti a0, a1, 32 */

    /* Zicond: zero when the condition is, or is not, zero. */
    EQZ(0x12345678, 0, 0)
    EQZ(0x12345678, 0x80000000, 0x12345678)
    NEZ(0x12345678, 0, 0x12345678)
    NEZ(0x12345678, 1, 0)
    PASS
