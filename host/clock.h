/* host/clock.h: the host's clocks, in nanoseconds. */
#ifndef RIVET_HOST_CLOCK_H
#define RIVET_HOST_CLOCK_H

#include <stdint.h>

#define HOST_NS_PER_SECOND UINT64_C(1000000000)
#define HOST_FOREVER       UINT64_MAX /* as a timeout: never */

/* Time since some fixed moment; never goes back, unmoved by changes of the date. Any thread. */
uint64_t host_now_ns(void);

/* Time since 1970-01-01 00:00 UTC. Any thread. */
uint64_t host_wall_ns(void);

#endif
