/* tests/lockstep/spike/follow.h: the reference stepped along Spike's commit log. */
#ifndef RIVET_TESTS_LOCKSTEP_SPIKE_FOLLOW_H
#define RIVET_TESTS_LOCKSTEP_SPIKE_FOLLOW_H

#include "cpu/insn.h"
#include "cpu/mmu.h"
#include "tests/lockstep/rig.h"
#include "tests/lockstep/spike/log.h"

struct follow {
    struct rig *rig;        /* borrowed */
    uint64_t steps;         /* by all programs so far */
    uint64_t known;         /* differences that the specification allows, made up for */
    uint64_t excused, racy; /* programs that ended with one; that change tables without a fence */

    /* The step at hand. */
    const struct insn_row *row;
    uint32_t word;
    uint64_t pc, cause;
    unsigned priv;
    bool trapped;
    struct mmu_regime regimes[3]; /* before it, by access */
};

/* Follows the log of a program that image_write() has prepared. False: the two differ, and how has
 * been printed. */
bool follow(struct follow *, const struct program *, struct log *);

#endif
