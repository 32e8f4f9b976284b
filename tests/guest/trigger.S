/* tests/guest/trigger.S: debug triggers of type mcontrol6: what they match, and when they fire. */
#include "guest.h"
#include "paging.h"

#define LOAD    (1 << 0)
#define STORE   (1 << 1)
#define EXECUTE (1 << 2)
#define IN_U    (1 << 3)
#define IN_S    (1 << 4)
#define IN_M    (1 << 6)
#define EQUAL   (0 << 7)
#define NAPOT   (1 << 7)
#define GE      (2 << 7)
#define LT      (3 << 7)
#define CHAIN   (1 << 11)
#define HIT0    (1 << 22)
#define TYPE6   (6 << 60)
#define OFF     (15 << 60)

/* As the specification wants it: off, then the address, then on. */
#define TRIGGER(n, what, address) li t6, n; csrw tselect, t6; csrw tdata1, zero; \
    li t6, address; csrw tdata2, t6; CSR_WRITE(tdata1, TYPE6 | (what))
#define TRIGGER_AT(n, what, label) li t6, n; csrw tselect, t6; csrw tdata1, zero; \
    la t6, label; csrw tdata2, t6; CSR_WRITE(tdata1, TYPE6 | (what))
#define NO_TRIGGER(n) li t6, n; csrw tselect, t6; csrw tdata1, zero

/* The trap has cleared MIE, without which M-mode's triggers don't fire. */
#define ARM CSR_SET(mstatus, MIE)
#define FIRES(address, ...) ARM; EXPECT_TRAP(BREAKPOINT, address, __VA_ARGS__)

    .globl main
main:
#ifdef QEMU /* knows another version of Sdtrig */
    PASS
#endif
    CSR_WRITE(tselect, 3)
    EXPECT_CSR(tselect, 3)
    CSR_WRITE(tselect, 4) /* there are four */
    EXPECT_CSR(tselect, 3)
    EXPECT_CSR(0x7a4, 1 << 24 | 1 << 15 | 1 << 6)
    csrw tdata1, zero
    EXPECT_CSR(tdata1, OFF)
    CSR_WRITE(tdata1, 2 << 60 | IN_M) /* mcontrol, the older type */
    EXPECT_CSR(tdata1, OFF | IN_M)
    EXPECT_TRAP(ILLEGAL, 0x7a302573, csrr a0, tdata3)
    EXPECT_TRAP(ILLEGAL, 0x7a502573, csrr a0, 0x7a5)

    /* An instruction, before it is executed; and only that one. */
    li a0, 0
    li a4, 0
    TRIGGER_AT(0, IN_M | EXECUTE, 2f)
    ARM
    la tp, 3f
1:  addi a0, a0, 1
2:  addi a0, a0, 2
    addi a0, a0, 4
    bnez a4, 4f
    FAIL
    .balign 4
3:  AT
    la a1, 2b
    EXPECT(s10, BREAKPOINT)
    EXPECT_REG(s9, a1)
    EXPECT_REG(s11, a1)
    EXPECT(a0, 1)
    EXPECT_CSR(tdata1, TYPE6 | IN_M | EXECUTE | HIT0)
    li a4, 1
    j 2b /* MIE is 0 now: a handler may run into it */
4:  EXPECT(a0, 7)
    NO_TRIGGER(0)

    /* In a loop that has run before, set and taken away again. */
    li a0, 0
1:  addi a0, a0, 1
    sltiu a1, a0, 100
    bnez a1, 1b
    TRIGGER_AT(0, IN_M | EXECUTE, 1b)
    ARM
    la tp, 2f
    j 1b
    FAIL
    .balign 4
2:  EXPECT(s10, BREAKPOINT)
    EXPECT(a0, 100)
    NO_TRIGGER(0)
    ARM
    li a0, 99
    la tp, 3f
    ecall
    .balign 4
