/* dev/clint.h: SiFive CLINT: software interrupts and timers of up to 64 harts. */
#ifndef RIVET_DEV_CLINT_H
#define RIVET_DEV_CLINT_H

#include "dev/device.h"
#include "mem/irq.h"
#include "mem/timebase.h"

#define CLINT_MAX_HARTS 64
#define CLINT_SIZE      0x10000

/* `software` and `timer` hold one wire a hart, to its MSIP and MTIP; both are copied.
 * `timebase` gives the ticks that mtime shows until the guest writes it. */
struct device *clint_create(const char *name, unsigned harts, struct timebase timebase,
                            const struct irq *software, const struct irq *timer, struct error *err);

/* mtime as the guest sees it: what the harts' `time` CSR and stimecmp are to follow. Valid as long
 * as the device. */
struct timebase clint_timebase(struct device *);

#endif
