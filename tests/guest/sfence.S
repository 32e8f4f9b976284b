/* tests/guest/sfence.S: what a change of tables, satp or ASID needs, and what it does not. */
#include "guest.h"
#include "paging.h"

#define LOAD_VA(reg) li a1, VA; AS(1, ld reg, 0(a1))
#define LOAD_NEXT(reg) li a1, VA + 0x1000; AS(1, ld reg, 0(a1))

    .globl main
main:
    MAP_RAM(8)
    STORE_AT(sd, PAGE(0), 0)
    STORE_AT(sd, PAGE(1), 0x1111)
    STORE_AT(sd, PAGE(2), 0x2222)
    STORE_AT(sd, PAGE(3), 0x3333)

    /* After a change and a fence, the new mapping: of all, of the address, of the ASID, of both. */
    MAP_VA(PAGE(1), LEAF)
    LOAD_VA(a0)
    EXPECT(a0, 0x1111)
    PTE(LAST, 0, PAGE(2), LEAF)
    sfence.vma
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)
    PTE(LAST, 0, PAGE(3), LEAF)
    li a1, VA
    sfence.vma a1
    LOAD_VA(a0)
    EXPECT(a0, 0x3333)
    PTE(LAST, 0, PAGE(1), LEAF)
    li a2, 0
    sfence.vma zero, a2
    LOAD_VA(a0)
    EXPECT(a0, 0x1111)
    PTE(LAST, 0, PAGE(2), LEAF)
    li a1, VA + 0x123
    sfence.vma a1, a2
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)
    /* Made invalid: a fault; valid again without a fence may stay a fault, with one not. */
    PTE(LAST, 0, PAGE(2), 0)
    li a1, VA
    sfence.vma a1
    AS_TRAPS(1, LOAD_PAGE, VA, ld a0, 0(a1))
    MAP_VA(PAGE(3), LEAF)
    LOAD_VA(a0)
    EXPECT(a0, 0x3333)
    /* Read-only with a fence: stores fault though they went before. */
    AS(1, sd a0, 8(a1))
    PTE(LAST, 0, PAGE(3), V | R | A | D)
    sfence.vma a1
    AS_TRAPS(1, STORE_PAGE, VA + 8, sd a0, 8(a1))

    /* A fence in S-mode itself, and Svinval's three steps. */
    MAP_VA(PAGE(1), LEAF)
    ENTER_S
    li a1, VA
    ld s0, 0(a1)
    sfence.vma a1, zero
    ld s1, 0(a1)
    LEAVE
    EXPECT(s0, 0x1111)
    EXPECT(s1, 0x1111)
    PTE(LAST, 0, PAGE(2), LEAF)
    li a1, VA
    .word 0x18000073 /* sfence.w.inval */
    .word 0x16058073 /* sinval.vma a1, zero */
    .word 0x18100073 /* sfence.inval.ir */
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)

    /* A fence inside a superpage drops it, whatever the address in it. */
    PTE(MIDDLE, 0, 0x80400000, LEAF)
    sfence.vma
    LOAD_NEXT(a0)
    EXPECT(a0, 0x1111)
    PTE(MIDDLE, 0, 0x80600000, LEAF)
    li a1, VA + 0x5008
    sfence.vma a1
    LOAD_NEXT(a0)
    EXPECT(a0, 0)
    PTE(MIDDLE, 0, LAST, V)
    sfence.vma

    /* Another root in satp with another ASID: its own mapping at once, without a fence. */
#define ROOT2   TABLE(8)
#define MIDDLE2 TABLE(9)
#define LAST2   TABLE(10)
    PTE(ROOT2, 2, 0x80000000, LEAF)
    PTE(ROOT2, VA_INDEX, MIDDLE2, V)
    PTE(MIDDLE2, 0, LAST2, V)
    PTE(LAST2, 0, PAGE(3), LEAF)
    PTE(LAST, 0, PAGE(1), LEAF)
    sfence.vma
    li s0, 8 << 60 | 1 << 44 | GIGA >> 12
    li s1, 8 << 60 | 2 << 44 | ROOT2 >> 12
    li s2, 20
