/* tests/guest/dirty.S: the A and D bits: page faults under Svade, hardware updates under Svadu. */
#include "guest.h"
#include "paging.h"

#define CLEAN (V | R | W | X)
#define ENTRY(pa, flags) ((pa) >> 2 | (flags))
#define EXPECT_PTE(flags) EXPECT_AT(ld, LAST, ENTRY(PAGE(0), flags)); li a1, VA

    .globl main
main:
    MAP_RAM(8)
    STORE_AT(sw, PAGE(0), 0x02a00513)
    STORE_AT(sw, PAGE(0) + 4, 0x00000073)
    fence.i
    li a1, VA

#define FETCH_VA(cause, tval) AT; la tp, 1f; CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, 1 << 11); \
    li t0, VA; csrw mepc, t0; mret; FAIL; .balign 4; 1: TRAPPED(cause, tval); li a1, VA

#ifndef QEMU /* always updates; Svade and Svadu came with 8.0 */
    /* ADUE = 0. A = 0 faults whatever the access, D = 0 a store. */
    MAP_VA(PAGE(0), CLEAN)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    AS_TRAPS(1, STORE_PAGE, VA, sd a0, 0(a1))
    FETCH_VA(FETCH_PAGE, VA)
    MAP_VA(PAGE(0), CLEAN | D)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    MAP_VA(PAGE(0), CLEAN | A)
    AS(1, lw a0, 0(a1))
    EXPECT(a0, 0x02a00513)
    AS_TRAPS(1, STORE_PAGE, VA, sd a0, 0(a1)) /* after the load: what it cached is no licence */
    AS_TRAPS(1, STORE_PAGE, VA, amoadd.w a0, zero, (a1))
    EXPECT_PTE(CLEAN | A)
    FETCH_VA(ECALL_S, 0)
    /* Software sets D; with the fence the store goes. */
    MAP_VA(PAGE(0), CLEAN | A | D)
    AS(1, sw a0, 8(a1))

    /* ADUE = 1, if there is Svadu: the bit stays when written. */
    li t0, ADUE
    csrs menvcfg_, t0
    csrr a0, menvcfg_
    and a0, a0, t0
    EXPECT(a0, ADUE)
    sfence.vma
#endif

    /* A load sets A, a store A and D, a fetch A. */
    li a1, VA
    MAP_VA(PAGE(0), CLEAN)
    AS(1, lw a0, 0(a1))
    EXPECT(a0, 0x02a00513)
    EXPECT_PTE(CLEAN | A)
    AS(1, sw a0, 8(a1))
    EXPECT_PTE(CLEAN | A | D)
    MAP_VA(PAGE(0), CLEAN)
    AS(1, sw a0, 8(a1))
    EXPECT_PTE(CLEAN | A | D)
    MAP_VA(PAGE(0), CLEAN)
    FETCH_VA(ECALL_S, 0)
    EXPECT_PTE(CLEAN | A)
    AS(1, amoadd.w a0, zero, (a1))
    EXPECT_PTE(CLEAN | A | D)
    MAP_VA(PAGE(0), CLEAN)
    AS(1, lr.w a0, (a1))
    EXPECT_PTE(CLEAN | A)

    /* Cleared again with a fence: set again. A second load needs no update. */
    MAP_VA(PAGE(0), CLEAN)
    AS(1, lw a0, 0(a1))
    AS(1, lw a0, 4(a1))
    EXPECT_PTE(CLEAN | A)
    MAP_VA(PAGE(0), CLEAN | A)
    AS(1, lw a0, 0(a1))
    EXPECT_PTE(CLEAN | A)

    /* An access that is refused sets nothing. */
    MAP_VA(PAGE(0), V | R)
    AS_TRAPS(1, STORE_PAGE, VA, sw a0, 0(a1))
    EXPECT_PTE(V | R)
    MAP_VA(PAGE(0), CLEAN | U)
    AS_TRAPS(1, LOAD_PAGE, VA, lw a0, 0(a1))
    EXPECT_PTE(CLEAN | U)

    /* In S-mode itself, in a loop over cached translations. */
    MAP_VA(PAGE(0), CLEAN)
    ENTER_S
    li a1, VA
    li a2, 100
1:  lw a0, 0(a1)
    addi a2, a2, -1
    bnez a2, 1b
    sw a0, 16(a1)
    LEAVE
    EXPECT_PTE(CLEAN | A | D)

    /* A superpage has its bits in its own entry; pointers have none. */
    PTE(MIDDLE, 0, 0x80400000, CLEAN)
    sfence.vma
    AS(1, sw a0, 16(a1))
    EXPECT_AT(ld, MIDDLE, ENTRY(0x80400000, CLEAN | A | D))
    PTE(MIDDLE, 0, LAST, V)
    MAP_VA(PAGE(0), CLEAN)
    li a1, VA
    AS(1, sw a0, 16(a1))
    EXPECT_AT(ld, MIDDLE, ENTRY(LAST, V))

    /* Both pages of a crossing store. */
    MAP_VA(PAGE(0), CLEAN)
    MAP_NEXT(PAGE(2), CLEAN)
    li a1, VA + 0x1000
    AS(1, sd a0, -4(a1))
    EXPECT_PTE(CLEAN | A | D)
    EXPECT_AT(ld, LAST + 8, ENTRY(PAGE(2), CLEAN | A | D))

#ifndef QEMU
    /* A table that PMP lets nobody write: the update is an access fault of the access. */
    MAP_VA(PAGE(0), CLEAN)
    li t0, 0x80000000 >> 2 | 0x1ff | (LAST - 0x80000000) >> 2
    csrr t1, pmpaddr0
    csrw pmpaddr1, t1
    csrw pmpaddr0, t0
    li t0, 0x1f19
    csrw pmpcfg0, t0
    sfence.vma
    li a1, VA
    AS_TRAPS(1, LOAD_ACCESS, VA, lw a0, 0(a1))
    AS_TRAPS(1, STORE_ACCESS, VA, sw a0, 0(a1))
    EXPECT_PTE(CLEAN)
    MAP_VA(PAGE(0), CLEAN | A | D)
    AS(1, sw a0, 8(a1))
#endif
    PASS
