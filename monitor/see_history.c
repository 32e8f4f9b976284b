/* monitor/see_history.c: the last instructions a hart executed, put together again.
 *
 * Recorded is which blocks it entered, and those results that the registers don't tell
 * (cpu/history.h). From the oldest part that is needed on, the others are computed anew: so the
 * registers in front of and behind every instruction are known, and with them what a store wrote
 * where. Where code can't be read any more, as its page is gone, the registers are unknown until
 * they are written again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/decode.h"
#include "cpu/insn.h"
#include "cpu/register.h"
#include "cpu/trap.h"
#include "monitor/effects.h"
#include "monitor/history.h"
#include "monitor/target.h"

#define BLOCK_MOST (HISTORY_BLOCK + 1) /* one more can be executed outside the block */

/* An instruction that was executed. */
struct moment {
    uint64_t pc, at; /* so many had retired before */
    uint32_t word;
    unsigned length; /* 0: it can't be read any more */
    enum priv priv;
    struct text changes;
};

/* Going through what was executed: the registers as they were, as far as they are known. */
struct replay {
    struct hart *now; /* no hart of the machine: registers and pc alone */
    uint32_t x_known, f_known;
};

/* Mode and address space in force at instruction number `at`. */
static struct history_mark mark_of(const struct history *history, uint64_t at)
{
    uint64_t kept = history->mark_count < HISTORY_MARKS ? history->mark_count : HISTORY_MARKS;
    struct history_mark mark = {.priv = PRIV_M};
    for (uint64_t i = 1; i <= kept; i++) {
        mark = history->marks[(history->mark_count - i) % HISTORY_MARKS];
        if (mark.at <= at) break;
    }
    return mark;
}

/* The instructions of a block, read from where it was executed. */
static void block_read(struct hart *h, const struct history *history,
                       const struct history_entry *entry, uint64_t at,
                       struct moment moments[BLOCK_MOST])
{
    const uint64_t satp = h->satp;
    const enum priv priv = h->priv;
    const struct history_mark mark = mark_of(history, at);
    uint64_t pc = entry->words[0];
    struct error err;
    h->satp = mark.satp; /* to look through its tables; no engine runs */
    h->priv = mark.priv;
    bool read = true;
    for (unsigned n = 0; n < entry->count; n++) {
        struct moment *moment = &moments[n];
        *moment = (struct moment){.pc = pc, .at = at + n, .priv = mark.priv};
        read = read && target_insn(h, pc, false, &moment->word, &moment->length, &err);
        if (!read) moment->length = 0;
        pc += moment->length;
    }
    h->satp = satp;
    h->priv = priv;
}

static bool x_known(const struct replay *replay, unsigned x)
{
    return x == 0 || x >= 32 || (replay->x_known >> x & 1);
}

static void store_tell(const struct replay *replay, const struct op *op, unsigned size,
                       struct text *changes)
{
    const struct insn_row *row = insn_row_of_code(op->code);
    const struct hart *now = replay->now;
    bool atomic = history_writes(row->operands) == HISTORY_X, fp = row->operands[0] == 'f';
    uint64_t offset = atomic ? 0 : (uint64_t)(int64_t)op->imm;
    uint64_t value = fp ? now->f[op->rs2 & 31] : hart_x(now, op->rs2 & 31);
    if (!x_known(replay, op->rs1)) {
        text_printf(changes, " [?]");
        return;
    }
    text_printf(changes, " [0x%" PRIx64 "]",
                (hart_x(now, op->rs1 & 31) + offset) & mask_low(now->xlen));
    if (atomic) return;
    if (fp ? replay->f_known >> op->rs2 & 1 : x_known(replay, op->rs2))
        text_printf(changes, "=0x%" PRIx64, value & mask_low(8 * size));
    else
        text_printf(changes, "=?");
}

/* The result of an instruction that writes an integer register. False: nobody knows. */
static bool result_of(struct replay *replay, const struct op *op, uint64_t kept, uint64_t *result)
{
    const struct insn_row *row = insn_row_of_code(op->code);
    bool is_kept = history_keeps(row->operands) == HISTORY_X;
    *result = kept;
    if (strstr(row->effect, "SET_PAIR")) replay->x_known &= ~(2u << (op->rd & 31));
    if (is_kept || op->rd >= 32) return is_kept;
    if (!x_known(replay, op->rs1) || !x_known(replay, op->rs2)) return false;
    engine_compute(replay->now, op);
    *result = hart_x(replay->now, op->rd);
    return true;
}

/* Goes past one instruction, whose entry kept `kept`, and says what it changed. */
static void moment_pass(struct replay *replay, struct moment *moment, uint64_t kept)
{
    struct hart *now = replay->now;
    struct op op;
    if (!moment->length) {
        replay->x_known = replay->f_known = 0;
        return;
    }
    decode(now->isa, moment->word, true, &op);
    now->pc = moment->pc;
    op.pc_offset = (uint16_t)(moment->pc & ~PAGE_MASK);
    const struct insn_row *row = insn_row_of_code(op.code);
    if (!row) return;
    enum history_writes writes = history_writes(row->operands);
    unsigned size = effects_store_size(&op);
    struct text stored = {0};
    if (size) store_tell(replay, &op, size, &stored);
    uint64_t result;
    if (writes == HISTORY_F) {
        text_printf(&moment->changes, " %s=0x%" PRIx64, register_f_name(op.rd), kept);
        now->f[op.rd] = kept;
        replay->f_known |= 1u << op.rd;
    } else if (writes == HISTORY_X && op.rd < 32) {
        bool known = result_of(replay, &op, kept, &result);
        replay->x_known &= ~(1u << op.rd);
        replay->x_known |= (uint32_t)known << op.rd;
        hart_set_x(now, op.rd, result);
        if (known)
            text_printf(&moment->changes, " %s=0x%" PRIx64, register_x_name(op.rd),
                        hart_x(now, op.rd));
        else
            text_printf(&moment->changes, " %s=?", register_x_name(op.rd));
    }
    text_printf(&moment->changes, "%s", text_get(&stored));
    text_fini(&stored);
}

