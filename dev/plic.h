/* dev/plic.h: SiFive PLIC: routes 95 level-triggered sources to the harts' M and S contexts. */
#ifndef RIVET_DEV_PLIC_H
#define RIVET_DEV_PLIC_H

#include "dev/device.h"
#include "mem/irq.h"

#define PLIC_SOURCES   95 /* numbered 1..95; 0 means none */
#define PLIC_MAX_HARTS 64
#define PLIC_SIZE      0x600000

/* `external` holds two wires a hart, to MEIP then SEIP: context 2h is hart h's M, 2h + 1 its S.
 * They are copied, and driven with the PLIC's lock held: they must not come back to the PLIC. */
struct device *plic_create(const char *name, unsigned harts, const struct irq *external,
                           struct error *err);

/* The wire into `source` (1..PLIC_SOURCES; any other gives an unconnected wire). Devices drive it
 * with their own lock held: the order of locks is device, PLIC, hart. */
struct irq plic_input(struct device *, unsigned source);

#endif
