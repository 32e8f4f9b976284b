/* cpu/engine_cached.h: the cached engine's own state and its two widths. */
#ifndef RIVET_CPU_ENGINE_CACHED_H
#define RIVET_CPU_ENGINE_CACHED_H

#include "cpu/block.h"
#include "cpu/engine.h"

struct cached {
    struct code_cache *cache;
    struct op single[6]; /* an instruction that no block can hold */
    uint64_t singles;    /* how many of those were run */
};

/* As engine.run; the host FPU is the guest's already. */
enum run_reason engine_cached_run64(struct hart *h, uint64_t budget);
enum run_reason engine_cached_run32(struct hart *h, uint64_t budget);

#endif
