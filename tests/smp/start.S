/* tests/smp/start.S: every hart from reset to main(hart), each with a stack of its own. */
#define STACK_SHIFT      13
#define TRAP_STACK_SHIFT 11

    .option norelax
    .section .text.start
    .globl _start
_start:
    csrr a0, mhartid
    mv tp, a0
    la sp, stacks
    addi t0, a0, 1
    slli t0, t0, STACK_SHIFT
    add sp, sp, t0
    la t0, trap_entry
    csrw mtvec, t0
    csrw mie, zero
    csrw medeleg, zero
    csrw mideleg, zero
    csrw satp, zero
    li t0, -1 /* PMP entry 0: NAPOT, everything, RWX */
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    la t0, trap_stacks
    addi t1, a0, 1
    slli t1, t1, TRAP_STACK_SHIFT
    add t0, t0, t1
    csrw mscratch, t0
    sfence.vma
    call main
1:  wfi
    j 1b

    /* Any mode to M, with the caller-saved registers kept on a trap stack of the hart. */
    .balign 4
trap_entry:
    csrrw sp, mscratch, sp
    addi sp, sp, -144
    sd ra, 0(sp)
    sd t0, 8(sp)
    sd t1, 16(sp)
    sd t2, 24(sp)
    sd a0, 32(sp)
    sd a1, 40(sp)
    sd a2, 48(sp)
    sd a3, 56(sp)
    sd a4, 64(sp)
    sd a5, 72(sp)
    sd a6, 80(sp)
    sd a7, 88(sp)
    sd t3, 96(sp)
    sd t4, 104(sp)
    sd t5, 112(sp)
    sd t6, 120(sp)
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    call trap
    csrw mepc, a0
    ld ra, 0(sp)
    ld t0, 8(sp)
    ld t1, 16(sp)
    ld t2, 24(sp)
    ld a0, 32(sp)
    ld a1, 40(sp)
    ld a2, 48(sp)
    ld a3, 56(sp)
    ld a4, 64(sp)
    ld a5, 72(sp)
    ld a6, 80(sp)
    ld a7, 88(sp)
    ld t3, 96(sp)
    ld t4, 104(sp)
    ld t5, 112(sp)
    ld t6, 120(sp)
    addi sp, sp, 144
    csrrw sp, mscratch, sp
    mret

    .section .bss.stacks, "aw", @nobits
    .balign 16
stacks:
    .space 64 << STACK_SHIFT
trap_stacks:
    .space 64 << TRAP_STACK_SHIFT
