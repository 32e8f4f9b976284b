/* dev/uart.h: 16550A serial port. */
#ifndef RIVET_DEV_UART_H
#define RIVET_DEV_UART_H

#include <stddef.h>

#include "dev/device.h"
#include "mem/irq.h"

#define UART_CLOCK_HZ 3686400u
#define UART_SIZE     0x100

/* Takes bytes the guest sent. Called with the UART's lock held, so that bytes of two harts keep
 * their order: it must not come back to the UART, and should only buffer. */
struct char_sink {
    void (*write)(void *owner, const uint8_t *bytes, size_t count);
    void *owner;
};

/* Told, without any lock held, that uart_wanted() has become more than 0; from a hart's thread. */
struct char_room {
    void (*room)(void *owner); /* may be NULL */
    void *owner;
};

struct device *uart_create(const char *name, struct irq, struct char_sink, struct char_room,
                           struct error *err);

/* How many bytes the receiver takes now without losing one. */
unsigned uart_room(struct device *);
/* The same, but 0 while the guest doesn't listen: its received-data interrupt is off and it is not
 * polling LSR. A driver empties the receiver when it starts; what came before would be lost. */
unsigned uart_wanted(struct device *);
/* Bytes arrive on the line. More than uart_room() overrun, as on the real part. */
void uart_receive(struct device *, const uint8_t *bytes, unsigned count);
/* The line is held low for longer than a character. */
void uart_break(struct device *);

#endif
