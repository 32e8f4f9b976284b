/* tests/guest/pmp.S: NA4, NAPOT and TOR entries, their priority, and what S- and U-mode may touch. */
#include "guest.h"

#define OFF   0x00
#define TOR   0x08
#define NA4   0x10
#define NAPOT 0x18
#define PR 1
#define PW 2
#define PX 4

#define RANGE_NAPOT(base, size) ((base) >> 2 | ((size) >> 3) - 1)

/* Entry 7 lets everything else through, so that only the entries under test refuse. */
#define CFG(c0, c1, c2, c3) li t6, (c0) | (c1) << 8 | (c2) << 16 | (c3) << 24 | 0x1f << 56; \
    csrw pmpcfg0, t6; sfence.vma
#define ADDR(n, value) li t6, value; csrw pmpaddr##n, t6
#define AS(priv, ...) CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, MPRV | (priv) << 11); \
    __VA_ARGS__; CSR_CLEAR(mstatus, MPRV)
#define AS_TRAPS(priv, cause, tval, ...) CSR_CLEAR(mstatus, MPP); \
    CSR_SET(mstatus, MPRV | (priv) << 11); AT; la tp, 98f; 97: __VA_ARGS__; FAIL; .balign 4; \
    98: CSR_CLEAR(mstatus, MPRV); la t6, 97b; bne s9, t6, fail; TRAPPED(cause, tval)

    .globl main
main:
    ADDR(7, -1)
    STORE_AT(sd, PAGE(0), 0x1111111111111111)
    STORE_AT(sd, PAGE(0) + 8, 0x2222222222222222)
    li a1, PAGE(0)

    /* The registers: 54 bits of address, cfg's bits 5 and 6 read zero, W without R is reserved. */
    ADDR(3, -1)
#ifndef QEMU /* keeps all 64 bits */
    EXPECT_CSR(pmpaddr3, 0x3fffffffffffff)
#endif
    ADDR(3, 0x12345)
    EXPECT_CSR(pmpaddr3, 0x12345)
    li t6, 0x77
    csrw pmpcfg2, t6
#ifndef QEMU /* keeps them */
    EXPECT_CSR(pmpcfg2, 0x17)
#endif
    csrw pmpcfg2, zero
    EXPECT_TRAP(ILLEGAL, 0x3a102573, .word 0x3a102573) /* csrr a0, pmpcfg1: not on RV64 */

    /* Nothing matches: M-mode may, S- and U-mode may not. */
    csrw pmpcfg0, zero
    sfence.vma
    ld a0, 0(a1)
    EXPECT(a0, 0x1111111111111111)
    AS_TRAPS(1, LOAD_ACCESS, PAGE(0), ld a0, 0(a1))
    AS_TRAPS(0, STORE_ACCESS, PAGE(0), sd a0, 0(a1))

    /* NA4: exactly four bytes. */
    ADDR(0, PAGE(0) >> 2)
    CFG(NA4 | PR, OFF, OFF, OFF)
    AS(1, lw a0, 0(a1))
    EXPECT(a0, 0x11111111)
    AS_TRAPS(1, STORE_ACCESS, PAGE(0), sw a0, 0(a1))
    AS_TRAPS(0, STORE_ACCESS, PAGE(0) + 3, sb a0, 3(a1))
    AS(1, sw a0, 4(a1))
    AS(1, lbu a0, 3(a1))
    /* A partial match fails, even for M-mode and even where both parts would be allowed. */
    AS_TRAPS(1, LOAD_ACCESS, PAGE(0), ld a0, 0(a1))
    EXPECT_TRAP(LOAD_ACCESS, PAGE(0), ld a0, 0(a1))
    CFG(NA4 | PR | PW, OFF, OFF, OFF)
    AS_TRAPS(1, STORE_ACCESS, PAGE(0), sd a0, 0(a1))
    AS(1, ld a0, 8(a1))
    EXPECT(a0, 0x2222222222222222)

    /* NAPOT of 16 bytes; R, W and X apart. */
    ADDR(0, RANGE_NAPOT(PAGE(0) + 16, 16))
    CFG(NAPOT | PR, OFF, OFF, OFF)
    AS(1, ld a0, 16(a1))
    AS(1, ld a0, 24(a1))
    AS_TRAPS(1, STORE_ACCESS, PAGE(0) + 16, sd a0, 16(a1))
    AS_TRAPS(1, STORE_ACCESS, PAGE(0) + 31, sb a0, 31(a1))
    AS(1, sd zero, 32(a1))
    AS(1, sd zero, 8(a1))
    CFG(NAPOT, OFF, OFF, OFF)
    AS_TRAPS(1, LOAD_ACCESS, PAGE(0) + 16, ld a0, 16(a1))
#ifndef QEMU /* a load's */
    li a2, PAGE(0) + 16
    AS_TRAPS(1, STORE_ACCESS, PAGE(0) + 16, amoadd.w a0, a0, (a2))
