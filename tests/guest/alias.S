/* tests/guest/alias.S: one physical page of code at several addresses, several pages at one address:
 * what a cache of decoded code keyed by one or the other would get wrong. */
#include "guest.h"
#include "paging.h"

#define LI_A0(n) ((n) << 20 | 0x513)
#define ECALL    0x00000073
#define AUIPC_A0 0x00000517
#define NOP      0x00000013
#define JAL_A1_8 0x008005ef

/* Runs code at `va` in S-mode until its ecall. */
#define RUN(va) AT; la tp, 98f; CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, 1 << 11); \
    li t0, va; csrw mepc, t0; mret; FAIL; .balign 4; 98: TRAPPED(ECALL_S, 0)

    .globl main
main:
    MAP_RAM(8)

    /* "auipc a0, 0; jal a1, +8; nop; ecall" at three addresses, alternately. */
    STORE_AT(sw, PAGE(0) + 0x100, AUIPC_A0)
    STORE_AT(sw, PAGE(0) + 0x104, JAL_A1_8)
    STORE_AT(sw, PAGE(0) + 0x108, NOP)
    STORE_AT(sw, PAGE(0) + 0x10c, ECALL)
    fence.i
    PTE(LAST, 3, PAGE(0), LEAF)
    PTE(LAST, 511, PAGE(0), LEAF)
    MAP_VA(PAGE(0), LEAF)
    li s0, 10
1:  RUN(VA + 0x100)
    EXPECT(a0, VA + 0x100)
    EXPECT(a1, VA + 0x108)
    EXPECT(s9, VA + 0x10c)
    RUN(VA + 0x3100)
    EXPECT(a0, VA + 0x3100)
    EXPECT(a1, VA + 0x3108)
    EXPECT(s9, VA + 0x310c)
    RUN(VA + 0x1ff100)
    EXPECT(a0, VA + 0x1ff100)
    EXPECT(a1, VA + 0x1ff108)
    RUN(PAGE(0) + 0x100)
    EXPECT(a0, PAGE(0) + 0x100)
    addi s0, s0, -1
    bnez s0, 1b

    /* Written through one address, run at another. */
    li a1, VA + 0x3000
    li a2, LI_A0(77)
    AS(1, sw a2, 0x100(a1))
    fence.i
    RUN(VA + 0x100)
    EXPECT(a0, 77)
    /* Under Bare, in M-mode, it is the same code once more. */
    STORE_AT(sw, PAGE(0) + 0x104, 0x00008067) /* ret */
    fence.i
    li t0, PAGE(0) + 0x100
    li a0, 0
    jalr ra, 0(t0)
    EXPECT(a0, 77)

    /* Falling off a page's end into whatever page follows at that time. */
    STORE_AT(sw, PAGE(2) - 4, NOP)
    STORE_AT(sw, PAGE(3), LI_A0(3))
    STORE_AT(sw, PAGE(3) + 4, ECALL)
    STORE_AT(sw, PAGE(4), LI_A0(4))
    STORE_AT(sw, PAGE(4) + 4, ECALL)
    fence.i
    MAP_VA(PAGE(1), LEAF)
    li s0, 10
1:  MAP_NEXT(PAGE(3), LEAF)
    RUN(VA + 0xffc)
    EXPECT(a0, 3)
    RUN(VA + 0xffc)
    EXPECT(a0, 3)
    MAP_NEXT(PAGE(4), LEAF)
    RUN(VA + 0xffc)
    EXPECT(a0, 4)
    addi s0, s0, -1
    bnez s0, 1b
    /* A jump from page to page, and a branch. */
    STORE_AT(sw, PAGE(2) - 4, 0x0040006f) /* j .+4 */
    fence.i
    RUN(VA + 0xffc)
    EXPECT(a0, 4)
    MAP_NEXT(PAGE(3), LEAF)
    RUN(VA + 0xffc)
    EXPECT(a0, 3)
    STORE_AT(sw, PAGE(2) - 4, 0x00000263) /* beqz zero, .+4 */
    fence.i
    RUN(VA + 0xffc)
    EXPECT(a0, 3)
    MAP_NEXT(PAGE(4), LEAF)
    RUN(VA + 0xffc)
    EXPECT(a0, 4)
    /* The next page goes away: the fault is there, with the jump retired. */
    MAP_NEXT(PAGE(4), V | R | A)
    la tp, 1f
    CSR_CLEAR(mstatus, MPP)
    CSR_SET(mstatus, 1 << 11)
    li t0, VA + 0xffc
    csrw mepc, t0
    AT
    mret
    FAIL
    .balign 4
1:  TRAPPED(FETCH_PAGE, VA + 0x1000)
    EXPECT(s9, VA + 0x1000)

    /* Code that exchanges the page under itself: the next instruction is the new page's. */
    la t0, exchange
    li t1, PAGE(5)
    li t2, 64
1:  lw t3, 0(t0)
    sw t3, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 4
    addi t2, t2, -4
    bnez t2, 1b
    li t1, PAGE(6) /* the same offsets: all "li a0, 66", then ecall */
    li t2, LI_A0(66)
    li t3, 15
1:  sw t2, 0(t1)
    addi t1, t1, 4
    addi t3, t3, -1
    bnez t3, 1b
    li t2, ECALL
    sw t2, 0(t1)
    fence.i
    MAP_VA(PAGE(5), LEAF)
    PTE(GIGA, 6, 0x80000000, LEAF) /* the tables, for S-mode, at 6 GiB */
    sfence.vma
    li s0, 0x180000000 + (LAST - 0x80000000)
    li s1, PAGE(6) >> 2 | LEAF
    RUN(VA)
#ifndef QEMU /* goes on with what it has translated; the fence orders fetches, too */
    EXPECT(a0, 66)
#endif

    /* Around the end of the address space: from the last page into the first. */
    PTE(TABLE(9), 511, PAGE(7), LEAF)
    PTE(TABLE(8), 511, TABLE(9), V)
    PTE(GIGA, 511, TABLE(8), V)
    PTE(TABLE(11), 0, PAGE(9), LEAF)
    PTE(TABLE(10), 0, TABLE(11), V)
    PTE(GIGA, 0, TABLE(10), V)
    sfence.vma
    STORE_AT(sd, PAGE(8) - 8, 0x8877665544332211)
    STORE_AT(sd, PAGE(9), 0x00ffeeddccbbaa99)
    li a1, -4
    AS(1, ld a0, 0(a1))
    EXPECT(a0, 0xccbbaa9988776655)
    AS(1, sd zero, 1(a1))
    EXPECT_AT(ld, PAGE(8) - 8, 0x0000005544332211)
    EXPECT_AT(ld, PAGE(9), 0x00ffee0000000000)
    PASS

    .balign 4
    .option push
    .option norvc
exchange:
    sd s1, 0(s0)
    sfence.vma
    li a0, 55
    ecall
    .rept 12
    nop
    .endr
    .option pop
