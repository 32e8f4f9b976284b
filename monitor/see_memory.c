/* monitor/see_memory.c: x and xp. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "monitor/command.h"
#include "monitor/see.h"
#include "monitor/target.h"

struct shape {
    uint64_t count;
    char format;   /* x d u o t a c s i */
    unsigned size; /* bytes of a unit */
};

#define COUNT_MOST 100000

/* "/10i", "/4gx": both orders of the letters. */
static bool shape_take(struct monitor *mon, const char **args, struct shape *shape,
                       struct error *err)
{
    args_skip(args);
    *shape = (struct shape){.count = 1, .format = 'x', .size = 4};
    if (**args != '/') return true;
    (*args)++;
    if (isdigit((unsigned char)**args)) {
        shape->count = 0;
        for (; isdigit((unsigned char)**args); (*args)++) {
            shape->count = shape->count * 10 + (uint64_t)(**args - '0');
            if (shape->count > COUNT_MOST)
                return args_fail(mon, *args, err, "at most %d units", COUNT_MOST);
        }
    }
    bool sized = false;
    for (; **args && !isspace((unsigned char)**args); (*args)++) {
        static const char sizes[] = "bhwg";
        const char *size = strchr(sizes, **args);
        if (size) {
            shape->size = 1u << (size - sizes);
            sized = true;
        } else if (strchr("xduotacsif", **args)) {
            shape->format = **args;
        } else {
            return args_fail(mon, *args, err, "formats are x d u o t a c s i, sizes b h w g");
        }
    }
    if (!sized && shape->format == 'a') shape->size = monitor_hart(mon)->xlen / 8;
    if (!sized && shape->format == 'c') shape->size = 1;
    return true;
}

static void binary_put(struct out *out, uint64_t value, unsigned bits)
{
    while (bits--)
        out_text(out, "%c", value >> bits & 1 ? '1' : '0');
}

static void unit_show(struct monitor *mon, const struct shape *shape, uint64_t value)
{
    unsigned bits = 8 * shape->size;
    char where[ADDRESS_SIZE];
    switch (shape->format) {
    case 'd':
        out_text(&mon->out, " %" PRId64, sign_extend(value, bits));
        break;
    case 'u':
        out_text(&mon->out, " %" PRIu64, value);
        break;
    case 'o':
        out_text(&mon->out, " 0%" PRIo64, value);
        break;
    case 't':
        out_text(&mon->out, " ");
        binary_put(&mon->out, value, bits);
        break;
    case 'a':
        monitor_address(mon, value, where, sizeof where);
        out_text(&mon->out, " %s", where);
        break;
    case 'c':
        out_text(&mon->out, value >= 0x20 && value < 0x7f ? " '%c'" : " \\x%02x", (int)value);
        break;
    default:
        out_text(&mon->out, " 0x%0*" PRIx64, (int)bits / 4, value);
    }
}

static bool string_show(struct monitor *mon, uint64_t *address, bool physical, struct error *err)
{
    uint8_t c;
    out_text(&mon->out, "0x%016" PRIx64 ": \"", *address);
    for (unsigned length = 0; length < 4096; length++) {
        if (!target_read(monitor_hart(mon), (*address)++, physical, &c, 1, NULL, err)) return false;
        if (c == 0) break;
        if (c == '\n')
            out_text(&mon->out, "\\n");
        else
            out_text(&mon->out, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
    }
    out_text(&mon->out, "\"\n");
    return true;
}

static bool units_show(struct monitor *mon, const struct shape *shape, uint64_t *address,
                       bool physical, struct error *err)
{
    unsigned a_line = shape->format == 'a' ? 1 : shape->format == 't' ? 2 : 16 / shape->size;
    char where[ADDRESS_SIZE];
    uint8_t bytes[8];
    for (uint64_t i = 0; i < shape->count; i++) {
        if (!target_read(monitor_hart(mon), *address, physical, bytes, shape->size, NULL, err)) {
            if (i) out_text(&mon->out, "\n");
            return false;
        }
        uint64_t value = load_le(bytes, shape->size);
        if (i % a_line == 0) {
            symbols_format(&mon->symbols, *address, where, sizeof where);
            out_text(&mon->out, "%s0x%016" PRIx64 "%s%s%s:", i ? "\n" : "", *address,
                     *where && !physical ? " <" : "", physical ? "" : where,
                     *where && !physical ? ">" : "");
        }
        unit_show(mon, shape, value);
        out_row(&mon->out);
        out_hex(&mon->out, "address", *address);
        out_hex(&mon->out, "value", value);
        mon->last = value;
        *address += shape->size;
    }
    out_text(&mon->out, "\n");
    return true;
}

static bool examine(struct monitor *mon, const char *args, bool physical, struct error *err)
{
    struct shape shape;
    uint64_t address = mon->next, pc = monitor_hart(mon)->pc;
    if (!shape_take(mon, &args, &shape, err)) return false;
    args_skip(&args);
    if (*args && (!args_value(mon, &args, &address, err) || !args_end(mon, args, err)))
        return false;
    bool done = true;
    if (shape.format == 'i') {
        for (uint64_t i = 0; i < shape.count; i++) {
            unsigned length = see_instruction(mon, address, address == pc);
            if (length == 0) break;
            address += length;
        }
    } else if (shape.format == 's') {
        for (uint64_t i = 0; done && i < shape.count; i++)
            done = string_show(mon, &address, physical, err);
    } else {
        done = units_show(mon, &shape, &address, physical, err);
    }
    mon->next = address;
    return done;
}

bool command_x(struct monitor *mon, const char *args, struct error *err)
{
    return examine(mon, args, false, err);
}

bool command_xp(struct monitor *mon, const char *args, struct error *err)
{
    return examine(mon, args, true, err);
}
