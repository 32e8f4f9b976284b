/* dev/uart.c: 16550A serial port.
 *
 * The registers are those of the PC16550D data sheet. Sending takes no time: a byte stored to THR
 * is in the sink at once, so THR and the transmit FIFO are always empty. The receiver is a FIFO of
 * 16 characters, or one character while FIFOs are off.
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
#include "dev/uart.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/bits.h"
#include "dev/fields.h"
#include "host/thread.h"

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

struct uart {
    struct device device;
    struct irq irq;
    struct char_sink sink;
    struct char_room room;
    struct mutex lock; /* over `state`, the wire and the sink */
    struct uart_state state;
};

static const struct field uart_fields[] = {
    FIELD(struct uart_state, ier),
    FIELD(struct uart_state, fcr),
    FIELD(struct uart_state, lcr),
    FIELD(struct uart_state, mcr),
    FIELD(struct uart_state, msr),
    FIELD(struct uart_state, scr),
    FIELD(struct uart_state, divisor),
    FIELD(struct uart_state, line),
    FIELD(struct uart_state, sent_pending),
    FIELD(struct uart_state, timeout),
    FIELD(struct uart_state, timer),
    FIELD(struct uart_state, polls),
    FIELD(struct uart_state, timeout_ns),
    FIELD(struct uart_state, head),
    FIELD(struct uart_state, count),
    FIELD_ARRAY(struct uart_state, fifo),
    FIELD_ARRAY(struct uart_state, fifo_errors),
    {.name = NULL},
};

static const struct reg_row uart_regs[] = {
    {RBR, 1, "rbr_thr", ""},
    {IER, 1, "ier", "edssi:3 elsi:2 etbei:1 erbfi:0"},
    {IIR, 1, "iir_fcr", "fifos:7:6 id:3:1 none:0"},
    {LCR, 1, "lcr", "dlab:7 break:6 stick:5 even:4 parity:3 stop:2 length:1:0"},
    {MCR, 1, "mcr", "loop:4 out2:3 out1:2 rts:1 dtr:0"},
    {LSR, 1, "lsr", "error:7 temt:6 thre:5 bi:4 fe:3 pe:2 oe:1 dr:0"},
    {MSR, 1, "msr", "dcd:7 ri:6 dsr:5 cts:4 ddcd:3 teri:2 ddsr:1 dcts:0"},
    {SCR, 1, "scr", ""},
    {0, 0, NULL, NULL},
};

static struct uart *uart_of(struct device *device)
{
    return CONTAINER_OF(device, struct uart, device);
}

/* ---- interrupts ---- */

static bool uart_fifos_on(const struct uart_state *state)
{
    return state->fcr & FCR_ON;
}

static unsigned uart_trigger(const struct uart_state *state)
{
    static const uint8_t level[] = {1, 4, 8, 14};
    return uart_fifos_on(state) ? level[state->fcr >> 6] : 1;
}

/* The enabled interrupt of the highest priority (data sheet, "Interrupt Control Functions"). */
static unsigned uart_interrupt(const struct uart_state *state)
{
    bool received = state->ier & IER_RECEIVED;
    if (state->ier & IER_LINE && state->line & LSR_INTERRUPTS) return IIR_LINE;
    if (received && state->count >= uart_trigger(state)) return IIR_RECEIVED;
    if (received && state->timeout) return IIR_TIMEOUT;
    if (state->ier & IER_SENT && state->sent_pending) return IIR_SENT;
    if (state->ier & IER_MODEM && state->msr & ~MSR_LINES) return IIR_MODEM;
    return IIR_NONE;
}

static void uart_drive(const struct uart *uart)
{
    irq_set(&uart->irq, uart_interrupt(&uart->state) != IIR_NONE);
}

/* ---- receiver ---- */

/* Four characters of start, data, parity and stop bits, each bit 16 periods of the divided clock.
 */
static uint64_t uart_timeout_ns(const struct uart_state *state)
{
    unsigned bits = 1 + 5 + (state->lcr & LCR_LENGTH) + !!(state->lcr & LCR_PARITY) +
                    (state->lcr & LCR_STOP ? 2 : 1);
    uint64_t divisor = state->divisor ? state->divisor : 1;
    return 4 * bits * 16 * divisor * UINT64_C(1000000000) / UART_CLOCK_HZ;
}

/* A character came or went: the timeout starts anew while the FIFO holds any. */
static void uart_restart_timer(struct uart *uart)
{
    struct uart_state *state = &uart->state;
    state->timeout = 0;
    state->timer = state->count && uart_fifos_on(state) ? TIMER_STARTS : TIMER_OFF;
    if (state->timer == TIMER_STARTS) device_rearm(&uart->device);
}

