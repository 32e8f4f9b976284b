/* cpu/history.c: what a hart executed last: entries from the newest back, changes of mode, traps.
 */
#include "cpu/history.h"

const uint64_t *history_before(const struct history *history, struct history_reader *reader,
                               unsigned *count)
{
    if (!reader->lapped && reader->at == history->words) {
        reader->lapped = true;
        reader->at = history->behind;
    }
    /* Of the lap before there is what this one hasn't written over. */
    if (!reader->at || (reader->lapped && reader->at <= history->next)) return NULL;
    *count = (unsigned)reader->at[-1];
    const uint64_t *entry = reader->at - *count - 2;
    if (reader->lapped && entry < history->next) return NULL;
    return reader->at = entry;
}

void history_mark(struct history *history, const struct hart *h)
{
    const struct history_mark mark = {.at = h->instret, .satp = h->satp, .priv = h->priv};
    const struct history_mark *last =
        &history->marks[(history->mark_count + HISTORY_MARKS - 1) % HISTORY_MARKS];
    if (history->mark_count && last->satp == mark.satp && last->priv == mark.priv) return;
    history->marks[history->mark_count++ % HISTORY_MARKS] = mark;
}

void history_trap(struct history *history, const struct hart *h, uint64_t cause, enum priv from)
{
    history->traps[history->trap_count++ % HISTORY_MARKS] =
        (struct history_trap){.at = h->instret, .cause = cause, .from = from};
}
