/* monitor/stops.h: breakpoints, watchpoints and catches. */
#ifndef RIVET_MONITOR_STOPS_H
#define RIVET_MONITOR_STOPS_H

#include "cpu/debug.h"
#include "host/thread.h"
#include "machine/machine.h"
#include "monitor/expr.h"

struct history;

enum stop_kind {
    STOP_BREAK,
    STOP_WATCH, /* before a load or store of [address, address + length) */
    STOP_TRAP,  /* after an exception */
    STOP_IRQ,   /* after an interrupt */
    STOP_CSR,   /* before an access to it */
    STOP_MODE,  /* after a change to it */
    STOP_ECALL, /* before it, from U-mode */
    STOP_SBI,   /* before an ecall from S-mode */
    STOP_MMIO,  /* before an access to a device */
};

enum { ANY = -1 };

struct stop {
    unsigned number;
    enum stop_kind kind;
    bool enabled, temporary;
    bool internal; /* of next, finish, until: not listed */
    bool gdb;      /* set through the remote protocol */
    char *what;    /* as typed: "start_kernel", "trap 13"; owned */
    bool unknown;  /* BREAK: the symbol isn't known yet */
    uint64_t address, length;
    bool physical, loads, stores;
    int asid;               /* or ANY */
    int which;              /* TRAP, IRQ: the cause; CSR: the number; MODE: the privilege; or ANY */
    int hart;               /* or ANY */
    bool writes_only;       /* CSR */
    uint64_t sp_least;      /* BREAK, internal: only when sp is at least this; 0: always */
    struct expr *condition; /* owned, or NULL */
    char *condition_text, *commands; /* owned, or NULL */
    uint64_t hits, ignore;
    bool fired; /* this time */
};

/* Why a hart stopped. */
struct stop_hit {
    bool any;
    unsigned number; /* of the stop; 0: internal */
    enum stop_kind kind;
    bool gdb;
    struct debug_report report;
    struct error error; /* a condition that could not be evaluated; else empty */
};

struct stops {
    struct machine *machine;
    struct mutex lock; /* harts report at the same time */
    struct stop **list;
    unsigned count, room, next_number;
    bool dirty; /* the harts don't know yet */
    bool stale; /* they know, but what was translated before doesn't */
    struct stops_hart {
        struct stops *stops;
        struct hart_debug debug;
        struct history *history; /* hist: what the hart records; NULL: nothing */
        struct stop_hit hit;
        bool skip; /* it stands in front of what it stopped for */
    } harts[MACHINE_MAX_HARTS];
    struct debug_watch *watches; /* owned; the harts look at it */
    unsigned more_wants;         /* for whom else reports are made */
    enum run_reason (*run)(void *owner, struct hart *, uint64_t budget); /* the trace's */
    void *run_owner;
};

void stops_init(struct stops *, struct machine *);
void stops_fini(struct stops *);

/* A new stop, enabled, matching everything; `what` is copied. NULL: out of memory. */
struct stop *stops_add(struct stops *, enum stop_kind kind, const char *what);
void stops_remove(struct stops *, struct stop *);
struct stop *stops_find(struct stops *, unsigned number);

/* Tells the harts, if anything changed: enough for single steps. */
void stops_tell(struct stops *);

/* The same, and has everything translated anew: before they run. */
void stops_apply(struct stops *);

/* Is there an enabled breakpoint right where the hart stands? */
bool stops_break_here(struct stops *, struct hart *);

/* Forgets what was hit; removes temporary stops that fired. */
void stops_settle(struct stops *);

#endif
