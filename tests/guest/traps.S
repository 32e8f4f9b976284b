/* tests/guest/traps.S: each synchronous cause in M-mode, its mtval and mepc, and mstatus. */
#include "guest.h"

    .globl main
main:
    EXPECT_TRAP(ECALL_M, 0, ecall)

    /* Trap entry stacks MIE in MPIE and the mode in MPP. */
    CSR_CLEAR(mstatus, MIE)
    CSR_SET(mstatus, MPIE)
    EXPECT_TRAP(ECALL_M, 0, ecall)
    li t0, MPP | MPIE | MIE
    and a0, s8, t0
    EXPECT(a0, MPP)
    CSR_SET(mstatus, MIE)
    EXPECT_TRAP(ECALL_M, 0, ecall)
    li t0, MPP | MPIE | MIE
    and a0, s8, t0
    EXPECT(a0, MPP | MPIE)

    /* ebreak: mtval is the address or zero ("Machine Trap Value Register": either). */
    AT
    la tp, 1f
2:  ebreak
    FAIL
    .balign 4
1:  la a1, 2b
    EXPECT_REG(s9, a1)
    EXPECT(s10, BREAKPOINT)
    beqz s11, 1f
    EXPECT_REG(s11, a1)
1:

    /* Illegal instructions: mtval is the instruction (Sstvala asks it). */
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)
    EXPECT_TRAP(ILLEGAL, 0x0000007b, .word 0x0000007b) /* an opcode nobody has */
    EXPECT_TRAP(ILLEGAL, 0x0000707f, .word 0x0000707f)
    EXPECT_TRAP(ILLEGAL, 0x02000073, .word 0x02000073)
    EXPECT_TRAP(ILLEGAL, 0x80000033, .word 0x80000033) /* add with a wrong funct7 */
    EXPECT_TRAP(ILLEGAL, 0x0200101b, .word 0x0200101b) /* slliw by 32 */
    EXPECT_TRAP(ILLEGAL, 0x00007003, .word 0x00007003) /* a load of width 7 */
    EXPECT_TRAP(ILLEGAL, 0x00004023, .word 0x00004023) /* a store of width 4 */
    EXPECT_TRAP(ILLEGAL, 0x00002063, .word 0x00002063) /* a branch of kind 2 */

    /* CSRs: absent; read-only ones written. Reading with csrrs x0 is no write. */
    EXPECT_TRAP(ILLEGAL, 0x5c002573, .word 0x5c002573) /* csrr a0, 0x5c0 */
    EXPECT_TRAP(ILLEGAL, 0xf1151073, csrw mvendorid, a0)
    EXPECT_TRAP(ILLEGAL, 0xf145e573, csrrsi a0, mhartid, 11)
    EXPECT_TRAP(ILLEGAL, 0xf1453573, csrrc a0, mhartid, a0)
    csrrs a0, mhartid, zero
    EXPECT(a0, 0)
    csrrci a0, mhartid, 0
    EXPECT(a0, 0)
    EXPECT_TRAP(ILLEGAL, 0xc0001073, csrw cycle, zero)

    /* An illegal CSR instruction has no effect at all. */
    li a0, 0x77
    EXPECT_TRAP(ILLEGAL, 0xf1451573, csrrw a0, mhartid, a0)
    EXPECT(a0, 0x77)

    /* mtvec: direct mode; its low bits keep MODE, the rest the base. mepc drops bit 0. */
    li a0, 0x1235
    csrw mepc, a0
#ifndef QEMU /* keeps bit 0; "Machine Exception Program Counter": it is always zero */
    EXPECT_CSR(mepc, 0x1234)
#endif
    csrw mcause, zero
    li a0, -1
    csrw mtval, a0
    EXPECT_CSR(mtval, -1)
    csrw mscratch, a0
    EXPECT_CSR(mscratch, -1)

    /* A jump to an address nobody answers traps there, not at the jump. */
    li a1, NOWHERE
    EXPECT_TRAP_IN(FETCH_ACCESS, NOWHERE, jr a1)
    EXPECT(s9, NOWHERE)
    li a1, NOWHERE
    li ra, 0
    EXPECT_TRAP_IN(FETCH_ACCESS, NOWHERE, 97: jalr ra, 0(a1))
    EXPECT(s9, NOWHERE)
    snez ra, ra /* the jump itself retired: it wrote its link */
    EXPECT(ra, 1)

    /* With C no branch target is misaligned; an odd jalr target loses bit 0. */
    la a1, 1f + 1
    AT
    jr a1
    FAIL
    .half 0
1:
    /* Several harts' worth of nesting is software's matter: a trap in a handler overwrites mepc. */
    la t0, nested
    csrw mtvec, t0
    AT
    ecall
    FAIL
    .balign 4
nested:
    la t0, trap_m
    csrw mtvec, t0
    EXPECT_TRAP(ILLEGAL, 0xffffffff, .word 0xffffffff)

    /* fence and hints of all kinds are no traps. */
    fence rw, rw
    fence.i
    fence.tso
    .word 0x0100000f /* pause */
    .word 0xf0f0000f /* fence with a reserved fm: treated as fm = 0 */
    li a0, 5
    slti zero, a0, 3
    .word 0x00005013 /* srli x0, x0, 0 */
    PASS
