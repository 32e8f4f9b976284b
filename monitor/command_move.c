/* monitor/command_move.c: continue, step and their kind. */
#include <inttypes.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/insn.h"
#include "monitor/command.h"
#include "monitor/history.h"
#include "monitor/move.h"
#include "monitor/see.h"
#include "monitor/see_explain.h"
#include "monitor/target.h"

static bool count_take(struct monitor *mon, const char *args, uint64_t *count, struct error *err)
{
    *count = 1;
    args_skip(&args);
    if (!*args) return true;
    return args_value(mon, &args, count, err) && args_end(mon, args, err);
}

bool command_continue(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t count;
    if (!count_take(mon, args, &count, err)) return false;
    struct hart *h = monitor_hart(mon);
    for (unsigned i = 0; count > 1 && i < mon->stops.count; i++)
        if (mon->stops.list[i]->kind == STOP_BREAK && mon->stops.list[i]->address == h->pc)
            mon->stops.list[i]->ignore = count - 1;
    move_report(mon, move_run(mon));
    return true;
}

static enum moved step_explained(struct monitor *mon, uint64_t count)
{
    see_explain_before(mon);
    enum moved moved = move_steps(mon, count);
    if (moved == MOVED_STEPPED) see_explain_after(mon);
    return moved;
}

bool command_step(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t count;
    enum moved moved = MOVED_STEPPED;
    if (!count_take(mon, args, &count, err)) return false;
    for (; count > 1 && moved == MOVED_STEPPED && see_explain_is_on(mon); count--) {
        moved = step_explained(mon, 1);
        if (moved == MOVED_STEPPED) move_show(mon);
    }
    if (moved == MOVED_STEPPED) moved = step_explained(mon, count);
    move_report(mon, moved);
    return true;
}

/* A stop at `address` that is gone at the next stop, for the chosen hart. */
static struct stop *once(struct monitor *mon, uint64_t address, uint64_t sp_least)
{
    struct stop *stop = stops_add(&mon->stops, STOP_BREAK, "");
    if (!stop) return NULL;
    stop->internal = true;
    stop->address = address;
    stop->sp_least = sp_least;
    stop->hart = (int)mon->hart;
    return stop;
}

/* What comes back to the next instruction: calls (rd is a link register) and what traps on purpose.
 */
static bool comes_back(const struct hart *h, uint32_t word)
{
    struct op op;
    decode(h->isa, word, true, &op);
    enum format_kind kind = op_kind(op.code);
    if (kind == KIND_JUMP || kind == KIND_INDIRECT) return op.rd == 1 || op.rd == 5;
    return op.code == OP_ecall || op.code == OP_ebreak;
}

static bool next_one(struct monitor *mon, enum moved *moved, struct error *err)
{
    struct hart *h = monitor_hart(mon);
    uint32_t word;
    unsigned length;
    struct error unreadable;
    if (!target_insn(h, h->pc, false, &word, &length, &unreadable) || !comes_back(h, word)) {
        *moved = move_steps(mon, 1);
        return true;
    }
    stops_settle(&mon->stops);
    if (!once(mon, h->pc + length, h->priv == PRIV_U ? 0 : hart_x(h, 2)))
        return error_set(err, "out of host memory");
    unsigned hart = mon->hart;
    monitor_find_symbols(mon);
    stops_apply(&mon->stops);
    *moved = move_run_on(mon);
    if (*moved == MOVED_BREAK && mon->hart == hart && mon->stops.harts[hart].hit.number == 0)
        *moved = MOVED_STEPPED;
    return true;
}

bool command_next(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t count;
    enum moved moved = MOVED_STEPPED;
    if (!count_take(mon, args, &count, err)) return false;
    for (uint64_t i = 0; i < count && moved == MOVED_STEPPED; i++)
        if (!next_one(mon, &moved, err)) return false;
    move_report(mon, moved);
    return true;
}

bool command_finish(struct monitor *mon, const char *args, struct error *err)
{
    struct frame frames[2];
    if (!args_end(mon, args, err)) return false;
    if (see_frames(mon, frames, 2) < 2)
        return error_set(err, "finish: it can't be seen who called; bt shows what can");
    stops_settle(&mon->stops);
    /* The stack of the caller lies above this one: a deeper call of the same function isn't it. */
    if (!once(mon, frames[1].pc, hart_x(monitor_hart(mon), 2))) return error_set(err, "no memory");
    stops_apply(&mon->stops);
    move_report(mon, move_run_on(mon));
    if (mon->ended || monitor_hart(mon)->pc != frames[1].pc)
        return true; /* something came between */
    out_text(&mon->out, "a0 = 0x%" PRIx64 "\n", hart_x(monitor_hart(mon), 10));
    return true;
}

bool command_until(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t address;
    args_skip(&args);
    if (*args == '*') args++; /* gdb's way to say that it is an address */
    if (!args_value(mon, &args, &address, err) || !args_end(mon, args, err)) return false;
    stops_settle(&mon->stops);
    if (!once(mon, address, 0)) return error_set(err, "out of host memory");
    stops_apply(&mon->stops);
    move_report(mon, move_run_on(mon));
    return true;
}

bool command_stepu(struct monitor *mon, const char *args, struct error *err)
{
    if (!args_end(mon, args, err)) return false;
    stops_settle(&mon->stops);
    struct stop *stop = stops_add(&mon->stops, STOP_MODE, "user mode");
    if (!stop) return error_set(err, "out of host memory");
    stop->internal = true;
    stop->which = PRIV_U;
    stop->hart = (int)mon->hart;
    stops_apply(&mon->stops);
    move_report(mon, move_run_on(mon));
    return true;
}

bool command_reset(struct monitor *mon, const char *args, struct error *err)
{
    if (!args_end(mon, args, err) || !machine_reset(mon->machine, err)) return false;
    for (unsigned id = 0; id < MACHINE_MAX_HARTS; id++)
        mon->stops.harts[id].skip = false;
    mon->hart = 0;
    history_forget(mon);
    move_show(mon);
    return true;
}

bool command_hart(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t number;
    char where[ADDRESS_SIZE];
    args_skip(&args);
    if (*args) {
        if (!args_value(mon, &args, &number, err) || !args_end(mon, args, err)) return false;
        if (number >= machine_hart_count(mon->machine))
            return error_set(err, "hart %" PRIu64 ": there are 0 to %u", number,
                             machine_hart_count(mon->machine) - 1);
        mon->hart = (unsigned)number;
        move_show(mon);
        return true;
    }
    for (unsigned id = 0; id < machine_hart_count(mon->machine); id++) {
        const struct hart *h = machine_hart(mon->machine, id);
        monitor_address(mon, h->pc, where, sizeof where);
        out_text(&mon->out, "%c hart %u: %s-mode at %s%s\n", id == mon->hart ? '*' : ' ', id,
                 priv_name(h->priv), where, h->wfi ? ", waits for an interrupt" : "");
        out_row(&mon->out);
        out_number(&mon->out, "hart", id);
        out_bool(&mon->out, "chosen", id == mon->hart);
        out_string(&mon->out, "mode", priv_name(h->priv));
        out_hex(&mon->out, "pc", h->pc);
        out_bool(&mon->out, "waits", h->wfi);
    }
    return true;
}
