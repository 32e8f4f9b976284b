/* tests/lockstep/spike/log.h: Spike's commit log, one instruction or trap at a time.
 *
 *   core   0: 3 0x0000000080000014 (0x30529073) c773_mtvec 0x0000000080000074
 *   core   0: 1 0x0000000080002d46 (0xede2) x5  0x0000000000001000 mem 0x0000000080008ad8 0x15
 *   core   0: exception trap_load_page_fault, epc 0x0000000080000098
 *   core   0:           tval 0x0000000080001250
 */
#ifndef RIVET_TESTS_LOCKSTEP_SPIKE_LOG_H
#define RIVET_TESTS_LOCKSTEP_SPIKE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define COMMIT_WRITES_MAX 8

struct commit_write {
    char kind;          /* 'x', 'f', 'c': a CSR, 'm': memory */
    unsigned size;      /* memory: bytes */
    uint64_t at, value; /* number of the register; virtual address */
};

struct commit {
    bool trap, has_tval;
    unsigned priv;
    uint64_t pc, tval; /* of a trap: epc */
    uint32_t word;
    uint64_t cause;
    struct commit_write writes[COMMIT_WRITES_MAX];
    unsigned write_count;
};

/* What is read, which may be a pipe. */
struct log {
    FILE *file;
    char line[1024];
    bool held; /* the line is still to be looked at */
};

/* The next one. False: the log ends. */
bool log_next(struct log *, struct commit *);

#endif
