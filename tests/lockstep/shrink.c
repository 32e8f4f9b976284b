/* tests/lockstep/shrink.c: the smallest part of a program that still shows the difference.
 *
 * Instructions become nops of their length, so that nothing moves; first many at once, then fewer.
 */
#include "tests/lockstep/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

struct shrinker {
    bool (*differs)(void *owner, const struct program *);
    void *owner;
    struct program *p, *trial; /* the smallest so far; one to try */
};

/* The trial is the program from now on if it still differs. */
static bool trial_judge(struct shrinker *s)
{
    if (!s->differs(s->owner, s->trial)) return false;
    memcpy(s->p, s->trial, sizeof *s->p);
    return true;
}

static void trial_begin(struct shrinker *s)
{
    memcpy(s->trial, s->p, sizeof *s->p);
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
static bool shrink_pieces(struct shrinker *s, unsigned count)
{
    bool any = false;
    for (unsigned from = 0; from < s->p->piece_count; from += count) {
        trial_begin(s);
        if (pieces_clear(s->trial, from, count) > 0) any |= trial_judge(s);
    }
    return any;
}

static void shrink_events(struct shrinker *s)
{
    for (unsigned i = 0; i < s->p->event_count; i++) {
        trial_begin(s);
        s->trial->events[i].kind = EVENT_NONE;
        trial_judge(s);
    }
}

static void shrink_csrs(struct shrinker *s)
{
    for (unsigned i = 0; i < s->p->csr_count;) {
        trial_begin(s);
        s->trial->csr_count--;
        memmove(&s->trial->csrs[i], &s->trial->csrs[i + 1],
                (s->trial->csr_count - i) * sizeof s->trial->csrs[0]);
        if (!trial_judge(s)) i++;
    }
}

static void shrink_registers(struct shrinker *s)
{
    for (unsigned i = 0; i < 64; i++) {
        trial_begin(s);
        uint64_t *reg = i < 32 ? &s->trial->x[i] : &s->trial->f[i - 32];
        if (*reg == 0) continue;
        *reg = 0;
        trial_judge(s);
    }
}

static void shrink_steps(struct shrinker *s)
{
    for (unsigned steps = s->p->steps; steps > 1; steps = steps * 3 / 4) {
        trial_begin(s);
        s->trial->steps = steps;
        if (!trial_judge(s)) break;
    }
}

void program_shrink(bool (*differs)(void *owner, const struct program *), void *owner,
                    struct program *p)
{
    struct shrinker s = {
        .differs = differs, .owner = owner, .p = p, .trial = malloc(sizeof *s.trial)};
    if (!s.trial) return;
    for (unsigned round = 0; round < 4; round++) {
        bool any = false;
        shrink_steps(&s);
        for (unsigned count = p->piece_count; count > 0; count /= 2)
            any |= shrink_pieces(&s, count);
        shrink_events(&s);
        shrink_csrs(&s);
        if (!any) break;
    }
    shrink_registers(&s);
    free(s.trial);
}