/* The errors that belong to a character show in LSR when it is the next to be read. */
static void uart_show_errors(struct uart_state *state)
{
    if (state->count == 0) return;
    state->line |= state->fifo_errors[state->head];
    state->fifo_errors[state->head] = 0;
}

static void uart_push(struct uart_state *state, uint8_t byte, uint8_t errors)
{
    unsigned capacity = uart_fifos_on(state) ? FIFO_SIZE : 1;
    if (state->count == capacity) {
        /* A full FIFO keeps what it holds; RBR without a FIFO is overwritten. */
        state->line |= LSR_OVERRUN;
        if (capacity > 1) return;
        state->count = 0;
    }
    unsigned at = (state->head + state->count) % FIFO_SIZE;
    state->fifo[at] = byte;
    state->fifo_errors[at] = errors;
    state->count++;
    if (state->count == 1) uart_show_errors(state);
}

static uint8_t uart_pop(struct uart *uart)
{
    struct uart_state *state = &uart->state;
    if (state->count == 0) return 0;
    uint8_t byte = state->fifo[state->head];
    state->head = (state->head + 1) % FIFO_SIZE;
    state->count--;
    uart_show_errors(state);
    uart_restart_timer(uart);
    uart_drive(uart);
    return byte;
}

static void uart_empty_receiver(struct uart *uart)
{
    uart->state.head = uart->state.count = 0;
    uart_restart_timer(uart);
}

/* Nothing comes in from outside while the port talks to itself. */
static unsigned uart_room_locked(const struct uart_state *state)
{
    if (state->mcr & MCR_LOOP) return 0;
    return (uart_fifos_on(state) ? FIFO_SIZE : 1) - state->count;
}

static unsigned uart_wanted_locked(const struct uart_state *state)
{
    bool listens = state->ier & IER_RECEIVED || state->polls >= POLLS_LISTENING;
    return listens ? uart_room_locked(state) : 0;
}

static void uart_count_polls(struct uart_state *state, bool polls)
{
    if (!polls) state->polls = 0;
    if (polls && state->polls < POLLS_LISTENING) state->polls++;
}

unsigned uart_wanted(struct device *device)
{
    struct uart *uart = uart_of(device);
    mutex_lock(&uart->lock);
    unsigned wanted = uart_wanted_locked(&uart->state);
    mutex_unlock(&uart->lock);
    return wanted;
}

unsigned uart_room(struct device *device)
{
    struct uart *uart = uart_of(device);
    mutex_lock(&uart->lock);
    unsigned room = uart_room_locked(&uart->state);
    mutex_unlock(&uart->lock);
    return room;
}

static void uart_arrive(struct uart *uart, const uint8_t *bytes, unsigned count, uint8_t errors)
{
    mutex_lock(&uart->lock);
    if (!(uart->state.mcr & MCR_LOOP) && count) {
        for (unsigned i = 0; i < count; i++)
            uart_push(&uart->state, bytes[i], errors);
        uart_restart_timer(uart);
        uart_drive(uart);
    }
    mutex_unlock(&uart->lock);
}

void uart_receive(struct device *device, const uint8_t *bytes, unsigned count)
{
    uart_arrive(uart_of(device), bytes, count, 0);
}

/* A break is a zero character without a stop bit: the framing error is part of it. */
static const uint8_t break_byte = 0, break_errors = LSR_BREAK | LSR_FRAMING;

void uart_break(struct device *device)
{
    uart_arrive(uart_of(device), &break_byte, 1, break_errors);
}

/* ---- registers ---- */

static uint8_t uart_line_status(const struct uart_state *state)
{
    uint8_t status = LSR_THR_EMPTY | LSR_SENDER_EMPTY | state->line;
    if (state->count) status |= LSR_READY;
    if (!uart_fifos_on(state)) return status;
    uint8_t errors = state->line & LSR_CHARACTER;
    for (unsigned i = 0; i < state->count; i++)
        errors |= state->fifo_errors[(state->head + i) % FIFO_SIZE];
    return errors ? status | LSR_FIFO_ERROR : status;
}

/* In loopback the four outputs are the four inputs. */
static uint8_t uart_modem_lines(const struct uart_state *state)
{
    if (!(state->mcr & MCR_LOOP)) return MODEM_PRESENT;
    return (uint8_t)((state->mcr & MCR_RTS ? MSR_CTS : 0) | (state->mcr & MCR_DTR ? MSR_DSR : 0) |
                     (state->mcr & MCR_OUT1 ? MSR_RI : 0) | (state->mcr & MCR_OUT2 ? MSR_DCD : 0));
}

