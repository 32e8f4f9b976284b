/* tests/guest/permission.S: U pages and SUM, MXR, and MPRV in every combination with the mode. */
#include "guest.h"
#include "paging.h"

    .globl main
main:
    MAP_RAM(8)
    STORE_AT(sd, PAGE(0), 0x1111)
    li a1, VA

    /* S-mode and a page of U: only with SUM. Through MPRV, then truly in S-mode. */
    MAP_VA(PAGE(0), LEAF | U)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    CSR_SET(mstatus, SUM)
    AS(1, ld a0, 0(a1))
    EXPECT(a0, 0x1111)
    CSR_CLEAR(mstatus, SUM)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    S_TRAPS(STORE_PAGE, VA, sd a0, 0(a1))
    ENTER_S
    li t0, SUM
    csrs sstatus, t0
    ld s0, 0(a1)
    sd s0, 8(a1)
    csrc sstatus, t0
    EXPECT_TRAP(LOAD_PAGE, VA, ld a0, 0(a1)) /* right after the change, same mode */
    EXPECT(s0, 0x1111)
    EXPECT_AT(ld, PAGE(0) + 8, 0x1111)
    /* The switch on every round of a loop. */
    li a1, VA
    li s1, 50
    li s2, 0
    CSR_WRITE(medeleg, 0)
1:  CSR_SET(mstatus, SUM)
    AS(1, ld a0, 0(a1))
    add s2, s2, a0
    CSR_CLEAR(mstatus, SUM)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    addi s1, s1, -1
    bnez s1, 1b
    EXPECT(s2, 50 * 0x1111)

    /* S-mode never executes a page of U, SUM or not. */
    STORE_AT(sw, PAGE(1), 0x00000073)
    fence.i
    MAP_VA(PAGE(1), LEAF | U)
    CSR_SET(mstatus, SUM)
#define S_RUNS(cause, tval) AT; la tp, 1f; CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, 1 << 11); \
    li t0, VA; csrw mepc, t0; mret; FAIL; .balign 4; 1: TRAPPED(cause, tval)
#define U_RUNS(cause, tval) AT; la tp, 1f; CSR_CLEAR(mstatus, MPP); \
    li t0, VA; csrw mepc, t0; mret; FAIL; .balign 4; 1: TRAPPED(cause, tval)
    S_RUNS(FETCH_PAGE, VA)
    U_RUNS(ECALL_U, 0)
    CSR_CLEAR(mstatus, SUM)
    S_RUNS(FETCH_PAGE, VA)
    MAP_VA(PAGE(1), LEAF)
    S_RUNS(ECALL_S, 0)
    U_RUNS(FETCH_PAGE, VA)
    S_RUNS(ECALL_S, 0)

    /* U-mode and a page of S; SUM changes nothing there. */
    MAP_VA(PAGE(0), LEAF)
    li a1, VA
    CSR_SET(mstatus, SUM)
    AS_TRAPS(0, LOAD_PAGE, VA, ld a0, 0(a1))
    U_TRAPS(STORE_PAGE, VA, li a1, VA; sd a0, 0(a1))
    CSR_CLEAR(mstatus, SUM)
    MAP_VA(PAGE(0), LEAF | U)
    AS(0, ld a0, 0(a1))
    EXPECT(a0, 0x1111)

    /* MXR: what may be executed may be loaded; never stored to. */
    MAP_VA(PAGE(0), V | X | A | D)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    CSR_SET(mstatus, MXR)
    AS(1, ld a0, 0(a1))
    EXPECT(a0, 0x1111)
    AS_TRAPS(1, STORE_PAGE, VA, sd a0, 0(a1))
    S_TRAPS(STORE_PAGE, VA, sd a0, 0(a1))
    CSR_CLEAR(mstatus, MXR)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    /* MXR for U-mode's own pages, and it is no SUM. */
    MAP_VA(PAGE(0), V | X | A | D | U)
    CSR_SET(mstatus, MXR)
    AS(0, ld a0, 0(a1))
    EXPECT(a0, 0x1111)
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    CSR_SET(mstatus, SUM)
    AS(1, ld a0, 0(a1))
    EXPECT(a0, 0x1111)
    CSR_CLEAR(mstatus, MXR | SUM)

    /* MPRV: with MPP = M nothing changes; with another, fetches stay M's, loads and stores not. */
    MAP_VA(PAGE(0), LEAF)
    li a1, PAGE(0)
    AS(3, ld a0, 0(a1))
    EXPECT(a0, 0x1111)
    li a1, VA
    CSR_CLEAR(mstatus, MPP)
    CSR_SET(mstatus, MPRV | 1 << 11)
    ld a0, 0(a1)
    sd a0, 24(a1)
    la t0, 1f /* a jump in M-mode: not translated, and the code is no page of U-mode's */
    jr t0
1:  CSR_CLEAR(mstatus, MPP)
    AT
    la tp, 1f
    ld a0, 24(a1) /* MPP = U now: the page is S-mode's */
    FAIL
    .balign 4
1:  CSR_CLEAR(mstatus, MPRV)
    TRAPPED(LOAD_PAGE, VA + 24)
    EXPECT_AT(ld, PAGE(0) + 24, 0x1111)

    /* The trap set MPP = M: with MPRV still on, the handler's own accesses are M-mode's. */
    la t0, handler
    csrw mtvec, t0
    CSR_CLEAR(mstatus, MPP)
    CSR_SET(mstatus, MPRV | 1 << 11)
    AT
    ecall
    FAIL
    .balign 4
handler:
    li a1, PAGE(0)
    ld a0, 24(a1)
    CSR_CLEAR(mstatus, MPRV)
    la t0, trap_m
    csrw mtvec, t0
    EXPECT(a0, 0x1111)

    /* satp = Bare: S and U see physical addresses. */
    csrw satp, zero
    li a1, PAGE(0)
    AS(0, ld a0, 24(a1))
    EXPECT(a0, 0x1111)
    PASS
