/* tests/smp/linux/start.S: a Linux program without a library: its entry and its threads. */
    .globl _start, thread_start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    andi sp, sp, -16
    call main
    li a7, 94               # exit_group(what main returned)
    ecall

/* long thread_start(void (*run)(unsigned), unsigned argument, void *stack_top) */
thread_start:
    addi a2, a2, -16
    sd a0, 0(a2)
    sd a1, 8(a2)
    li a0, 0x50f00          # VM, FS, FILES, SIGHAND, THREAD, SYSVSEM
    mv a1, a2
    li a2, 0
    li a3, 0
    li a4, 0
    li a7, 220              # clone
    ecall
    bnez a0, 1f
    ld t0, 0(sp)
    ld a0, 8(sp)
    jalr t0
    li a7, 93               # exit, this thread only
    ecall
1:  ret
