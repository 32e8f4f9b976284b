/* monitor/completion.c: what Tab offers: commands, registers, CSRs, symbols, devices, files. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "cpu/csr.h"
#include "cpu/register.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/line.h"

/* Hands out candidates until the n-th that begins with `word`. */
struct offer {
    const char *word;
    size_t length;
    unsigned left;
};

static char *offer(struct offer *o, const char *candidate)
{
    if (strncmp(candidate, o->word, o->length) != 0) return NULL;
    return o->left-- == 0 ? strdup(candidate) : NULL;
}

static char *offer_commands(struct offer *o)
{
    const struct command *row;
    for (unsigned i = 0; (row = command_at(i)); i++) {
        char *found = offer(o, row->name);
        if (found) return found;
    }
    return NULL;
}

static char *offer_devices(struct monitor *mon, struct offer *o)
{
    static const char *const events[] = {"trap", "irq", "csr", "mode", "ecall", "sbi", "mmio"};
    char *found = NULL;
    for (unsigned i = 0; !found && i < ARRAY_COUNT(events); i++)
        found = offer(o, events[i]);
    for (unsigned i = 0; !found && i < mon->machine->device_count; i++)
        found = offer(o, mon->machine->devices[i].device->name);
    return found;
}

static char *offer_names(struct monitor *mon, struct offer *o)
{
    char *found = offer(o, "pc");
    const struct csr_info *csr;
    const struct symbol *symbol;
    for (unsigned i = 0; !found && i < 64; i++)
        found = offer(o, i < 32 ? register_x_name(i) : register_f_name(i - 32));
    for (unsigned i = 0; !found && (csr = csr_info_at(i)); i++) {
        if (!csr_exists(monitor_hart(mon), csr->number)) continue;
        found = offer(o, csr->name);
        size_t name = strlen(csr->name);
        if (found || strncmp(o->word, csr->name, name) != 0 || o->word[name] != '.') continue;
        for (const struct csr_field *f = csr->fields; !found && f && f->name; f++) {
            char text[64];
            snprintf(text, sizeof text, "%s.%s", csr->name, f->name);
            found = offer(o, text);
        }
    }
    if (found || o->length == 0) return found; /* a hundred thousand symbols help nobody */
    symbol = symbols_by_prefix(&mon->symbols, o->word, o->left);
    return symbol ? strdup(symbol->name) : NULL;
}

char *line_completion(struct monitor *mon, const char *line, int start, const char *word,
                      unsigned n)
{
    struct offer o = {.word = word, .length = strlen(word), .left = n};
    const char *args;
    struct error err;
    while (*line == ' ')
        line++, start--;
    if (start <= 0) return offer_commands(&o);
    const struct command *row = command_parse(line, &args, &err);
    switch (row ? row->complete : COMPLETE_NOTHING) {
    case COMPLETE_COMMAND:
        return offer_commands(&o);
    case COMPLETE_DEVICE:
        return args_word(&args, "csr") ? offer_names(mon, &o) : offer_devices(mon, &o);
    case COMPLETE_FILE:
        return rl_filename_completion_function(word, (int)n);
    case COMPLETE_EXPR:
        return offer_names(mon, &o);
    case COMPLETE_NOTHING:
        break;
    }
    return NULL;
}
