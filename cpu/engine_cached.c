/* cpu/engine_cached.c: the cached engine: blocks of decoded ops, chained. */
#include "cpu/engine_cached.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/counter.h"
#include "cpu/debug.h"
#include "cpu/engine_ref.h"
#include "cpu/tlb.h"
#include "host/fpu.h"

static bool cached_attach(struct hart *h, struct error *err)
{
    struct cached *engine = calloc(1, sizeof *engine);
    struct code_cache *cache = engine ? code_cache_create(h, err) : NULL;
    if (!cache) {
        if (!engine) error_set(err, "out of memory for the engine of hart %u", h->id);
        free(engine);
        return false;
    }
    engine->cache = cache;
#ifdef RIVET_PROFILE
    engine->profile = calloc(1, sizeof *engine->profile);
    if (!engine->profile) {
        code_cache_destroy(cache);
        free(engine);
        return error_set(err, "out of memory for the profile");
    }
#endif
    h->engine = engine;
    h->tlb->keeps_walks = true;
    return true;
}

static void cached_detach(struct hart *h)
{
    struct cached *engine = h->engine;
    if (!engine) return;
    code_cache_destroy(engine->cache);
    free(engine->profile);
    free(engine);
    h->engine = NULL;
    h->tlb->keeps_walks = false;
}

/* One run in this many. */
#define SAMPLE_EVERY 16

static void sample(const struct hart *h, struct cached *engine)
{
    const struct jump_entry *entry = &h->fetch->jump[jump_index(h->pc)];
    if (engine->runs++ % SAMPLE_EVERY != 0 || entry->pc != (h->pc | h->fp_off)) return;
    block_sample(CONTAINER_OF(entry->op, struct block, ops), &engine->sample);
}

static enum run_reason run_blocks(struct hart *h, uint64_t budget)
{
    if (h->xlen != 64) return engine_cached_run32(h, budget);
    const bool records = h->debug && h->debug->history;
    return records ? engine_history_run64(h, budget) : engine_cached_run64(h, budget);
}

static enum run_reason cached_run(struct hart *h, uint64_t budget)
{
    if (h->code_stale) {
        h->code_stale = false;
        code_cache_drop_all(((struct cached *)h->engine)->cache);
    }
    sample(h, h->engine);
    struct host_fpu caller = host_fpu_enter(h->frm_host, h->fflags);
    enum run_reason reason = counters_armed(h)
                                 ? counters_run(h, budget, run_blocks, engine_ref_run_inside)
                                 : run_blocks(h, budget);
    h->fflags = (uint8_t)host_fpu_flags_get();
    host_fpu_leave(caller);
    return reason;
}

static unsigned cached_counters(const struct hart *h,
                                struct engine_counter rows[ENGINE_COUNTERS_MAX])
{
    const struct cached *engine = h->engine;
    const struct code_cache_stats stats = code_cache_stats(engine->cache);
    const struct block_sample *sampled = &engine->sample;
    const uint64_t slow = h->tlb->slow_loads + h->tlb->slow_stores;
    const uint64_t accesses =
        block_sample_scale(sampled->accesses, sampled->instructions, h->instret);
    const struct engine_counter counted[] = {
        {"instructions retired", h->instret},
        {"blocks made", stats.made},
        {"ops in them", stats.ops},
        {"pairs in them", stats.pairs},
        {"blocks dropped", stats.dropped},
        {"chains made", stats.linked},
        {"chunks used again", stats.recycled},
        {"block look-ups", engine->entered},
        {"instructions outside blocks", engine->singles},
        {"pairs run (estimated)",
         block_sample_scale(sampled->pairs, sampled->instructions, h->instret)},
        {"TLB hits (estimated)", accesses > slow ? accesses - slow : 0},
        {"page walks", h->tlb->walks},
        {"page walks remembered", h->tlb->walks_known},
        {"TLB fills", h->tlb->fills},
        {"TLB fences and flushes", h->tlb->flushes},
        {"slow loads", h->tlb->slow_loads},
        {"slow stores", h->tlb->slow_stores},
    };
    _Static_assert(sizeof counted / sizeof counted[0] <= ENGINE_COUNTERS_MAX, "rows");
    memcpy(rows, counted, sizeof counted);
    return ARRAY_COUNT(counted);
}

const struct profile *engine_cached_profile(const struct hart *h)
{
    return ((const struct cached *)h->engine)->profile;
}

const struct engine engine_cached = {.name = "cached",
                                     .attach = cached_attach,
                                     .detach = cached_detach,
                                     .run = cached_run,
                                     .counters = cached_counters};
