/* monitor/command.h: the table of commands. */
#ifndef RIVET_MONITOR_COMMAND_H
#define RIVET_MONITOR_COMMAND_H

#include "monitor/monitor.h"

/* What Tab completes an argument to. */
enum complete { COMPLETE_NOTHING, COMPLETE_EXPR, COMPLETE_FILE, COMPLETE_COMMAND, COMPLETE_DEVICE };

struct command {
    const char *name;
    const char *aliases;   /* space-separated, gdb's and QEMU's names among them */
    const char *arguments; /* "LOC [if EXPR]" */
    const char *brief;     /* one line */
    const char *help;      /* more, with an example */
    enum complete complete;
    bool repeats; /* an empty line does it again */
    /* `args` points into the line, behind the name. False: `err` is filled. */
    bool (*run)(struct monitor *, const char *args, struct error *err);
};

const struct command *command_at(unsigned index); /* NULL past the end */

/* By name, alias or unambiguous beginning. NULL: `err` says it is unknown or what it could be. */
const struct command *command_find(const char *name, size_t length, struct error *err);

/* Splits a line in command and arguments; NULL with `err` empty: a blank line or comment. */
const struct command *command_parse(const char *line, const char **args, struct error *err);

/* The handlers, by file. */
#define COMMAND(name) bool command_##name(struct monitor *, const char *args, struct error *)
COMMAND(help); /* command_help.c */
COMMAND(apropos);
COMMAND(info);
COMMAND(quit); /* session commands: repl.c */
COMMAND(source);
COMMAND(echo);
COMMAND(continue); /* move.c */
COMMAND(step);
COMMAND(next);
COMMAND(finish);
COMMAND(until);
COMMAND(stepu);
COMMAND(reset);
COMMAND(hart);
COMMAND(break); /* set_stops.c */
COMMAND(tbreak);
COMMAND(watch);
COMMAND(rwatch);
COMMAND(awatch);
COMMAND(catch);
COMMAND(delete); /* list_stops.c */
COMMAND(enable);
COMMAND(disable);
COMMAND(ignore);
COMMAND(breakpoints);
COMMAND(balloon); /* balloon.c */
COMMAND(regs);    /* see_registers.c */
COMMAND(fregs);
COMMAND(csr);
COMMAND(x); /* see_memory.c */
COMMAND(xp);
COMMAND(disas); /* see_code.c */
COMMAND(list);
COMMAND(explain); /* see_explain.c */
COMMAND(bt);      /* see_stack.c */
COMMAND(walk);    /* see_translation.c */
COMMAND(maps);
COMMAND(tlb);
COMMAND(irq); /* see_interrupts.c */
COMMAND(trap);
COMMAND(dev);  /* see_device.c */
COMMAND(hist); /* history.c */
COMMAND(engine);
COMMAND(print); /* change.c */
COMMAND(set);
COMMAND(raise);
COMMAND(send);
COMMAND(load);
COMMAND(symbol);
COMMAND(trace); /* trace.c */
#undef COMMAND

#endif
