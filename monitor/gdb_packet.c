/* monitor/gdb_packet.c: what gdb asks, and the answers: one row a packet. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/gdb.h"
#include "monitor/target.h"

#define E_SYNTAX "E01"
#define E_MEMORY "E14"

static struct hart *gdb_hart(struct gdb *gdb)
{
    return machine_hart(gdb->mon->machine, gdb->hart);
}

/* A hex number; moves *at behind it. False: there is none, or it is too long. */
static bool hex_take(const char **at, uint64_t *value)
{
    unsigned digits = 0;
    *value = 0;
    for (; **at; (*at)++, digits++) {
        static const char hex[] = "0123456789abcdef";
        const char *digit = strchr(hex, **at | 32);
        if (!digit || (**at != (*digit) && (**at | 32) != *digit) || digits == 16) break;
        if (**at < '0') break;
        *value = *value << 4 | (uint64_t)(digit - hex);
    }
    return digits > 0;
}

static bool bytes_take(const char *hex, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t byte;
        char two[3] = {hex[2 * i], hex[2 * i] ? hex[2 * i + 1] : '\0', '\0'};
        const char *at = two;
        if (!hex_take(&at, &byte) || at != two + 2) return false;
        bytes[i] = (uint8_t)byte;
    }
    return true;
}

static void reply_text(struct gdb *gdb, struct text *text)
{
    gdb_send(gdb, text_get(text), text->length);
    text_fini(text);
}

/* --- why it stands ------------------------------------------------------------------------------
 */

static void stop_text(struct gdb *gdb, struct text *text, unsigned signal)
{
    static const unsigned expedited[] = {32, 2, 8, 1}; /* pc sp s0 ra */
    const struct stop_hit *hit = &gdb->mon->stops.harts[gdb->mon->hart].hit;
    gdb->hart = gdb->mon->hart;
    text_printf(text, "T%02xthread:%x;", signal, gdb->hart + 1);
    for (unsigned i = 0; i < ARRAY_COUNT(expedited); i++) {
        text_printf(text, "%x:", expedited[i]);
        gdb_register_get(gdb, expedited[i], text);
        text_put(text, ";", 1);
    }
    if (!hit->any || !hit->gdb) return;
    if (hit->kind == STOP_WATCH) text_printf(text, "watch:%" PRIx64 ";", hit->report.va);
}

static void stop_reply(struct gdb *gdb, enum moved moved)
{
    struct text text = {0};
    if (moved == MOVED_ENDED) {
        text_printf(&text, "W%02x", (unsigned)gdb->mon->status & 0xff);
        gdb->mon->quit = true;
    } else {
        stop_text(gdb, &text, moved == MOVED_STOPPED ? 2 : 5);
    }
    reply_text(gdb, &text);
}

static void on_why(struct gdb *gdb, const char *args, size_t length)
{
    struct text text = {0};
    (void)args, (void)length;
    stop_text(gdb, &text, 5);
    reply_text(gdb, &text);
}

/* --- moving -------------------------------------------------------------------------------------
 */

/* gdb expects a watchpoint to be told after the access; here it stops before. */
static enum moved past_watch(struct gdb *gdb, enum moved moved)
{
    struct stops_hart *item = &gdb->mon->stops.harts[gdb->mon->hart];
    if (moved != MOVED_BREAK || !item->hit.gdb || item->hit.kind != STOP_WATCH) return moved;
    if (move_one(gdb->mon, gdb->mon->hart, false) == STEP_ENDED) return moved;
    item->skip = false;
    return moved;
}

static void resume(struct gdb *gdb, bool step)
{
    struct monitor *mon = gdb->mon;
    enum moved moved;
    if (step) mon->hart = gdb->hart;
    gdb->running = true;
    gdb->interrupted = false;
    moved = step ? move_steps(mon, 1) : move_a_little(mon);
    if (!step && moved == MOVED_STEPPED) moved = move_run(mon);
    gdb->running = false;
    moved = past_watch(gdb, moved);
    mon->moved = true;
    if (mon->quit && moved != MOVED_ENDED) return; /* Ctrl-A x at the terminal */
    stop_reply(gdb, moved);
    out_end(&mon->out, "gdb", NULL);
}

static void on_continue(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t pc;
    (void)length;
    if (*args && hex_take(&args, &pc)) gdb_hart(gdb)->pc = pc & ~UINT64_C(1);
    resume(gdb, false);
}

static void on_step(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t pc;
    (void)length;
    if (*args && hex_take(&args, &pc)) gdb_hart(gdb)->pc = pc & ~UINT64_C(1);
    resume(gdb, true);
}

