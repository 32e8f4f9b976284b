/* dev/uart.h: 16550A serial port. */
#ifndef RIVET_DEV_UART_H
#define RIVET_DEV_UART_H

#include "dev/chars.h"
#include "dev/device.h"
#include "mem/irq.h"

#define UART_CLOCK_HZ 3686400u
#define UART_SIZE     0x100

/* `room` is called without any lock held when uart_wanted() becomes more than 0. */
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
