/* tests/guest/fpstate.S: mstatus.FS over its life, while the same code runs in each state. */
#include "guest.h"

#define INITIAL (1 << 13)
#define CLEAN   (2 << 13)
#define DIRTY   (3 << 13)

#define SET_FS(state) li t6, FS; csrc mstatus, t6; li t6, state; csrs mstatus, t6
#define EXPECT_FS(state) csrr t5, mstatus; li t6, FS; and t5, t5, t6; EXPECT(t5, state)
/* From Clean, the instruction makes it Dirty / may not need to, and here does not. */
#define DIRTIES(...) SET_FS(CLEAN); __VA_ARGS__; EXPECT_FS(DIRTY)
#define KEEPS(...) SET_FS(CLEAN); __VA_ARGS__; EXPECT_FS(CLEAN)

    .globl main
main:
    li a1, PAGE(0)
    li a0, 0x3ff0000000000000
    SET_FS(INITIAL)
    fmv.d.x fa1, a0
    EXPECT_FS(DIRTY)
    csrr a0, mstatus
    srli a0, a0, 63
    EXPECT(a0, 1)
    csrr a0, sstatus
    srli a0, a0, 63
    EXPECT(a0, 1)
    SET_FS(CLEAN)
    csrr a0, mstatus
    srli a0, a0, 63
    EXPECT(a0, 0)

    DIRTIES(fld fa0, 0(a1))
    DIRTIES(flw fa0, 0(a1))
    DIRTIES(fadd.d fa0, fa1, fa1)
    DIRTIES(fmadd.s fa0, fa1, fa1, fa1)
    DIRTIES(fsgnj.d fa0, fa1, fa1)
    DIRTIES(fcvt.d.w fa0, a0)
    DIRTIES(fmv.w.x fa0, a0)
    DIRTIES(fsflags zero)
    DIRTIES(fsrm zero)
    DIRTIES(csrwi fcsr, 0)
    DIRTIES(c.fld fa0, 0(a1))
    /* Only a flag that was not set: fcsr has changed. */
    fsflags zero
    li t0, 0x7ff0000000000001
    fmv.d.x fa2, t0
#ifdef QEMU /* forgets that flags are FP state */
    feq.d a0, fa2, fa2
#else
    DIRTIES(feq.d a0, fa2, fa2)
#endif
    frflags a0
    EXPECT(a0, 16)

    KEEPS(fsd fa0, 0(a1))
    KEEPS(fmv.x.d a0, fa0)
    KEEPS(frcsr a0)
    KEEPS(nop)

    /* The same code with FS on, off, on: calls of one function. */
    li s0, 50
1:  SET_FS(CLEAN)
    call add_one
    SET_FS(0)
    la tp, 2f
    AT
    call add_one
    FAIL
    .balign 4
2:  TRAPPED(ILLEGAL, 0x02b57553)
    la t0, add_one
    EXPECT_REG(s9, t0)
    EXPECT_FS(0)
    addi s0, s0, -1
    bnez s0, 1b

    /* Off: loads, stores, moves and compressed ones trap too; values survive. */
    SET_FS(DIRTY)
    li t0, 0x4008000000000000
    fmv.d.x fa5, t0
    SET_FS(0)
    EXPECT_TRAP(ILLEGAL, 0x0005b507, .word 0x0005b507) /* fld fa0, 0(a1) */
    EXPECT_TRAP(ILLEGAL, 0x2188, .half 0x2188) /* c.fld fa0, 0(a1) */
    EXPECT_TRAP(ILLEGAL, 0xe2058553, .word 0xe2058553) /* fmv.x.d a0, fa1 */
    SET_FS(DIRTY)
    fmv.x.d a0, fa5
    EXPECT(a0, 0x4008000000000000)

    /* S-mode sees and changes it through sstatus. */
    SET_FS(0)
    ENTER_S
    EXPECT_TRAP(ILLEGAL, 0x02b57553, .word 0x02b57553)
    ENTER_S
    li t0, CLEAN
    csrs sstatus, t0
    fadd.d fa0, fa0, fa1
    csrr s0, sstatus
    LEAVE
    li t0, FS
    and s0, s0, t0
    EXPECT(s0, DIRTY)
    EXPECT_FS(DIRTY)

    /* A trap shows the state as it was at the trapping instruction. */
    SET_FS(CLEAN)
    la tp, 1f
    AT
    fadd.d fa0, fa0, fa1
    ecall
    FAIL
    .balign 4
1:  li t0, FS
    and a0, s8, t0
    EXPECT(a0, DIRTY)
    PASS

    .balign 4
add_one:
    .word 0x02b57553 /* fadd.d fa0, fa0, fa1, dyn */
    ret
