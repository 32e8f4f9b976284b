/* monitor/see_registers.c: regs, fregs, csr. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/register.h"
#include "machine/machine.h"
#include "monitor/command.h"
#include "monitor/see.h"
#include "monitor/target.h"

struct seen {
    struct {
        bool any;
        struct registers at;
    } harts[MACHINE_MAX_HARTS];
};

void see_registers_take(const struct hart *h, struct registers *at)
{
    for (unsigned i = 0; i < 32; i++) {
        at->x[i] = hart_x(h, i);
        at->f[i] = h->f[i];
    }
    at->pc = h->pc;
    at->priv = h->priv;
}

void see_changes(const struct registers *before, const struct registers *after, struct text *text)
{
    for (unsigned i = 1; i < 32; i++)
        if (before->x[i] != after->x[i])
            text_printf(text, " %s=0x%" PRIx64, register_x_name(i), after->x[i]);
    for (unsigned i = 0; i < 32; i++)
        if (before->f[i] != after->f[i])
            text_printf(text, " %s=0x%" PRIx64, register_f_name(i), after->f[i]);
    if (before->priv != after->priv)
        text_printf(text, " %s->%s", priv_name(before->priv), priv_name(after->priv));
}

/* " a0 0x0000000000000001", marked when it differs from what was shown last. */
static void register_show(struct monitor *mon, const char *name, uint64_t value, bool changed)
{
    bool colour = changed && mon->out.colour;
    unsigned digits = monitor_hart(mon)->xlen / 4;
    uint64_t shown = value & mask_low(4 * digits);
    out_text(&mon->out, "%s%c%-4s 0x%0*" PRIx64 "%s", colour ? "\033[1m" : "", changed ? '*' : ' ',
             name, (int)digits, shown, colour ? "\033[0m" : "");
    out_row(&mon->out);
    out_string(&mon->out, "register", name);
    out_hex(&mon->out, "value", shown);
    out_bool(&mon->out, "changed", changed);
}

static bool named_registers(struct monitor *mon, const char *args, struct error *err)
{
    char name[64];
    while (args_skip(&args), *args) {
        struct place_name place;
        const char *start = args;
        args_take(&args, name, sizeof name);
        if (!target_name(monitor_hart(mon), name, strlen(name), &place))
            return args_fail(mon, start, err, "no register \"%s\"", name);
        register_show(mon, name, target_get(monitor_hart(mon), &place), false);
        out_text(&mon->out, "\n");
    }
    return true;
}

bool command_regs(struct monitor *mon, const char *args, struct error *err)
{
    struct registers now;
    struct hart *h = monitor_hart(mon);
    args_skip(&args);
    if (*args) return named_registers(mon, args, err);
    if (!mon->seen) mon->seen = calloc(1, sizeof *mon->seen);
    if (!mon->seen) return error_set(err, "out of host memory");
    see_registers_take(h, &now);
    struct registers *before = &mon->seen->harts[h->id].at;
    bool any = mon->seen->harts[h->id].any;
    char where[ADDRESS_SIZE];
    monitor_address(mon, now.pc, where, sizeof where);
    out_text(&mon->out, "hart %u, %s-mode, pc %s\n", h->id, priv_name(h->priv), where);
    register_show(mon, "pc", now.pc, any && before->pc != now.pc);
    for (unsigned i = 1; i < 32; i++) {
        if (i % 4 == 0) out_text(&mon->out, "\n");
        register_show(mon, register_x_name(i), now.x[i], any && before->x[i] != now.x[i]);
    }
    out_text(&mon->out, "\n");
    mon->seen->harts[h->id].at = now;
    mon->seen->harts[h->id].any = true;
    return true;
}