static void part_begin(struct replay *replay, const struct history_part *part)
{
    for (unsigned i = 1; i < 32; i++)
        hart_set_x(replay->now, i, part->x[i]);
    memcpy(replay->now->f, part->f, sizeof part->f);
    replay->x_known = replay->f_known = UINT32_MAX;
}

static uint64_t entries_sum(const struct history_entry *entries, unsigned count)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += entries[i].count;
    return sum;
}

/* Fills `moments` with the last `room` instructions, oldest first; returns how many there are. */
static uint64_t moments_collect(struct monitor *mon, struct replay *replay, struct moment *moments,
                                uint64_t room)
{
    struct hart *h = monitor_hart(mon);
    const struct history *history = &mon->recording->harts[h->id];
    struct history_entry entries[HISTORY_ENTRIES];
    const struct history_part *part;
    uint64_t total = 0, filled = 0;
    unsigned back = 0;
    do
        total += entries_sum(entries, history_entries(history, back, &part, entries));
    while (part && total < room && ++back);
    if (!part && back) back--;
    uint64_t skipped = total > room ? total - room : 0, at = h->instret - total;
    for (;; back--) {
        unsigned count = history_entries(history, back, &part, entries);
        if (part) part_begin(replay, part);
        for (unsigned i = 0; i < count; i++) {
            struct moment read[BLOCK_MOST];
            if (entries[i].count > BLOCK_MOST) return filled; /* no engine writes that */
            block_read(h, history, &entries[i], at, read);
            at += entries[i].count;
            for (unsigned n = 0; n < entries[i].count; n++) {
                moment_pass(replay, &read[n], entries[i].words[n + 1]);
                if (skipped && skipped--)
                    text_fini(&read[n].changes);
                else
                    moments[filled++] = read[n];
            }
        }
        if (back == 0) return filled;
    }
}

static void trap_line(struct monitor *mon, const struct history_trap *trap)
{
    out_text(&mon->out, "         --- %s, from %s-mode ---\n", cause_text(trap->cause),
             priv_name(trap->from));
    out_row(&mon->out);
    out_string(&mon->out, "trap", cause_text(trap->cause));
    out_hex(&mon->out, "cause", trap->cause);
    out_string(&mon->out, "from", priv_name(trap->from));
}

/* The traps taken in front of instruction number `at`. */
static void traps_show(struct monitor *mon, uint64_t at)
{
    const struct history *history = &mon->recording->harts[mon->hart];
    uint64_t kept = history->trap_count < HISTORY_MARKS ? history->trap_count : HISTORY_MARKS;
    for (uint64_t i = kept; i > 0; i--) {
        const struct history_trap *trap =
            &history->traps[(history->trap_count - i) % HISTORY_MARKS];
        if (trap->at == at) trap_line(mon, trap);
    }
}

static void moment_show(struct monitor *mon, const struct moment *moment, uint64_t back)
{
    char text[SEE_TEXT_SIZE], symbol[ADDRESS_SIZE - 24];
    const char *changes = text_get(&moment->changes);
    if (moment->length)
        see_disassemble(mon, moment->word, moment->pc, text, sizeof text);
    else
        snprintf(text, sizeof text, "(can't be read any more)");
    symbols_format(&mon->symbols, moment->pc, symbol, sizeof symbol);
    int width = *changes ? (int)strlen(text) < 30 ? 30 - (int)strlen(text) : 1 : 0;
    out_text(&mon->out, "%6" PRId64 " %s 0x%016" PRIx64 " %s%s%s%s%*s%s\n", -(int64_t)back,
             priv_name(moment->priv), moment->pc, *symbol ? "<" : "", symbol, *symbol ? "> " : "",
             text, width, "", changes);
    out_row(&mon->out);
    out_number(&mon->out, "back", back);
    out_string(&mon->out, "mode", priv_name(moment->priv));
    out_hex(&mon->out, "pc", moment->pc);
    out_string(&mon->out, "symbol", symbol);
    out_hex(&mon->out, "word", moment->word);
    out_string(&mon->out, "text", text);
    out_string(&mon->out, "changes", *changes ? changes + 1 : "");
}

bool history_show(struct monitor *mon, uint64_t room, struct error *err)
{
    const struct hart *h = monitor_hart(mon);
    struct moment *moments = calloc(room, sizeof *moments);
    struct replay replay = {.now = calloc(1, sizeof *replay.now)};
    if (!moments || !replay.now) {
        free(moments);
        free(replay.now);
        return error_set(err, "out of host memory");
    }
    replay.now->isa = h->isa;
    replay.now->xlen = h->xlen;
    uint64_t count = moments_collect(mon, &replay, moments, room);
    for (uint64_t i = 0; i < count; i++) {
        traps_show(mon, moments[i].at);
        moment_show(mon, &moments[i], count - i);
        text_fini(&moments[i].changes);
    }
    if (count) traps_show(mon, h->instret);
    if (!count) out_text(&mon->out, "nothing has been executed since hist on\n");
    free(moments);
    free(replay.now);
    return true;
}