1:  csrw satp, s0
    LOAD_VA(a0)
    EXPECT(a0, 0x1111)
    csrw satp, s1
    LOAD_VA(a0)
    EXPECT(a0, 0x3333)
    addi s2, s2, -1
    bnez s2, 1b

    /* A fence for one ASID leaves no stale entry of that one. */
    PTE(LAST2, 0, PAGE(2), LEAF)
    li a2, 2
    sfence.vma zero, a2
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)
    csrw satp, s0
    LOAD_VA(a0)
    EXPECT(a0, 0x1111)

    /* A fence for one ASID while another is current. */
    PTE(LAST2, 0, PAGE(3), LEAF)
    li a1, VA
    sfence.vma a1, a2
    csrw satp, s1
    LOAD_VA(a0)
    EXPECT(a0, 0x3333)

    /* More address spaces than any cache has contexts for. */
    li s2, 3
2:  li s3, 1
1:  slli t0, s3, 44
    li t1, 8 << 60 | GIGA >> 12 /* odd ASIDs have one root, even ones the other, as before */
    bexti t2, s3, 0
    bnez t2, 3f
    li t1, 8 << 60 | ROOT2 >> 12
3:  or t0, t0, t1
    csrw satp, t0
    LOAD_VA(a0)
    li t0, 0x1111
    bexti t2, s3, 0
    bnez t2, 3f
    li t0, 0x3333
3:  EXPECT_REG(a0, t0)
    addi s3, s3, 1
    li t0, 40
    bne s3, t0, 1b
    addi s2, s2, -1
    bnez s2, 2b

    /* Global: the entry serves every ASID, and a fence for one ASID need not drop it. */
    csrw satp, s0
    MAP_VA(PAGE(1), LEAF | G)
    PTE(LAST2, 0, PAGE(1), LEAF | G)
    sfence.vma
    LOAD_VA(a0)
    csrw satp, s1
    LOAD_VA(a0)
    EXPECT(a0, 0x1111)
    PTE(LAST2, 0, PAGE(2), LEAF | G)
    PTE(LAST, 0, PAGE(2), LEAF | G)
    li a1, VA
    sfence.vma a1
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)
    csrw satp, s0
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)

    /* Bare to paged and back: addresses change their meaning with the write. */
    PTE(GIGA, 2, 0x80000000, LEAF)
    csrw satp, zero
    li a1, VA
    AS_TRAPS(1, LOAD_ACCESS, VA, ld a0, 0(a1))
    csrw satp, s0
    LOAD_VA(a0)
    EXPECT(a0, 0x2222)

    /* Code is fenced too: another page at the same address runs at once. */
    STORE_AT(sw, PAGE(4), 0x02a00513) /* li a0, 42; ecall */
    STORE_AT(sw, PAGE(4) + 4, 0x00000073)
    STORE_AT(sw, PAGE(5), 0x02b00513) /* li a0, 43; ecall */
    STORE_AT(sw, PAGE(5) + 4, 0x00000073)
    fence.i
#define RUN_VA(value) AT; la tp, 1f; CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, 1 << 11); \
    li t0, VA; csrw mepc, t0; mret; FAIL; .balign 4; 1: TRAPPED(ECALL_S, 0); EXPECT(a0, value)
    MAP_VA(PAGE(4), LEAF)
    RUN_VA(42)
    MAP_VA(PAGE(5), LEAF)
    RUN_VA(43)
    PTE(LAST, 0, PAGE(4), LEAF)
    li a1, VA
    sfence.vma a1
    RUN_VA(42)
    PTE(LAST2, 0, PAGE(5), LEAF)
    sfence.vma
    csrw satp, s1
    RUN_VA(43)
    csrw satp, s0
    RUN_VA(42)
    PASS
