/* tests/guest/sbi/payload.S: what firmware starts in S-mode on RV32: a kernel's first steps.
 *
 * It speaks SBI alone (RISC-V Supervisor Binary Interface Specification): prints through DBCN, or
 * through the legacy console where there is no DBCN; switches Sv32 on; sleeps until the timer's
 * interrupt; and ends by SRST. "payload: done" is a success; anything else names what failed.
 */
#define EID_PUTCHAR 0x01
#define EID_BASE    0x10
#define EID_TIME    0x54494d45
#define EID_DBCN    0x4442434e
#define EID_SRST    0x53525354

#define FID_BASE_PROBE 3

#define SIE  (1 << 1)
#define STIE (1 << 5)
#define SUPERVISOR_TIMER (1 << 31 | 5)

#define LEAF 0xcf /* D A X W R V */
#define PTE(pa, flags) ((pa) >> 2 | (flags))
#define ALIAS 0xc0000000 /* a second place for the 4 MiB that the program is in */
#define HERE  0x80400000

#define SAY(string) la a0, string; call say
#define MUST(what, branch, ...) la s0, what; branch __VA_ARGS__, 9f; j failed; 9:

    .section .text.start
    .globl _start
_start:
    la sp, stack_end
    la t0, trap
    csrw stvec, t0
    mv s11, a0                      /* hart */
    mv s10, a1                      /* device tree */
    SAY(hello)

    /* The tree that a1 points to begins with 0xd00dfeed, big-endian. */
    lw t0, 0(s10)
    li t1, 0xedfe0dd0
    MUST(no_tree, beq, t0, t1)

    /* Sv32: 4 MiB pages; ours at its own address and at ALIAS. */
    la t0, root
    li t1, PTE(0x80000000, LEAF)
    li t2, 0x80000000 >> 20
    add t2, t2, t0
    sw t1, 0(t2)
    li t1, PTE(HERE, LEAF)
    sw t1, 4(t2)
    li t2, (ALIAS >> 20) & 0xffc
    add t2, t2, t0
    sw t1, 0(t2)
    srli t0, t0, 12
    li t1, 1 << 31
    or t0, t0, t1
    csrw satp, t0
    sfence.vma
    csrr t1, satp
    MUST(no_satp, beq, t0, t1)
    li t0, 0x12345678
    la t1, word
    sw t0, 0(t1)
    li t2, ALIAS - HERE
    add t2, t2, t1
    lw t3, 0(t2)
    MUST(no_alias, beq, t0, t3)
    la t1, word
    li t2, ALIAS - HERE
    la t0, through_alias
    add t0, t0, t2
    jalr t0                         /* runs there, too */
    SAY(paged)

    /* A page that is not mapped faults here, with its address. */
    la s1, after_fault
    lw t0, 0x123(zero)
    j failed_fault
after_fault:
    csrr t0, scause
    li t1, 13
    MUST(no_fault, beq, t0, t1)
    csrr t0, stval
    li t1, 0x123
    MUST(no_fault, beq, t0, t1)

    /* One millisecond. */
    rdtime a0
    li t0, 10000
    add t0, a0, t0
    sltu a1, t0, a0
    mv a0, t0
    rdtimeh t1
    add a1, a1, t1
    li a6, 0
    li a7, EID_TIME
    ecall
    MUST(no_timer, beqz, a0)
    li t0, STIE
    csrs sie, t0
1:  wfi                             /* ends when it is pending; SIE is 0, so it isn't missed */
    csrsi sstatus, SIE
    csrci sstatus, SIE
    la t0, ticks
    lw t0, 0(t0)
    beqz t0, 1b
    SAY(ticked)
    SAY(done)

shutdown:                           /* type 0: shutdown, reason 0 */
    li a0, 0
    li a1, 0
    li a6, 0
    li a7, EID_SRST
    ecall
    SAY(no_reset)
1:  j 1b

failed_fault:
    la s0, no_fault
failed:
    mv a0, s0
    call say
    j shutdown

through_alias:
    ret

/* Prints the string at a0. Paging maps it at its own address, which is what SBI is told. */
say:
    addi sp, sp, -16
    sw ra, 12(sp)
    sw s2, 8(sp)
    mv s2, a0
    li a0, EID_DBCN
    li a6, FID_BASE_PROBE
    li a7, EID_BASE
    ecall
    beqz a1, 3f
1:  mv t0, s2
2:  lbu t1, 0(t0)
    addi t0, t0, 1
    bnez t1, 2b
    addi t0, t0, -1
    sub a0, t0, s2
    beqz a0, 4f
    mv a1, s2
    li a2, 0
    li a6, 0
    li a7, EID_DBCN
    ecall
    bnez a0, 3f
    add s2, s2, a1                  /* it may take less than all */
    j 1b
3:  lbu a0, 0(s2)
    beqz a0, 4f
    addi s2, s2, 1
    li a7, EID_PUTCHAR
    ecall
    j 3b
4:  lw ra, 12(sp)
    lw s2, 8(sp)
    addi sp, sp, 16
    ret

/* The timer's interrupt: no more of it, and counted. A fault that s1 waits for goes on there. */
    .balign 4
trap:
    csrr t5, scause
    li t6, SUPERVISOR_TIMER
    bne t5, t6, 1f
    li t6, STIE
    csrc sie, t6
    la t6, ticks
    sw t5, 0(t6)
    sret
1:  la s0, stray_trap
    beqz s1, failed
    csrw sepc, s1
    li s1, 0
    sret

    .section .rodata
hello:      .asciz "payload: in S-mode\n"
paged:      .asciz "payload: Sv32 is on\n"
ticked:     .asciz "payload: the timer's interrupt came\n"
done:       .asciz "payload: done\n"
no_tree:    .asciz "payload: FAIL: a1 points to no device tree\n"
no_satp:    .asciz "payload: FAIL: satp did not keep Sv32\n"
no_alias:   .asciz "payload: FAIL: a second mapping shows something else\n"
no_fault:   .asciz "payload: FAIL: no load page fault\n"
no_timer:   .asciz "payload: FAIL: the timer can't be set\n"
no_reset:   .asciz "payload: FAIL: SRST came back\n"
stray_trap: .asciz "payload: FAIL: a trap nobody expected\n"

    .section .bss
    .balign 4096
root:       .space 4096
word:       .space 4
ticks:      .space 4
    .balign 16
            .space 1024
stack_end:
