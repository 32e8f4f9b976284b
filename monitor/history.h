/* monitor/history.h: the last instructions a hart executed, with what each changed. */
#ifndef RIVET_MONITOR_HISTORY_H
#define RIVET_MONITOR_HISTORY_H

#include "cpu/history.h"
#include "monitor/monitor.h"

#define HISTORY_SHOWN (HISTORY_PARTS * HISTORY_WORDS) /* instructions, at most */

struct recording {
    struct history harts[MACHINE_MAX_HARTS];
    struct noted {   /* the instruction under way */
        uint64_t at; /* so many had retired before */
        bool read;
        uint32_t word;
    } noted[MACHINE_MAX_HARTS];
};

void history_free(struct recording *);

/* Around an instruction that is executed by other means than the hart's engine. */
void history_note(struct monitor *, struct hart *);
void history_noted(struct monitor *, struct hart *);

/* Somebody else changed registers: what was recorded before leads nowhere. */
void history_forget(struct monitor *);

/* The chosen hart's last `count` instructions; hist is on. */
bool history_show(struct monitor *, uint64_t count, struct error *err);

#endif
