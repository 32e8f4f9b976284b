/* cpu/history.c: what a hart executed last: entries from the newest back, changes of mode, traps.
 */
#include "cpu/history.h"

#include "cpu/block.h"
#include "cpu/decode.h"
#include "cpu/insn.h"

uint64_t *history_turn(struct history *history, const struct hart *h, uint64_t *next)
{
    if (history->part_count) history->parts[(history->part_count - 1) % HISTORY_PARTS].end = next;
    struct history_part *part = &history->parts[history->part_count++ % HISTORY_PARTS];
    if (h->xlen == 64)
        memcpy(part->x, h->x64, sizeof part->x);
    else
        for (unsigned i = 0; i < 32; i++)
            part->x[i] = hart_x(h, i);
    memcpy(part->f, h->f, sizeof part->f);
    history->limit = part->words + HISTORY_WORDS;
    return part->words;
}

unsigned history_entries(const struct history *history, unsigned back,
                         const struct history_part **found,
                         struct history_entry entries[HISTORY_ENTRIES])
{
    *found = NULL;
    if (back >= HISTORY_PARTS || back >= history->part_count) return 0;
    const struct history_part *part =
        &history->parts[(history->part_count - 1 - back) % HISTORY_PARTS];
    const uint64_t *end = back ? part->end : history->next;
    unsigned count = 0;
    *found = part;
    /* Only backwards: an entry's length stands at its end. */
    for (const uint64_t *at = end; at > part->words; at -= at[-1] + 2)
        count++;
    unsigned left = count;
    for (const uint64_t *at = end; at > part->words; at -= at[-1] + 2)
        entries[--left] = (struct history_entry){at - at[-1] - 2, (unsigned)at[-1]};
    return count;
}

uint64_t history_result(const struct hart *h, const struct op *op)
{
    const struct insn_row *row = insn_row_of_code(op_code_first(op->code));
    if (!row || op->rd >= 32) return 0;
    return history_writes(row->operands) == HISTORY_F ? h->f[op->rd] : hart_x(h, op->rd);
}

uint64_t history_result_of(const struct hart *h, uint32_t word)
{
    struct op op;
    decode(h->isa, word, true, &op);
    return history_result(h, &op);
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
