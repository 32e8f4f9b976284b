/* tests/guest/float.S: single and double precision, NaN boxing, conversions, comparisons. */
#include "guest.h"

#define F_ONE   0x3f800000
#define F_TWO   0x40000000
#define F_NAN   0x7fc00000
#define F_INF   0x7f800000
#define D_ONE   0x3ff0000000000000
#define D_TWO   0x4000000000000000
#define D_NAN   0x7ff8000000000000
#define D_SNAN  0x7ff0000000000001
#define D_INF   0x7ff0000000000000
#define D_NZERO 0x8000000000000000
#define BOX     0xffffffff00000000

#define D2(insn, a, b, value) li a1, a; li a2, b; fmv.d.x fa1, a1; fmv.d.x fa2, a2; \
    insn fa0, fa1, fa2; fmv.x.d a0, fa0; EXPECT(a0, value)
#define S2(insn, a, b, value) li a1, a; li a2, b; fmv.w.x fa1, a1; fmv.w.x fa2, a2; \
    insn fa0, fa1, fa2; fmv.x.d a0, fa0; EXPECT(a0, BOX | (value))
#define D3(insn, a, b, c, value) li a1, a; li a2, b; li a3, c; fmv.d.x fa1, a1; \
    fmv.d.x fa2, a2; fmv.d.x fa3, a3; insn fa0, fa1, fa2, fa3; fmv.x.d a0, fa0; EXPECT(a0, value)
#define CMP(insn, a, b, value) li a1, a; li a2, b; fmv.d.x fa1, a1; fmv.d.x fa2, a2; \
    insn a0, fa1, fa2; EXPECT(a0, value)
/* Conversion of double bits to an integer register, and back. */
#define TO_X(insn, a, value) li a1, a; fmv.d.x fa1, a1; insn a0, fa1, rtz; EXPECT(a0, value)
#define FROM_X(insn, a, value) li a1, a; insn fa0, a1; fmv.x.d a0, fa0; EXPECT(a0, value)
#define CLASS(a, value) li a1, a; fmv.d.x fa1, a1; fclass.d a0, fa1; EXPECT(a0, value)

    .globl main
