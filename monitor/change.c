/* monitor/change.c: print, set, raise, send, load, symbol, engine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dev/plic.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/history.h"
#include "monitor/stats.h"
#include "monitor/target.h"

bool command_print(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t value;
    char format = 0, symbol[ADDRESS_SIZE];
    args_skip(&args);
    if (*args == '/') {
        format = args[1];
        if (!format || !strchr("xduotca", format) || (args[2] && args[2] != ' '))
            return args_fail(mon, args, err, "formats are x d u o t c a");
        args += 2;
    }
    if (!args_value(mon, &args, &value, err) || !args_end(mon, args, err)) return false;
    mon->last = value;
    symbols_format(&mon->symbols, value, symbol, sizeof symbol);
    switch (format) {
    case 'x':
        out_text(&mon->out, "0x%" PRIx64 "\n", value);
        break;
    case 'd':
        out_text(&mon->out, "%" PRId64 "\n", (int64_t)value);
        break;
    case 'u':
        out_text(&mon->out, "%" PRIu64 "\n", value);
        break;
    case 'o':
        out_text(&mon->out, "0%" PRIo64 "\n", value);
        break;
    case 't':
        out_text(&mon->out, "0b");
        for (unsigned bit = 64, begun = 0; bit-- > 0;)
            if ((begun |= (value >> bit & 1) || bit == 0))
                out_text(&mon->out, "%c", value >> bit & 1 ? '1' : '0');
        out_text(&mon->out, "\n");
        break;
    case 'c':
        out_text(&mon->out, value >= 0x20 && value < 0x7f ? "'%c'\n" : "\\x%02x\n", (int)value);
        break;
    default:
        out_text(&mon->out, "0x%" PRIx64 " = %" PRId64 "%s%s%s\n", value, (int64_t)value,
                 *symbol ? " <" : "", symbol, *symbol ? ">" : "");
    }
    out_row(&mon->out);
    out_hex(&mon->out, "value", value);
    if (*symbol) out_string(&mon->out, "symbol", symbol);
    return true;
}

/* The `=` that assigns; NULL: there is none. */
static const char *equals(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at != '=') continue;
        if (at[1] == '=') {
            at++;
            continue;
        }
        if (at > text && strchr("!<>", at[-1])) continue;
        return at;
    }
    return NULL;
}

/* "*(u32)ADDRESS": a size in bytes, and the rest is an expression. */
static unsigned memory_size(struct monitor *mon, const char **args, bool *physical)
{
    char p[3], kind;
    unsigned bits;
    int used = 0;
    *physical = false;
    if (sscanf(*args, "(%2[p:]%c%u)%n", p, &kind, &bits, &used) == 3 && used) {
        *physical = true;
    } else if (sscanf(*args, "(%c%u)%n", &kind, &bits, &used) != 2 || !used) {
        return monitor_hart(mon)->xlen / 8;
    }
    if ((kind != 'u' && kind != 's') || bits > 64 || bits < 8 || (bits & (bits - 1)))
        return monitor_hart(mon)->xlen / 8;
    *args += used;
    return bits / 8;
}

static bool set_memory(struct monitor *mon, const char *target, uint64_t value, struct error *err)
{
    uint64_t address;
    bool physical;
    uint8_t bytes[8];
    args_skip(&target);
    unsigned size = memory_size(mon, &target, &physical);
    const char *end = target;
    if (!args_value(mon, &end, &address, err)) return false;
    args_skip(&end);
    if (*end != '=') return args_fail(mon, end, err, "= is expected here");
    store_le(bytes, size, value);
    if (!target_write(monitor_hart(mon), address, physical, bytes, size, err)) return false;
    out_text(&mon->out, "%u bytes at 0x%" PRIx64 " are now 0x%" PRIx64 "\n", size, address,
             value & mask_low(8 * size));
    return true;
}

