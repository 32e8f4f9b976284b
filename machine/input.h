/* machine/input.h: the one door through which the outside reaches the machine.
 *
 * What was typed waits here until the UART has room, so that nothing is lost however fast it comes.
 * A log of what passes, and when, is all a replay needs.
 */
#ifndef RIVET_MACHINE_INPUT_H
#define RIVET_MACHINE_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "dev/device.h"
#include "host/thread.h"

#define INPUT_CAPACITY (256 * 1024)

struct input {
    struct mutex lock;
    struct device *uart; /* borrowed */
    size_t head, count;
    uint8_t bytes[INPUT_CAPACITY]; /* `count` of them from `head`, wrapping */
};

void input_init(struct input *);
void input_fini(struct input *);

/* How many bytes input_put takes now. */
size_t input_room(struct input *);

/* Queues bytes for the UART and returns how many were taken. Any thread. */
size_t input_put(struct input *, const uint8_t *bytes, size_t count);

/* A break on the serial line, ahead of what waits. */
void input_break(struct input *);

/* Hands the UART as much as it has room for. Any thread that holds no device's lock. */
void input_pump(struct input *);

#endif