/* "vCont;s:1;c": a hart that steps steps alone; else all run. */
static void on_vcont(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t thread;
    (void)length;
    if (*args == '?') {
        gdb_send_text(gdb, "vCont;c;C;s;S");
        return;
    }
    for (const char *at = args; *at == ';';) {
        char action = *++at;
        at += strcspn(at, ":;");
        bool named = *at == ':';
        if (named && at[1] == '-')
            at += 3;
        else if (named && (at++, hex_take(&at, &thread)) && thread > 0 &&
                 thread <= machine_hart_count(gdb->mon->machine))
            gdb->hart = (unsigned)thread - 1;
        if (action == 's' || action == 'S') {
            resume(gdb, true);
            return;
        }
        if (action != 'c' && action != 'C') break;
        if (!named || !*at) {
            resume(gdb, false);
            return;
        }
        at += strcspn(at, ";");
    }
    gdb_send_text(gdb, E_SYNTAX);
}

static void on_detach(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb_send_text(gdb, "OK");
    gdb_disconnect(gdb);
    gdb->mon->moved = true;
    move_report(gdb->mon, move_run(gdb->mon));
    out_end(&gdb->mon->out, "gdb", NULL);
}

static void on_kill(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb->mon->quit = true;
}

/* --- registers and memory -----------------------------------------------------------------------
 */

static void on_registers(struct gdb *gdb, const char *args, size_t length)
{
    struct text text = {0};
    (void)args, (void)length;
    for (unsigned i = 0; i <= 32; i++)
        gdb_register_get(gdb, i, &text);
    reply_text(gdb, &text);
}

static void on_set_registers(struct gdb *gdb, const char *args, size_t length)
{
    unsigned digits = gdb_hart(gdb)->xlen / 4;
    bool done = length >= (size_t)33 * digits;
    for (unsigned i = 0; done && i <= 32; i++) {
        char one[17] = {0};
        memcpy(one, args + i * digits, digits);
        done = gdb_register_set(gdb, i, one);
    }
    gdb_send_text(gdb, done ? "OK" : E_SYNTAX);
}

static void on_register(struct gdb *gdb, const char *args, size_t length)
{
    struct text text = {0};
    uint64_t number;
    (void)length;
    if (!hex_take(&args, &number) || number > 0xffff ||
        !gdb_register_get(gdb, (unsigned)number, &text))
        text_printf(&text, E_SYNTAX);
    reply_text(gdb, &text);
}

static void on_set_register(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t number;
    (void)length;
    bool done = hex_take(&args, &number) && *args == '=' && number <= 0xffff &&
                gdb_register_set(gdb, (unsigned)number, args + 1);
    gdb_send_text(gdb, done ? "OK" : E_SYNTAX);
}

static void on_memory(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t address, size;
    uint8_t bytes[GDB_PACKET_MAX / 2];
    size_t done = 0;
    struct error err;
    (void)length;
    if (!hex_take(&args, &address) || *args++ != ',' || !hex_take(&args, &size)) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    if (size > sizeof bytes) size = sizeof bytes;
    target_read(gdb_hart(gdb), address, gdb->physical, bytes, size, &done, &err);
    if (size && !done) {
        gdb_send_text(gdb, E_MEMORY);
        return;
    }
    struct text text = {0};
    text_hex(&text, bytes, done);
    reply_text(gdb, &text);
}

static void memory_write(struct gdb *gdb, uint64_t address, const uint8_t *bytes, uint64_t size)
{
    struct error err;
    bool done = target_write(gdb_hart(gdb), address, gdb->physical, bytes, size, &err);
    gdb_send_text(gdb, done ? "OK" : E_MEMORY);
}

static void on_set_memory(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t address, size;
    uint8_t bytes[GDB_PACKET_MAX / 2];
    (void)length;
    if (!hex_take(&args, &address) || *args++ != ',' || !hex_take(&args, &size) || *args++ != ':' ||
        size > sizeof bytes || !bytes_take(args, bytes, size))
        gdb_send_text(gdb, E_SYNTAX);
    else
        memory_write(gdb, address, bytes, size);
}

