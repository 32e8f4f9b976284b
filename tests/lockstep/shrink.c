/* tests/lockstep/shrink.c: the smallest part of a program that still shows the difference.
 *
 * Instructions become nops of their length, so that nothing moves; first many at once, then fewer.
 */
#include "tests/lockstep/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

static bool still_differs(struct duel *duel, const struct program *p)
{
    return duel_run(duel, p) == VERDICT_DIFFERENT;
}

static bool piece_is_nop(const struct program *p, const struct code_piece *piece)
{
    uint32_t word = (uint32_t)load_le(p->ram + piece->offset, piece->length);
    return word == (piece->length == 4 ? NOP_32 : NOP_16);
}

static unsigned piece_clear(struct program *p, const struct code_piece *piece)
{
    if (piece_is_nop(p, piece)) return 0;
    store_le(p->ram + piece->offset, piece->length, piece->length == 4 ? NOP_32 : NOP_16);
    return 1;
}

static unsigned pieces_clear(struct program *p, unsigned from, unsigned count)
{
    unsigned cleared = 0;
    for (unsigned i = from; i < from + count && i < p->piece_count; i++) {
        unsigned group = p->pieces[i].group;
        cleared += piece_clear(p, &p->pieces[i]);
        for (unsigned k = 0; group && k < p->piece_count; k++)
            if (p->pieces[k].group == group) cleared += piece_clear(p, &p->pieces[k]);
    }
    return cleared;
}

/* Clears runs of `count` instructions where that keeps the difference. */
static bool shrink_pieces(struct duel *duel, struct program *p, struct program *trial,
                          unsigned count)
{
    bool any = false;
    for (unsigned from = 0; from < p->piece_count; from += count) {
        memcpy(trial, p, sizeof *p);
        if (pieces_clear(trial, from, count) == 0 || !still_differs(duel, trial)) continue;
        memcpy(p, trial, sizeof *p);
        any = true;
    }
    return any;
}

static void shrink_events(struct duel *duel, struct program *p, struct program *trial)
{
    for (unsigned i = 0; i < p->event_count; i++) {
        memcpy(trial, p, sizeof *p);
        trial->events[i].kind = EVENT_NONE;
        if (still_differs(duel, trial)) memcpy(p, trial, sizeof *p);
    }
}

static void shrink_csrs(struct duel *duel, struct program *p, struct program *trial)
{
    for (unsigned i = 0; i < p->csr_count;) {
        memcpy(trial, p, sizeof *p);
        trial->csr_count--;
        memmove(&trial->csrs[i], &trial->csrs[i + 1],
                (trial->csr_count - i) * sizeof trial->csrs[0]);
        if (still_differs(duel, trial))
            memcpy(p, trial, sizeof *p);
        else
            i++;
    }
}

static void shrink_registers(struct duel *duel, struct program *p, struct program *trial)
{
    for (unsigned i = 0; i < 64; i++) {
        memcpy(trial, p, sizeof *p);
        uint64_t *reg = i < 32 ? &trial->x[i] : &trial->f[i - 32];
        if (*reg == 0) continue;
        *reg = 0;
        if (still_differs(duel, trial)) memcpy(p, trial, sizeof *p);
    }
}

void program_shrink(struct duel *duel, struct program *p)
{
    struct program *trial = malloc(sizeof *trial);
    if (!trial) return;
    duel->fine = true;
    if (!still_differs(duel, p)) duel->fine = false;
    p->steps = duel->comparisons + 1 < p->steps && duel->fine ? duel->comparisons + 64 : p->steps;
    if (!still_differs(duel, p)) p->steps = 6000;
    for (unsigned round = 0; round < 4; round++) {
        bool any = false;
        for (unsigned count = p->piece_count; count > 0; count /= 2)
            any |= shrink_pieces(duel, p, trial, count);
        shrink_events(duel, p, trial);
        shrink_csrs(duel, p, trial);
        if (!any) break;
    }
    shrink_registers(duel, p, trial);
    free(trial);
}