/* Delta bits collect until MSR is read; RI counts only where it ends (TERI). */
static void uart_update_modem(struct uart_state *state)
{
    uint8_t lines = uart_modem_lines(state);
    uint8_t changed = (lines ^ state->msr) & MSR_LINES;
    if (lines & MSR_RI) changed &= (uint8_t)~MSR_RI;
    state->msr = (uint8_t)(lines | (state->msr & ~MSR_LINES) | changed >> 4);
}

static uint8_t uart_get(struct uart *uart, uint64_t offset)
{
    struct uart_state *state = &uart->state;
    bool dlab = state->lcr & LCR_DLAB;
    uint8_t value;
    switch (offset) {
    case RBR:
        return dlab ? (uint8_t)state->divisor : uart_pop(uart);
    case IER:
        return dlab ? (uint8_t)(state->divisor >> 8) : state->ier;
    case IIR:
        value = (uint8_t)uart_interrupt(state);
        if (value == IIR_SENT) state->sent_pending = 0;
        uart_drive(uart);
        return uart_fifos_on(state) ? value | IIR_FIFOS : value;
    case LCR:
        return state->lcr;
    case MCR:
        return state->mcr;
    case LSR:
        value = uart_line_status(state);
        state->line = 0;
        uart_drive(uart);
        return value;
    case MSR:
        value = state->msr;
        state->msr &= MSR_LINES;
        uart_drive(uart);
        return value;
    default:
        return state->scr;
    }
}

static void uart_send(struct uart *uart, uint8_t byte)
{
    if (uart->state.mcr & MCR_LOOP) {
        uart_push(&uart->state, byte, 0);
        uart_restart_timer(uart);
    } else {
        uart->sink.write(uart->sink.owner, &byte, 1);
    }
    uart->state.sent_pending = 1; /* and sent it is */
}

static void uart_put_ier(struct uart_state *state, uint8_t value)
{
    /* The interrupt comes also when it is enabled while THR is empty: Linux tests for that. */
    bool rises = value & ~state->ier & IER_SENT;
    state->ier = value & 0x0f;
    if (rises) state->sent_pending = 1;
}

static void uart_put_fcr(struct uart *uart, uint8_t value)
{
    struct uart_state *state = &uart->state;
    bool off = ~value & state->fcr & FCR_ON;
    /* Without FCR_ON the other bits are not programmed. */
    state->fcr = value & FCR_ON ? value & (FCR_ON | FCR_TRIGGER) : 0;
    /* The data sheet empties the receiver whenever FCR_ON changes. Linux enables the interrupt and
     * then the FIFO, and would lose the character that came between: it becomes the FIFO's first.
     */
    if (off || (value & FCR_ON && value & FCR_RESET_RECEIVER)) {
        uart_empty_receiver(uart);
        state->line &= (uint8_t)~LSR_CHARACTER;
    }
}

static void uart_put_lcr(struct uart *uart, uint8_t value)
{
    struct uart_state *state = &uart->state;
    bool breaks = value & ~state->lcr & LCR_BREAK;
    state->lcr = value;
    if (breaks && state->mcr & MCR_LOOP) {
        uart_push(state, break_byte, break_errors);
        uart_restart_timer(uart);
    }
}

/* Data bits above the word length are sent all the same: a guest that never set LCR means bytes. */
static void uart_put(struct uart *uart, uint64_t offset, uint8_t value)
{
    struct uart_state *state = &uart->state;
    bool dlab = state->lcr & LCR_DLAB;
    switch (offset) {
    case THR:
        if (dlab)
            state->divisor = (uint16_t)((state->divisor & 0xff00) | value);
        else
            uart_send(uart, value);
        break;
    case IER:
        if (dlab)
            state->divisor = (uint16_t)((state->divisor & 0x00ff) | value << 8);
        else
            uart_put_ier(state, value);
        break;
    case FCR:
        uart_put_fcr(uart, value);
        break;
    case LCR:
        uart_put_lcr(uart, value);
        break;
    case MCR:
        state->mcr = value & 0x1f;
        uart_update_modem(state);
        break;
    case SCR:
        state->scr = value;
        break;
    default: /* LSR and MSR are read-only but for factory tests */
        break;
    }
    uart_drive(uart);
}

/* Calls the host when the access made the guest want bytes. */
static void uart_tell_wanted(const struct uart *uart, unsigned before, unsigned after)
{
    if (before == 0 && after > 0 && uart->room.room) uart->room.room(uart->room.owner);
}

