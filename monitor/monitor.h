/* monitor/monitor.h: what the monitor's commands share. */
#ifndef RIVET_MONITOR_MONITOR_H
#define RIVET_MONITOR_MONITOR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdint.h>

#include "base/error.h"
#include "machine/machine.h"
#include "monitor/console.h"
#include "monitor/out.h"
#include "monitor/stops.h"
#include "monitor/symbols.h"

struct gdb;
struct trace;
struct recording;
struct explaining;

struct monitor {
    struct machine *machine; /* borrowed */
    struct terminal_console *console;
    struct out out;
    struct symbols symbols;
    struct stops stops;
    struct gdb *gdb;               /* NULL: nobody may connect */
    struct trace *trace;           /* NULL: never switched on */
    struct recording *recording;   /* hist; NULL: off. Owned */
    unsigned hart;                 /* the chosen one */
    uint64_t last;                 /* $_ */
    uint64_t next;                 /* where x, disas and list go on */
    struct explaining *explaining; /* explain on, explain diff; NULL: off. Owned */
    struct seen *seen;             /* registers as last shown, by hart; NULL: never */
    struct {
        const char *file; /* of the line table: as long as `symbols`; NULL: nothing was listed */
        int line;         /* the first that was not shown */
        uint64_t pc;      /* where the hart stood */
    } listed;
    bool again; /* the line is an empty one that does the last command again */
    bool no_reboot;
    bool quit;            /* the session is to end */
    bool ended;           /* the guest has */
    bool started;         /* it has run */
    bool attended;        /* somebody uses the monitor: say how things end */
    bool running;         /* machine_run() is under way */
    bool moved;           /* gdb moved the guest while a line was awaited */
    FILE *commands;       /* where lines come from; NULL: standard input */
    int status;           /* the program's exit status */
    const char *line;     /* the command being executed */
    const char *caret;    /* where in it something was wrong; NULL: nowhere in particular */
    unsigned searches;    /* for the kernel's names, in vain */
    uint64_t searched_at; /* the last one, in retired instructions */
    char *pending;        /* what the last stop's `do` says; owned */
    bool draining;        /* it is being executed */
    unsigned depth;       /* scripts and `do` within one another */
};

void monitor_init(struct monitor *, struct machine *, struct terminal_console *);
void monitor_fini(struct monitor *);

/* Executes one line and prints its answer. False: it failed. Without guest: only looks. */
bool monitor_execute(struct monitor *, const char *line);

/* Executes a file's lines up to the first that fails; false: that was said with file and line. */
bool monitor_source(struct monitor *, const char *path, struct error *err);

/* The chosen hart. */
struct hart *monitor_hart(struct monitor *);

/* "0xffffffff80002345 <start_kernel+0x10>" */
void monitor_address(struct monitor *, uint64_t address, char *text, size_t size);
#define ADDRESS_SIZE 160

/* "init/main.c:900": the first address of the line. False: not that, or no such line is known. */
bool monitor_line(struct monitor *, const char *text, uint64_t *address);

/* Looks for the kernel's own names, once there may be some. */
void monitor_find_symbols(struct monitor *);

/* --- arguments: each moves *args past what it read -------------------------------------------- */

void args_skip(const char **args);
/* True when the next word is `word`. */
bool args_word(const char **args, const char *word);
/* The next word, cut at white space; "" at the end. */
void args_take(const char **args, char *word, size_t size);
/* An expression's value; false: `err` and the caret say what was wrong. */
bool args_value(struct monitor *, const char **args, uint64_t *value, struct error *err);
/* False unless nothing is left. */
bool args_end(struct monitor *, const char *args, struct error *err);
bool args_fail(struct monitor *, const char *where, struct error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
