/* monitor/effects.h: what one instruction changed: registers, memory, mode. */
#ifndef RIVET_MONITOR_EFFECTS_H
#define RIVET_MONITOR_EFFECTS_H

#include "cpu/op.h"
#include "monitor/see.h"

struct effects {
    struct registers before;
    uint32_t word;
    unsigned length; /* 0: the instruction can't be fetched */
    uint64_t address;
    unsigned size; /* of what it stores, 0: nothing */
    int csr;       /* that it writes, -1: none */
    uint64_t instret;
    bool happened; /* it was executed, or trapped; false: the hart stopped in front of it */
    bool trapped;  /* not executed: `cause` came instead of it */
    uint64_t cause;
};

/* Bytes that an instruction stores; 0: it doesn't. */
unsigned effects_store_size(const struct op *);

/* Before and after the instruction at the hart's pc; the text is " a0=0x1 [0x8000]=0x2 S->M". */
void effects_begin(struct hart *, struct effects *);
void effects_end(struct hart *, struct effects *, struct text *);

#endif
