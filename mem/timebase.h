/* mem/timebase.h: the platform's real-time counter, shared by CLINT and harts (Zicntr, Sstc). */
#ifndef RIVET_MEM_TIMEBASE_H
#define RIVET_MEM_TIMEBASE_H

#include <stdint.h>

#define TIMEBASE_HZ          10000000u /* QEMU virt: 10 MHz */
#define TIMEBASE_NS_PER_TICK (1000000000u / TIMEBASE_HZ)

/* `now` returns mtime in ticks; callable from any thread. */
struct timebase {
    uint64_t (*now)(void *owner);
    void *owner;
};

static inline uint64_t timebase_now(const struct timebase *timebase)
{
    return timebase->now(timebase->owner);
}

#endif
