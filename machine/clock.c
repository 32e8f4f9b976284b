/* machine/clock.c: the machine's time, by the host's clock or by instructions. */
#include "machine/clock.h"

#include "host/clock.h"

void clock_init(struct clock *clock, uint64_t ips)
{
    *clock = (struct clock){.start_ns = host_now_ns(), .by_insn = ips != 0, .ips = ips};
    atomic_store(&clock->stopped_ns, clock->start_ns);
}

void clock_start(struct clock *clock)
{
    uint64_t stopped = atomic_load(&clock->stopped_ns);
    if (!stopped) return;
    clock->start_ns += host_now_ns() - stopped;
    atomic_store(&clock->stopped_ns, 0);
}

void clock_stop(struct clock *clock)
{
    atomic_store(&clock->stopped_ns, host_now_ns());
}

/* n * to / from without overflow while the result fits. */
static uint64_t scale(uint64_t n, uint64_t to, uint64_t from)
{
    return n / from * to + n % from * to / from;
}

uint64_t clock_instructions(const struct clock *clock, uint64_t ns)
{
    return scale(ns, clock->ips, UINT64_C(1000000000));
}

uint64_t clock_duration_ns(const struct clock *clock, uint64_t instructions)
{
    return scale(instructions, UINT64_C(1000000000), clock->ips);
}

uint64_t clock_now_ns(struct clock *clock)
{
    if (!clock->by_insn) {
        uint64_t stopped = atomic_load_explicit(&clock->stopped_ns, memory_order_relaxed);
        return (stopped ? stopped : host_now_ns()) - clock->start_ns;
    }
    uint64_t now = clock->slice_ns;
    if (clock->hart)
        now += clock_duration_ns(clock, clock->hart->instret - clock->instret_at_start);
    if (now > clock->seen_ns) clock->seen_ns = now;
    return clock->seen_ns;
}

void clock_slice_begin(struct clock *clock, const struct hart *hart)
{
    clock->hart = hart;
    clock->instret_at_start = hart->instret;
}

void clock_slice_end(struct clock *clock)
{
    clock->hart = NULL;
}

void clock_advance(struct clock *clock, uint64_t ns)
{
    clock->slice_ns += ns;
}

void clock_step_end(struct clock *clock)
{
    if (clock->by_insn)
        clock->slice_ns += clock_duration_ns(clock, clock->hart->instret - clock->instret_at_start);
    clock->hart = NULL;
}
