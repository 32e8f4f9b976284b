/* tests/lockstep/peer/match.h: one program on the reference and on a peer, step by step. */
#ifndef RIVET_TESTS_LOCKSTEP_PEER_MATCH_H
#define RIVET_TESTS_LOCKSTEP_PEER_MATCH_H

#include <stdio.h>

#include "tests/lockstep/duel.h"
#include "tests/lockstep/peer/known.h"
#include "tests/lockstep/peer/gdb.h"

enum match_verdict {
    MATCH_SAME,
    MATCH_DIFFERENT,
    MATCH_EXCUSED, /* ended by a known difference */
    MATCH_RACY,
    MATCH_LOST, /* the peer no longer answers */
};

struct match {
    struct rig reference;
    struct gdb *peer;
    uint8_t memory[RAM_SIZE]; /* what the peer's RAM holds */
    bool sc_failed;           /* in this program, or may have */
    bool store_cut;           /* a store in it faulted, which the peer may have done in part */
    bool memory_known;
    uint64_t steps, known; /* so far; of them, how many showed a known difference */
    FILE *report;          /* NULL, or where the way and the differences are printed */
};

bool match_init(struct match *, const struct isa *, struct gdb *, struct error *err);
void match_fini(struct match *);
enum match_verdict match_run(struct match *, const struct program *);

#endif
