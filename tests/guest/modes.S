/* tests/guest/modes.S: who may execute what: ecall, mret, sret, wfi, sfence.vma, TSR, TW, TVM. */
#include "guest.h"

#define MRET   0x30200073
#define SRET   0x10200073
#define WFI    0x10500073
#define SFENCE 0x12000073
#define SINVAL 0x16000073
#define W_INVAL 0x18000073
#define INVAL_IR 0x18100073

#ifdef QEMU /* mtval is 0 for these; Sstvala wants the instruction */
#define TVAL(instruction) 0
#else
#define TVAL(instruction) instruction
#endif

#define S_TRAPS(cause, tval, ...) ENTER_S; EXPECT_TRAP(cause, tval, __VA_ARGS__)
#define U_TRAPS(cause, tval, ...) ENTER_U; EXPECT_TRAP(cause, tval, __VA_ARGS__)
#define EXPECT_MPP(priv) li t6, MPP; and t5, s8, t6; EXPECT(t5, (priv) << 11)

    .globl main
main:
    EXPECT_TRAP(ECALL_M, 0, ecall)
    EXPECT_MPP(3)
    S_TRAPS(ECALL_S, 0, ecall)
    EXPECT_MPP(1)
    U_TRAPS(ECALL_U, 0, ecall)
    EXPECT_MPP(0)

    /* mret: MIE from MPIE, MPIE = 1, MPP = U, MPRV cleared on the way to a lower mode. */
    CSR_CLEAR(mstatus, MIE | MPIE)
    CSR_SET(mstatus, MPP | MPRV)
    la t0, 1f
    csrw mepc, t0
    AT
    mret
    FAIL
    .balign 4
1:  csrr a0, mstatus
    li t0, MIE | MPIE | MPP | MPRV
    and a0, a0, t0
    EXPECT(a0, MPIE | MPRV) /* M to M keeps MPRV */
    CSR_CLEAR(mstatus, MPRV)
    CSR_SET(mstatus, MPIE)
    la t0, 1f
    csrw mepc, t0
    CSR_SET(mstatus, MPP)
    AT
    mret
    FAIL
    .balign 4
1:  csrr a0, mstatus
    andi a0, a0, MIE
    EXPECT(a0, MIE)
    CSR_CLEAR(mstatus, MIE)
    CSR_SET(mstatus, MPRV)
    S_TRAPS(ECALL_S, 0, ecall)
    csrr a0, mstatus
    li t0, MPRV
    and a0, a0, t0
#ifndef QEMU /* forgets MPRV; "Memory Privilege in mstatus": an xRET to a mode below M clears it */
    EXPECT(a0, 0)
#endif
    CSR_CLEAR(mstatus, MPRV)

    /* sret in M-mode is legal: SPP decides, MPRV is cleared. */
    CSR_SET(mstatus, SPP)
    CSR_SET(mstatus, MPP | MPRV)
    la t0, 1f
    csrw sepc, t0
    AT
    sret
    FAIL
    .balign 4
1:  EXPECT_TRAP(ECALL_S, 0, ecall)
    csrr a0, mstatus
#ifdef QEMU
    li t0, SPP
#else
    li t0, MPRV | SPP
#endif
    and a0, a0, t0
    EXPECT(a0, 0)
    CSR_CLEAR(mstatus, MPRV)

    /* MPP is WARL: 2 is no mode, so it does not stay. */
    CSR_CLEAR(mstatus, MPP)
    CSR_SET(mstatus, 2 << 11)
    csrr a0, mstatus
    srli a0, a0, 11
    andi a0, a0, 3
    addi a0, a0, -2
    snez a0, a0
#ifndef QEMU /* keeps it */
    EXPECT(a0, 1)
