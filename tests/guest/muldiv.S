/* tests/guest/muldiv.S: multiplication and division, with the results for zero and overflow that
 * the specification's table "Semantics for division by zero and division overflow" gives. */
#include "guest.h"

#define MIN64 0x8000000000000000
#define MAX64 0x7fffffffffffffff
#define MIN32 0xffffffff80000000

    .globl main
main:
    RR(mul, 7, -6, -42)
    RR(mul, 0x100000001, 0x100000001, 0x200000001)
    RR(mul, MIN64, -1, MIN64)
    RR(mul, 0x123456789abcdef, 0xfedcba987654321, 0x22236d88fe5618cf)
    RR(mulh, 7, -6, -1)
    RR(mulh, MIN64, MIN64, 0x4000000000000000)
    RR(mulh, MIN64, MAX64, 0xc000000000000000)
    RR(mulh, -1, -1, 0)
    RR(mulh, MAX64, MAX64, 0x3fffffffffffffff)
    RR(mulhu, -1, -1, -2)
    RR(mulhu, MIN64, 2, 1)
    RR(mulhu, 0xaaaaaaaaaaaaaaab, 3, 2)
    RR(mulhu, 0, -1, 0)
    RR(mulhsu, -1, -1, -1) /* -1 times 2^64 - 1 */
    RR(mulhsu, MIN64, MIN64, 0xc000000000000000)
    RR(mulhsu, MAX64, -1, 0x7ffffffffffffffe)
    RR(mulhsu, 1, -1, 0)
    RR(mulw, 0x7fffffff, 2, -2)
    RR(mulw, 0x100000003, 0x100000005, 15)
    RR(mulw, 0x10000, 0x8000, MIN32)

    RR(div, 20, 6, 3)
    RR(div, -20, 6, -3)
    RR(div, 20, -6, -3)
    RR(div, -20, -6, 3)
    RR(div, 5, 0, -1)
    RR(div, MIN64, 0, -1)
    RR(div, MIN64, -1, MIN64)
    RR(div, MIN64, 1, MIN64)
    RR(rem, 20, 6, 2)
    RR(rem, -20, 6, -2)
    RR(rem, 20, -6, 2)
    RR(rem, -20, -6, -2)
    RR(rem, 5, 0, 5)
    RR(rem, MIN64, 0, MIN64)
    RR(rem, MIN64, -1, 0)
    RR(divu, -1, 10, 0x1999999999999999)
    RR(divu, MIN64, -1, 0)
    RR(divu, 5, 0, -1)
    RR(remu, -1, 10, 5)
    RR(remu, MIN64, -1, MIN64)
    RR(remu, 5, 0, 5)

    /* The W forms look at 32 bits and sign-extend 32 bits, divuw and remuw too. */
    RR(divw, 0x12345678ffffffec, 6, -3)
    RR(divw, MIN32, -1, MIN32)
    RR(divw, 0x80000000, 0xffffffff, MIN32)
    RR(divw, 5, 0x100000000, -1)
    RR(remw, 0x12345678ffffffec, 6, -2)
    RR(remw, MIN32, -1, 0)
    RR(remw, 0x180000000, 0x500000000, MIN32)
    RR(divuw, 0xffffffff, 1, -1)
    RR(divuw, 0x1ffffffff, 2, 0x7fffffff)
    RR(divuw, MIN32, -1, 0)
    RR(divuw, 5, 0x700000000, -1)
    RR(remuw, 0xffffffff, 0x80000000, 0x7fffffff)
    RR(remuw, 0x80000000, 0xffffffff, MIN32)
    RR(remuw, 0xdeadbeef80000001, 0x300000000, 0xffffffff80000001)

    li a0, 12
    li a1, 5
    div a0, a0, a1
    EXPECT(a0, 2)
    li a0, 12
    rem a1, a0, a1
    EXPECT(a1, 2)
    div zero, a0, zero
    EXPECT(zero, 0)
    PASS
