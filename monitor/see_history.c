/* monitor/see_history.c: the last instructions a hart executed, put together again.
 *
 * Recorded is which blocks it entered and what registers held before (cpu/history.h). From the
 * newest instruction back, each old value is put where it was: so the registers in front of and
 * behind every instruction are known, and with them what a store wrote where.
 */
#include <inttypes.h>
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
    unsigned length;
    enum priv priv;
    struct text changes;
};

uint64_t history_old(const struct hart *h, uint32_t word)
{
    struct op op;
    decode(h->isa, word, true, &op);
    const struct insn_row *row = insn_row_of_code(op.code);
    if (!row) return 0;
    if (history_writes(row->operands) == HISTORY_F) return h->f[op.rd];
    return history_writes(row->operands) == HISTORY_X ? hart_x(h, op.rd & 31) : 0;
}

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

/* The instructions of a block, read from where it was executed. False: they can't be any more. */
static bool block_read(struct hart *h, const struct history *history, uint64_t pc, uint64_t at,
                       unsigned count, struct moment moments[BLOCK_MOST])
{
    const uint64_t satp = h->satp;
    const enum priv priv = h->priv;
    const struct history_mark mark = mark_of(history, at);
    unsigned n = 0;
    struct error err;
    h->satp = mark.satp; /* to look through its tables; no engine runs */
    h->priv = mark.priv;
    for (; n < count; n++) {
        moments[n] = (struct moment){.pc = pc, .at = at + n, .priv = mark.priv};
        if (!target_insn(h, pc, false, &moments[n].word, &moments[n].length, &err)) break;
        pc += moments[n].length;
    }
    h->satp = satp;
    h->priv = priv;
    return n == count;
}

/* Takes one instruction back in `now`, and says what it had changed. */
static void moment_undo(const struct hart *h, struct moment *moment, struct registers *now,
                        uint64_t old)
{
    struct op op;
    decode(h->isa, moment->word, true, &op);
    const struct insn_row *row = insn_row_of_code(op.code);
    if (!row) return;
    enum history_writes writes = history_writes(row->operands);
    unsigned size = effects_store_size(&op);
    bool atomic = strchr(row->operands, '(') && writes == HISTORY_X && size;
    uint64_t result = 0;
    if (writes == HISTORY_X && op.rd < 32) {
        result = now->x[op.rd];
        text_printf(&moment->changes, " %s=0x%" PRIx64, register_x_name(op.rd), result);
        now->x[op.rd] = old & mask_low(h->xlen);
    } else if (writes == HISTORY_F) {
        text_printf(&moment->changes, " %s=0x%" PRIx64, register_f_name(op.rd), now->f[op.rd]);
        now->f[op.rd] = old;
    }
    if (!size) return;
    uint64_t offset = atomic ? 0 : (uint64_t)(int64_t)op.imm;
    uint64_t address = (now->x[op.rs1 & 31] + offset) & mask_low(h->xlen);
    uint64_t value = row->operands[0] == 'f' ? now->f[op.rs2] : now->x[op.rs2 & 31];
    if (atomic)
        text_printf(&moment->changes, " [0x%" PRIx64 "]", address);
    else
        text_printf(&moment->changes, " [0x%" PRIx64 "]=0x%" PRIx64, address,
                    value & mask_low(8 * size));
}

/* Fills `moments` from its end; returns how many there are. */
static uint64_t moments_collect(struct monitor *mon, struct moment *moments, uint64_t room)
{
    struct hart *h = monitor_hart(mon);
    const struct history *history = &mon->recording->harts[h->id];
    struct history_reader reader = {.at = history->next};
    struct registers now;
    const uint64_t *entry;
    uint64_t at = h->instret, count = 0;
    unsigned executed;
    see_registers_take(h, &now);
    while (count < room && (entry = history_before(history, &reader, &executed))) {
        struct moment read[BLOCK_MOST];
        at -= executed;
        if (executed > BLOCK_MOST || !block_read(h, history, *entry, at, executed, read)) break;
        for (unsigned n = executed; n-- > 0;) {
            moment_undo(h, &read[n], &now, entry[n + 1]);
            if (count == room)
                text_fini(&read[n].changes);
            else
                moments[room - ++count] = read[n];
        }
    }
    return count;
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
    see_disassemble(mon, moment->word, moment->pc, text, sizeof text);
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
    struct moment *moments = calloc(room, sizeof *moments);
    if (!moments) return error_set(err, "out of host memory");
    uint64_t count = moments_collect(mon, moments, room);
    for (uint64_t i = room - count; i < room; i++) {
        traps_show(mon, moments[i].at);
        moment_show(mon, &moments[i], room - i);
        text_fini(&moments[i].changes);
    }
    if (count) traps_show(mon, monitor_hart(mon)->instret);
    if (!count) out_text(&mon->out, "nothing has been executed since hist on\n");
    free(moments);
    return true;
}
