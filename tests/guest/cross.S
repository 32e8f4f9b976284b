/* tests/guest/cross.S: accesses across a page's end, where the next virtual page is elsewhere.
 *
 *      VA      VA+0x1000   VA+0x2000     virtual
 *      PAGE(5) PAGE(2)     (nothing)     physical
 *
 * Both pages are judged before a byte is written, and the fault names the first byte that could not
 * be reached ("Machine Trap Value Register": the portion of the access that caused the fault). */
#include "guest.h"
#include "paging.h"

#define EDGE (VA + 0x1000)

    .globl main
main:
    MAP_RAM(8)
    PTE(LAST, 2, 0, 0)
    STORE_AT(sd, PAGE(6) - 8, 0x8877665544332211) /* the end of the first page */
    STORE_AT(sd, PAGE(2), 0x00ffeeddccbbaa99)     /* the beginning of the second */
    STORE_AT(sd, PAGE(6), 0xbadbadbadbadbadb)     /* what follows the first in memory */
    MAP_VA(PAGE(5), LEAF)
    MAP_NEXT(PAGE(2), LEAF)

    li a1, EDGE
    AS(1, lhu a0, -1(a1))
    EXPECT(a0, 0x9988)
    AS(1, lh a0, -1(a1))
    EXPECT(a0, 0xffffffffffff9988)
    AS(1, lw a0, -1(a1))
    EXPECT(a0, 0xffffffffbbaa9988)
    AS(1, lwu a0, -2(a1))
    EXPECT(a0, 0xaa998877)
    AS(1, lw a0, -3(a1))
    EXPECT(a0, 0xffffffff99887766)
    AS(1, ld a0, -1(a1))
    EXPECT(a0, 0xffeeddccbbaa9988)
    AS(1, ld a0, -4(a1))
    EXPECT(a0, 0xccbbaa9988776655)
    AS(1, ld a0, -7(a1))
    EXPECT(a0, 0x9988776655443322)
    CSR_SET(mstatus, FS)
    AS(1, fld fa0, -4(a1))
    fmv.x.d a0, fa0
    EXPECT(a0, 0xccbbaa9988776655)
    AS(1, flw fa0, -2(a1))
    fmv.x.w a0, fa0
    EXPECT(a0, 0xffffffffaa998877)

    li a2, 0x0807060504030201
    AS(1, sh a2, -1(a1))
    EXPECT_AT(ld, PAGE(6) - 8, 0x0177665544332211)
    EXPECT_AT(ld, PAGE(2), 0x00ffeeddccbbaa02)
    li a1, EDGE
    AS(1, sw a2, -3(a1))
    EXPECT_AT(ld, PAGE(6) - 8, 0x0302015544332211)
    EXPECT_AT(ld, PAGE(2), 0x00ffeeddccbbaa04)
    li a1, EDGE
    AS(1, sd a2, -4(a1))
    EXPECT_AT(ld, PAGE(6) - 8, 0x0403020144332211)
    EXPECT_AT(ld, PAGE(2), 0x00ffeedd08070605)
    fmv.d.x fa0, a2
    li a1, EDGE
    AS(1, fsd fa0, -1(a1))
    EXPECT_AT(ld, PAGE(6) - 8, 0x0103020144332211)
    EXPECT_AT(ld, PAGE(2), 0x0008070605040302)
    EXPECT_AT(ld, PAGE(6), 0xbadbadbadbadbadb)

    /* The second page is missing, or read-only: its address, and nothing written. */
    li a1, VA + 0x2000
    AS_TRAPS(1, LOAD_PAGE, VA + 0x2000, ld a0, -1(a1))
    AS_TRAPS(1, LOAD_PAGE, VA + 0x2000, lhu a0, -1(a1))
    STORE_AT(sd, PAGE(3) - 8, 0x7777777777777777)
    li a1, VA + 0x2000
    AS_TRAPS(1, STORE_PAGE, VA + 0x2000, sd a2, -4(a1))
    EXPECT_AT(ld, PAGE(3) - 8, 0x7777777777777777)
    MAP_NEXT(PAGE(2), V | R | A | D)
    STORE_AT(sd, PAGE(6) - 8, 0x5555555555555555)
    li a1, EDGE
    AS_TRAPS(1, STORE_PAGE, EDGE, sw a2, -2(a1))
    AS_TRAPS(1, STORE_PAGE, EDGE, sd a2, -7(a1))
    AS_TRAPS(1, STORE_PAGE, EDGE, fsd fa0, -4(a1))
    EXPECT_AT(ld, PAGE(6) - 8, 0x5555555555555555)

    /* The first is: the address of the access. */
    MAP_VA(PAGE(5), V | R | A)
    MAP_NEXT(PAGE(2), LEAF)
    STORE_AT(sd, PAGE(2), 0x6666666666666666)
    li a1, EDGE
    AS_TRAPS(1, STORE_PAGE, EDGE - 4, sd a2, -4(a1))
    AS_TRAPS(1, STORE_PAGE, EDGE - 1, sh a2, -1(a1))
    EXPECT_AT(ld, PAGE(2), 0x6666666666666666)
    MAP_VA(PAGE(5), 0)
    li a1, EDGE
    AS_TRAPS(1, LOAD_PAGE, EDGE - 4, ld a0, -4(a1))

    /* The second page's memory does not answer: an access fault for it. */
    MAP_VA(PAGE(5), LEAF)
    MAP_NEXT(NOWHERE, LEAF)
    li a1, EDGE
    AS_TRAPS(1, LOAD_ACCESS, EDGE, ld a0, -4(a1))
