/* tests/guest/napot.S: Svnapot: one entry's contents for a 64 KiB range, repeated sixteen times. */
#include "guest.h"
#include "paging.h"

#define N (1 << 63)
#define BASE 0x80500000 /* 64 KiB aligned */

/* All 16 entries of the range at VA + 64 KiB * n. */
#define MAP_64K(pa, flags) li t4, LAST; li t5, LAST + 128; \
    li t6, (pa) >> 2 | 8 << 10 | N | (flags); 1: sd t6, 0(t4); addi t4, t4, 8; bne t4, t5, 1b; \
    sfence.vma

    .globl main
main:
#ifndef QEMU /* its `rv64` has it off */
    MAP_RAM(8)
    STORE_AT(sd, BASE + 8, 0x1111)
    STORE_AT(sd, BASE + 0x7008, 0x7777)
    STORE_AT(sd, BASE + 0xf008, 0xffff)
    STORE_AT(sd, BASE + 0x10008, 0x5a5a)
    MAP_64K(BASE, LEAF)
    li a1, VA
    AS(1, ld a0, 8(a1))
    EXPECT(a0, 0x1111)
    li a1, VA + 0x7000
    AS(1, ld a0, 8(a1))
    EXPECT(a0, 0x7777)
    li a1, VA + 0xf000
    AS(1, ld a0, 8(a1))
    EXPECT(a0, 0xffff)
    AS(1, sd a1, 16(a1))
    EXPECT_AT(ld, BASE + 0xf010, VA + 0xf000)

    /* Fences by any address of the range. */
    MAP_64K(BASE + 0x10000, LEAF)
    li a1, VA
    AS(1, ld a0, 8(a1))
    EXPECT(a0, 0x5a5a)

    /* Reserved: other sizes, and N in a superpage or a pointer. */
    li a1, VA
    PTE(LAST, 0, BASE + 0x4000, LEAF | N)
    sfence.vma
    AS_TRAPS(1, LOAD_PAGE, VA + 8, ld a0, 8(a1))
    PTE(LAST, 0, BASE + 0x10000, LEAF | N)
    sfence.vma
    AS_TRAPS(1, LOAD_PAGE, VA + 8, ld a0, 8(a1))
    PTE(MIDDLE, 0, 0x80600000 + 0x8000, LEAF | N)
    sfence.vma
    AS_TRAPS(1, LOAD_PAGE, VA + 8, ld a0, 8(a1))
    PTE(MIDDLE, 0, LAST, V | N)
    sfence.vma
    AS_TRAPS(1, LOAD_PAGE, VA + 8, ld a0, 8(a1))

    /* Permissions and A/D are judged as in any other entry. */
    PTE(MIDDLE, 0, LAST, V)
    MAP_64K(BASE, V | R | A)
    li a1, VA + 0x3000
    AS_TRAPS(1, STORE_PAGE, VA + 0x3000, sd a0, 0(a1))
    MAP_64K(BASE, V | R | W | A)
    li a1, VA + 0x3000
    AS_TRAPS(1, STORE_PAGE, VA + 0x3000, sd a0, 0(a1))
    li t0, ADUE
    csrs menvcfg_, t0
    sfence.vma
    li a1, VA + 0x3000
    AS(1, sd a0, 0(a1))
    EXPECT_AT(ld, LAST + 24, BASE >> 2 | 8 << 10 | N | V | R | W | A | D)
#endif
    PASS
