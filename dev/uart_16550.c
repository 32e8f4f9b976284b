/* dev/uart_16550.c: what goes on inside a 16550A: interrupts, receiver, status. */
#include "dev/uart_16550.h"

#include "dev/uart.h"

/* ---- interrupts ---- */

bool uart_fifos_on(const struct uart_state *state)
{
    return state->fcr & FCR_ON;
}

static unsigned uart_trigger(const struct uart_state *state)
{
    static const uint8_t level[] = {1, 4, 8, 14};
    return uart_fifos_on(state) ? level[state->fcr >> 6] : 1;
}

/* The enabled interrupt of the highest priority (data sheet, "Interrupt Control Functions"). */
unsigned uart_interrupt(const struct uart_state *state)
{
    bool received = state->ier & IER_RECEIVED;
    if (state->ier & IER_LINE && state->line & LSR_INTERRUPTS) return IIR_LINE;
    if (received && state->count >= uart_trigger(state)) return IIR_RECEIVED;
    if (received && state->timeout) return IIR_TIMEOUT;
    if (state->ier & IER_SENT && state->sent_pending) return IIR_SENT;
    if (state->ier & IER_MODEM && state->msr & ~MSR_LINES) return IIR_MODEM;
    return IIR_NONE;
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

/* It runs while the FIFO holds any; without a FIFO each character interrupts. */
void uart_restart_timer(struct uart_state *state)
{
    state->timeout = 0;
    state->timer = state->count && uart_fifos_on(state) ? TIMER_STARTS : TIMER_OFF;
}

/* The errors that belong to a character show in LSR when it is the next to be read. */
static void uart_show_errors(struct uart_state *state)
{
    if (state->count == 0) return;
    state->line |= state->fifo_errors[state->head];
    state->fifo_errors[state->head] = 0;
}

void uart_push(struct uart_state *state, uint8_t byte, uint8_t errors)
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
    uart_restart_timer(state);
}

uint8_t uart_pop(struct uart_state *state)
{
    if (state->count == 0) return 0;
    uint8_t byte = state->fifo[state->head];
    state->head = (state->head + 1) % FIFO_SIZE;
    state->count--;
    uart_show_errors(state);
    uart_restart_timer(state);
    return byte;
}

void uart_empty_receiver(struct uart_state *state)
{
    state->head = state->count = 0;
    uart_restart_timer(state);
}

/* Nothing comes in from outside while the port talks to itself. */
unsigned uart_free(const struct uart_state *state)
{
    if (state->mcr & MCR_LOOP) return 0;
    return (uart_fifos_on(state) ? FIFO_SIZE : 1) - state->count;
}

unsigned uart_wants(const struct uart_state *state)
{
    bool listens = state->ier & IER_RECEIVED || state->polls >= POLLS_LISTENING;
    return listens ? uart_free(state) : 0;
}

void uart_count_polls(struct uart_state *state, bool polls)
{
    if (!polls) state->polls = 0;
    if (polls && state->polls < POLLS_LISTENING) state->polls++;
}

uint64_t uart_advance(struct uart_state *state, uint64_t now_ns)
{
    if (state->timer == TIMER_STARTS) {
        state->timer = TIMER_RUNS;
        state->timeout_ns = now_ns + uart_timeout_ns(state);
    }
    if (state->timer == TIMER_RUNS && now_ns >= state->timeout_ns) {
        state->timer = TIMER_OFF;
        state->timeout = 1;
    }
    return state->timer == TIMER_RUNS ? state->timeout_ns : UINT64_MAX;
}

/* ---- status ---- */

uint8_t uart_line_status(const struct uart_state *state)
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
void uart_update_modem(struct uart_state *state)
{
    uint8_t lines = uart_modem_lines(state);
    uint8_t changed = (lines ^ state->msr) & MSR_LINES;
    if (lines & MSR_RI) changed &= (uint8_t)~MSR_RI;
    state->msr = (uint8_t)(lines | (state->msr & ~MSR_LINES) | changed >> 4);
}
