/* tests/guest/wfi.S: wfi goes on when an interrupt is pending and enabled in mie, masked or not. */
#include "guest.h"

#define MSIP (1 << 3)
#define MTIP (1 << 7)
#define MTIMECMP (CLINT + 0x4000)
#define MTIME    (CLINT + 0xbff8)

#define TIMER_IN(ticks) li t5, MTIME; ld t0, 0(t5); li t6, ticks; add t0, t0, t6; \
    li t5, MTIMECMP; sd t0, 0(t5)
#define TIMER_OFF li t5, MTIMECMP; li t6, -1; sd t6, 0(t5)

    .globl main
main:
    TIMER_OFF
    csrw mideleg, zero
    CSR_CLEAR(mstatus, MIE)

    /* Pending already: no wait. */
    CSR_WRITE(mie, MSIP)
    li t5, CLINT
    li t6, 1
    sw t6, 0(t5)
    AT
    wfi
1:  csrr a0, mip
    andi a0, a0, MSIP
    beqz a0, 1b
    wfi
    li t5, CLINT
    sw zero, 0(t5)

    /* The timer ends it; MIE = 0: the next instruction, no trap. wfi may end early, so loop. */
    CSR_WRITE(mie, MTIP)
    TIMER_IN(30000)
    AT
1:  wfi
    csrr a0, mip
    andi a0, a0, MTIP
    beqz a0, 1b
    li t5, MTIME
    ld t1, 0(t5)
    sltu t1, t1, t0
    EXPECT(t1, 0)

    /* MIE = 1: the trap comes right after it, with mepc behind the wfi. */
    TIMER_IN(30000)
1:  csrr a0, mip /* the old one is gone */
    andi a0, a0, MTIP
    bnez a0, 1b
    AT
    la tp, 1f
    CSR_SET(mstatus, MIE)
2:  wfi
    j 2b
    .balign 4
1:  TRAPPED(INTERRUPT | 7, 0)
    CSR_CLEAR(mstatus, MIE)

    /* In S-mode (TW = 0), ended by M-mode's timer. */
    TIMER_IN(30000)
    AT
    la tp, 1f
    ENTER_S
2:  wfi
    j 2b
    .balign 4
1:  TRAPPED(INTERRUPT | 7, 0)

    /* wfi retires once. */
    TIMER_OFF
    CSR_WRITE(mie, MSIP)
    li t5, CLINT
    li t6, 1
    sw t6, 0(t5)
1:  csrr a0, mip
    andi a0, a0, MSIP
    beqz a0, 1b
    csrr s0, minstret
    wfi
    wfi
    csrr s1, minstret
    sub s1, s1, s0
#ifndef QEMU
    EXPECT(s1, 3)
#endif
    PASS
