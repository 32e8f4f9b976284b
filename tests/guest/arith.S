/* tests/guest/arith.S: the base integer instructions, 64-bit and W forms, at their edges. */
#include "guest.h"

#define MIN64 0x8000000000000000
#define MAX64 0x7fffffffffffffff

    .globl main
main:
    RR(add, 0, 0, 0)
    RR(add, MAX64, 1, MIN64)
    RR(add, -1, 1, 0)
    RR(sub, 0, 1, -1)
    RR(sub, MIN64, 1, MAX64)
    RI(addi, 5, -2048, -2043)
    RI(addi, MAX64, 2047, 0x80000000000007fe)
    RR(addw, 0x7fffffff, 1, 0xffffffff80000000)
    RR(addw, 0x1ffffffff, 1, 0)
    RR(subw, 0x80000000, 1, 0x7fffffff)
    RR(subw, 0, 0x80000000, 0xffffffff80000000)
    RI(addiw, 0x7fffffff, 1, 0xffffffff80000000)
    RI(addiw, 0x1234567880000000, 0, 0xffffffff80000000)
    R1(sext.w, 0x1234567880000000, 0xffffffff80000000)

    RR(and, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f000f000f000f00)
    RR(or, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xfff0fff0fff0fff0)
    RR(xor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf0f0f0f0f0f0f0f0)
    RI(andi, 0xffffffffffffffff, -2048, 0xfffffffffffff800)
    RI(andi, 0xffffffffffffffff, 0x7ff, 0x7ff)
    RI(ori, 0x1000, -1, -1)
    RI(ori, 0x1000, 0x0f0, 0x10f0)
    RI(xori, 0x0123456789abcdef, -1, 0xfedcba9876543210)
    RI(xori, 0x800, 0x7ff, 0xfff)

    /* A register shift takes 6 bits of rs2, a W shift 5. */
    RR(sll, 1, 63, MIN64)
    RR(sll, 1, 64, 1)
    RR(sll, 3, -1, MIN64)
    RR(srl, MIN64, 63, 1)
    RR(srl, -1, 65, MAX64)
    RR(sra, MIN64, 63, -1)
    RR(sra, MIN64, 127, -1)
    RR(sra, MAX64, 62, 1)
    RI(slli, 1, 63, MIN64)
    RI(slli, 1, 32, 0x100000000)
    RI(srli, MIN64, 63, 1)
    RI(srli, MIN64, 32, 0x80000000)
    RI(srai, MIN64, 63, -1)
    RI(srai, MIN64, 1, 0xc000000000000000)
    RR(sllw, 1, 31, 0xffffffff80000000)
    RR(sllw, 1, 32, 1)
    RR(sllw, 0xffffffff00000001, 33, 2)
    RR(srlw, 0xffffffff80000000, 31, 1)
    RR(srlw, 0xffffffff80000000, 32, 0xffffffff80000000)
    RR(sraw, 0x80000000, 31, -1)
    RR(sraw, 0x1234567880000000, 4, 0xfffffffff8000000)
    RR(sraw, 0xffffffff7fffffff, 30, 1)
    RI(slliw, 0x12345678, 4, 0x23456780)
    RI(slliw, 1, 31, 0xffffffff80000000)
    RI(srliw, 0xffffffff80000000, 31, 1)
    RI(srliw, 0xffffffff80000000, 0, 0xffffffff80000000)
    RI(sraiw, 0x80000000, 31, -1)
    RI(sraiw, 0xffffffff7fffffff, 4, 0x07ffffff)

    RR(slt, -1, 0, 1)
    RR(slt, 0, -1, 0)
    RR(slt, MIN64, MAX64, 1)
    RR(slt, 5, 5, 0)
    RR(sltu, -1, 0, 0)
    RR(sltu, 0, -1, 1)
    RR(sltu, MIN64, MAX64, 0)
    RI(slti, -2049, -2048, 1)
    RI(slti, 0, -1, 0)
    RI(sltiu, 0, -1, 1) /* the immediate is sign-extended, then compared unsigned */
    RI(sltiu, -1, -1, 0)
    RI(sltiu, 0xfffffffffffff7ff, -2048, 1)

    lui a0, 0x80000
    EXPECT(a0, 0xffffffff80000000)
    lui a0, 0x7ffff
    EXPECT(a0, 0x7ffff000)
    lui a0, 1
    EXPECT(a0, 0x1000)
1:  auipc a0, 0
    la a1, 1b
    EXPECT_REG(a0, a1)
1:  auipc a0, 0x80000
    la a1, 1b
    li a2, 0xffffffff80000000
    add a1, a1, a2
    EXPECT_REG(a0, a1)

    /* x0 stays zero whatever is written to it. */
    li a1, 77
    add zero, a1, a1
    EXPECT(zero, 0)
    lui zero, 0x12345
    EXPECT(zero, 0)
    add a0, zero, zero
    EXPECT(a0, 0)

    /* Source and destination may be the same register. */
    li a0, 7
    add a0, a0, a0
    EXPECT(a0, 14)
    sub a0, a0, a0
    EXPECT(a0, 0)
    PASS
