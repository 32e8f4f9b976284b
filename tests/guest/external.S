/* tests/guest/external.S: a device's interrupt through the PLIC: UART, claim, complete, contexts. */
#include "guest.h"

#define SEIP (1 << 9)
#define MEIP (1 << 11)

#define UART_IRQ 10
#define IER (UART + 1)
#define IIR (UART + 2)
#define LSR (UART + 5)
#define THRE_ENABLE 2

/* PLIC: context 0 is hart 0's M-mode, context 1 its S-mode. */
#define PRIORITY(source)   (PLIC + 4 * (source))
#define PENDING            (PLIC + 0x1000)
#define ENABLE(context)    (PLIC + 0x2000 + 0x80 * (context))
#define THRESHOLD(context) (PLIC + 0x200000 + 0x1000 * (context))
#define CLAIM(context)     (PLIC + 0x200004 + 0x1000 * (context))

#ifdef QEMU /* looks at the enables with the next change of anything else */
#define ENABLE_WRITE(context, sources) STORE_AT(sw, ENABLE(context), sources); \
    STORE_AT(sw, THRESHOLD(context), 0)
#else
#define ENABLE_WRITE(context, sources) STORE_AT(sw, ENABLE(context), sources)
#endif

#define EXPECT_MIP(bits, value) AT; li t4, 100000; 1: csrr a0, mip; li t5, bits; and a0, a0, t5; \
    li t6, value; beq a0, t6, 2f; addi t4, t4, -1; bnez t4, 1b; FAIL; 2:

    .globl main
main:
    csrw mie, zero
    csrw mideleg, zero
    STORE_AT(sw, PRIORITY(UART_IRQ), 1)
    EXPECT_AT(lw, PRIORITY(UART_IRQ), 1)
    ENABLE_WRITE(0, 1 << UART_IRQ)
    EXPECT_AT(lw, ENABLE(0), 1 << UART_IRQ)
    STORE_AT(sw, THRESHOLD(0), 0)
    EXPECT_AT(lw, CLAIM(0), 0) /* nothing pending */

    /* The transmitter is empty: enabling that interrupt raises it. */
    EXPECT_MIP(MEIP | SEIP, 0)
    STORE_AT(sb, IER, THRE_ENABLE)
    EXPECT_MIP(MEIP | SEIP, MEIP)
    EXPECT_AT(lw, PENDING, 1 << UART_IRQ)
    /* Software cannot clear mip.MEIP. */
    CSR_CLEAR(mip, MEIP)
    EXPECT_MIP(MEIP, MEIP)

    /* Threshold: only priorities above it pass; priority 0 never does. */
    STORE_AT(sw, THRESHOLD(0), 1)
    EXPECT_MIP(MEIP, 0)
    STORE_AT(sw, THRESHOLD(0), 0)
    EXPECT_MIP(MEIP, MEIP)
    STORE_AT(sw, PRIORITY(UART_IRQ), 0)
    EXPECT_MIP(MEIP, 0)
    STORE_AT(sw, PRIORITY(UART_IRQ), 7)
    EXPECT_MIP(MEIP, MEIP)
    ENABLE_WRITE(0, 0)
    EXPECT_MIP(MEIP, 0)

    /* The S-mode context has its own enables: SEIP. */
    ENABLE_WRITE(1, 1 << UART_IRQ)
    STORE_AT(sw, THRESHOLD(1), 0)
    EXPECT_MIP(MEIP | SEIP, SEIP)
    ENABLE_WRITE(1, 0)
    EXPECT_MIP(MEIP | SEIP, 0)
    /* SEIP as read is the wire or software's bit; csrrs and csrrc change only the latter. */
    CSR_SET(mip, SEIP)
    EXPECT_MIP(SEIP, SEIP)
    ENABLE_WRITE(1, 1 << UART_IRQ)
    EXPECT_MIP(SEIP, SEIP)
#ifndef QEMU /* one bit for both: clearing it clears the wire's */
    CSR_CLEAR(mip, SEIP)
    EXPECT_MIP(SEIP, SEIP)
#endif
    ENABLE_WRITE(1, 0)
    CSR_CLEAR(mip, SEIP)
    EXPECT_MIP(SEIP, 0)

    /* Taken, claimed, silenced, completed. */
    ENABLE_WRITE(0, 1 << UART_IRQ)
    EXPECT_MIP(MEIP, MEIP)
    CSR_WRITE(mie, MEIP)
    AT
    la tp, 1f
    CSR_SET(mstatus, MIE)
    nop
    FAIL
    .balign 4
1:  TRAPPED(INTERRUPT | 11, 0)
    EXPECT_AT(lw, CLAIM(0), UART_IRQ)
    EXPECT_MIP(MEIP, 0) /* claimed: not pending, though the wire is still high */
    EXPECT_AT(lw, CLAIM(0), 0)
    STORE_AT(sw, CLAIM(0), UART_IRQ)
#ifndef QEMU /* forgets the level; the PLIC specification: the gateway asks again */
    EXPECT_MIP(MEIP, MEIP) /* completed with the wire high: pending again */
    EXPECT_AT(lw, CLAIM(0), UART_IRQ)
#endif
    EXPECT_AT(lbu, IIR, 0xc2 & 0x02) /* THRE; reading it takes the reason away */
    STORE_AT(sw, CLAIM(0), UART_IRQ)
    EXPECT_MIP(MEIP, 0)

    /* A byte sent empties the holding register again: the next interrupt. */
    STORE_AT(sb, UART, '.')
    EXPECT_MIP(MEIP, MEIP)
    EXPECT_AT(lw, CLAIM(0), UART_IRQ)
    STORE_AT(sb, IER, 0)
    STORE_AT(sw, CLAIM(0), UART_IRQ)
    EXPECT_MIP(MEIP, 0)

    /* Delegated to S-mode: its context claims. */
    ENABLE_WRITE(0, 0)
    ENABLE_WRITE(1, 1 << UART_IRQ)
    CSR_WRITE(mideleg, SEIP)
    CSR_WRITE(mie, SEIP)
    STORE_AT(sb, IER, THRE_ENABLE)
    EXPECT_MIP(SEIP, SEIP)
    AT
    la tp, 1f
    ENTER_U
    FAIL
    .balign 4
1:  TRAPPED(INTERRUPT | 9, 0)
    EXPECT_AT(lw, CLAIM(1), UART_IRQ)
    csrr a0, sip
    li t0, SEIP
    and a0, a0, t0
    EXPECT(a0, 0)
    STORE_AT(sb, IER, 0)
    STORE_AT(sw, CLAIM(1), UART_IRQ)

    /* Source 0 does not exist; completing what was not claimed changes nothing. */
    LEAVE
    STORE_AT(sw, PRIORITY(0), 1)
    EXPECT_AT(lw, PRIORITY(0), 0)
    STORE_AT(sw, CLAIM(1), 77)
    EXPECT_MIP(SEIP | MEIP, 0)
    PASS
