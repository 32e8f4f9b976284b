/* tests/guest/bitmanip.S: Zba, Zbb and Zbs. */
#include "guest.h"

    .globl main
main:
    /* Zba: shifted additions; .uw takes the low word of rs1, zero-extended. */
    RR(sh1add, 3, 100, 106)
    RR(sh2add, 3, 100, 112)
    RR(sh3add, 3, 100, 124)
    RR(sh1add, 0x8000000000000001, 0, 2)
    RR(sh3add, -1, 8, 0)
    RR(sh1add.uw, -1, 1, 0x1ffffffff)
    RR(sh2add.uw, 0xffffffff80000000, 4, 0x200000004)
    RR(sh3add.uw, 0x1234567800000002, -16, 0)
    RR(add.uw, 0xdeadbeefffffffff, 1, 0x100000000)
    RI(slli.uw, 0xdeadbeefffffffff, 4, 0xffffffff0)
    RI(slli.uw, -1, 63, 0x8000000000000000)

    /* Zbb: logic with a complement. */
    RR(andn, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0xf000f000f000f000)
    RR(orn, 0xff00, 0xffffffffffff00ff, 0xff00)
    RR(orn, 0, 0, -1)
    RR(xnor, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f0f0f0f0f0f0f0f)

    /* Counting; of zero all bits. */
    R1(clz, 0, 64)
    R1(clz, 1, 63)
    R1(clz, -1, 0)
    R1(ctz, 0, 64)
    R1(ctz, 0x8000000000000000, 63)
    R1(ctz, 12, 2)
    R1(cpop, -1, 64)
    R1(cpop, 0x8000000100010001, 4)
    R1(cpop, 0, 0)
    R1(clzw, 0, 32)
    R1(clzw, 0xffffffff00000001, 31)
    R1(ctzw, 0xffffffff00000000, 32)
    R1(ctzw, 0xffffffff80000000, 31)
    R1(cpopw, 0xffffffff80000001, 2)

    /* Minimum and maximum. */
    RR(max, -1, 1, 1)
    RR(maxu, -1, 1, -1)
    RR(min, -1, 1, -1)
    RR(minu, -1, 1, 1)
    RR(min, 0x8000000000000000, 0x7fffffffffffffff, 0x8000000000000000)
    RR(maxu, 0x8000000000000000, 0x7fffffffffffffff, 0x8000000000000000)

    /* Extension. */
    R1(sext.b, 0x1280, 0xffffffffffffff80)
    R1(sext.b, 0xff7f, 0x7f)
    R1(sext.h, 0x18000, 0xffffffffffff8000)
    R1(sext.h, 0xffffffffffff7fff, 0x7fff)
    R1(zext.h, 0xffffffffffff8001, 0x8001)

    /* Rotation, by 6 bits of rs2, by 5 in the W forms. */
    RR(rol, 0x8000000000000001, 1, 3)
    RR(rol, 0x0123456789abcdef, 68, 0x123456789abcdef0)
    RR(rol, 0x0123456789abcdef, 64, 0x0123456789abcdef)
    RR(ror, 0x8000000000000001, 1, 0xc000000000000000)
    RR(ror, 3, 0, 3)
    RI(rori, 0x0123456789abcdef, 4, 0xf0123456789abcde)
    RI(rori, 1, 63, 2)
    RR(rolw, 0xffffffff80000001, 1, 3)
    RR(rolw, 0x40000000, 33, 0xffffffff80000000)
    RR(rorw, 0xffffffff00000001, 1, 0xffffffff80000000)
    RR(rorw, 0x180000000, 32, 0xffffffff80000000)
    RI(roriw, 0xffffffff0000000f, 4, 0xfffffffff0000000)
    RI(roriw, 0x89abcdef, 8, 0xffffffffef89abcd)

    R1(orc.b, 0x0100800000ff0020, 0xff00ff0000ff00ff)
    R1(orc.b, 0, 0)
    R1(rev8, 0x0123456789abcdef, 0xefcdab8967452301)

    /* Zbs: one bit, by 6 bits of rs2. */
    RR(bset, 0, 63, 0x8000000000000000)
    RR(bset, 1, 64, 1)
    RR(bclr, -1, 0, -2)
    RR(bclr, -1, 127, 0x7fffffffffffffff)
    RR(binv, 5, 0, 4)
    RR(binv, 4, 64, 5)
    RR(bext, 0x8000000000000000, 63, 1)
    RR(bext, 0x8000000000000000, 62, 0)
    RR(bext, 2, 65, 1)
    RI(bseti, 0, 40, 0x10000000000)
    RI(bclri, -1, 32, 0xfffffffeffffffff)
    RI(binvi, 0, 63, 0x8000000000000000)
    RI(bexti, 0x100000000, 32, 1)
    RI(bexti, 0x100000000, 31, 0)
    PASS
