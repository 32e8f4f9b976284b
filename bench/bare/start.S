/* bench/bare/start.S: from reset to main, in M-mode with the FPU off. */
    .section .text.start, "ax"
    .globl _start
_start:
    la sp, stack_top
    csrr a0, mhartid
    bnez a0, park
    call main
park:
    wfi
    j park
