/* monitor/history.c: hist: has the harts record what they execute. */
#include "monitor/history.h"

#include <stdlib.h>

#include "cpu/history.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/observe.h"
#include "monitor/target.h"

#define SHOWN_AT_FIRST 10

void history_free(struct recording *recording)
{
    free(recording);
}

void history_note(struct monitor *mon, struct hart *h)
{
    struct error err;
    unsigned length;
    if (!mon->recording) return;
    struct history *history = &mon->recording->harts[h->id];
    struct noted *noted = &mon->recording->noted[h->id];
    history->next = history_begin(history, h, history_open(history, h), h->pc);
    history_mark(history, h);
    noted->at = h->instret;
    noted->read = target_insn(h, h->pc, false, &noted->word, &length, &err);
}

void history_noted(struct monitor *mon, struct hart *h)
{
    if (!mon->recording) return;
    struct history *history = &mon->recording->harts[h->id];
    const struct noted *noted = &mon->recording->noted[h->id];
    if (noted->read) history->next[1] = history_result_of(h, noted->word);
    history_close(history, h, history_end(history->next, h->instret != noted->at));
}

void history_forget(struct monitor *mon)
{
    for (unsigned id = 0; mon->recording && id < MACHINE_MAX_HARTS; id++)
        history_reset(&mon->recording->harts[id]);
}

static bool record_on(struct monitor *mon, struct error *err)
{
    if (mon->recording) return true;
    mon->recording = calloc(1, sizeof *mon->recording);
    if (!mon->recording) return error_set(err, "out of host memory");
    history_forget(mon);
    for (unsigned id = 0; id < machine_hart_count(mon->machine); id++)
        mon->stops.harts[id].history = &mon->recording->harts[id];
    observe_settle(mon);
    return true;
}

static void record_off(struct monitor *mon)
{
    if (!mon->recording) return;
    for (unsigned id = 0; id < MACHINE_MAX_HARTS; id++)
        mon->stops.harts[id].history = NULL;
    struct recording *recording = mon->recording;
    mon->recording = NULL;
    observe_settle(mon);
    stops_tell(&mon->stops); /* no hart looks there any more */
    free(recording);
}

bool command_hist(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t count = SHOWN_AT_FIRST;
    if (args_word(&args, "on")) return args_end(mon, args, err) && record_on(mon, err);
    if (args_word(&args, "off")) {
        if (!args_end(mon, args, err)) return false;
        record_off(mon);
        return true;
    }
    args_skip(&args);
    const char *start = args;
    if (*args && (!args_value(mon, &args, &count, err) || !args_end(mon, args, err))) return false;
    if (!mon->recording) return error_set(err, "nothing was recorded; hist on starts that");
    if (count < 1 || count > HISTORY_SHOWN)
        return args_fail(mon, start, err, "1 to %d instructions are kept", HISTORY_SHOWN);
    return history_show(mon, count, err);
}
