/* tests/lockstep/peer/known.h: where the specification lets two machines differ. */
#ifndef RIVET_TESTS_LOCKSTEP_PEER_KNOWN_H
#define RIVET_TESTS_LOCKSTEP_PEER_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"
#include "cpu/insn.h"

/* A CSR that is compared, but for the bits of `ignored`. */
struct known_csr {
    const char *name;
    unsigned number;
    uint64_t ignored;
    const char *clause; /* why */
};

extern const struct known_csr known_csrs[];
extern const unsigned known_csr_count;

struct difference {
    const char *name;         /* of a register */
    uint64_t reference, peer; /* without the bits that are not compared */
    uint64_t whole;           /* the reference's, with them */
};

#define DIFFERENCES_MAX 8

/* What one step did on both sides. */
struct step_facts {
    const struct hart *hart;    /* the reference, after the step */
    const struct insn_row *row; /* NULL: none, or an interrupt */
    uint32_t word;
    bool trapped;     /* on the reference */
    uint64_t cause;   /* then */
    const char *rule; /* of the page walk, which a page fault comes from; else NULL */
    struct difference differences[DIFFERENCES_MAX];
    unsigned difference_count; /* may be more */
};

struct known_difference {
    bool (*is)(const struct step_facts *);
    bool ends;          /* memory may differ too: the program ends; else the peer is put right */
    const char *clause; /* that allows it, or what the peer does wrong */
};

/* The difference it is, NULL: none that is known. */
const struct known_difference *known_difference(const struct step_facts *);

#endif
