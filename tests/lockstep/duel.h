/* tests/lockstep/duel.h: one program on two engines, compared again and again. */
#ifndef RIVET_TESTS_LOCKSTEP_DUEL_H
#define RIVET_TESTS_LOCKSTEP_DUEL_H

#include "tests/lockstep/rig.h"

enum verdict {
    VERDICT_SAME,
    VERDICT_DIFFERENT,
    VERDICT_RACY, /* it changed page tables behind the TLB's back: it says nothing */
};

/* Where the reference was lately. */
#define TRAIL_SIZE 64
struct footprint {
    uint64_t pc;
    uint32_t word;
    bool fetched;
    enum priv priv;
};

struct duel {
    struct rig reference, other;
    struct rng rng;
    uint64_t retired; /* by all programs so far */

    /* How the program at hand is run. */
    bool fine;      /* compare everything, after every instruction where the engine allows */
    bool trail;     /* remember where the reference was */
    uint64_t spoil; /* not 0: flip this bit of the other machine once (rig_spoil) */

    struct footprint footprints[TRAIL_SIZE];
    unsigned footprint_count;
    unsigned comparisons;
    bool spoiled; /* it came to that */
};

bool duel_init(struct duel *, const struct isa *, const struct engine *other, struct error *err);
void duel_fini(struct duel *);
enum verdict duel_run(struct duel *, const struct program *);

#endif
