/* tests/guest/rounding.S: rounding modes, static and dynamic, and the five accrued flags. */
#include "guest.h"

#define NX 1
#define UF 2
#define OF 4
#define DZ 8
#define NV 16

#define D_ONE 0x3ff0000000000000
#define D_MAX 0x7fefffffffffffff
#define D_MIN 0x0010000000000000
#define D_INF 0x7ff0000000000000
#define D_NAN 0x7ff8000000000000
#define D_SNAN 0x7ff0000000000001

/* insn fa0, fa1, fa2 raises exactly these flags. */
#define FLAGS(insn, a, b, flags) li a1, a; li a2, b; fmv.d.x fa1, a1; fmv.d.x fa2, a2; \
    fsflags zero; insn fa0, fa1, fa2; frflags a0; EXPECT(a0, flags)
#define CMP_FLAGS(insn, a, b, flags) li a1, a; li a2, b; fmv.d.x fa1, a1; fmv.d.x fa2, a2; \
    fsflags zero; insn a3, fa1, fa2; frflags a0; EXPECT(a0, flags)
#define CVT_FLAGS(insn, a, value, flags) li a1, a; fmv.d.x fa1, a1; fsflags zero; \
    insn a3, fa1, rtz; frflags a0; EXPECT(a3, value); EXPECT(a0, flags)
/* The double rounded to a long in this static mode, then by the same mode in frm. */
#define ROUND(mode, number, a, value) li a1, a; fmv.d.x fa1, a1; fcvt.l.d a0, fa1, mode; \
    EXPECT(a0, value); fsrmi number; fcvt.l.d a0, fa1, dyn; EXPECT(a0, value)
#define ADD(mode, number, a, b, value) li a1, a; li a2, b; fmv.d.x fa1, a1; fmv.d.x fa2, a2; \
    fsrmi 0; fadd.d fa0, fa1, fa2, mode; fmv.x.d a0, fa0; EXPECT(a0, value); \
    fsrmi number; fadd.d fa0, fa1, fa2, dyn; fmv.x.d a0, fa0; EXPECT(a0, value)

#define D_2_5 0x4004000000000000
#define D_3_5 0x400c000000000000
#define D_M2_5 0xc004000000000000
#define HALF_ULP 0x3ca0000000000000 /* 2^-53 */

    .globl main
