/* tests/guest/counters.S: cycle, time and instret: what they count, and who may read them. */
#include "guest.h"

#define CY 1
#define TM 2
#define IR 4

#define RDCYCLE   0xc0002573 /* csrr a0, cycle */
#define RDTIME    0xc0102573
#define RDINSTRET 0xc0202573
#define RDHPM3    0xc0302573

#define S_TRAPS(cause, tval, ...) ENTER_S; EXPECT_TRAP(cause, tval, __VA_ARGS__)
#define U_TRAPS(cause, tval, ...) ENTER_U; EXPECT_TRAP(cause, tval, __VA_ARGS__)
#define S_READS(csr) AT; ENTER_S; csrr a0, csr; LEAVE; EXPECT(s10, ECALL_S)
#define U_READS(csr) AT; ENTER_U; csrr a0, csr; LEAVE; EXPECT(s10, ECALL_U)

    .globl main
main:
    /* The shadows show what the M-mode counters hold; writing those moves them. */
    li t0, 1000000
    csrw minstret, t0
    csrr a0, minstret
#ifndef QEMU
    EXPECT(a0, 1000000) /* "Any CSR write takes effect after the writing instruction" */
#endif
    li t0, 5000000
    csrw mcycle, t0
    csrr a0, mcycle
    sltu a0, a0, t0
    EXPECT(a0, 0)
    csrr a0, cycle
    csrr a1, cycle
    sltu a0, a0, a1
    EXPECT(a0, 1)

    /* time is the CLINT's mtime: between two readings of that. */
    li a3, CLINT + 0xbff8
    ld a0, 0(a3)
    csrr a1, time
    ld a2, 0(a3)
    sltu a4, a1, a0
    EXPECT(a4, 0)
    sltu a4, a2, a1
    EXPECT(a4, 0)
    EXPECT_TRAP(ILLEGAL, 0xc0151573, .word 0xc0151573) /* csrrw a0, time, a0 */

    /* mcounteren gates S- and U-mode, scounteren U-mode as well. M-mode always may. */
    csrw mcounteren, zero
    CSR_WRITE(scounteren, -1)
    csrr a0, cycle
    csrr a0, time
    csrr a0, instret
    csrr a0, hpmcounter3
    S_TRAPS(ILLEGAL, RDCYCLE, csrr a0, cycle)
    S_TRAPS(ILLEGAL, RDTIME, csrr a0, time)
    S_TRAPS(ILLEGAL, RDINSTRET, csrr a0, instret)
    S_TRAPS(ILLEGAL, RDHPM3, csrr a0, hpmcounter3)
    U_TRAPS(ILLEGAL, RDCYCLE, csrr a0, cycle)
    CSR_WRITE(mcounteren, TM)
    S_TRAPS(ILLEGAL, RDCYCLE, csrr a0, cycle)
    S_READS(time)
    U_READS(time)
    U_TRAPS(ILLEGAL, RDINSTRET, csrr a0, instret)
    CSR_WRITE(mcounteren, CY | TM | IR | 8)
    csrw scounteren, zero
    S_READS(cycle)
    S_READS(instret)
    S_READS(hpmcounter3)
    U_TRAPS(ILLEGAL, RDCYCLE, csrr a0, cycle)
    U_TRAPS(ILLEGAL, RDTIME, csrr a0, time)
    U_TRAPS(ILLEGAL, RDINSTRET, csrr a0, instret)
    CSR_WRITE(scounteren, CY | IR)
    U_READS(cycle)
    U_READS(instret)
    U_TRAPS(ILLEGAL, RDTIME, csrr a0, time)
    U_TRAPS(ILLEGAL, RDHPM3, csrr a0, hpmcounter3)

    /* mcountinhibit stops a counter; bit 1 is not there, time cannot be stopped. */
    CSR_WRITE(mcountinhibit, CY | TM | IR)
    csrr a0, mcountinhibit
    andi a0, a0, 7
#ifndef QEMU /* keeps bit 1 */
    EXPECT(a0, CY | IR)
#endif
    csrr a0, minstret
    nop
    nop
    csrr a1, minstret
    EXPECT_REG(a1, a0)
    csrr a0, mcycle
    nop
    csrr a1, mcycle
    EXPECT_REG(a1, a0)
    csrw mcountinhibit, zero
    csrr a0, minstret
    nop
    nop
    csrr a1, minstret
    sub a1, a1, a0
#ifndef QEMU /* counts 4 */
    EXPECT(a1, 3)
#endif
    csrr a0, mcycle
    nop
    csrr a1, mcycle
    sltu a0, a0, a1
    EXPECT(a0, 1)

#ifndef QEMU /* has only some of them */
    /* Hardware counters 3 to 31 and their selectors may be read; here they may read zero. */
    csrr a0, mhpmcounter3
    csrr a0, mhpmcounter31
    csrr a0, mhpmevent3
    csrr a0, mhpmevent31
    csrr a0, hpmcounter31
    csrw mhpmcounter3, a0
    csrw mhpmevent3, zero
#endif
    PASS
