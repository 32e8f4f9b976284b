/* machine/clock.h: the machine's time, which starts at 0 and stands while the machine stands.
 *
 * `host`: it goes with the host's monotonic clock. `insn`: it is a function of the instructions
 * retired. Harts run in turn for a slice of time each; in its slice a hart sees
 *
 *      slice_ns + (instructions since the slice began) * 10^9 / ips
 *
 * and never less than any hart has seen before.
 */
#ifndef RIVET_MACHINE_CLOCK_H
#define RIVET_MACHINE_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

#define CLOCK_IPS_DEFAULT UINT64_C(1000000000)
#define CLOCK_IPS_LEAST   UINT64_C(1000000)
#define CLOCK_IPS_MOST    UINT64_C(1000000000000)

struct clock {
    /* host */
    uint64_t start_ns;           /* of the host's clock: where the machine's time is 0 */
    _Atomic uint64_t stopped_ns; /* when the machine stopped; 0: it runs */
    /* insn */
    bool by_insn;
    uint64_t ips;              /* instructions a second, 10^6..10^12 */
    uint64_t slice_ns;         /* the machine's time at the slice's start */
    uint64_t seen_ns;          /* the latest that was read */
    const struct hart *hart;   /* whose slice it is; NULL between slices */
    uint64_t instret_at_start; /* of that hart */
};

/* Time 0, standing. `ips` 0: the host's clock. */
void clock_init(struct clock *, uint64_t ips);

void clock_start(struct clock *);
void clock_stop(struct clock *);

/* Any thread under the host's clock; the machine's only thread under `insn`. */
uint64_t clock_now_ns(struct clock *);

/* `insn` only: a slice of `hart` begins and ends; time goes on by `ns`, for all. */
void clock_slice_begin(struct clock *, const struct hart *hart);
void clock_slice_end(struct clock *);
void clock_advance(struct clock *, uint64_t ns);

/* Either clock: a slice ends that was as long as what its hart retired. */
void clock_step_end(struct clock *);

/* Instructions that take `ns`, and back; rounded down. */
uint64_t clock_instructions(const struct clock *, uint64_t ns);
uint64_t clock_duration_ns(const struct clock *, uint64_t instructions);

#endif
