/* tests/lockstep/stream.h: what is kept while the stream is written. */
#ifndef RIVET_TESTS_LOCKSTEP_STREAM_H
#define RIVET_TESTS_LOCKSTEP_STREAM_H

#include "tests/lockstep/program.h"

#define FIXUPS_MAX 32

/* A jump at `offset` whose target, `items` items later, will be told relative to `base`. */
struct fixup {
    uint32_t offset, base;
    const struct insn_row *row;
    int32_t values[FIELD_COUNT];
    int items;
};

struct stream {
    struct writer *w;
    enum priv priv; /* the mode that the code at hand probably runs in */
    bool in_loop;
    struct fixup fixups[FIXUPS_MAX];
    unsigned fixup_count;
};

/* A register kept as an address; one to write; RAM worth an access. */
unsigned random_pointer(struct rng *);
unsigned random_target(struct rng *, bool compressed);
uint32_t random_offset(struct rng *);

/* A word of a row of this class with random operands that satisfy the row, and what they are. */
uint32_t random_of_class(struct writer *, enum row_class, const struct insn_row **,
                         int32_t values[FIELD_COUNT]);

#endif
