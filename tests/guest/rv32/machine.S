/* tests/guest/rv32/machine.S: RV32: halves of 64-bit CSRs, Sv32, misaligned accesses, D, Zb*, PMP. */
#include "../guest.h"

#define PTE32(table, index, pa, flags) STORE_AT(sw, (table) + (index) * 4, (pa) >> 2 | (flags))
#define ROOT TABLE(0)
#define LAST TABLE(1)
#define VA   0x40000000 /* entry 256 of the root */
#define LEAF (V | R | W | X | A | D)
#define MAP_VA(pa, flags) PTE32(LAST, 0, pa, flags); sfence.vma

/* One instruction in S-mode, which works; or traps to M-mode. */
#define IN_S(...) AT; ENTER_S; __VA_ARGS__; LEAVE; EXPECT(s10, ECALL_S)
#define S_TRAPS(cause, tval, ...) ENTER_S; EXPECT_TRAP(cause, tval, __VA_ARGS__)

    .globl main
main:
    /* misa: MXL is 1, in the two top bits. mstatush is there, and zero. */
    csrr a0, misa
    srli a0, a0, 30
    EXPECT(a0, 1)
    EXPECT_CSR(0x310, 0)

    /* A counter carries from its low half into its high one. */
    li t0, 7
    csrw mcycleh, t0
    li t0, -2
    csrw mcycle, t0
    nop
    nop
    csrr a0, mcycleh
    EXPECT(a0, 8)
    csrr a0, cycle
    sltiu a0, a0, 16
    EXPECT(a0, 1)
    EXPECT_TRAP(ILLEGAL, 0xc8051573, .word 0xc8051573) /* csrrw a0, cycleh, a0 */

    /* Misaligned ones work, across pages too; atomics do not. */
    li a1, PAGE(1) - 2
    li a2, 0x12345678
    sw a2, 0(a1)
    lw a0, 0(a1)
    EXPECT(a0, 0x12345678)
    EXPECT_AT(lhu, PAGE(1), 0x1234)
    EXPECT_TRAP(STORE_MISALIGNED, PAGE(1) - 2, amoadd.w a0, a2, (a1))

    /* 64-bit numbers in floating-point registers. */
    CSR_SET(mstatus, FS)
    STORE_AT(sw, PAGE(2) + 8, 0x9abcdef0)
    STORE_AT(sw, PAGE(2) + 12, 0x12345678)
    li a1, PAGE(2)
    fld fa0, 8(a1)
    fsd fa0, 20(a1)
    EXPECT_AT(lw, PAGE(2) + 20, 0x9abcdef0)
    EXPECT_AT(lw, PAGE(2) + 24, 0x12345678)
    li a0, -3
    fcvt.d.w fa1, a0
    fadd.d fa1, fa1, fa1
    fcvt.w.d a0, fa1
    EXPECT(a0, -6)
    EXPECT_TRAP(ILLEGAL, 0xe2058553, .word 0xe2058553) /* fmv.x.d a0, fa1 */

    /* Instructions that RV32 has its own form of, or lacks. */
    RR(mulhu, 0xffffffff, 0xffffffff, 0xfffffffe)
    RR(div, 0x80000000, -1, 0x80000000)
    RR(sh3add, 3, 100, 124)
    RR(ror, 1, 1, 0x80000000)
    RR(bext, 0x80000000, 31, 1)
    R1(clz, 1, 31)
    R1(rev8, 0x12345678, 0x78563412)
    R1(zext.h, 0x12345678, 0x5678)
    EXPECT_TRAP(ILLEGAL, 0x00053503, .word 0x00053503) /* ld a0, 0(a0) */
    EXPECT_TRAP(ILLEGAL, 0x02051513, .word 0x02051513) /* slli a0, a0, 32 */

    /* Sv32: all of RAM and the devices by 4 MiB pages, one table for VA. */
    CSR_WRITE(satp, 1 << 31 | 0x1ff << 22 | ROOT >> 12)
    EXPECT_CSR(satp, 1 << 31 | 0x1ff << 22 | ROOT >> 12)
    PTE32(ROOT, 0, 0, V | R | W | A | D)
    PTE32(ROOT, 512, 0x80000000, LEAF)
    PTE32(ROOT, 513, 0x80400000, LEAF)
    PTE32(ROOT, 256, LAST, V)
    CSR_WRITE(satp, 1 << 31 | ROOT >> 12)
    STORE_AT(sw, PAGE(0) + 4, 0xcafe)
    MAP_VA(PAGE(0), LEAF)
    li a1, VA
    IN_S(lw a0, 4(a1); sw a0, 8(a1))
    EXPECT(a0, 0xcafe)
    EXPECT_AT(lw, PAGE(0) + 8, 0xcafe)
    MAP_VA(PAGE(0), 0)
    S_TRAPS(LOAD_PAGE, VA + 4, lw a0, 4(a1))
    MAP_VA(PAGE(0), V | R | X | A | D)
    S_TRAPS(STORE_PAGE, VA, sw a0, 0(a1))
    MAP_VA(PAGE(0), LEAF | U)
    S_TRAPS(LOAD_PAGE, VA, lw a0, 0(a1))
    CSR_SET(mstatus, SUM)
    IN_S(lw a0, 4(a1))
    EXPECT(a0, 0xcafe)
    MAP_VA(PAGE(0), V | R | W | A)
    S_TRAPS(STORE_PAGE, VA, sw a0, 0(a1))
    MAP_VA(PAGE(0), V | R | W | D)
    S_TRAPS(LOAD_PAGE, VA, lw a0, 0(a1))

    /* A misaligned superpage; a pointer in the last table; a 4 MiB page's inside. */
    PTE32(ROOT, 256, 0x80401000, LEAF)
    sfence.vma
    S_TRAPS(LOAD_PAGE, VA, lw a0, 0(a1))
    PTE32(ROOT, 256, 0x80400000, LEAF)
    sfence.vma
    li a3, VA + PAGE(0) + 4 - 0x80400000
    IN_S(lw a0, 0(a3))
    EXPECT(a0, 0xcafe)
    PTE32(ROOT, 256, LAST, V)
    MAP_VA(LAST, V)
    S_TRAPS(LOAD_PAGE, VA, lw a0, 0(a1))

    /* Hardware sets A and D when the upper half of menvcfg says so. */
    li t0, 1 << 29
    csrs 0x31a, t0
    MAP_VA(PAGE(0), V | R | W)
    IN_S(sw a0, 0(a1))
    EXPECT_AT(lw, LAST, PAGE(0) >> 2 | V | R | W | A | D)
    csrw satp, zero

    /* PMP: entry 0, naturally aligned 4 KiB at PAGE(3), readable; the rest by entry 1. */
    CSR_WRITE(pmpaddr1, -1)
    CSR_WRITE(pmpaddr0, PAGE(3) >> 2 | 0x1ff)
    CSR_WRITE(pmpcfg0, 0x1f19)
    li a1, PAGE(3)
    IN_S(lw a0, 0(a1))
    S_TRAPS(STORE_ACCESS, PAGE(3) + 4, sw a0, 4(a1))
    IN_S(sw a0, -4(a1))
    sw a0, 4(a1) /* M-mode is not bound by it */
    PASS
