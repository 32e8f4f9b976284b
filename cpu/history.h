/* cpu/history.h: what a hart executed last, recorded while it runs at speed.
 *
 * A ring of entries, one for each block entered: its pc, of each instruction executed in it what
 * the register it writes held before, and how many there were. That is enough: going back from the
 * registers as they are now, putting the old values in, gives all of them in front of each
 * instruction.
 *
 *      words    | pc | old | old | 2 | pc | old | old | old | 3 | pc | ...
 *                                                               ^ next
 *
 * The cached engine records where h->debug->history is set; it is compiled a second time for that,
 * so that it costs nothing where it isn't. (For RV64 alone.)
 */
#ifndef RIVET_CPU_HISTORY_H
#define RIVET_CPU_HISTORY_H

#include "cpu/engine.h"

#define HISTORY_BLOCK 64   /* no block has more instructions */
#define HISTORY_WORDS 3072 /* an entry that starts in front of this may end behind it */
#define HISTORY_MARKS 64

/* From `at` retired instructions on. */
struct history_mark {
    uint64_t at, satp;
    enum priv priv;
};

struct history_trap {
    uint64_t at, cause;
    enum priv from;
};

struct history {
    uint64_t *next;   /* where the next entry goes */
    uint64_t at;      /* how many instructions had retired when it was closed */
    uint64_t *behind; /* where the last lap ended; NULL: there was none */
    uint64_t mark_count, trap_count;
    struct history_mark marks[HISTORY_MARKS];
    struct history_trap traps[HISTORY_MARKS];
    uint64_t words[HISTORY_WORDS + HISTORY_BLOCK + 2];
};

static inline void history_reset(struct history *history)
{
    history->next = history->words;
    history->behind = NULL;
    history->mark_count = history->trap_count = 0;
}

/* Where the next entry goes. What was executed without being recorded makes a gap: all is
 * forgotten. */
static inline uint64_t *history_open(struct history *history, const struct hart *h)
{
    if (history->at != h->instret) history_reset(history);
    return history->next;
}

static inline void history_close(struct history *history, const struct hart *h, uint64_t *next)
{
    history->next = next;
    history->at = h->instret;
}

/* An entry for the block at `pc`. Returns it: the old value of its n-th instruction, counted from
 * 1, goes to [n]. */
static inline uint64_t *history_begin(struct history *history, uint64_t *next, uint64_t pc)
{
    if (next >= history->words + HISTORY_WORDS) {
        history->behind = next;
        next = history->words;
    }
    *next = pc;
    return next;
}

/* `count` of its instructions have retired. Returns where the next entry goes. */
static inline uint64_t *history_end(uint64_t *entry, unsigned count)
{
    entry[count + 1] = count;
    return entry + count + 2;
}

/* Goes through the entries from the newest back. Starts as {.at = history->next}. */
struct history_reader {
    const uint64_t *at;
    bool lapped; /* it is in the lap before */
};

/* The next older entry, NULL when that is gone. */
const uint64_t *history_before(const struct history *, struct history_reader *, unsigned *count);

/* Mode or translation may have changed; h->instret is exact. */
void history_mark(struct history *, const struct hart *);

/* A trap was taken. */
void history_trap(struct history *, const struct hart *, uint64_t cause, enum priv from);

/* Which register an instruction writes, by its row's operands. */
enum history_writes { HISTORY_NOTHING, HISTORY_X, HISTORY_F };
static inline enum history_writes history_writes(const char *operands)
{
    if (operands[0] == 'r' && operands[1] == 'd') return HISTORY_X;
    return operands[0] == 'f' && operands[1] == 'd' ? HISTORY_F : HISTORY_NOTHING;
}

#endif
