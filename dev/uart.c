/* dev/uart.c: 16550A serial port.
 *
 * The registers are those of the PC16550D data sheet. Sending takes no time: a byte stored to THR
 * is in the sink at once, so THR and the transmit FIFO are always empty. The receiver is a FIFO of
 * 16 characters, or one character while FIFOs are off.
 */
#include "dev/uart.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/fields.h"
#include "dev/uart_16550.h"
#include "host/thread.h"

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

/* After each change of the state: the wire follows it, and a character timeout gets its tick. */
static void uart_settle(struct uart *uart)
{
    irq_set(&uart->irq, uart_interrupt(&uart->state) != IIR_NONE);
    if (uart->state.timer == TIMER_STARTS) device_rearm(&uart->device);
}

/* ---- the line ---- */

unsigned uart_wanted(struct device *device)
{
    struct uart *uart = uart_of(device);
    mutex_lock(&uart->lock);
    unsigned wanted = uart_wants(&uart->state);
    mutex_unlock(&uart->lock);
    return wanted;
}

unsigned uart_room(struct device *device)
{
    struct uart *uart = uart_of(device);
    mutex_lock(&uart->lock);
    unsigned room = uart_free(&uart->state);
    mutex_unlock(&uart->lock);
    return room;
}

static void uart_arrive(struct uart *uart, const uint8_t *bytes, unsigned count, uint8_t errors)
{
    mutex_lock(&uart->lock);
    if (!(uart->state.mcr & MCR_LOOP) && count) {
        for (unsigned i = 0; i < count; i++)
            uart_push(&uart->state, bytes[i], errors);
        uart_settle(uart);
    }
    mutex_unlock(&uart->lock);
}

void uart_receive(struct device *device, const uint8_t *bytes, unsigned count)
{
    uart_arrive(uart_of(device), bytes, count, 0);
}

void uart_break(struct device *device)
{
    static const uint8_t byte = BREAK_BYTE;
    uart_arrive(uart_of(device), &byte, 1, BREAK_ERRORS);
}

/* ---- registers ---- */

static uint8_t uart_get(struct uart_state *state, uint64_t offset)
{
    bool dlab = state->lcr & LCR_DLAB;
    uint8_t value;
    switch (offset) {
    case RBR:
        return dlab ? (uint8_t)state->divisor : uart_pop(state);
    case IER:
        return dlab ? (uint8_t)(state->divisor >> 8) : state->ier;
    case IIR:
        value = (uint8_t)uart_interrupt(state);
        if (value == IIR_SENT) state->sent_pending = 0;
        return uart_fifos_on(state) ? value | IIR_FIFOS : value;
    case LCR:
        return state->lcr;
    case MCR:
        return state->mcr;
    case LSR:
        value = uart_line_status(state);
        state->line = 0;
        return value;
    case MSR:
        value = state->msr;
        state->msr &= MSR_LINES;
        return value;
    default:
        return state->scr;
    }
}

static void uart_send(struct uart *uart, uint8_t byte)
{
    if (uart->state.mcr & MCR_LOOP)
        uart_push(&uart->state, byte, 0);
    else
        uart->sink.write(uart->sink.owner, &byte, 1);
    uart->state.sent_pending = 1; /* and sent it is */
}

static void uart_put_ier(struct uart_state *state, uint8_t value)
{
    /* The interrupt comes also when it is enabled while THR is empty: Linux tests for that. */
    bool rises = value & ~state->ier & IER_SENT;
    state->ier = value & 0x0f;
    if (rises) state->sent_pending = 1;
}

static void uart_put_fcr(struct uart_state *state, uint8_t value)
{
    bool off = ~value & state->fcr & FCR_ON;
    /* Without FCR_ON the other bits are not programmed. */
    state->fcr = value & FCR_ON ? value & (FCR_ON | FCR_TRIGGER) : 0;
    /* The data sheet empties the receiver whenever FCR_ON changes. Linux enables the interrupt and
     * then the FIFO, and would lose the character that came between: it becomes the FIFO's first.
     */
    if (off || (value & FCR_ON && value & FCR_RESET_RECEIVER)) {
        uart_empty_receiver(state);
        state->line &= (uint8_t)~LSR_CHARACTER;
    }
    uart_restart_timer(state);
}

static void uart_put_lcr(struct uart_state *state, uint8_t value)
{
    bool breaks = value & ~state->lcr & LCR_BREAK;
    state->lcr = value;
    if (breaks && state->mcr & MCR_LOOP) uart_push(state, BREAK_BYTE, BREAK_ERRORS);
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
        uart_put_fcr(state, value);
        break;
    case LCR:
        uart_put_lcr(state, value);
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
    uart_settle(uart);
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
    unsigned before = uart_wants(&uart->state);
    *value = uart_get(&uart->state, offset);
    uart_settle(uart);
    uart_count_polls(&uart->state, offset == LSR || offset == RBR);
    unsigned after = uart_wants(&uart->state);
    mutex_unlock(&uart->lock);
    uart_tell_wanted(uart, before, after);
    return true;
}

static bool uart_peek(const struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size;
    struct uart *uart = CONTAINER_OF(device, struct uart, device);
    if (offset > SCR) return false;
    mutex_lock(&uart->lock);
    struct uart_state copy = uart->state; /* the effects of the load are the copy's */
    mutex_unlock(&uart->lock);
    *value = uart_get(&copy, offset);
    return true;
}

static bool uart_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    struct uart *uart = CONTAINER_OF(region, struct uart, device.region);
    if (offset > SCR) return false;
    mutex_lock(&uart->lock);
    unsigned before = uart_wants(&uart->state);
    uart_put(uart, offset, (uint8_t)value);
    uart_count_polls(&uart->state, false);
    unsigned after = uart_wants(&uart->state);
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
    uart_settle(uart);
    mutex_unlock(&uart->lock);
}

static uint64_t uart_tick(struct device *device, uint64_t now_ns)
{
    struct uart *uart = uart_of(device);
    mutex_lock(&uart->lock);
    uint64_t deadline_ns = uart_advance(&uart->state, now_ns);
    uart_settle(uart);
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
    uart_settle(uart);
    unsigned room = uart_wants(&uart->state);
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
    .peek = uart_peek,
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
