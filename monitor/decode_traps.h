/* monitor/decode_traps.h: which traps an instruction can raise, and on what that depends. */
#ifndef RIVET_MONITOR_DECODE_TRAPS_H
#define RIVET_MONITOR_DECODE_TRAPS_H

#include "monitor/decode_facts.h"

/* What is known of the hart that would run the instruction. */
struct hart_facts {
    bool known;    /* false: nothing is, the rest doesn't matter */
    unsigned priv; /* 0 U, 1 S, 3 M */
    bool fp_off;
};

struct trap_fact {
    const char *cause; /* "load page fault": from cpu/cause.def */
    unsigned code;
    bool certain; /* with the hart as it is, it will be raised */
    char when[160];
};

#define TRAPS_MAX 12

/* Derived from the words of the row's effect and from the operands. Returns how many. */
unsigned decoding_traps(const struct decoding *decoding, const struct hart_facts *hart,
                        struct trap_fact traps[TRAPS_MAX]);

#endif
