/* monitor/move.h: letting the guest run, and saying why it stopped. */
#ifndef RIVET_MONITOR_MOVE_H
#define RIVET_MONITOR_MOVE_H

#include "monitor/monitor.h"

enum moved {
    MOVED_STOPPED, /* asked to: the monitor's key, machine_stop() */
    MOVED_BREAK,   /* at a stop: stops.harts[mon->hart].hit says which */
    MOVED_STEPPED, /* all steps done */
    MOVED_ENDED,   /* the guest is over: mon->ended and status are set */
};

/* Runs until something happens; the hart that stopped is then the chosen one. Prints nothing. */
enum moved move_run(struct monitor *);

/* The same with the internal stops just set. */
enum moved move_run_on(struct monitor *);

/* A few single steps, ended by a stop: MOVED_BREAK; else MOVED_STEPPED, and the guest is to run. */
enum moved move_a_little(struct monitor *);

/* machine_step, which hist and trace see. */
enum machine_step move_one(struct monitor *, unsigned hart, bool listen);

/* `count` single steps of the chosen hart. */
enum moved move_steps(struct monitor *, uint64_t count);

/* Says where and why, and executes what the stop's `do` says. */
void move_report(struct monitor *, enum moved);

/* One line: where the chosen hart stands, and its instruction. */
void move_show(struct monitor *);

/* Continues when commands of a stop asked for it; called between lines. */
void move_after_command(struct monitor *);

#endif
