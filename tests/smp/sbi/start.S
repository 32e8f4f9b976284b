/* tests/smp/sbi/start.S: where OpenSBI hands a hart over, in S-mode: each gets a stack of its own. */
#define STACK_SHIFT 12

    .option norelax
    .section .text.start
    .globl _start, started, resumed
_start:                     # the hart that boots; a0: its id
    la t0, begin
    j 1f
started:                    # after hart_start; a1: the opaque value
    la t0, again
    j 1f
resumed:                    # after a non-retentive suspend
    la t0, woken
1:  la sp, stacks
    addi t1, a0, 1
    slli t1, t1, STACK_SHIFT
    add sp, sp, t1
    jalr t0
2:  j 2b

    .section .bss.stacks, "aw", @nobits
    .balign 16
stacks:
    .space 8 << STACK_SHIFT
