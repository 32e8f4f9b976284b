/* tests/lockstep/rng.h: random numbers that a seed decides. */
#ifndef RIVET_TESTS_LOCKSTEP_RNG_H
#define RIVET_TESTS_LOCKSTEP_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014): any state will do, also neighbouring ones. */
static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0..n-1; n is small enough for the bias not to matter. */
static inline unsigned rng_below(struct rng *rng, unsigned n)
{
    return (unsigned)((rng_next(rng) >> 32) * n >> 32);
}

/* low..high, both included. */
static inline int rng_between(struct rng *rng, int low, int high)
{
    return low + (int)rng_below(rng, (unsigned)(high - low + 1));
}

static inline bool rng_percent(struct rng *rng, unsigned percent)
{
    return rng_below(rng, 100) < percent;
}

/* Numbers that operations like to get wrong: small ones, powers of two and their neighbours, all of
 * one byte, floating-point boundaries; and any. */
uint64_t rng_number(struct rng *rng);

#endif
