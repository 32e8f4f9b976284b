/* tests/guest/guest.S: what every guest program begins and ends with. */
#include "guest.h"

    .section .text.start
    .globl _start, pass, fail, trap_m, trap_s
_start:
    la sp, stack_top
    li tp, 0
    li gp, 0
    la t0, trap_m
    csrw mtvec, t0
    la t0, trap_s
    csrw stvec, t0
    csrw mie, zero
    csrw medeleg, zero
    csrw mideleg, zero
    csrw satp, zero
    li t0, -1 /* PMP entry 0: NAPOT, everything, RWX */
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    sfence.vma
    j main

pass:
    li t0, SYSCON
    li t1, 0x5555
    sw t1, 0(t0)
    j .

/* In a lower mode the store may trap; no trap is expected then, so M-mode comes here again. */
fail:
    li tp, 0
    li t0, SYSCON
    li t1, 0x3333
    slli gp, gp, 16
    or t1, t1, gp
    srli gp, gp, 16
    sw t1, 0(t0)
    j .

    .balign 4
trap_m:
    beqz tp, fail
    csrr s8, mstatus
    csrr s9, mepc
    csrr s10, mcause
    csrr s11, mtval
    mv t6, tp
    li tp, 0
    jr t6

    .balign 4
trap_s:
    beqz tp, fail
    csrr s8, sstatus
    csrr s9, sepc
    csrr s10, scause
    csrr s11, stval
    mv t6, tp
    li tp, 0
    jr t6

    .bss
    .balign 16
    .space 4096
stack_top:
