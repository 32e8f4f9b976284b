/* tests/guest/sbi/firmware.S: as much of an SBI as the payload needs, for where OpenSBI has no
 * 32-bit build. It is started like OpenSBI's fw_dynamic: a0 hart, a1 device tree, a2 where to go.
 */
#define EID_BASE 0x10
#define EID_TIME 0x54494d45
#define EID_DBCN 0x4442434e
#define EID_SRST 0x53525354

#define ERR_NOT_SUPPORTED -2

#define SYSCON   0x00100000
#define MTIMECMP 0x02004000
#define UART     0x10000000
#define POWEROFF 0x5555

#define STIP (1 << 5)
#define MTIE (1 << 7)
#define MPP  (3 << 11)
#define MPP_S (1 << 11)
#define ECALL_S 9
#define MACHINE_TIMER (1 << 31 | 7)

    .section .text.start
    .globl _start
_start:
    la t0, trap
    csrw mtvec, t0
    la t0, stack_end
    csrw mscratch, t0
    li t0, -1                       /* S-mode may touch everything */
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 0xb1ff & ~(1 << ECALL_S) /* faults and breakpoints are S-mode's own */
    csrw medeleg, t0
    li t0, STIP
    csrw mideleg, t0
    li t0, 7
    csrw mcounteren, t0
    li t0, MPP
    csrc mstatus, t0
    li t0, MPP_S
    csrs mstatus, t0
    lw t0, 8(a2)                    /* struct fw_dynamic_info: magic, version, next_addr */
    csrw mepc, t0
    mret

/* a7 is the extension, a6 the function; a0 the error, a1 the value. t0..t2 are saved. */
    .balign 4
trap:
    csrrw sp, mscratch, sp
    sw t0, -4(sp)
    sw t1, -8(sp)
    sw t2, -12(sp)
    csrr t0, mcause
    li t1, MACHINE_TIMER
    beq t0, t1, timer
    li t1, ECALL_S
    bne t0, t1, power_off           /* nothing else comes here */
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    li t1, EID_TIME
    beq a7, t1, set_timer
    li t1, EID_DBCN
    beq a7, t1, console_write
    li t1, EID_SRST
    beq a7, t1, power_off
    li t1, EID_BASE
    beq a7, t1, probe
    li a0, ERR_NOT_SUPPORTED
    j back

probe:                              /* whatever is asked for is there */
    li a1, 1
    j fine

set_timer:                          /* first far away, so that no half of it is due */
    li t0, MTIMECMP
    li t1, -1
    sw t1, 4(t0)
    sw a0, 0(t0)
    sw a1, 4(t0)
    li t0, STIP
    csrc mip, t0
    li t0, MTIE
    csrs mie, t0
    j fine

timer:                              /* S-mode's from here on */
    li t0, MTIE
    csrc mie, t0
    li t0, STIP
    csrs mip, t0
    j back

console_write:                      /* a0 bytes at physical a1 */
    li t0, UART
    add t1, a1, a0
1:  beq a1, t1, 2f
    lbu t2, 0(a1)
    sb t2, 0(t0)
    addi a1, a1, 1
    j 1b
2:  mv a1, a0
    j fine

power_off:
    li t0, SYSCON
    li t1, POWEROFF
    sw t1, 0(t0)
1:  j 1b

fine:
    li a0, 0
back:
    lw t0, -4(sp)
    lw t1, -8(sp)
    lw t2, -12(sp)
    csrrw sp, mscratch, sp
    mret

    .section .bss
    .balign 16
    .space 64
stack_end:
