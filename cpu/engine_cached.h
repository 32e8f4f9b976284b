/* cpu/engine_cached.h: the cached engine's own state and its two widths. */
#ifndef RIVET_CPU_ENGINE_CACHED_H
#define RIVET_CPU_ENGINE_CACHED_H

#include "cpu/block.h"
#include "cpu/block_sample.h"
#include "cpu/engine.h"

/* How often ops followed one another, counted when built with RIVET_PROFILE (bench/profile). */
struct profile {
    uint64_t singles[OP_SINGLE_COUNT];
    uint64_t pairs[OP_SINGLE_COUNT][OP_SINGLE_COUNT];
    uint64_t triples[OP_SINGLE_COUNT][OP_SINGLE_COUNT][OP_SINGLE_COUNT];
    unsigned last, before_last; /* OP_SINGLE_COUNT: the block has just begun */
};

static inline void profile_start(struct profile *profile, unsigned code)
{
    profile->singles[code]++;
    profile->before_last = OP_SINGLE_COUNT;
    profile->last = code;
}

static inline void profile_next(struct profile *profile, unsigned code)
{
    profile->singles[code]++;
    profile->pairs[profile->last][code]++;
    if (profile->before_last != OP_SINGLE_COUNT)
        profile->triples[profile->before_last][profile->last][code]++;
    profile->before_last = profile->last;
    profile->last = code;
}

struct cached {
    struct code_cache *cache;
    struct op single[BLOCK_SINGLE_OPS]; /* an instruction that no block can hold */
    uint64_t singles;                   /* how many of those were run */
    uint64_t entered;                   /* how often neither chain nor jump cache knew the way */
    uint64_t runs;                      /* calls of run */
    struct block_sample sample;
    struct profile *profile; /* NULL unless built with RIVET_PROFILE */
};

/* What a build with RIVET_PROFILE has counted for a hart of the cached engine, else NULL. */
const struct profile *engine_cached_profile(const struct hart *);

/* As engine.run; the host FPU is the guest's already. */
enum run_reason engine_cached_run64(struct hart *h, uint64_t budget);
enum run_reason engine_cached_run32(struct hart *h, uint64_t budget);

/* The same, and what is executed is recorded in h->debug->history. */
enum run_reason engine_history_run64(struct hart *h, uint64_t budget);

#endif