bool command_set(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t value;
    struct place_name place;
    args_skip(&args);
    if (strncmp(args, "var ", 4) == 0) args += 4; /* gdb */
    args_skip(&args);
    const char *at = equals(args);
    if (!at) return args_fail(mon, args + strlen(args), err, "= is missing: set a0 = 5");
    const char *right = at + 1;
    if (!args_value(mon, &right, &value, err) || !args_end(mon, right, err)) return false;
    if (*args == '*') return set_memory(mon, args + 1, value, err);
    size_t length = (size_t)(at - args);
    while (length && args[length - 1] == ' ')
        length--;
    if (!target_name(monitor_hart(mon), args, length, &place))
        return args_fail(mon, args, err, "no register or CSR \"%.*s\"; memory is *(u32)ADDRESS",
                         (int)length, args);
    if (!target_set(monitor_hart(mon), &place, value, err)) return false;
    history_forget(mon);
    out_text(&mon->out, "%.*s = 0x%" PRIx64 "\n", (int)length, args,
             target_get(monitor_hart(mon), &place));
    return true;
}

bool command_raise(struct monitor *mon, const char *args, struct error *err)
{
    static const struct {
        const char *name;
        unsigned line;
    } wires[] = {{"ssi", 1}, {"sti", 5}, {"sei", 9}, {"msi", 3}, {"mti", 7}, {"mei", 11}};
    uint64_t source = 0, level = 1;
    unsigned line = 0;
    args_skip(&args);
    const char *start = args;
    for (unsigned i = 0; i < ARRAY_COUNT(wires); i++)
        if (args_word(&args, wires[i].name)) line = wires[i].line;
    if (!line && !args_value(mon, &args, &source, err)) return false;
    args_skip(&args);
    if (*args && !args_value(mon, &args, &level, err)) return false;
    if (!args_end(mon, args, err)) return false;
    if (line) {
        hart_irq_set(monitor_hart(mon), line, level != 0);
    } else {
        if (source < 1 || source > 95)
            return args_fail(mon, start, err,
                             "PLIC sources are 1 to 95; or ssi sti sei msi mti mei");
        struct irq irq = plic_input(mon->machine->plic, (unsigned)source);
        irq.set(irq.owner, irq.line, level != 0);
    }
    out_text(&mon->out, "the line is %s\n", level ? "high" : "low");
    return true;
}

bool command_send(struct monitor *mon, const char *args, struct error *err)
{
    args_skip(&args);
    size_t length = strlen(args);
    if (machine_input_room(mon->machine) < length + 1)
        return error_set(err, "the guest has not taken what was typed before");
    machine_input(mon->machine, (const uint8_t *)args, length);
    machine_input(mon->machine, (const uint8_t *)"\n", 1);
    return true;
}

bool command_load(struct monitor *mon, const char *args, struct error *err)
{
    char path[1024];
    uint64_t slide = 0;
    size_t added;
    args_skip(&args);
    const char *start = args;
    args_take(&args, path, sizeof path);
    if (!*path) return args_fail(mon, start, err, "a file is missing: load vmlinux");
    args_skip(&args);
    if (*args && !args_value(mon, &args, &slide, err)) return false;
    if (!args_end(mon, args, err)) return false;
    if (!symbols_load_elf(&mon->symbols, path, slide, &added, err)) return false;
    out_text(&mon->out, "%zu symbols from %s\n", added, path);
    out_row(&mon->out);
    out_number(&mon->out, "symbols", added);
    return true;
}

bool command_symbol(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t value;
    char where[ADDRESS_SIZE];
    if (!args_value(mon, &args, &value, err) || !args_end(mon, args, err)) return false;
    mon->last = value;
    symbols_format(&mon->symbols, value, where, sizeof where);
    if (!*where) return error_set(err, "no symbol is known for 0x%" PRIx64, value);
    out_text(&mon->out, "0x%" PRIx64 " is %s\n", value, where);
    out_row(&mon->out);
    out_hex(&mon->out, "address", value);
    out_string(&mon->out, "symbol", where);
    return true;
}

bool command_engine(struct monitor *mon, const char *args, struct error *err)
{
    struct engine_counter rows[ENGINE_COUNTERS_MAX];
    if (!args_end(mon, args, err)) return false;
    unsigned count = mon->machine->config.engine->counters(monitor_hart(mon), rows);
    out_text(&mon->out, "engine %s\n", mon->machine->config.engine->name);
    for (unsigned i = 0; i < count; i++) {
        out_text(&mon->out, "%15" PRIu64 " %s\n", rows[i].value, rows[i].name);
        out_row(&mon->out);
        out_string(&mon->out, "counter", rows[i].name);
        out_number(&mon->out, "value", rows[i].value);
    }
    return true;
}
