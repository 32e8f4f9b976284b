/* monitor/see_explain.c: explain: an instruction in full, with what the hart's registers hold. */
#include "monitor/see_explain.h"

#include <stdlib.h>

#include "monitor/command.h"
#include "monitor/decode_input.h"
#include "monitor/decode_json.h"
#include "monitor/explain.h"
#include "monitor/target.h"

enum explain_mode { EXPLAIN_STEPS, EXPLAIN_CHANGES };

struct explaining {
    enum explain_mode mode;
    unsigned hart; /* that `before` is of */
    struct explain_state before;
};

static const char *symbol_of(void *owner, uint64_t address, uint64_t *offset)
{
    struct monitor *mon = owner;
    const struct symbol *symbol = symbols_at(&mon->symbols, address, offset);
    return symbol ? symbol->name : NULL;
}

static bool read_of(void *owner, uint64_t address, void *bytes, size_t size)
{
    struct error ignored;
    return target_read(monitor_hart(owner), address, false, bytes, size, NULL, &ignored);
}

static struct explain_context context_of(struct monitor *mon, bool here, uint64_t pc)
{
    const struct hart *hart = monitor_hart(mon);
    return (struct explain_context){
        .isa = hart->isa,
        .style = {.colour = mon->out.colour, .unicode = true},
        .has_pc = here,
        .pc = pc,
        .hart = hart,
        .symbol = symbol_of,
        .read = read_of,
        .owner = mon,
    };
}

/* Explanations are written to a FILE: one in memory, then handed on. */
static FILE *memory_open(char **text, size_t *size)
{
    *text = NULL;
    return open_memstream(text, size);
}

static void memory_close(struct monitor *mon, FILE *file, char **text)
{
    if (!file) return;
    fclose(file);
    out_text(&mon->out, "%s", *text);
    free(*text);
}

static void explain(struct monitor *mon, uint32_t word, bool here, uint64_t pc)
{
    char *text;
    size_t size;
    FILE *file = memory_open(&text, &size);
    struct explain_context context = context_of(mon, here, pc);
    if (file) explain_word(file, &context, word);
    memory_close(mon, file, &text);
    out_row(&mon->out);
    if (here) out_hex(&mon->out, "address", pc);
    out_hex(&mon->out, "word", word);
    if (!mon->out.json) return;
    if ((file = memory_open(&text, &size))) {
        context.facts = (struct hart_facts){0};
        decode_print_json(file, &context, word);
        fclose(file);
        out_json(&mon->out, "decode", text);
        free(text);
    }
}

static bool explain_at(struct monitor *mon, uint64_t address, struct error *err)
{
    uint32_t word;
    unsigned length;
    if (!target_insn(monitor_hart(mon), address, false, &word, &length, err)) return false;
    explain(mon, word, true, address);
    mon->last = address;
    return true;
}

static bool set_mode(struct monitor *mon, bool on, enum explain_mode mode, struct error *err)
{
    free(mon->explaining);
    mon->explaining = NULL;
    if (!on) return true;
    mon->explaining = calloc(1, sizeof *mon->explaining);
    if (!mon->explaining) return error_set(err, "out of host memory");
    mon->explaining->mode = mode;
    return true;
}

/* A number is an address where something can be read there, else a word; the rest is assembly. */
static bool explain_argument(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t value;
    uint32_t word;
    struct error unreadable;
    struct assemble_error wrong = {0};
    const char *rest = args;
    if (args_value(mon, &rest, &value, err) && args_end(mon, rest, err)) {
        if (explain_at(mon, value, &unreadable)) return true;
        if (value > UINT32_MAX) return error_set(err, "%s", unreadable.text);
        explain(mon, (uint32_t)value, false, 0);
        return true;
    }
    const struct hart *hart = monitor_hart(mon);
    if (!input_word(hart->isa, args, hart->pc, &word, &wrong)) {
        if (input_is_number(args) || !*wrong.error.text) return false;
        mon->caret = args + wrong.column;
        return error_set(err, "%s", wrong.error.text);
    }
    mon->caret = NULL;
    explain(mon, word, true, hart->pc);
    return true;
}

bool command_explain(struct monitor *mon, const char *args, struct error *err)
{
    args_skip(&args);
    if (!*args) return explain_at(mon, monitor_hart(mon)->pc, err);
    if (args_word(&args, "off"))
        return args_end(mon, args, err) && set_mode(mon, false, EXPLAIN_STEPS, err);
    if (args_word(&args, "on"))
        return args_end(mon, args, err) && set_mode(mon, true, EXPLAIN_STEPS, err);
    if (args_word(&args, "diff"))
        return args_end(mon, args, err) && set_mode(mon, true, EXPLAIN_CHANGES, err);
    return explain_argument(mon, args, err);
}

bool see_explain_is_on(const struct monitor *mon)
{
    return mon->explaining != NULL;
}

void see_explain_before(struct monitor *mon)
{
    if (!mon->explaining) return;
    mon->explaining->hart = mon->hart;
    explain_capture(monitor_hart(mon), &mon->explaining->before);
}

void see_explain_after(struct monitor *mon)
{
    struct explaining *explaining = mon->explaining;
    if (!explaining || explaining->hart != mon->hart) return;
    struct explain_state after;
    explain_capture(monitor_hart(mon), &after);
    char *text;
    size_t size;
    FILE *file = memory_open(&text, &size);
    struct explain_context context = context_of(mon, true, after.pc);
    if (file) explain_changes(file, &context, &explaining->before, &after);
    memory_close(mon, file, &text);
}

void see_explain_here(struct monitor *mon)
{
    struct error unreadable;
    if (!mon->explaining || mon->explaining->mode != EXPLAIN_STEPS) return;
    out_text(&mon->out, "\n");
    explain_at(mon, monitor_hart(mon)->pc, &unreadable);
}