static bool uart_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size; /* a wider access reaches the register at its offset, as on QEMU */
    struct uart *uart = CONTAINER_OF(region, struct uart, device.region);
    if (offset > SCR) return false;
    mutex_lock(&uart->lock);
    unsigned before = uart_wanted_locked(&uart->state);
    *value = uart_get(uart, offset);
    uart_count_polls(&uart->state, offset == LSR || offset == RBR);
    unsigned after = uart_wanted_locked(&uart->state);
    mutex_unlock(&uart->lock);
    uart_tell_wanted(uart, before, after);
    return true;
}

static bool uart_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    struct uart *uart = CONTAINER_OF(region, struct uart, device.region);
    if (offset > SCR) return false;
    mutex_lock(&uart->lock);
    unsigned before = uart_wanted_locked(&uart->state);
    uart_put(uart, offset, (uint8_t)value);
    uart_count_polls(&uart->state, false);
    unsigned after = uart_wanted_locked(&uart->state);
    mutex_unlock(&uart->lock);
    uart_tell_wanted(uart, before, after);
    return true;
}

/* ---- device ---- */

static void uart_reset(struct device *device)
{
    struct uart *uart = uart_of(device);
    mutex_lock(&uart->lock);
    uart->state = (struct uart_state){.msr = MODEM_PRESENT, .divisor = RESET_DIVISOR};
    uart_drive(uart);
    mutex_unlock(&uart->lock);
}

static uint64_t uart_tick(struct device *device, uint64_t now_ns)
{
    struct uart *uart = uart_of(device);
    struct uart_state *state = &uart->state;
    mutex_lock(&uart->lock);
    if (state->timer == TIMER_STARTS) {
        state->timer = TIMER_RUNS;
        state->timeout_ns = now_ns + uart_timeout_ns(state);
    }
    if (state->timer == TIMER_RUNS && now_ns >= state->timeout_ns) {
        state->timer = TIMER_OFF;
        state->timeout = 1;
        uart_drive(uart);
    }
    uint64_t deadline_ns = state->timer == TIMER_RUNS ? state->timeout_ns : UINT64_MAX;
    mutex_unlock(&uart->lock);
    return deadline_ns;
}

static void uart_describe(const struct device *device, void *fdt, int node)
{
    fdt_setprop_string(fdt, node, "compatible", device->ops->compatible);
    fdt_setprop_u32(fdt, node, "clock-frequency", UART_CLOCK_HZ);
}

static bool uart_save(const struct device *device, struct state_writer *writer)
{
    struct uart *uart = CONTAINER_OF(device, struct uart, device);
    mutex_lock(&uart->lock);
    bool saved = fields_save(uart_fields, &uart->state, writer);
    mutex_unlock(&uart->lock);
    return saved;
}

static bool uart_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct uart *uart = uart_of(device);
    struct uart_state state;
    if (!fields_load(uart_fields, &state, reader, err)) return false;
    if (state.head >= FIFO_SIZE || state.timer > TIMER_RUNS ||
        state.count > (uart_fifos_on(&state) ? FIFO_SIZE : 1))
        return error_set(err, "%s: the saved state has an impossible receive FIFO", device->name);
    mutex_lock(&uart->lock);
    uart->state = state;
    uart_drive(uart);
    unsigned room = uart_wanted_locked(&uart->state);
    mutex_unlock(&uart->lock);
    device_rearm(device);
    uart_tell_wanted(uart, 0, room);
    return true;
}

static void uart_destroy(struct device *device)
{
    struct uart *uart = uart_of(device);
    mutex_fini(&uart->lock);
    free(uart);
}

static const struct region_ops uart_region_ops = {
    .name = "uart",
    .widths = 1 | 2 | 4 | 8,
    .load = uart_load,
    .store = uart_store,
};

static const struct device_ops uart_ops = {
    .compatible = "ns16550a",
    .regs = uart_regs,
    .reset = uart_reset,
    .tick = uart_tick,
    .describe = uart_describe,
    .save = uart_save,
    .load = uart_restore,
    .destroy = uart_destroy,
};

struct device *uart_create(const char *name, struct irq irq, struct char_sink sink,
                           struct char_room room, struct error *err)
{
    struct uart *uart = calloc(1, sizeof(*uart));
    if (!uart) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    uart->device = (struct device){
        .ops = &uart_ops, .name = name, .region = {.ops = &uart_region_ops, .size = UART_SIZE}};
    uart->irq = irq;
    uart->sink = sink;
    mutex_init(&uart->lock);
    uart_reset(&uart->device);
    uart->room = room; /* nobody is told of the first reset */
    return &uart->device;
}
