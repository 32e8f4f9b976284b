/* dev/rtc.h: Goldfish real-time clock: nanoseconds since 1970, one alarm. */
#ifndef RIVET_DEV_RTC_H
#define RIVET_DEV_RTC_H

#include "dev/device.h"
#include "mem/irq.h"

/* Nanoseconds since 1970-01-01 UTC; callable from any thread. */
struct wall_clock {
    uint64_t (*now_ns)(void *owner);
    void *owner;
};

struct device *rtc_create(const char *name, struct wall_clock, struct irq, struct error *err);

#endif
