/* tests/guest/paging.h: page tables for guest programs.
 *
 * MAP_RAM(mode) builds the tables of Sv39 (8), Sv48 (9) or Sv57 (10) so that the program's code
 * runs where it is, in S-mode, and so does U-mode through an alias:
 *
 *      0x8000_0000 .. 1 GiB    itself, RWX, U = 0
 *      0x0000_0000 .. 1 GiB    itself (the devices), RW, U = 0
 *      USER        .. 1 GiB    0x8000_0000, RWX, U = 1
 *
 * and an empty page of virtual addresses at VA: entry 0 of LAST is the 4 KiB page there, entry 0
 * of MIDDLE the 2 MiB around it, entry VA_INDEX of GIGA the 1 GiB.
 */
#ifndef RIVET_TESTS_PAGING_H
#define RIVET_TESTS_PAGING_H

#define GIGA   TABLE(0) /* Sv39's root */
#define UPPER  TABLE(1) /* 512 GiB entries: Sv48's root */
#define TOP    TABLE(2) /* 256 TiB entries: Sv57's root */
#define MIDDLE TABLE(3)
#define LAST   TABLE(4)

#define USER     0xc0000000
#define VA       0x100000000
#define VA_INDEX 4

#define LEAF (V | R | W | X | A | D)

#define SATP(mode, asid) ((mode) << 60 | (asid) << 44 | TABLE((mode) - 8) >> 12)

#define MAP_RAM(mode) \
    PTE(GIGA, 0, 0, V | R | W | A | D); PTE(GIGA, 2, 0x80000000, LEAF); \
    PTE(GIGA, 3, 0x80000000, LEAF | U); PTE(GIGA, VA_INDEX, MIDDLE, V); PTE(MIDDLE, 0, LAST, V); \
    PTE(UPPER, 0, GIGA, V); PTE(TOP, 0, UPPER, V); \
    CSR_WRITE(satp, SATP(mode, 0)); \
    sfence.vma

/* Entry 0 of the last table, as seen after a fence. */
#define MAP_VA(pa, flags) PTE(LAST, 0, pa, flags); sfence.vma
#define MAP_NEXT(pa, flags) PTE(LAST, 1, pa, flags); sfence.vma

/* Goes on in U-mode, at the alias of the next instruction; LEAVE_USER comes back. Code in between
 * sees its own labels at the alias too. */
#define ENTER_USER la t6, 96f; li t5, USER - 0x80000000; add t6, t6, t5; csrw mepc, t6; \
    li t6, MPP; csrc mstatus, t6; mret; .balign 4; 96:
#define LEAVE_USER la tp, 95f; li t5, USER - 0x80000000; sub tp, tp, t5; ecall; FAIL; \
    .balign 4; 95:

/* One instruction in M-mode whose loads and stores are judged as those of `priv` (MPRV). */
#define AS(priv, ...) CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, MPRV | (priv) << 11); \
    __VA_ARGS__; CSR_CLEAR(mstatus, MPRV)

/* Likewise, and it traps; the trap handler leaves MPRV as it was. */
#define AS_TRAPS(priv, cause, tval, ...) CSR_CLEAR(mstatus, MPP); \
    CSR_SET(mstatus, MPRV | (priv) << 11); AT; la tp, 98f; 97: __VA_ARGS__; FAIL; .balign 4; \
    98: CSR_CLEAR(mstatus, MPRV); la t6, 97b; bne s9, t6, fail; TRAPPED(cause, tval)

/* The one instruction in S-mode (or at USER in U-mode) traps. */
#define S_TRAPS(cause, tval, ...) AT; la tp, 98f; ENTER_S; 97: __VA_ARGS__; FAIL; .balign 4; \
    98: la t6, 97b; bne s9, t6, fail; TRAPPED(cause, tval)
#define U_TRAPS(cause, tval, ...) AT; la tp, 98f; ENTER_USER; 97: __VA_ARGS__; FAIL; .balign 4; \
    98: TRAPPED(cause, tval)

#endif
