/* mem/irq.h: one interrupt wire. Whoever holds it may drive it, from any thread. */
#ifndef RIVET_MEM_IRQ_H
#define RIVET_MEM_IRQ_H

#include <stdbool.h>

struct irq {
    void (*set)(void *owner, unsigned line, bool level);
    void *owner;
    unsigned line;
};

/* Drives the wire; an unconnected one (`set` is NULL) ignores it. */
static inline void irq_set(const struct irq *wire, bool level)
{
    if (wire->set) wire->set(wire->owner, wire->line, level);
}

#endif