main:
    CSR_SET(mstatus, FS)

    ROUND(rne, 0, D_2_5, 2)
    ROUND(rne, 0, D_3_5, 4)
    ROUND(rtz, 1, D_3_5, 3)
    ROUND(rtz, 1, D_M2_5, -2)
    ROUND(rdn, 2, D_2_5, 2)
    ROUND(rdn, 2, D_M2_5, -3)
    ROUND(rup, 3, D_2_5, 3)
    ROUND(rup, 3, D_M2_5, -2)
    ROUND(rmm, 4, D_2_5, 3)
    ROUND(rmm, 4, D_M2_5, -3)

    ADD(rne, 0, D_ONE, HALF_ULP, D_ONE)
    ADD(rne, 0, 0x3ff0000000000001, HALF_ULP, 0x3ff0000000000002)
    ADD(rtz, 1, 0x3ff0000000000001, HALF_ULP, 0x3ff0000000000001)
    ADD(rdn, 2, 0x3ff0000000000001, HALF_ULP, 0x3ff0000000000001)
    ADD(rup, 3, D_ONE, HALF_ULP, 0x3ff0000000000001)
    ADD(rmm, 4, D_ONE, HALF_ULP, 0x3ff0000000000001)
    ADD(rmm, 4, 0xbff0000000000000, 0xbca0000000000000, 0xbff0000000000001)
    /* Overflow goes to infinity or to the greatest number. */
    ADD(rne, 0, D_MAX, D_MAX, D_INF)
    ADD(rtz, 1, D_MAX, D_MAX, D_MAX)
    ADD(rdn, 2, D_MAX, D_MAX, D_MAX)
    ADD(rup, 3, D_MAX, D_MAX, D_INF)
    ADD(rmm, 4, D_MAX, D_MAX, D_INF)
    /* x - x is -0 rounding down, else +0. */
    ADD(rdn, 2, D_ONE, 0xbff0000000000000, 1 << 63)
    ADD(rup, 3, D_ONE, 0xbff0000000000000, 0)

    /* Reserved modes: static 5 and 6, dynamic 5, 6, 7. */
    fsrmi 0
    EXPECT_TRAP(ILLEGAL, 0x02c5d553, .word 0x02c5d553)
    EXPECT_TRAP(ILLEGAL, 0x02c5e553, .word 0x02c5e553)
    li a0, 5
    fsrm a0
    EXPECT_TRAP(ILLEGAL, 0x02c5f553, .word 0x02c5f553)
    li a0, 7
    fsrm a0
    EXPECT_TRAP(ILLEGAL, 0x02c5f553, .word 0x02c5f553)
    fadd.d fa0, fa1, fa2, rtz /* a static mode does not care */
    fsgnj.d fa0, fa1, fa1     /* nor what does not round */

    /* fcsr is frm and fflags in one; fscsr keeps 8 bits. */
    li a0, -1
    fscsr a0
    frcsr a1
    EXPECT(a1, 0xff)
    frrm a1
    EXPECT(a1, 7)
    fscsr zero
    fsrmi 3
    fsflagsi NV | NX
    frcsr a1
    EXPECT(a1, 0x71)
    csrrwi a1, fflags, 0
    EXPECT(a1, 0x11)
    fscsr zero

    /* Flags accrue until written. */
    FLAGS(fadd.d, D_ONE, D_ONE, 0)
    FLAGS(fadd.d, D_ONE, HALF_ULP, NX)
    FLAGS(fadd.d, D_MAX, D_MAX, OF | NX)
    FLAGS(fdiv.d, D_ONE, 0, DZ)
    FLAGS(fdiv.d, 0, 0, NV)
    FLAGS(fdiv.d, D_INF, 0, 0)
    FLAGS(fsub.d, D_INF, D_INF, NV)
    FLAGS(fmul.d, D_INF, 0, NV)
    FLAGS(fadd.d, D_SNAN, D_ONE, NV)
    FLAGS(fadd.d, D_NAN, D_ONE, 0)
    FLAGS(fmul.d, D_MIN, 0x3fe0000000000000, 0)             /* subnormal but exact: no UF */
    FLAGS(fmul.d, D_MIN, 0x3fd5555555555555, UF | NX)
    FLAGS(fmul.d, 1, 1, UF | NX)
    /* Tininess is judged after rounding, as if the exponent had no bound ("Single-Precision
     * Floating-Point Computational Instructions", fcsr): both become the least normal number, but
     * with 53 bits at their own exponent they stay below it. */
    FLAGS(fmul.d, 0x001fffffffffffff, 0x3fe0000000000000, NX | UF)
    FLAGS(fmul.d, 0x3ff0000000000001, 0x000ffffffffffffe, NX | UF)
    FLAGS(fmin.d, D_NAN, D_ONE, 0)
    FLAGS(fmin.d, D_SNAN, D_ONE, NV)
    FLAGS(fsgnj.d, D_SNAN, D_SNAN, 0)
    CMP_FLAGS(feq.d, D_NAN, D_ONE, 0)
    CMP_FLAGS(feq.d, D_SNAN, D_ONE, NV)
    CMP_FLAGS(flt.d, D_NAN, D_ONE, NV)
    CMP_FLAGS(fle.d, D_ONE, D_NAN, NV)
    CVT_FLAGS(fcvt.w.d, D_2_5, 2, NX)
    CVT_FLAGS(fcvt.w.d, D_MAX, 0x7fffffff, NV)
    CVT_FLAGS(fcvt.lu.d, 0xbff0000000000000, 0, NV)
    CVT_FLAGS(fcvt.lu.d, 0xbfe0000000000000, 0, NX)
    CVT_FLAGS(fcvt.wu.d, D_NAN, -1, NV)

    fscsr zero
    li a1, D_ONE
    fmv.d.x fa1, a1
    fmv.d.x fa2, zero
    fdiv.d fa0, fa1, fa2
    fdiv.d fa0, fa2, fa2
    fadd.d fa0, fa1, fa1
    frflags a0
    EXPECT(a0, NV | DZ)

    /* Flags survive integer code, a trap, and a change of frm. */
    EXPECT_TRAP(ECALL_M, 0, ecall)
    fsrmi 1
    frflags a0
    EXPECT(a0, NV | DZ)

    /* An illegal FP instruction raises no flag. */
    fscsr zero
    EXPECT_TRAP(ILLEGAL, 0x02c5d553, .word 0x02c5d553)
    frflags a0
    EXPECT(a0, 0)
    PASS
