/* machine/output.h: what the guest printed, until the console takes it.
 *
 * Harts append from their threads; the thread in machine_run() gives it to the console. Past
 * OUTPUT_HIGH the harts wait between two runs of their engines until it has fallen again, so that
 * a guest that prints faster than the console takes needs no unbounded memory here.
 */
#ifndef RIVET_MACHINE_OUTPUT_H
#define RIVET_MACHINE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/thread.h"

#define OUTPUT_HIGH     (64 * 1024)
#define OUTPUT_DELAY_NS UINT64_C(3000000) /* longest time a byte waits for company */

struct output {
    struct mutex lock;
    uint8_t *bytes; /* owned; `count` of them are waiting from `start` */
    size_t start, count, capacity;
    bool urgent;       /* a line has ended, or there is much of it: not to wait any more */
    uint64_t first_ns; /* when the oldest byte came */
};

void output_init(struct output *);
void output_fini(struct output *);

/* Appends. True: the console's thread should be woken, as it can't know of these bytes yet. */
bool output_put(struct output *, const uint8_t *bytes, size_t count, uint64_t now_ns);

/* True while harts should wait. */
bool output_full(struct output *);

/* The guest idles: what there is need not wait for more. True: the console's thread should be
 * woken. */
bool output_hurry(struct output *);

/* The time at which something is to be given to the console, UINT64_MAX for never. */
uint64_t output_due_ns(struct output *);

/* Gives the oldest bytes to `write`, which returns how many it took. True: all are gone. */
bool output_drain(struct output *, size_t (*write)(void *owner, const uint8_t *bytes, size_t count),
                  void *owner);

#endif
