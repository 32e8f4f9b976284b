/* tests/guest/sstc.S: stimecmp drives STIP: set, cleared, gated and delegated. */
#include "guest.h"

#define STIP (1 << 5)
#define TM   2

#define S_TRAPS(cause, tval, ...) ENTER_S; EXPECT_TRAP(cause, tval, __VA_ARGS__)
#define WAIT_PENDING(bits) AT; 1: csrr a0, mip; li t6, bits; and a0, a0, t6; bne a0, t6, 1b
#define WAIT_IDLE(bits) AT; 1: csrr a0, mip; li t6, bits; and a0, a0, t6; bnez a0, 1b

    .globl main
main:
    /* menvcfg.STCE is off at reset: S-mode has no stimecmp; M-mode always has. */
    li t0, STCE
    csrc menvcfg_, t0
    CSR_WRITE(mcounteren, TM)
    S_TRAPS(ILLEGAL, 0x14d02573, csrr a0, stimecmp_)
    li t0, -1
    csrw stimecmp_, t0
    /* Without STCE mip.STIP is software's. */
    CSR_SET(mip, STIP)
    csrr a0, mip
    andi a0, a0, STIP
    EXPECT(a0, STIP)
    CSR_CLEAR(mip, STIP)
    csrr a0, mip
    andi a0, a0, STIP
    EXPECT(a0, 0)

    li t0, STCE
    csrs menvcfg_, t0
    csrr a0, menvcfg_
    and a0, a0, t0
    EXPECT_REG(a0, t0)
    /* With STCE it follows the comparison alone, and software cannot set it. */
    CSR_SET(mip, STIP)
    csrr a0, mip
    andi a0, a0, STIP
    EXPECT(a0, 0)
    csrw stimecmp_, zero
    WAIT_PENDING(STIP)
    CSR_CLEAR(mip, STIP)
    csrr a0, mip
    andi a0, a0, STIP
    EXPECT(a0, STIP)
    csrr a0, stimecmp_
    EXPECT(a0, 0)
    li t0, -1
    csrw stimecmp_, t0
    WAIT_IDLE(STIP)

    /* S-mode sets its own timer; mcounteren.TM gates it, too. */
    csrw mcounteren, zero
    S_TRAPS(ILLEGAL, 0x14d02573, csrr a0, stimecmp_)
    CSR_WRITE(mcounteren, TM)
    CSR_WRITE(mideleg, STIP)
    CSR_WRITE(mie, STIP)
    CSR_CLEAR(mstatus, SIE)
    ENTER_S
    csrr t0, time
    li t1, 20000
    add s0, t0, t1
    csrw stimecmp_, s0
    AT
    la tp, 1f
    li t0, SIE
    csrs sstatus, t0
2:  addi a2, a2, 1
    xor a3, a3, a2
    j 2b
    .balign 4
1:  TRAPPED(INTERRUPT | 5, 0)
    csrr t0, time
    sltu t0, t0, s0
    EXPECT(t0, 0)
    li t0, -1
    csrw stimecmp_, t0
    csrr a0, sip
    EXPECT(a0, 0)
    /* Many, one after the other. */
    li s1, 20
3:  csrr t0, time
    addi t0, t0, 500
    csrw stimecmp_, t0
    la tp, 1f
    li t0, SIE
    csrs sstatus, t0
2:  j 2b
    .balign 4
1:  TRAPPED(INTERRUPT | 5, 0)
    li t0, -1
    csrw stimecmp_, t0
    addi s1, s1, -1
    bnez s1, 3b
    /* wfi until the timer comes, with SIE = 0: it goes on without a trap. */
    csrr t0, time
    addi t0, t0, 2000
    csrw stimecmp_, t0
    AT
1:  wfi
    csrr a0, sip
    beqz a0, 1b
    EXPECT(a0, STIP)
    LEAVE
    PASS