3:  EXPECT(s10, ECALL_M)

    /* Loads and stores, to a page that was used before. */
    li a1, PAGE(0)
    li a2, 0x1234
    sd a2, 8(a1)
    ld a0, 8(a1)
    TRIGGER(1, IN_M | LOAD, PAGE(0) + 8)
    FIRES(PAGE(0) + 8, ld a0, 8(a1))
    FIRES(PAGE(0) + 7, lw a0, 7(a1)) /* any byte of the access will do */
    FIRES(PAGE(0) + 5, lw a0, 5(a1))
    li a3, PAGE(0) + 8
    FIRES(PAGE(0) + 8, lr.d a0, (a3))
    FIRES(PAGE(0) + 8, amoadd.d a0, a2, (a3))
    ARM
    lw a0, 4(a1)
    lb a0, 16(a1)
    sd a2, 8(a1)
    sc.d a0, a2, (a3)
    EXPECT_CSR(tdata1, TYPE6 | IN_M | LOAD | HIT0)

    TRIGGER(1, IN_M | STORE, PAGE(0) + 8)
    FIRES(PAGE(0) + 8, sd a0, 8(a1))
    FIRES(PAGE(0) + 1, sd a0, 1(a1))
    FIRES(PAGE(0) + 8, amoswap.w a0, a0, (a3))
    FIRES(PAGE(0), .word 0x0045a00f) /* cbo.zero (a1) */
    ARM
    ld a0, 8(a1)
    EXPECT(a0, 0x1234)

    /* Across two pages, as the second one's first byte. */
    TRIGGER(1, IN_M | STORE, PAGE(1))
    li a3, PAGE(1) - 2
    FIRES(PAGE(1) - 2, sw a0, 0(a3))
    EXPECT_AT(lhu, PAGE(1) - 2, 0)
    ARM
    sh a0, 0(a3)

    /* 64 bytes; everything from an address on; below one; both in a chain. */
    TRIGGER(1, IN_M | LOAD | NAPOT, PAGE(0) + 0x40 + 0x1f)
    FIRES(PAGE(0) + 0x40, lb a0, 0x40(a1))
    FIRES(PAGE(0) + 0x7f, lb a0, 0x7f(a1))
    ARM
    lb a0, 0x3f(a1)
    lb a0, 0x80(a1)
    TRIGGER(1, IN_M | LOAD | GE, PAGE(0) + 0x10)
    FIRES(PAGE(9), li a3, PAGE(9); 97: lb a0, 0(a3))
    ARM
    lb a0, 0x0f(a1)
    TRIGGER(1, IN_M | LOAD | GE | CHAIN, PAGE(0) + 0x10)
    TRIGGER(2, IN_M | LOAD | LT, PAGE(0) + 0x20)
    FIRES(PAGE(0) + 0x10, lb a0, 0x10(a1))
    FIRES(PAGE(0) + 0x1f, lb a0, 0x1f(a1))
    ARM
    lb a0, 0x0f(a1)
    lb a0, 0x20(a1)
    EXPECT_CSR(tdata1, TYPE6 | IN_M | LOAD | LT | HIT0)
    CSR_WRITE(tselect, 1)
    EXPECT_CSR(tdata1, TYPE6 | IN_M | LOAD | GE | CHAIN | HIT0)
    NO_TRIGGER(1)
    NO_TRIGGER(2)

    /* Instructions by range, whatever blocks they are in. */
    TRIGGER_AT(3, IN_M | EXECUTE | GE | CHAIN, fail) /* the last one has nobody to be chained to */
    ARM
    nop
    TRIGGER(3, IN_M | EXECUTE | GE, PAGE(0))
    STORE_AT(sw, PAGE(2), 0x00000013)
    fence.i
    ARM
    EXPECT_TRAP_IN(BREAKPOINT, PAGE(2), li a3, PAGE(2); jr a3)
    NO_TRIGGER(3)

    /* Of other modes, by their own bit; MIE doesn't matter there, SIE does if S-mode gets it. */
    MAP_RAM(8)
    MAP_VA(PAGE(0), LEAF)
    TRIGGER(0, IN_U | LOAD, VA)
    li a1, VA
    ENTER_S
    lb a0, 0(a1)
    LEAVE
    EXPECT(s10, ECALL_S)
    TRIGGER(0, IN_S | LOAD, VA)
    S_TRAPS(BREAKPOINT, VA, lb a0, 0(a1))
    CSR_WRITE(medeleg, 1 << BREAKPOINT)
    ENTER_S
    lb a0, 0(a1)
    csrsi sstatus, SIE
    la tp, 2f
    lb a0, 0(a1)
    FAIL
    .balign 4
2:  EXPECT(s10, BREAKPOINT)
    EXPECT(s11, VA)
    LEAVE
    EXPECT(s10, ECALL_S)
    csrw medeleg, zero

    /* Before the page faults of the access, and of the fetch. */
    MAP_VA(PAGE(0), 0)
    li a1, VA
    S_TRAPS(BREAKPOINT, VA, lb a0, 0(a1))
    TRIGGER(0, IN_S | EXECUTE, VA)
    la tp, 1f
    CSR_CLEAR(mstatus, MPP)
    CSR_SET(mstatus, 1 << 11)
    csrw mepc, a1
    mret
    .balign 4
1:  AT; TRAPPED(BREAKPOINT, VA)
    PASS