main:
    /* FS off: every FP instruction and fcsr trap. */
    CSR_CLEAR(mstatus, FS)
    EXPECT_TRAP(ILLEGAL, 0x02c5f553, .word 0x02c5f553) /* fadd.d fa0, fa1, fa2, dyn */
    EXPECT_TRAP(ILLEGAL, 0x0005b507, .word 0x0005b507) /* fld fa0, 0(a1) */
    EXPECT_TRAP(ILLEGAL, 0x00302573, .word 0x00302573) /* frcsr a0 */
    CSR_SET(mstatus, 1 << 13) /* Initial; an FP instruction that writes makes it Dirty */
    fmv.d.x fa0, zero
    csrr a0, mstatus
    srli a1, a0, 13
    andi a1, a1, 3
    EXPECT(a1, 3)
    srli a1, a0, 63
    EXPECT(a1, 1) /* SD */

    D2(fadd.d, D_ONE, D_ONE, D_TWO)
    D2(fadd.d, D_ONE, 0x3ca0000000000000, D_ONE) /* 1 + 2^-53 ties to even */
    D2(fsub.d, D_ONE, D_ONE, 0)
    D2(fsub.d, D_INF, D_INF, D_NAN)
    D2(fmul.d, D_TWO, 0x4008000000000000, 0x4018000000000000)
    D2(fmul.d, 0x7fe0000000000000, D_TWO, D_INF)
    D2(fdiv.d, D_ONE, 0x4008000000000000, 0x3fd5555555555555)
    D2(fdiv.d, D_ONE, 0, D_INF)
    D2(fdiv.d, 0, 0, D_NAN)
    D2(fmin.d, 0, D_NZERO, D_NZERO)
    D2(fmax.d, D_NZERO, 0, 0)
    D2(fmin.d, D_NAN, D_TWO, D_TWO)
    D2(fmax.d, D_SNAN, D_NAN, D_NAN)
    D2(fsgnj.d, D_ONE, D_NZERO, 0xbff0000000000000)
    D2(fsgnjn.d, D_SNAN, D_NZERO, D_SNAN)
    D2(fsgnjx.d, D_NZERO, D_NZERO, 0)
    D3(fmadd.d, D_TWO, D_TWO, D_ONE, 0x4014000000000000)
    D3(fmsub.d, D_TWO, D_TWO, D_ONE, 0x4008000000000000)
    D3(fnmadd.d, D_TWO, D_TWO, D_ONE, 0xc014000000000000)
    D3(fnmsub.d, D_TWO, D_TWO, D_ONE, 0xc008000000000000)
    /* Fused: the product is not rounded. (1 + 2^-52)^2 - (1 + 2^-51) = 2^-104 */
    D3(fmsub.d, 0x3ff0000000000001, 0x3ff0000000000001, 0x3ff0000000000002, 0x3970000000000000)
    li a1, D_TWO
    fmv.d.x fa1, a1
    fsqrt.d fa0, fa1
    fmv.x.d a0, fa0
    EXPECT(a0, 0x3ff6a09e667f3bcd)
    li a1, 0xbff0000000000000
    fmv.d.x fa1, a1
    fsqrt.d fa0, fa1
    fmv.x.d a0, fa0
    EXPECT(a0, D_NAN)
    D2(fadd.d, 0x0000000000000001, 0x0000000000000001, 2) /* subnormals are kept */

    S2(fadd.s, F_ONE, F_ONE, F_TWO)
    S2(fsub.s, F_INF, F_INF, F_NAN)
    S2(fmul.s, 0x00800000, 0x3f000000, 0x00400000)
    S2(fdiv.s, F_ONE, 0x40400000, 0x3eaaaaab)
    S2(fmin.s, 0x80000000, 0, 0x80000000)
    S2(fsgnj.s, F_ONE, 0x80000000, 0xbf800000)
    S2(fadd.s, 0x4b800000, F_ONE, 0x4b800000)

    /* NaN boxing: a double's bits are no single, and read as the canonical NaN. */
    li a1, D_ONE
    fmv.d.x fa1, a1
    li a2, F_ONE
    fmv.w.x fa2, a2
    fadd.s fa0, fa1, fa2
    fmv.x.d a0, fa0
    EXPECT(a0, BOX | F_NAN)
    fsgnj.s fa0, fa1, fa1
    fmv.x.d a0, fa0
    EXPECT(a0, BOX | F_NAN)
    li a1, 0x123456783f800000 /* but moves and stores take the low bits as they are */
    fmv.d.x fa1, a1
    fmv.x.w a0, fa1
    EXPECT(a0, F_ONE)
    li a1, PAGE(0)
    fsw fa1, 0(a1)
    flw fa0, 0(a1)
    fmv.x.d a0, fa0
    EXPECT(a0, BOX | F_ONE)
    li a1, 0x80000000
    fmv.w.x fa1, a1
    fmv.x.w a0, fa1
    EXPECT(a0, 0xffffffff80000000)

    CMP(feq.d, D_ONE, D_ONE, 1)
    CMP(feq.d, 0, D_NZERO, 1)
    CMP(feq.d, D_NAN, D_NAN, 0)
    CMP(flt.d, D_NZERO, 0, 0)
    CMP(flt.d, 0xbff0000000000000, D_ONE, 1)
    CMP(flt.d, D_ONE, D_NAN, 0)
    CMP(fle.d, D_ONE, D_ONE, 1)
    CMP(fle.d, D_NAN, D_ONE, 0)

    /* Out of range: the nearest bound; NaN: the greatest. */
    TO_X(fcvt.w.d, 0xc004000000000000, -2) /* -2.5 */
    TO_X(fcvt.w.d, 0x41e0000000000000, 0x7fffffff)
    TO_X(fcvt.w.d, 0xfff0000000000000, 0xffffffff80000000)
    TO_X(fcvt.w.d, D_NAN, 0x7fffffff)
    TO_X(fcvt.wu.d, 0x41efffffffe00000, -1) /* 2^32 - 1, sign-extended */
    TO_X(fcvt.wu.d, 0xbff0000000000000, 0)
    TO_X(fcvt.wu.d, D_NAN, -1)
    TO_X(fcvt.l.d, 0x43e0000000000000, 0x7fffffffffffffff)
    TO_X(fcvt.l.d, 0xc3e0000000000000, 0x8000000000000000)
    TO_X(fcvt.l.d, D_NAN, 0x7fffffffffffffff)
    TO_X(fcvt.lu.d, 0x43efffffffffffff, 0xfffffffffffff800)
    TO_X(fcvt.lu.d, 0xbfe0000000000000, 0)
    TO_X(fcvt.lu.d, D_INF, -1)
    FROM_X(fcvt.d.w, 0x1ffffffff, 0xbff0000000000000)
    FROM_X(fcvt.d.wu, -1, 0x41efffffffe00000)
    FROM_X(fcvt.d.l, -1, 0xbff0000000000000)
    FROM_X(fcvt.d.lu, -1, 0x43f0000000000000)
    FROM_X(fcvt.s.l, 0x7fffffffffffffff, BOX | 0x5f000000)
    FROM_X(fcvt.s.wu, -1, BOX | 0x4f800000)
    li a1, D_SNAN
    fmv.d.x fa1, a1
    fcvt.s.d fa0, fa1
    fmv.x.d a0, fa0
    EXPECT(a0, BOX | F_NAN)
    fcvt.d.s fa0, fa0
    fmv.x.d a0, fa0
    EXPECT(a0, D_NAN)

    CLASS(0xfff0000000000000, 1 << 0)
    CLASS(0xbff0000000000000, 1 << 1)
    CLASS(0x8000000000000001, 1 << 2)
    CLASS(D_NZERO, 1 << 3)
    CLASS(0, 1 << 4)
    CLASS(0x000fffffffffffff, 1 << 5)
    CLASS(D_ONE, 1 << 6)
    CLASS(D_INF, 1 << 7)
    CLASS(D_SNAN, 1 << 8)
    CLASS(D_NAN, 1 << 9)
    PASS
