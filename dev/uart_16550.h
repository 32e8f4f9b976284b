/* dev/uart_16550.h: the registers and inner state of a 16550A, for dev/uart.c.
 *
 *          7      6      5      4      3      2      1      0
 *   IER    0      0      0      0    EDSSI  ELSI  ETBEI  ERBFI
 *   IIR  FIFOs  FIFOs    0      0    | interrupt id   |  none
 *   FCR  | trigger |     -      -     DMA  XRESET RRESET  on
 *   LCR   DLAB  BREAK  STICK   EVEN  PARITY STOP  | length |
 *   MCR    0      0      0    LOOP   OUT2   OUT1   RTS    DTR
 *   LSR  ERROR  TEMT   THRE    BI     FE     PE    OE     DR
 *   MSR   DCD    RI    DSR    CTS    DDCD   TERI  DDSR   DCTS
 */
#ifndef RIVET_DEV_UART_16550_H
#define RIVET_DEV_UART_16550_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RBR = 0,
    THR = 0,
    DLL = 0,
    IER = 1,
    DLM = 1,
    IIR = 2,
    FCR = 2,
    LCR = 3,
    MCR = 4,
    LSR = 5,
    MSR = 6,
    SCR = 7
};

enum { IER_RECEIVED = 0x01, IER_SENT = 0x02, IER_LINE = 0x04, IER_MODEM = 0x08 };

enum {
    IIR_MODEM = 0x00,
    IIR_NONE = 0x01,
    IIR_SENT = 0x02,
    IIR_RECEIVED = 0x04,
    IIR_LINE = 0x06,
    IIR_TIMEOUT = 0x0c,
    IIR_FIFOS = 0xc0,
};

enum { FCR_ON = 0x01, FCR_RESET_RECEIVER = 0x02, FCR_TRIGGER = 0xc0 };

enum { LCR_LENGTH = 0x03, LCR_STOP = 0x04, LCR_PARITY = 0x08, LCR_BREAK = 0x40, LCR_DLAB = 0x80 };

enum { MCR_DTR = 0x01, MCR_RTS = 0x02, MCR_OUT1 = 0x04, MCR_OUT2 = 0x08, MCR_LOOP = 0x10 };

enum {
    LSR_READY = 0x01,
    LSR_OVERRUN = 0x02,
    LSR_PARITY = 0x04,
    LSR_FRAMING = 0x08,
    LSR_BREAK = 0x10,
    LSR_THR_EMPTY = 0x20,
    LSR_SENDER_EMPTY = 0x40,
    LSR_FIFO_ERROR = 0x80,
    LSR_CHARACTER = LSR_PARITY | LSR_FRAMING | LSR_BREAK, /* these come with a character */
    LSR_INTERRUPTS = LSR_CHARACTER | LSR_OVERRUN,
};

enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80, MSR_LINES = 0xf0 };

#define FIFO_SIZE 16

/* A guest that looks at LSR so often without sending waits for a character: to send, it would have
 * seen THR empty the first time. */
#define POLLS_LISTENING 4

/* What is at the other end: it is there, listens, and has a carrier. */
#define MODEM_PRESENT (MSR_DCD | MSR_DSR | MSR_CTS)

/* The guest's firmware relies on finding a divisor set: 38400 baud. */
#define RESET_DIVISOR 6

struct uart_state {
    uint8_t ier, fcr, lcr, mcr, msr, scr;
    uint16_t divisor;
    uint8_t line;         /* LSR errors the guest has yet to read */
    uint8_t sent_pending; /* the THR-empty interrupt, until IIR is read or THR stored */
    uint8_t timeout;      /* the character timeout has passed */
    uint8_t timer;        /* enum timer */
    uint8_t polls;        /* accesses to LSR and RBR since one to another register */
    uint64_t timeout_ns;  /* when TIMER_RUNS */
    uint8_t head, count;
    uint8_t fifo[FIFO_SIZE];        /* from head, wrapping */
    uint8_t fifo_errors[FIFO_SIZE]; /* LSR_CHARACTER bits that come with each */
};

/* The character timeout starts with the next tick, as only that tells the time. */
enum timer { TIMER_OFF, TIMER_STARTS, TIMER_RUNS };

/* A break is a zero character without a stop bit: the framing error is part of it. */
#define BREAK_BYTE   0
#define BREAK_ERRORS (LSR_BREAK | LSR_FRAMING)

bool uart_fifos_on(const struct uart_state *);
/* The enabled interrupt of the highest priority, as IIR shows it. */
unsigned uart_interrupt(const struct uart_state *);

/* ---- receiver ---- */

/* A character arrives with LSR_CHARACTER bits; with no room for it, it overruns. */
void uart_push(struct uart_state *, uint8_t byte, uint8_t errors);
uint8_t uart_pop(struct uart_state *);
/* The character timeout begins anew, as a character came or went. */
void uart_restart_timer(struct uart_state *);
void uart_empty_receiver(struct uart_state *);
unsigned uart_free(const struct uart_state *);
/* uart_free, but 0 while the guest doesn't listen. */
unsigned uart_wants(const struct uart_state *);
/* Notes an access to LSR or RBR, or to another register. */
void uart_count_polls(struct uart_state *, bool polls);
/* Brings the character timeout to `now_ns`; returns its deadline, UINT64_MAX for none. */
uint64_t uart_advance(struct uart_state *, uint64_t now_ns);

/* ---- status ---- */

uint8_t uart_line_status(const struct uart_state *);
/* The modem lines follow MCR. */
void uart_update_modem(struct uart_state *);

#endif