#ifndef QEMU /* writes the first part, as an access fault allows; Rivet judges both pages first */
    AS_TRAPS(1, STORE_ACCESS, EDGE, sd a2, -4(a1))
    EXPECT_AT(ld, PAGE(6) - 8, 0x5555555555555555)
#endif

    /* Instructions: a 32-bit one whose halves are on two pages, "li a0, 42" and then ecall. */
    STORE_AT(sh, PAGE(6) - 2, 0x0513)
    STORE_AT(sh, PAGE(2), 0x02a0)
    STORE_AT(sw, PAGE(2) + 2, 0x00000073)
    fence.i
#define RUN_EDGE(cause, tval, epc) AT; la tp, 1f; CSR_CLEAR(mstatus, MPP); \
    CSR_SET(mstatus, 1 << 11); li t0, EDGE - 2; csrw mepc, t0; li a0, 0; mret; FAIL; .balign 4; \
    1: TRAPPED(cause, tval); EXPECT(s9, epc)
    MAP_NEXT(PAGE(2), LEAF)
    RUN_EDGE(ECALL_S, 0, EDGE + 2)
    EXPECT(a0, 42)
    RUN_EDGE(ECALL_S, 0, EDGE + 2)
    EXPECT(a0, 42)
    /* Its second half is missing: mepc is the instruction, mtval the second page. */
    MAP_NEXT(PAGE(2), V | R | W | A | D)
    RUN_EDGE(FETCH_PAGE, EDGE, EDGE - 2)
    EXPECT(a0, 0)
    /* The other page comes and is another: "li a0, 43". */
    STORE_AT(sh, PAGE(3), 0x02b0)
    STORE_AT(sw, PAGE(3) + 2, 0x00000073)
    fence.i
    MAP_NEXT(PAGE(3), LEAF)
    RUN_EDGE(ECALL_S, 0, EDGE + 2)
    EXPECT(a0, 43)
    MAP_VA(PAGE(5), 0)
    RUN_EDGE(FETCH_PAGE, EDGE - 2, EDGE - 2)
    /* A compressed one at the end needs no second page: c.li a0, 7; then the fault. */
    MAP_VA(PAGE(5), LEAF)
    STORE_AT(sh, PAGE(6) - 2, 0x451d)
    fence.i
    MAP_NEXT(PAGE(3), 0)
    RUN_EDGE(FETCH_PAGE, EDGE, EDGE)
    EXPECT(a0, 7)
    PASS
