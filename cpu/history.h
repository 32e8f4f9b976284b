/* cpu/history.h: what a hart executed last, recorded while it runs at speed.
 *
 * A ring of entries, one for each block entered: its pc, and of each instruction executed in it
 * the result, where that doesn't follow from the registers alone: what was loaded, read from a CSR,
 * computed by the FPU. Last how many there were.
 *
 *      words    | pc | - | result | 2 | pc | result | - | - | 3 | pc | ...
 *                                                                 ^ next
 *
 * The ring has a few parts; where one begins the registers are written down. That is enough: from
 * there on the instructions between the results are computed anew, and all registers are known in
 * front of each.
 *
 * The cached engine records where h->debug->history is set; it is compiled a second time for that,
 * so that it costs nothing where it isn't. (For RV64 alone.)
 */
#ifndef RIVET_CPU_HISTORY_H
#define RIVET_CPU_HISTORY_H

#include <string.h>

#include "cpu/engine.h"
#include "cpu/op.h"

#define HISTORY_BLOCK 64  /* no block has more instructions */
#define HISTORY_WORDS 768 /* of a part; an entry that starts in front of this may end behind it */
#define HISTORY_PARTS 4
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

struct history_part {
    uint64_t x[32], f[32];                             /* in front of its first instruction */
    uint64_t words[HISTORY_WORDS + HISTORY_BLOCK + 2]; /* its entries */
    const uint64_t *end;                               /* where they end, once it is full */
};

struct history {
    uint64_t *next;  /* where the next entry goes */
    uint64_t *limit; /* or in the next part, when that isn't in front of this */
    uint64_t at;     /* how many instructions had retired when it was closed */
    uint64_t part_count, mark_count, trap_count; /* since nothing was known */
    struct history_mark marks[HISTORY_MARKS];
    struct history_trap traps[HISTORY_MARKS];
    struct history_part parts[HISTORY_PARTS];
};

static inline void history_reset(struct history *history)
{
    history->next = history->limit = history->parts[0].words;
    history->part_count = history->mark_count = history->trap_count = 0;
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

/* The part is full: begins another one, with the registers as they are. Returns where its first
 * entry goes. */
uint64_t *history_turn(struct history *, const struct hart *, uint64_t *next);

/* An entry for the block at `pc`. Returns it: the result of its n-th instruction, counted from 1,
 * goes to [n]. */
static inline uint64_t *history_begin(struct history *history, const struct hart *h, uint64_t *next,
                                      uint64_t pc)
{
    if (__builtin_expect(next >= history->limit, false)) next = history_turn(history, h, next);
    *next = pc;
    return next;
}

/* `count` of its instructions have retired. Returns where the next entry goes. */
static inline uint64_t *history_end(uint64_t *entry, unsigned count)
{
    entry[count + 1] = count;
    return entry + count + 2;
}

struct history_entry {
    const uint64_t *words; /* [0] the pc, [n] the result of the n-th instruction */
    unsigned count;
};

#define HISTORY_ENTRIES (HISTORY_WORDS / 2 + 1) /* in a part, at most */

/* The entries of the part begun `back` parts ago, oldest first; the hart stands, `history` is
 * closed. Returns how many; 0 and *part NULL: it isn't kept any more. */
unsigned history_entries(const struct history *, unsigned back, const struct history_part **part,
                         struct history_entry entries[HISTORY_ENTRIES]);

/* Mode or translation may have changed; h->instret is exact. */
void history_mark(struct history *, const struct hart *);

/* A trap was taken. */
void history_trap(struct history *, const struct hart *, uint64_t cause, enum priv from);

/* Which register an instruction writes, by its row's operands. */
enum history_writes { HISTORY_NOTHING, HISTORY_X, HISTORY_F };
static ALWAYS_INLINE enum history_writes history_writes(const char *operands)
{
    if (operands[0] == 'r' && operands[1] == 'd') return HISTORY_X;
    return operands[0] == 'f' && operands[1] == 'd' ? HISTORY_F : HISTORY_NOTHING;
}

/* And whether what it writes is kept: all but what other integer registers and the pc make.
 * "rd, imm(rs1)", "rd, csr, rs1" and "rd, fs1, fs2" are. */
static ALWAYS_INLINE enum history_writes history_keeps(const char *operands)
{
    enum history_writes writes = history_writes(operands);
    bool follows = writes == HISTORY_X && !strchr(operands, '(') && !strstr(operands, ", csr") &&
                   !strstr(operands, ", fs");
    return follows ? HISTORY_NOTHING : writes;
}

/* What the instruction just executed wrote, for its entry; what it says where it writes nothing
 * is nobody's business. */
uint64_t history_result(const struct hart *, const struct op *);
uint64_t history_result_of(const struct hart *, uint32_t word);

#endif
