/* monitor/see_code.c: instructions and source lines: disas, list. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/disasm.h"
#include "host/file.h"
#include "monitor/command.h"
#include "monitor/see.h"
#include "monitor/target.h"

void see_disassemble(struct monitor *mon, uint32_t word, uint64_t address, char *text, size_t size)
{
    const struct isa *isa = monitor_hart(mon)->isa;
    char plain[DISASM_SIZE], symbol[ADDRESS_SIZE - 24];
    uint64_t target;
    disassemble(isa, word, address, DISASM_EXPAND, plain, sizeof plain);
    symbol[0] = '\0';
    if (disasm_target(isa, word, address, &target))
        symbols_format(&mon->symbols, target, symbol, sizeof symbol);
    snprintf(text, size, *symbol ? "%s <%s>" : "%s", plain, symbol);
}

unsigned see_instruction(struct monitor *mon, uint64_t address, bool mark)
{
    char symbol[ADDRESS_SIZE - 24], text[SEE_TEXT_SIZE];
    uint32_t word;
    unsigned length;
    struct error err;
    symbols_format(&mon->symbols, address, symbol, sizeof symbol);
    out_row(&mon->out);
    out_hex(&mon->out, "address", address);
    out_string(&mon->out, "symbol", symbol);
    if (!target_insn(monitor_hart(mon), address, false, &word, &length, &err)) {
        out_text(&mon->out, "%s 0x%016" PRIx64 " %s%s%s: %s\n", mark ? "=>" : "  ", address,
                 *symbol ? "<" : "", symbol, *symbol ? ">" : "", err.text);
        out_string(&mon->out, "error", err.text);
        return 0;
    }
    see_disassemble(mon, word, address, text, sizeof text);
    out_text(&mon->out, "%s 0x%016" PRIx64 " %s%s%s%*s%0*" PRIx32 "  %s\n", mark ? "=>" : "  ",
             address, *symbol ? "<" : "", symbol, *symbol ? "> " : "", length == 2 ? 4 : 0, "",
             (int)length * 2, word, text);
    out_hex(&mon->out, "word", word);
    out_number(&mon->out, "length", length);
    out_string(&mon->out, "text", text);
    out_bool(&mon->out, "current", mark);
    return length;
}

static bool code_show(struct monitor *mon, uint64_t from, uint64_t count, uint64_t end)
{
    uint64_t pc = monitor_hart(mon)->pc;
    while (count-- && from < end) {
        unsigned length = see_instruction(mon, from, from == pc);
        if (length == 0) break;
        from += length;
    }
    mon->next = from;
    return true;
}

#define FUNCTION_MOST 200 /* instructions shown of a function nobody counted */

bool command_disas(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t address = monitor_hart(mon)->pc, count, offset;
    args_skip(&args);
    bool given = *args;
    if (!given && mon->again) return code_show(mon, mon->next, 16, UINT64_MAX);
    if (given && !args_value(mon, &args, &address, err)) return false;
    args_skip(&args);
    if (*args == ',') args++;
    args_skip(&args);
    mon->last = address;
    if (*args) {
        if (!args_value(mon, &args, &count, err) || !args_end(mon, args, err)) return false;
        return code_show(mon, address, count, UINT64_MAX);
    }
    const struct symbol *symbol = symbols_at(&mon->symbols, address, &offset);
    if (!symbol || offset > 4 * FUNCTION_MOST) return code_show(mon, address, 16, UINT64_MAX);
    uint64_t start = symbol->address, end = symbol->size ? start + symbol->size : UINT64_MAX, next;
    for (uint64_t at = start + 2; !symbol->size && at < start + 4 * FUNCTION_MOST; at += 2) {
        if (!symbols_at(&mon->symbols, at, &next) || next != 0) continue;
        end = at;
        break;
    }
    return code_show(mon, start, FUNCTION_MOST, end);
}

#define LINES_SHOWN 10

/* Lines from `first` on, `mark` marked. */
static bool lines_show(struct monitor *mon, const char *path, int first, int mark,
                       struct error *err)
{
    struct host_file file;
    if (!host_file_read(path, &file, err)) return false;
    int number = 1;
    const char *at = (const char *)file.bytes, *end = at + file.size;
    while (at < end && number < first + LINES_SHOWN) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        int length = (int)((stop ? stop : end) - at);
        if (number >= first) {
            out_text(&mon->out, "%s%5d  %.*s\n", number == mark ? "=>" : "  ", number, length, at);
            mon->listed.line = number + 1;
        }
        at = stop ? stop + 1 : end;
        number++;
    }
    host_file_close(&file);
    return number > first || error_set(err, "%s ends at line %d", path, number - 1);
}

/* Where the last list ended: asked for by an empty line, or by `list` where it was shown already.
 */
static bool list_on(struct monitor *mon, struct error *err)
{
    if (!lines_show(mon, mon->listed.file, mon->listed.line, 0, err)) return false;
    out_row(&mon->out);
    out_string(&mon->out, "file", mon->listed.file);
    return true;
}

bool command_list(struct monitor *mon, const char *args, struct error *err)
{
    uint64_t address = monitor_hart(mon)->pc;
    const char *file;
    int line;
    char where[ADDRESS_SIZE];
    args_skip(&args);
    if (!*args && mon->listed.file && (mon->again || mon->listed.pc == address))
        return list_on(mon, err);
    if (*args && !monitor_line(mon, args, &address) &&
        (!args_value(mon, &args, &address, err) || !args_end(mon, args, err)))
        return false;
    monitor_address(mon, address, where, sizeof where);
    if (!symbols_line(&mon->symbols, address, &file, &line))
        return error_set(err, "no source line is known for %s; load a file with DWARF", where);
    out_text(&mon->out, "%s is %s:%d\n", where, file, line);
    out_row(&mon->out);
    out_hex(&mon->out, "address", address);
    out_string(&mon->out, "file", file);
    out_number(&mon->out, "line", (uint64_t)line);
    struct error missing;
    mon->listed.file = file;
    mon->listed.pc = monitor_hart(mon)->pc;
    int first = line > LINES_SHOWN / 2 ? line - LINES_SHOWN / 2 : 1;
    if (!lines_show(mon, file, first, line, &missing)) out_text(&mon->out, "(%s)\n", missing.text);
    return true;
}