#endif
    CFG(NAPOT | PR | PW, OFF, OFF, OFF)
    AS(1, sd zero, 16(a1))
    AS(0, ld a0, 24(a1))

    /* M-mode does not care for an entry that is not locked. */
    CFG(NAPOT, OFF, OFF, OFF)
    sd zero, 16(a1)
    ld a0, 16(a1)
    EXPECT(a0, 0)

    /* TOR: from the address register before; of entry 0 from zero. */
    ADDR(0, (PAGE(0) + 0x100) >> 2)
    ADDR(1, (PAGE(0) + 0x180) >> 2)
    CFG(OFF, TOR, OFF, OFF)
    AS(1, ld a0, 0xf8(a1))
    AS_TRAPS(1, LOAD_ACCESS, PAGE(0) + 0x100, ld a0, 0x100(a1))
    AS_TRAPS(1, LOAD_ACCESS, PAGE(0) + 0x17f, lb a0, 0x17f(a1))
    AS(1, ld a0, 0x180(a1))
    ADDR(0, NOWHERE >> 2)
    CFG(TOR, OFF, OFF, OFF)
    li a2, CLINT
    AS_TRAPS(1, LOAD_ACCESS, CLINT, lw a0, 0(a2))
    AS(1, ld a0, 0(a1))
    /* Top at or below bottom: matches nothing. */
    ADDR(0, (PAGE(0) + 0x100) >> 2)
    ADDR(1, (PAGE(0) + 0x100) >> 2)
    CFG(OFF, TOR, OFF, OFF)
    AS(1, ld a0, 0x100(a1))
    ADDR(1, PAGE(0) >> 2)
    CFG(OFF, TOR, OFF, OFF)
    AS(1, ld a0, 0x80(a1))

    /* The lowest-numbered match decides. */
    ADDR(0, RANGE_NAPOT(PAGE(0), 64))
    ADDR(1, RANGE_NAPOT(PAGE(0), 4096))
    CFG(NAPOT | PR | PW, NAPOT | PR, OFF, OFF)
    AS(1, sd zero, 0(a1))
    AS_TRAPS(1, STORE_ACCESS, PAGE(0) + 64, sd zero, 64(a1))
    AS(1, ld a0, 64(a1))
    CFG(NAPOT | PR, NAPOT | PR | PW, OFF, OFF)
    AS_TRAPS(1, STORE_ACCESS, PAGE(0), sd zero, 0(a1))
    AS(1, sd zero, 64(a1))
    CFG(OFF, NAPOT | PR | PW, OFF, OFF)
    AS(1, sd zero, 0(a1))

    /* A page wholly in one entry, cached by now, and then the entry changes. */
    AS(1, ld a0, 0(a1))
    CFG(OFF, NAPOT, OFF, OFF)
    AS_TRAPS(1, LOAD_ACCESS, PAGE(0), ld a0, 0(a1))
    CFG(OFF, NAPOT | PR, OFF, OFF)
    AS(1, ld a0, 0(a1))

    /* Fetches need X; mtval is the address. */
    STORE_AT(sw, PAGE(1), 0x00000073)
    fence.i
#define S_RUNS(cause, tval) AT; la tp, 1f; CSR_CLEAR(mstatus, MPP); CSR_SET(mstatus, 1 << 11); \
    li t0, PAGE(1); csrw mepc, t0; mret; FAIL; .balign 4; 1: TRAPPED(cause, tval)
    ADDR(0, RANGE_NAPOT(PAGE(1), 4096))
    CFG(NAPOT | PR | PW | PX, OFF, OFF, OFF)
    S_RUNS(ECALL_S, 0)
    CFG(NAPOT | PR | PW, OFF, OFF, OFF)
    S_RUNS(FETCH_ACCESS, PAGE(1))
    CFG(NAPOT | PX, OFF, OFF, OFF)
    S_RUNS(ECALL_S, 0)
    li a1, PAGE(1)
    AS_TRAPS(1, LOAD_ACCESS, PAGE(1), lw a0, 0(a1))
    /* An entry ends in the middle of a 32-bit instruction: the second half may not be fetched. */
#ifndef QEMU /* fetches whole pages at once */
    ADDR(0, (PAGE(1) + 4) >> 2)
    STORE_AT(sw, PAGE(1), 0x00130001) /* c.nop, and the first half of a nop */
    STORE_AT(sw, PAGE(1) + 4, 0x00000000)
    fence.i
    ADDR(0, PAGE(1) >> 2)
    ADDR(1, (PAGE(1) + 4) >> 2)
    CFG(OFF, TOR | PX, NAPOT | PR | PW, OFF)
    ADDR(2, RANGE_NAPOT(PAGE(1), 4096))
    sfence.vma
    AT
    la tp, 1f
    CSR_CLEAR(mstatus, MPP)
    CSR_SET(mstatus, 1 << 11)
    li t0, PAGE(1)
    csrw mepc, t0
    mret
    FAIL
    .balign 4
1:  EXPECT(s10, FETCH_ACCESS)
    EXPECT(s9, PAGE(1) + 2)
#endif

    /* Sixteen entries, the last one as good as the first. */
    CFG(OFF, OFF, OFF, OFF)
    li t6, 0x1f
    slli t6, t6, 56
    csrw pmpcfg0, zero
    csrw pmpcfg2, t6
    ADDR(15, -1)
    sfence.vma
    li a1, PAGE(0)
    AS(1, ld a0, 0(a1))
    PASS
