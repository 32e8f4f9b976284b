/* machine/options.h: the command line, in QEMU's words. */
#ifndef RIVET_MACHINE_OPTIONS_H
#define RIVET_MACHINE_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "machine/machine.h"

#define OPTIONS_COMMANDS_MAX 64

/* -x FILE and -ex COMMAND, in the order given. */
struct option_command {
    bool file;
    const char *text;
};

struct options {
    struct machine_config machine;
    bool help, version;
    bool cpu_help;         /* -cpu help: list models and extensions */
    const char *cpu_lacks; /* extensions a profile asks for that there aren't; or NULL */
    bool no_reboot;        /* a reboot ends the program instead */
    bool stats;            /* -d stats: counters at exit */
    bool hash;             /* -d hash: of all state, likewise */
    bool profile;          /* -d profile: which ops followed which, likewise */
    bool stopped;          /* -S: wait for the monitor or gdb */
    bool json;             /* the monitor answers in JSON */
    bool monitor_stdio;    /* standard input is the monitor's, not the guest's */
    const char *monitor;   /* a file of the monitor's commands; or NULL */
    const char *gdb;       /* "[HOST]:PORT" to listen at for gdb; or NULL */
    const char *trace;     /* -d trace=FILE; or NULL */
    struct option_command commands[OPTIONS_COMMANDS_MAX];
    unsigned command_count;
    const char *signature; /* write the test program's signature here at the end; or NULL */
    const char *pidfile;   /* or NULL */
    const char *log;       /* -D FILE; NULL: standard error */
    bool daemonize;
    bool silent;         /* -serial none: what the guest prints is not shown */
    bool escapes;        /* Ctrl-A is the escape key of the console */
    const char *dumpdtb; /* write the device tree here and exit; or NULL */
};

/* Reads argv[1..]; strings stay the caller's. False: `err` names the option and what was wrong. */
bool options_parse(struct options *, int argc, char *const *argv, struct error *err);

/* One line of --help: the option with its argument, and what it does. NULL-terminated by `usage`.
 */
struct option_help {
    const char *name, *argument, *text;
};

/* Past the last option: false. */
bool options_help(unsigned index, struct option_help *help);

/* "128", "1G", "512M": bytes, plain numbers counted in `unit`. */
bool options_parse_size(const char *text, uint64_t unit, uint64_t *bytes);

#endif
