/* cpu/debug.h: how a debugger listens to a hart, and makes it stop.
 *
 * h->debug is NULL when nobody listens; all below then costs one test on paths that are slow
 * anyway. A listener says what it wants to hear; the hart's thread calls `report`, which looks and
 * says whether to stop. Then the engine's run() returns RUN_BREAK with the hart exactly there.
 *
 *   before   an instruction that does something: it has not been executed
 *   after    a trap was taken or the mode changed: the next instruction has not been executed
 *
 * Breakpoints cost nothing where there are none. A block is decoded from a physical page and may
 * run under several virtual ones, so when a page is entered whose number, virtual or physical, may
 * be a breakpoint's, the physical page is marked; blocks decoded from marked pages carry an
 * OP_BREAK in front of each instruction whose offset in the page is that of some breakpoint. The
 * rest is the listener's to judge.
 */
#ifndef RIVET_CPU_DEBUG_H
#define RIVET_CPU_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/engine.h"
#include "cpu/hart.h"

enum debug_event {
    DEBUG_INSN,    /* before: an instruction where a breakpoint may be */
    DEBUG_LOAD,    /* before: a load or LR that touches a watched range */
    DEBUG_STORE,   /* before: a store, SC or AMO that does */
    DEBUG_DEVICE,  /* before: an access to what is not RAM */
    DEBUG_CSR,     /* before: a CSR instruction */
    DEBUG_ECALL,   /* before: an environment call */
    DEBUG_TRAPPED, /* after: an exception or interrupt was taken; pc is the handler's */
    DEBUG_MODE,    /* after: the privilege changed */
};

struct history;

struct debug_report {
    enum debug_event event;
    uint64_t va, paddr; /* LOAD, STORE, DEVICE: of the access; INSN: paddr isn't known */
    uint64_t value;     /* STORE and DEVICE: what would be stored (AMO: 0) */
    unsigned size;
    bool store;       /* DEVICE: which way; CSR: it writes */
    unsigned csr;     /* CSR: the number */
    uint64_t cause;   /* TRAPPED, ECALL: with CAUSE_INTERRUPT */
    uint64_t from_pc; /* TRAPPED: the interrupted instruction */
    enum priv from;   /* TRAPPED, MODE: the mode before */
};

/* Bytes [low, high] that must not be accessed unseen. */
struct debug_watch {
    uint64_t low, high;
    bool physical, loads, stores;
};

struct hart_debug {
    /* Set by the listener while the hart stands; then debug_changed(). */
    unsigned wants; /* OR of 1u << enum debug_event; LOAD and STORE follow from the watches */
    const struct debug_watch *watches;
    unsigned watch_count;
    bool (*report)(void *owner, struct hart *, const struct debug_report *); /* true: stop */
    /* When set, a hart's thread calls this instead of the engine's run(). */
    enum run_reason (*run)(void *owner, struct hart *, uint64_t budget);
    void *owner, *run_owner;
    struct history *history; /* what is executed is recorded here; NULL: it isn't */

    /* Made by debug_break_clear() and debug_break_add(). */
    bool breaks;
    uint64_t offsets[PAGE_SIZE / 2 / 64]; /* a bit a halfword of a page */
    uint64_t filter[64];                  /* a bit for the low 12 bits of a page's number */

    /* The hart's own. */
    uint64_t storing; /* the value of the store under way; 0 for atomics */
    bool muted;       /* what happens is not reported */
    uint64_t *marked; /* physical pages, owned: as drawn above */
    unsigned marked_count, marked_room;
    bool refused; /* the instruction was not executed because of `before` */
    struct debug_report before;
    bool trapped_set, mode_set;
    struct debug_report trapped, mode;
};

void debug_fini(struct hart_debug *);

/* The breakpoints change: forget all, then add each. Physical and virtual ones alike. */
void debug_break_clear(struct hart_debug *);
void debug_break_add(struct hart_debug *, uint64_t address);

/* Hangs `debug` on the hart (NULL: nobody listens any more) or tells that it changed: everything
 * translated, addresses and code, is made anew. While no engine runs the hart. */
void debug_attach(struct hart *, struct hart_debug *);

/* Must entering this page drop the blocks decoded from it? It is marked now. */
bool debug_page_entered(struct hart *, uint64_t va, uint64_t paddr);

/* Does an OP_BREAK go in front of the instruction at `paddr`? */
bool debug_break_at(const struct hart *, uint64_t paddr);

/* At an OP_BREAK, with pc and instret exact. True: stop. */
bool debug_insn(struct hart *);

/* An access about to happen, from the slow path. True: refuse it; it is judged by debug_refused. */
bool debug_access(struct hart *, uint64_t va, uint64_t paddr, unsigned size, enum access access,
                  bool device);
bool debug_csr(struct hart *, unsigned number, bool writes);

/* Is there a watched byte in this page? Then it must not enter the TLB. */
bool debug_page_watched(const struct hart *, uint64_t va, uint64_t paddr, enum access access);

enum debug_verdict {
    DEBUG_TRAP,  /* nobody minds: take h->trap */
    DEBUG_STOP,  /* stop in front of the instruction */
    DEBUG_QUIET, /* nobody minds now: execute the one instruction, muted */
};

/* An instruction ended in EXEC_TRAP: h->pc is its own, instret exact. */
enum debug_verdict debug_refused(struct hart *);

/* What trap.c tells; looked at between two instructions by debug_after. */
void debug_trapped(struct hart *, uint64_t cause, enum priv from, uint64_t from_pc);
void debug_mode(struct hart *, enum priv from);
bool debug_after(struct hart *);

#endif