/* As M with the bytes themselves; 0x7d says that the next one is to be taken ^ 0x20. */
static void on_set_memory_binary(struct gdb *gdb, const char *args, size_t length)
{
    const char *end = args + length;
    uint64_t address, size, count = 0;
    uint8_t bytes[GDB_PACKET_MAX];
    if (!hex_take(&args, &address) || *args++ != ',' || !hex_take(&args, &size) || *args++ != ':') {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    for (; args < end && count < sizeof bytes; args++) {
        bool escaped = *args == 0x7d && args + 1 < end;
        if (escaped) args++;
        bytes[count++] = (uint8_t)*args ^ (escaped ? 0x20 : 0);
    }
    if (count != size)
        gdb_send_text(gdb, E_SYNTAX);
    else
        memory_write(gdb, address, bytes, size);
}

/* --- breakpoints --------------------------------------------------------------------------------
 */

/* "0,ADDRESS,KIND": 0 and 1 break, 2 to 4 watch stores, loads, both. */
static bool stop_take(const char *args, unsigned *type, uint64_t *address, uint64_t *length)
{
    uint64_t number;
    if (!hex_take(&args, &number) || number > 4 || *args++ != ',' || !hex_take(&args, address) ||
        *args++ != ',' || !hex_take(&args, length))
        return false;
    *type = (unsigned)number;
    return true;
}

static struct stop *stop_find(struct gdb *gdb, unsigned type, uint64_t address, uint64_t length)
{
    for (unsigned i = 0; i < gdb->mon->stops.count; i++) {
        struct stop *stop = gdb->mon->stops.list[i];
        bool same_kind = (stop->kind == STOP_BREAK) == (type < 2);
        if (stop->gdb && same_kind && stop->address == address &&
            (type < 2 || (stop->length == length && stop->stores == (type != 3))))
            return stop;
    }
    return NULL;
}

static void on_insert(struct gdb *gdb, const char *args, size_t length)
{
    unsigned type;
    uint64_t address, bytes;
    (void)length;
    if (!stop_take(args, &type, &address, &bytes) || (type >= 2 && bytes == 0)) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    struct stop *stop = stop_find(gdb, type, address, bytes);
    if (!stop) stop = stops_add(&gdb->mon->stops, type < 2 ? STOP_BREAK : STOP_WATCH, "gdb");
    if (!stop) {
        gdb_send_text(gdb, E_MEMORY);
        return;
    }
    if (!stop->number) stop->number = gdb->mon->stops.next_number++;
    stop->gdb = true;
    stop->physical = gdb->physical;
    stop->address = address;
    stop->length = type < 2 ? 0 : bytes;
    stop->stores = type == 2 || type == 4;
    stop->loads = type == 3 || type == 4;
    gdb_send_text(gdb, "OK");
}

static void on_remove(struct gdb *gdb, const char *args, size_t length)
{
    unsigned type;
    uint64_t address, bytes;
    (void)length;
    if (!stop_take(args, &type, &address, &bytes)) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    struct stop *stop = stop_find(gdb, type, address, bytes);
    if (stop) stops_remove(&gdb->mon->stops, stop);
    gdb_send_text(gdb, "OK");
}

/* --- threads ------------------------------------------------------------------------------------
 */

static void on_choose(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t thread;
    (void)length;
    if (!*args) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    args++; /* g, c: one choice for both */
    if (*args == '-' || (hex_take(&args, &thread) && thread == 0)) {
        gdb_send_text(gdb, "OK");
    } else if (thread <= machine_hart_count(gdb->mon->machine) && thread > 0) {
        gdb->hart = (unsigned)thread - 1;
        gdb_send_text(gdb, "OK");
    } else {
        gdb_send_text(gdb, E_SYNTAX);
    }
}

static void on_alive(struct gdb *gdb, const char *args, size_t length)
{
    uint64_t thread;
    (void)length;
    bool alive =
        hex_take(&args, &thread) && thread > 0 && thread <= machine_hart_count(gdb->mon->machine);
    gdb_send_text(gdb, alive ? "OK" : E_SYNTAX);
}

static void on_threads(struct gdb *gdb, const char *args, size_t length)
{
    struct text text = {0};
    (void)args, (void)length;
    for (unsigned id = 0; id < machine_hart_count(gdb->mon->machine); id++)
        text_printf(&text, "%c%x", id ? ',' : 'm', id + 1);
    reply_text(gdb, &text);
}

static void on_threads_end(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb_send_text(gdb, "l");
}

static void on_thread(struct gdb *gdb, const char *args, size_t length)
{
    char text[16];
    (void)args, (void)length;
    snprintf(text, sizeof text, "QC%x", gdb->hart + 1);
    gdb_send_text(gdb, text);
}

static void on_thread_text(struct gdb *gdb, const char *args, size_t length)
{
    struct text text = {0};
    char words[64];
    uint64_t thread;
    (void)length;
    if (!hex_take(&args, &thread) || thread == 0 ||
        thread > machine_hart_count(gdb->mon->machine)) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    const struct hart *h = machine_hart(gdb->mon->machine, (unsigned)thread - 1);
    snprintf(words, sizeof words, "hart %u, %s-mode%s", h->id, priv_name(h->priv),
             h->wfi ? ", in WFI" : "");
    text_hex(&text, (const uint8_t *)words, strlen(words));
    reply_text(gdb, &text);
}

/* --- the rest -----------------------------------------------------------------------------------
 */

static void on_supported(struct gdb *gdb, const char *args, size_t length)
{
    char text[256];
    (void)args, (void)length;
    snprintf(text, sizeof text,
             "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;"
             "vContSupported+",
             GDB_PACKET_MAX - 64);
    gdb_send_text(gdb, text);
}

/* "target.xml:OFFSET,LENGTH" */
static void on_features(struct gdb *gdb, const char *args, size_t length)
{
    static const char name[] = "target.xml:";
    uint64_t offset, size;
    struct text xml = {0}, text = {0};
    (void)length;
    if (strncmp(args, name, sizeof name - 1) != 0) {
        gdb_send_text(gdb, "E00");
        return;
    }
    args += sizeof name - 1;
    if (!hex_take(&args, &offset) || *args++ != ',' || !hex_take(&args, &size)) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    gdb_description(gdb, &xml);
    if (size > GDB_PACKET_MAX / 2) size = GDB_PACKET_MAX / 2;
    if (offset >= xml.length) {
        text_put(&text, "l", 1);
    } else {
        uint64_t left = xml.length - offset;
        text_put(&text, left > size ? "m" : "l", 1);
        text_put(&text, xml.bytes + offset, left > size ? size : left);
    }
    reply_text(gdb, &text);
    text_fini(&xml);
}

/* `monitor CMD`: the command in hex, and so its answer. */
static void on_command(struct gdb *gdb, const char *args, size_t length)
{
    uint8_t line[GDB_PACKET_MAX / 2 + 1];
    struct monitor *mon = gdb->mon;
    if (!bytes_take(args, line, length / 2)) {
        gdb_send_text(gdb, E_SYNTAX);
        return;
    }
    line[length / 2] = '\0';
    bool json = mon->out.json;
    mon->out.capture = true;
    mon->out.json = false;
    mon->hart = gdb->hart;
    monitor_execute(mon, (const char *)line);
    struct text text = {0};
    text_hex(&text, (const uint8_t *)text_get(&mon->out.text), mon->out.text.length);
    text_clear(&mon->out.text);
    mon->out.capture = false;
    mon->out.json = json;
    if (text.length > GDB_PACKET_MAX - 64) text.length = GDB_PACKET_MAX - 64;
    if (!text.length) text_put(&text, "OK", 2);
    reply_text(gdb, &text);
}

static void on_no_ack(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb_send_text(gdb, "OK");
    gdb->no_ack = true;
}

static void on_attached(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb_send_text(gdb, "1");
}

/* QEMU's packets for physical memory: maint packet Qqemu.PhyMemMode:1 */
static void on_physical(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb_send_text(gdb, gdb->physical ? "1" : "0");
}

static void on_set_physical(struct gdb *gdb, const char *args, size_t length)
{
    (void)length;
    gdb->physical = *args == '1';
    gdb_send_text(gdb, "OK");
}

static void on_unsupported(struct gdb *gdb, const char *args, size_t length)
{
    (void)args, (void)length;
    gdb_send_text(gdb, "");
}

/* The longer names stand before those they begin with. */
/* clang-format off */
static const struct {
    const char *name;
    void (*handle)(struct gdb *, const char *args, size_t length);
} rows[] = {
    {"?", on_why}, {"c", on_continue}, {"s", on_step}, {"vCont", on_vcont}, {"D", on_detach},
    {"k", on_kill}, {"vKill", on_kill},
    {"g", on_registers}, {"G", on_set_registers}, {"p", on_register}, {"P", on_set_register},
    {"m", on_memory}, {"M", on_set_memory}, {"X", on_set_memory_binary},
    {"Z", on_insert}, {"z", on_remove},
    {"H", on_choose}, {"T", on_alive}, {"qfThreadInfo", on_threads}, {"qsThreadInfo", on_threads_end},
    {"qThreadExtraInfo,", on_thread_text}, {"qSupported", on_supported},
    {"qXfer:features:read:", on_features}, {"qRcmd,", on_command}, {"QStartNoAckMode", on_no_ack},
    {"qAttached", on_attached}, {"qqemu.PhyMemMode", on_physical},
    {"Qqemu.PhyMemMode:", on_set_physical}, {"qCRC", on_unsupported}, {"qC", on_thread},
};
/* clang-format on */

void gdb_packet(struct gdb *gdb, char *packet, size_t length)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t name = strlen(rows[i].name);
        if (strncmp(packet, rows[i].name, name) != 0) continue;
        rows[i].handle(gdb, packet + name, length - name);
        return;
    }
    gdb_send_text(gdb, "");
}