bool command_fregs(struct monitor *mon, const char *args, struct error *err)
{
    struct hart *h = monitor_hart(mon);
    if (!args_end(mon, args, err)) return false;
    for (unsigned i = 0; i < 32; i++) {
        char value[40];
        bool boxed = h->f[i] >> 32 == 0xffffffff;
        if (boxed) { /* a single: all ones above it (Unprivileged spec, "NaN Boxing") */
            float number;
            memcpy(&number, &h->f[i], sizeof number);
            snprintf(value, sizeof value, "%.9g", (double)number);
        } else {
            double number;
            memcpy(&number, &h->f[i], sizeof number);
            snprintf(value, sizeof value, "%.17g", number);
        }
        out_text(&mon->out, " %-4s 0x%016" PRIx64 " %s%s\n", register_f_name(i), h->f[i], value,
                 boxed ? "f" : "");
        out_row(&mon->out);
        out_string(&mon->out, "register", register_f_name(i));
        out_hex(&mon->out, "value", h->f[i]);
        out_string(&mon->out, "number", value);
    }
    return true;
}

static void field_show(struct monitor *mon, const struct csr_field *f, uint64_t value)
{
    char word[64];
    char bits[16];
    uint64_t field = bits_get(value, f->high, f->low);
    if (f->high == f->low)
        snprintf(bits, sizeof bits, "%u", f->low);
    else
        snprintf(bits, sizeof bits, "%u:%u", f->high, f->low);
    if (!csr_field_word(f, field, word, sizeof word)) word[0] = '\0';
    out_text(&mon->out, "  %5s  %-12s 0x%-6" PRIx64 " %-10s %.*s\n", bits, f->name, field, word,
             (int)strcspn(f->meaning, ":"), f->meaning);
    out_row(&mon->out);
    out_string(&mon->out, "field", f->name);
    out_hex(&mon->out, "value", field);
    out_string(&mon->out, "word", word);
    out_string(&mon->out, "meaning", f->meaning);
}

static void csr_show(struct monitor *mon, const struct csr_info *info, uint64_t value)
{
    struct hart *h = monitor_hart(mon);
    out_text(&mon->out, "%s = 0x%0*" PRIx64 "  (0x%03x) %s\n", info->name, (int)h->xlen / 4,
             value & mask_low(h->xlen), info->number, info->text);
    out_row(&mon->out);
    out_string(&mon->out, "csr", info->name);
    out_hex(&mon->out, "value", value & mask_low(h->xlen));
    out_string(&mon->out, "text", info->text);
    for (unsigned bit = 64; bit-- > 0;)
        for (const struct csr_field *f = info->fields; f && f->name; f++)
            if (f->high == bit && csr_field_exists(h, f)) field_show(mon, f, value);
}

/* All of them, but for the many that are zero and dull. */
static void csrs_show(struct monitor *mon)
{
    struct hart *h = monitor_hart(mon);
    const struct csr_info *info;
    unsigned column = 0;
    for (unsigned i = 0; (info = csr_info_at(i)); i++) {
        uint64_t value;
        if (!csr_peek(h, info->number, &value) || strstr(info->name, "hpm")) continue;
        value &= mask_low(h->xlen);
        out_text(&mon->out, " %-13s 0x%-*" PRIx64 "%s", info->name, (int)h->xlen / 4, value,
                 ++column % 3 ? " " : "\n");
        out_row(&mon->out);
        out_string(&mon->out, "csr", info->name);
        out_hex(&mon->out, "value", value);
    }
    if (column % 3) out_text(&mon->out, "\n");
}

bool command_csr(struct monitor *mon, const char *args, struct error *err)
{
    struct place_name place;
    char name[64];
    args_skip(&args);
    if (!*args) {
        csrs_show(mon);
        return true;
    }
    const char *start = args;
    args_take(&args, name, sizeof name);
    if (!args_end(mon, args, err)) return false;
    if (!target_name(monitor_hart(mon), name, strlen(name), &place) || place.kind != PLACE_CSR)
        return args_fail(mon, start, err, "this hart has no CSR \"%s\"", name);
    const struct csr_info *info = csr_info_by_number(place.number);
    uint64_t value = 0;
    csr_peek(monitor_hart(mon), place.number, &value);
    mon->last = bits_get(value, place.high, place.low);
    csr_show(mon, info, value);
    return true;
}
