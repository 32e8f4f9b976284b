/* tests/guest/memory.S: every load and store, at every alignment (misaligned ones are carried
 * out: Zicclsm), inside a page and across two. */
#include "guest.h"

#define DATA PAGE(0)
#define EDGE (PAGE(1) - 8) /* the last 8 bytes of a page; those of `bytes` continue behind it */

/* insn of 16 known bytes 80 91 a2 ... at DATA + offset. */
#define LOAD(insn, offset, value) li a1, DATA; insn a0, offset(a1); EXPECT(a0, value)
#define LOAD_EDGE(insn, offset, value) li a1, EDGE; insn a0, offset(a1); EXPECT(a0, value)

    .globl main
main:
    STORE_AT(sd, DATA, 0xf7e6d5c4b3a29180)
    STORE_AT(sd, DATA + 8, 0x7f6e5d4c3b2a1908)
    LOAD(lb, 0, 0xffffffffffffff80)
    LOAD(lb, 8, 8)
    LOAD(lb, 15, 0x7f)
    LOAD(lbu, 0, 0x80)
    LOAD(lbu, 7, 0xf7)
    LOAD(lh, 0, 0xffffffffffff9180)
    LOAD(lh, 1, 0xffffffffffffa291)
    LOAD(lh, 7, 0x8f7)
    LOAD(lhu, 0, 0x9180)
    LOAD(lhu, 3, 0xc4b3)
    LOAD(lw, 0, 0xffffffffb3a29180)
    LOAD(lw, 1, 0xffffffffc4b3a291)
    LOAD(lw, 2, 0xffffffffd5c4b3a2)
    LOAD(lw, 3, 0xffffffffe6d5c4b3)
    LOAD(lw, 11, 0x6e5d4c3b)
    LOAD(lwu, 0, 0xb3a29180)
    LOAD(lwu, 3, 0xe6d5c4b3)
    LOAD(ld, 0, 0xf7e6d5c4b3a29180)
    LOAD(ld, 1, 0x08f7e6d5c4b3a291)
    LOAD(ld, 3, 0x2a1908f7e6d5c4b3)
    LOAD(ld, 4, 0x3b2a1908f7e6d5c4)
    LOAD(ld, 7, 0x6e5d4c3b2a1908f7)

    /* Offsets are signed, 12 bits wide. */
    li a1, DATA + 2048
    ld a0, -2048(a1)
    EXPECT(a0, 0xf7e6d5c4b3a29180)
    li a1, DATA - 2047
    lb a0, 2047(a1)
    EXPECT(a0, 0xffffffffffffff80)
    li a1, DATA
    ld a1, 0(a1) /* base and destination the same */
    EXPECT(a1, 0xf7e6d5c4b3a29180)
    li a1, DATA
    ld zero, 0(a1)
    EXPECT(zero, 0)

    /* Stores write their bytes and no others. */
#define STORE_INTO(insn, offset, low, high) \
    STORE_AT(sd, DATA, -1); STORE_AT(sd, DATA + 8, -1); \
    STORE_AT(insn, DATA + offset, 0x0807060504030201); \
    EXPECT_AT(ld, DATA, low); EXPECT_AT(ld, DATA + 8, high)

    STORE_INTO(sb, 0, 0xffffffffffffff01, -1)
    STORE_INTO(sb, 7, 0x01ffffffffffffff, -1)
    STORE_INTO(sh, 0, 0xffffffffffff0201, -1)
    STORE_INTO(sh, 1, 0xffffffffff0201ff, -1)
    STORE_INTO(sh, 7, 0x01ffffffffffffff, 0xffffffffffffff02)
    STORE_INTO(sw, 0, 0xffffffff04030201, -1)
    STORE_INTO(sw, 1, 0xffffff04030201ff, -1)
    STORE_INTO(sw, 2, 0xffff04030201ffff, -1)
    STORE_INTO(sw, 6, 0x0201ffffffffffff, 0xffffffffffff0403)
    STORE_INTO(sd, 0, 0x0807060504030201, -1)
    STORE_INTO(sd, 1, 0x07060504030201ff, 0xffffffffffffff08)
    STORE_INTO(sd, 4, 0x04030201ffffffff, 0xffffffff08070605)
    STORE_INTO(sd, 7, 0x01ffffffffffffff, 0xff08070605040302)

    /* Across a page's end. */
    STORE_AT(sd, EDGE, 0x8877665544332211)
    STORE_AT(sd, EDGE + 8, 0x00ffeeddccbbaa99)
    LOAD_EDGE(lh, 7, 0xffffffffffff9988)
    LOAD_EDGE(lhu, 7, 0x9988)
    LOAD_EDGE(lw, 5, 0xffffffff99887766)
    LOAD_EDGE(lw, 7, 0xffffffffbbaa9988)
    LOAD_EDGE(lwu, 6, 0xaa998877)
    LOAD_EDGE(ld, 1, 0x9988776655443322)
    LOAD_EDGE(ld, 4, 0xccbbaa9988776655)
    LOAD_EDGE(ld, 7, 0xffeeddccbbaa9988)
    STORE_AT(sh, EDGE + 7, 0x5aa5)
    EXPECT_AT(ld, EDGE, 0xa577665544332211)
    EXPECT_AT(ld, EDGE + 8, 0x00ffeeddccbbaa5a)
    STORE_AT(sw, EDGE + 6, 0x04030201)
    EXPECT_AT(ld, EDGE, 0x0201665544332211)
    EXPECT_AT(ld, EDGE + 8, 0x00ffeeddccbb0403)
    STORE_AT(sd, EDGE + 3, 0x0807060504030201)
    EXPECT_AT(ld, EDGE, 0x0504030201332211)
    EXPECT_AT(ld, EDGE + 8, 0x00ffeeddcc080706)

    /* Where nothing answers: access faults with the address. */
    li a1, NOWHERE
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, ld a0, 0(a1))
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE + 4, lbu a0, 4(a1))
    EXPECT_TRAP(STORE_ACCESS, NOWHERE + 8, sd a0, 8(a1))
    EXPECT_TRAP(STORE_ACCESS, NOWHERE + 1, sb a0, 1(a1))
    EXPECT_TRAP_IN(FETCH_ACCESS, NOWHERE, jr a1)
    li a1, -8
    EXPECT_TRAP(LOAD_ACCESS, -8, ld a0, 0(a1))

    /* A load that traps leaves its destination alone. */
    li a1, NOWHERE
    li a0, 0x5a5a
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, ld a0, 0(a1))
    EXPECT(a0, 0x5a5a)
    EXPECT_TRAP(LOAD_ACCESS, NOWHERE, ld a1, 0(a1))
    EXPECT(a1, NOWHERE)
    PASS
