/* monitor/command_help.c: help, apropos, and the names after info. */
#define _GNU_SOURCE /* strcasestr */
#include <string.h>

#include "base/bits.h"
#include "monitor/command.h"

static void brief(struct monitor *mon, const struct command *row)
{
    out_text(&mon->out, "%-12s %s\n", row->name, row->brief);
    out_row(&mon->out);
    out_string(&mon->out, "name", row->name);
    out_string(&mon->out, "aliases", row->aliases);
    out_string(&mon->out, "arguments", row->arguments);
    out_string(&mon->out, "brief", row->brief);
}

bool command_help(struct monitor *mon, const char *args, struct error *err)
{
    const struct command *row;
    args_skip(&args);
    if (!*args) {
        for (unsigned i = 0; (row = command_at(i)); i++)
            brief(mon, row);
        out_text(&mon->out,
                 "help COMMAND says more; any unambiguous beginning of a name will do.\n");
        return true;
    }
    row = command_find(args, strcspn(args, " \t"), err);
    if (!row) return false;
    out_text(&mon->out, "%s %s\n%s.\n%s\n", row->name, row->arguments, row->brief, row->help);
    if (*row->aliases) out_text(&mon->out, "Also: %s\n", row->aliases);
    out_row(&mon->out);
    out_string(&mon->out, "name", row->name);
    out_string(&mon->out, "aliases", row->aliases);
    out_string(&mon->out, "arguments", row->arguments);
    out_string(&mon->out, "brief", row->brief);
    out_string(&mon->out, "help", row->help);
    return true;
}

bool command_apropos(struct monitor *mon, const char *args, struct error *err)
{
    const struct command *row;
    bool any = false;
    args_skip(&args);
    if (!*args) return args_fail(mon, args, err, "a word is missing: apropos interrupt");
    for (unsigned i = 0; (row = command_at(i)); i++) {
        if (!strcasestr(row->name, args) && !strcasestr(row->brief, args) &&
            !strcasestr(row->help, args) && !strcasestr(row->aliases, args))
            continue;
        brief(mon, row);
        any = true;
    }
    return any || error_set(err, "no command's help mentions \"%s\"", args);
}

/* gdb's and QEMU's words after `info` that are no names of the commands here. */
static const struct {
    const char *word, *command;
} topics[] = {
    {"all-registers", "fregs"},
    {"break", "breakpoints"},
    {"breakpoints", "breakpoints"},
    {"watchpoints", "breakpoints"},
    {"cpus", "hart"},
    {"threads", "hart"},
    {"stack", "bt"},
    {"s", "bt"},
    {"line", "list"},
    {"source", "list"},
    {"mem", "maps"},
    {"mtree", "dev"},
    {"qtree", "dev"},
    {"status", "hart"},
    {"pic", "irq"},
    {"program", "hart"},
    {"symbol", "symbol"},
    {"history", "hist"},
};

/* What only looks: `info s` must not step. */
static bool only_looks(const struct command *row)
{
    static const char *const names[] = {
        "regs", "fregs", "csr",  "breakpoints", "hart",   "list", "maps",  "tlb",  "irq",    "dev",
        "trap", "hist",  "walk", "engine",      "symbol", "bt",   "disas", "help", "balloon"};
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(row->name, names[i]) == 0) return true;
    return false;
}

bool command_info(struct monitor *mon, const char *args, struct error *err)
{
    char word[64];
    const char *after = args;
    const struct command *row = NULL;
    args_take(&after, word, sizeof word);
    if (!*word) {
        out_text(&mon->out, "info regs, fregs, csr, break, harts, line, maps, tlb, irq, dev, trap, "
                            "hist, engine, symbol, stack, balloon\n");
        return true;
    }
    for (unsigned i = 0; i < ARRAY_COUNT(topics); i++)
        if (strcmp(topics[i].word, word) == 0)
            row = command_find(topics[i].command, strlen(topics[i].command), err);
    if (!row) row = command_find(word, strlen(word), err);
    if (!row) return false;
    if (!only_looks(row))
        return args_fail(mon, args, err, "info about what? %s does something", row->name);
    return row->run(mon, after, err);
}
