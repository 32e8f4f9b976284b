/* cpu/engine.h: an engine runs one hart. Blocks and tables belong to no engine. */
#ifndef RIVET_CPU_ENGINE_H
#define RIVET_CPU_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/hart.h"

enum run_reason {
    RUN_BUDGET, /* at least `budget` instructions retired (exactly that many if asked) */
    RUN_KICK,   /* hart->kick was set; it has been cleared */
    RUN_WFI,    /* hart->wfi: nothing to do until an interrupt is pending */
    RUN_BREAK,  /* whoever listens at hart->debug said stop */
};

/* One line of `-d stats`. */
struct engine_counter {
    const char *name;
    uint64_t value;
};

#define ENGINE_COUNTERS_MAX 24

struct engine {
    const char *name; /* "ref", "cached" */
    /* Prepares / frees what the engine keeps at hart->engine. */
    bool (*attach)(struct hart *, struct error *err);
    void (*detach)(struct hart *);
    /* Takes pending interrupts, then executes until `budget` instructions have retired or another
     * reason comes first. The hart's state is exact on return. The host FPU's rounding mode and
     * flags are the hart's while it runs and the caller's again after. */
    enum run_reason (*run)(struct hart *, uint64_t budget);
    /* What the engine has counted for this hart; returns how many rows it filled. */
    unsigned (*counters)(const struct hart *, struct engine_counter rows[ENGINE_COUNTERS_MAX]);
};

/* Executes the one instruction at pc, or takes its trap, and reports nothing to a debugger. Takes
 * no interrupt. True when the instruction retired. Any engine may be attached. */
bool engine_step_muted(struct hart *);

/* Does to the hart's integer registers what `op` at its pc does, which goes nowhere else: neither
 * memory nor CSRs nor the FPU. Of `h` only xlen, pc and the registers are looked at. */
struct op;
void engine_compute(struct hart *h, const struct op *);

extern const struct engine engine_ref, engine_cached;

/* By name; NULL: no such engine. */
const struct engine *engine_by_name(const char *name);

#endif