#endif
    CSR_SET(mstatus, MPP)

    /* What belongs to M-mode alone. */
    S_TRAPS(ILLEGAL, MRET, mret)
    U_TRAPS(ILLEGAL, MRET, mret)
    U_TRAPS(ILLEGAL, SRET, sret)
    U_TRAPS(ILLEGAL, SFENCE, sfence.vma)
    S_TRAPS(ILLEGAL, 0x30002573, csrr a0, mstatus)
    S_TRAPS(ILLEGAL, 0xf1402573, csrr a0, mhartid)
    S_TRAPS(ILLEGAL, 0x3a002573, csrr a0, pmpcfg0)
    U_TRAPS(ILLEGAL, 0x10002573, csrr a0, sstatus)
    U_TRAPS(ILLEGAL, 0x18002573, csrr a0, satp)
    U_TRAPS(ILLEGAL, 0x14002573, csrr a0, sscratch)

    /* All clear: S-mode may use sret, sfence.vma, satp and wfi. */
    ENTER_S
    AT
    sfence.vma
    sfence.vma a0, a1
    .word SINVAL
    .word W_INVAL
    .word INVAL_IR
    csrr a0, satp
    csrw satp, a0
    la t0, 1f
    csrw sepc, t0
    li t0, SPP
    csrs sstatus, t0
    sret
    FAIL
    .balign 4
1:  LEAVE
    EXPECT(s10, ECALL_S)

    /* TVM: satp and the address-translation fences trap in S-mode; in M-mode they don't. */
    CSR_SET(mstatus, TVM)
    S_TRAPS(ILLEGAL, SFENCE, sfence.vma)
    S_TRAPS(ILLEGAL, 0x18002573, csrr a0, satp)
    S_TRAPS(ILLEGAL, 0x18051073, csrw satp, a0)
    S_TRAPS(ILLEGAL, TVAL(SINVAL), .word SINVAL)
    ENTER_S
    AT
    .word W_INVAL /* "Svinval": the two fences are not affected by TVM */
    .word INVAL_IR
    LEAVE
    EXPECT(s10, ECALL_S)
    AT
    sfence.vma
    csrr a0, satp
    .word SINVAL
    CSR_CLEAR(mstatus, TVM)

    /* U-mode has none of the Svinval instructions. */
    U_TRAPS(ILLEGAL, TVAL(SINVAL), .word SINVAL)
#ifndef QEMU /* lets these two pass */
    U_TRAPS(ILLEGAL, W_INVAL, .word W_INVAL)
    U_TRAPS(ILLEGAL, INVAL_IR, .word INVAL_IR)
#endif

    /* TSR: sret traps in S-mode only. */
    CSR_SET(mstatus, TSR)
    S_TRAPS(ILLEGAL, SRET, sret)
    la t0, 1f
    csrw sepc, t0
    CSR_SET(mstatus, SPP)
    AT
    sret
    FAIL
    .balign 4
1:  LEAVE
    EXPECT(s10, ECALL_S)
    CSR_CLEAR(mstatus, TSR)

    /* TW: wfi traps below M-mode, here at once. In U-mode it traps without TW too (S exists). */
    CSR_SET(mstatus, TW)
    S_TRAPS(ILLEGAL, WFI, wfi)
    U_TRAPS(ILLEGAL, WFI, wfi)
    CSR_CLEAR(mstatus, TW)

    /* sstatus shows S-mode's part of mstatus and nothing else. */
    CSR_SET(mstatus, TVM | TW | TSR | MPIE | SUM | MXR)
    csrr a0, sstatus
    li t0, TVM | TW | TSR | MPIE | MIE | MPP | MPRV
    and a0, a0, t0
    EXPECT(a0, 0)
    csrr a0, sstatus
    li t0, SUM | MXR
    and a0, a0, t0
    EXPECT(a0, SUM | MXR)
    CSR_CLEAR(sstatus, -1)
    csrr a0, mstatus
    li t0, TVM | TW | TSR | SUM | MXR
    and a0, a0, t0
    EXPECT(a0, TVM | TW | TSR)
    PASS
