/* tests/guest/rv32/zfa.S: RV32: Zfa, its two instructions of RV32 alone among them. */
#include "../guest.h"

/* Unprivileged specification, "Zfa". Floating-point registers by number: fa0 is f10, fa1 is f11. */
#define OP_FP 0x53
#define FLI_S(index)  .insn r OP_FP, 0, 0x78, x10, x##index, x1
#define FLI_D(index)  .insn r OP_FP, 0, 0x79, x10, x##index, x1
#define FMVH_X_D      .insn r OP_FP, 0, 0x71, x10, x10, x1 /* fmvh.x.d a0, fa0 */
#define FMVP_D_X      .insn r OP_FP, 0, 0x59, x10, x11, x12 /* fmvp.d.x fa0, a1, a2 */
#define FROUND_S(rm)  .insn r OP_FP, rm, 0x20, x10, x10, x4
#define FROUNDNX_S(rm) .insn r OP_FP, rm, 0x20, x10, x10, x5
#define FROUND_D(rm)  .insn r OP_FP, rm, 0x21, x10, x10, x4
#define FMINM_S       .insn r OP_FP, 2, 0x14, x10, x10, x11
#define FMAXM_D       .insn r OP_FP, 3, 0x15, x10, x10, x11
#define FLEQ_S        .insn r OP_FP, 4, 0x50, x10, x10, x11
#define FLTQ_D        .insn r OP_FP, 5, 0x51, x10, x10, x11
#define FCVTMOD_W_D   .insn r OP_FP, 1, 0x61, x10, x10, x8

#define NX 1
#define NV 16

#define S(reg, bits)       li a1, bits; fmv.w.x reg, a1
#define D(high, low)       li a1, low; li a2, high; FMVP_D_X
#define EXPECT_S(bits)     fmv.x.w a0, fa0; EXPECT(a0, bits)
#define EXPECT_D(high, low) \
    li a3, PAGE(0); fsd fa0, 0(a3); lw a0, 0(a3); EXPECT(a0, low); lw a0, 4(a3); EXPECT(a0, high)
#define EXPECT_FLAGS(flags) csrrw a0, fflags, zero; EXPECT(a0, flags)

    .globl main
main:
    CSR_SET(mstatus, FS)
    csrw fcsr, zero

    /* Constants: -1, the least normal number, 2^-16, 0.875, 1, 2^16, infinity, NaN. */
    FLI_S(0);  EXPECT_S(0xbf800000)
    FLI_S(1);  EXPECT_S(0x00800000)
    FLI_S(2);  EXPECT_S(0x37800000)
    FLI_S(15); EXPECT_S(0x3f600000)
    FLI_S(16); EXPECT_S(0x3f800000)
    FLI_S(29); EXPECT_S(0x47800000)
    FLI_S(30); EXPECT_S(0x7f800000)
    FLI_S(31); EXPECT_S(0x7fc00000)
    FLI_D(1);  EXPECT_D(0x00100000, 0)
    FLI_D(9);  EXPECT_D(0x3fd40000, 0)
    FLI_D(31); EXPECT_D(0x7ff80000, 0)
    FLI_S(16); EXPECT_D(0xffffffff, 0x3f800000) /* boxed */

    /* A double by its halves, and its upper half back. */
    D(0x40091234, 0x89abcdef)
    EXPECT_D(0x40091234, 0x89abcdef)
    FMVH_X_D
    EXPECT(a0, 0x40091234)

    /* To an integer in the same format; only froundnx raises inexact; -0.5 keeps its sign. */
    S(fa0, 0x40200000); FROUND_S(0);   EXPECT_S(0x40000000); EXPECT_FLAGS(0)  /* 2.5 RNE 2 */
    S(fa0, 0x40200000); FROUND_S(4);   EXPECT_S(0x40400000); EXPECT_FLAGS(0)  /* 2.5 RMM 3 */
    S(fa0, 0x40200000); FROUNDNX_S(3); EXPECT_S(0x40400000); EXPECT_FLAGS(NX) /* 2.5 RUP 3 */
    S(fa0, 0xbf000000); FROUND_S(0);   EXPECT_S(0x80000000)
    S(fa0, 0x7f800001); FROUND_S(0);   EXPECT_S(0x7fc00000); EXPECT_FLAGS(NV)
    D(0x43300000, 1);   FROUND_D(0);   EXPECT_D(0x43300000, 1); EXPECT_FLAGS(0)
    D(0xc0040000, 0);   FROUND_D(2);   EXPECT_D(0xc0080000, 0) /* -2.5 RDN -3 */

    /* A NaN operand makes a NaN of minimum and maximum; -0 is less than +0. */
    S(fa0, 0x3f800000); S(fa1, 0x7fc00000); FMINM_S; EXPECT_S(0x7fc00000); EXPECT_FLAGS(0)
    S(fa0, 0x3f800000); S(fa1, 0x7f800001); FMINM_S; EXPECT_S(0x7fc00000); EXPECT_FLAGS(NV)
    S(fa0, 0x00000000); S(fa1, 0x80000000); FMINM_S; EXPECT_S(0x80000000)
    D(0x80000000, 0); fmv.d fa1, fa0; D(0, 0); FMAXM_D; EXPECT_D(0, 0)

    /* Quiet comparisons: a quiet NaN raises nothing, a signaling one does. */
    S(fa0, 0x3f800000); S(fa1, 0x3f800000); FLEQ_S; EXPECT(a0, 1)
    S(fa1, 0x7fc00000); FLEQ_S; EXPECT(a0, 0); EXPECT_FLAGS(0)
    S(fa1, 0x7f800001); FLEQ_S; EXPECT(a0, 0); EXPECT_FLAGS(NV)
    D(0x3ff00000, 1); fmv.d fa1, fa0; D(0x3ff00000, 0); FLTQ_D; EXPECT(a0, 1)

    /* Modulo 2^32, toward zero, with fcvt.w.d's flags. */
    D(0x41f00000, 0x00300000); FCVTMOD_W_D; EXPECT(a0, 3); EXPECT_FLAGS(NV) /* 2^32 + 3 */
    D(0xc0040000, 0); FCVTMOD_W_D; EXPECT(a0, -2); EXPECT_FLAGS(NX)
    D(0x7ff00000, 0); FCVTMOD_W_D; EXPECT(a0, 0); EXPECT_FLAGS(NV)
    D(0x41dfffff, 0xffc00000); FCVTMOD_W_D; EXPECT(a0, 0x7fffffff); EXPECT_FLAGS(0)
    PASS
