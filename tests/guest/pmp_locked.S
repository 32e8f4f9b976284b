/* tests/guest/pmp_locked.S: locked PMP entries bind M-mode and cannot be changed until reset. */
#include "guest.h"

#define TOR   0x08
#define NAPOT 0x18
#define L     0x80
#define RANGE_NAPOT(base, size) ((base) >> 2 | ((size) >> 3) - 1)

    .globl main
main:
    STORE_AT(sd, PAGE(0), 0x1111)
    STORE_AT(sd, PAGE(2), 0x2222)
    STORE_AT(sw, PAGE(4), 0x00008067) /* ret */
    fence.i

    /* Entry 1: PAGE(0) read-only, locked. Entry 0 stays free: everything but that for S and U. */
    CSR_WRITE(pmpaddr1, RANGE_NAPOT(PAGE(0), 4096))
    CSR_WRITE(pmpaddr7, -1)
    CSR_WRITE(pmpcfg0, (NAPOT | L | 1) << 8 | 0x1f << 56)
    sfence.vma
    li a1, PAGE(0)
    ld a0, 0(a1)
    EXPECT(a0, 0x1111)
    EXPECT_TRAP(STORE_ACCESS, PAGE(0), sd a0, 0(a1))
    li a1, PAGE(1)
    EXPECT_TRAP(STORE_ACCESS, PAGE(1) - 1, sb a0, -1(a1))
    sd a0, 0(a1)
    li a1, PAGE(0)
    EXPECT_TRAP_IN(FETCH_ACCESS, PAGE(0), jr a1)

    /* Its configuration and its address keep still; the neighbours in pmpcfg0 don't. */
    CSR_WRITE(pmpcfg0, 0x1f << 56 | 0x1f << 16)
    EXPECT_CSR(pmpcfg0, (NAPOT | L | 1) << 8 | 0x1f << 56 | 0x1f << 16)
    CSR_WRITE(pmpaddr1, 0)
    EXPECT_CSR(pmpaddr1, RANGE_NAPOT(PAGE(0), 4096))
    csrw pmpaddr0, zero /* not a bottom of entry 1, which is no TOR */
    EXPECT_CSR(pmpaddr0, 0)

    /* A locked TOR entry locks the address register before it, too. */
    CSR_WRITE(pmpaddr3, PAGE(2) >> 2)
    CSR_WRITE(pmpaddr4, PAGE(3) >> 2)
    CSR_WRITE(pmpcfg0, (TOR | L) << 32 | 0x1f << 56)
    sfence.vma
    li a1, PAGE(2)
    EXPECT_TRAP(LOAD_ACCESS, PAGE(2), ld a0, 0(a1))
    li a1, PAGE(3)
    EXPECT_TRAP(LOAD_ACCESS, PAGE(3) - 8, ld a0, -8(a1))
    ld a0, 0(a1)
    CSR_WRITE(pmpaddr3, 0)
    EXPECT_CSR(pmpaddr3, PAGE(2) >> 2)
    CSR_WRITE(pmpaddr4, 0)
    EXPECT_CSR(pmpaddr4, PAGE(3) >> 2)

    /* A locked entry that is OFF is locked all the same, but matches nothing. */
    CSR_WRITE(pmpaddr5, RANGE_NAPOT(PAGE(4), 4096))
    CSR_WRITE(pmpcfg0, L << 40 | 0x1f << 56)
    CSR_WRITE(pmpcfg0, (NAPOT | L) << 40 | 0x1f << 56)
    csrr a0, pmpcfg0
    srli a0, a0, 40
    andi a0, a0, 0xff
    EXPECT(a0, L)
    CSR_WRITE(pmpaddr5, 0)
    EXPECT_CSR(pmpaddr5, RANGE_NAPOT(PAGE(4), 4096))
    li a1, PAGE(4)
    sd zero, 8(a1)

    /* Execute-only for M-mode. */
    CSR_WRITE(pmpaddr8, RANGE_NAPOT(PAGE(4), 4096))
    CSR_WRITE(pmpcfg2, NAPOT | L | 4)
    sfence.vma
    csrw pmpaddr7, zero /* entry 7 matched before it */
    CSR_WRITE(pmpcfg0, 0)
    sfence.vma
    AT
    jalr a1
    EXPECT_TRAP(LOAD_ACCESS, PAGE(4), lw a0, 0(a1))
    EXPECT_TRAP(STORE_ACCESS, PAGE(4), sw a0, 0(a1))
    PASS
