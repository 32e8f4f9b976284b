/* tests/monitor/test_fuzz.c: whatever comes in at the monitor or from gdb, the guest is as it was.
 *
 * A few thousand tries each; RIVET_LONG_TESTS=1 tries for five minutes each, and from other seeds
 * each time, RIVET_LONG_TESTS=600 for so many seconds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "cpu/hart_state.h"
#include "monitor/command.h"
#include "monitor/gdb.h"
#include "tests/monitor/bench.h"

#define TRIES        4000
#define LONG_SECONDS 300

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static bool more(unsigned try, time_t start)
{
    const char *seconds = getenv("RIVET_LONG_TESTS");
    if (!seconds) return try < TRIES;
    return time(NULL) - start < (atoi(seconds) > 1 ? atoi(seconds) : LONG_SECONDS);
}

static uint64_t seed_of(uint64_t given)
{
    return getenv("RIVET_LONG_TESTS") ? given ^ (uint64_t)time(NULL) << 20 : given;
}

static const char *const words[] = {
    "print",
    "x",
    "xp",
    "/4gx",
    "/i",
    "/s",
    "/300c",
    "/99999999x",
    "break",
    "tbreak",
    "watch",
    "catch",
    "trap",
    "irq",
    "csr",
    "mode",
    "mmio",
    "ecall",
    "uart0",
    "delete",
    "enable",
    "disable",
    "ignore",
    "regs",
    "fregs",
    "walk",
    "maps",
    "tlb",
    "dev",
    "bt",
    "disas",
    "list",
    "info",
    "help",
    "apropos",
    "hist",
    "engine",
    "set",
    "set",
    "raise",
    "send",
    "load",
    "source",
    "symbol",
    "hart",
    "if",
    "do",
    "as",
    "u",
    "s",
    "asid=1:",
    "p:",
    "*",
    "(u8)",
    "(p:u64)",
    "(",
    ")",
    "+",
    "-",
    "~",
    "!",
    "<<",
    "/",
    "%",
    "&&",
    "0",
    "1",
    "0x80000000",
    "0xffffffffffffffff",
    "18446744073709551616",
    "a0",
    "$pc",
    "mstatus.MPP",
    "satp",
    "'c'",
    "$_",
    ",",
    ";",
    "=",
    "@",
    "\"",
    "\x01",
    "c",
    "\x7f",
    "\xff\xfe",
    "main.c:12",
    "echo",
    "unknown",
};

/* Not what lets the guest run, which may be for good, writes files, or ends all. */
static bool tried(const char *line)
{
    static const char *const left_out[] = {
        "continue", "step",  "next", "finish", "until",
        "stepu",    "trace", "quit", "reset" /* the image is gone */};
    const char *args;
    struct error err;
    const struct command *row = command_parse(line, &args, &err);
    for (unsigned i = 0; row && i < ARRAY_COUNT(left_out); i++)
        if (strcmp(row->name, left_out[i]) == 0) return false;
    return true;
}

/* Commands that are there to change the guest. */
static bool may_change(const char *line)
{
    static const char *const names[] = {"set", "raise", "send", "source"};
    const char *args;
    struct error err;
    const struct command *row = command_parse(line, &args, &err);
    for (unsigned i = 0; row && i < ARRAY_COUNT(names); i++)
        if (strcmp(row->name, names[i]) == 0) return true;
    return false;
}

/* Of the hart, the devices (but for the CLINT's time, which passes) and where the program is. */
static uint64_t sum(struct bench *b)
{
    static const char *const devices[] = {"uart0", "plic0", "rtc0"};
    struct state_writer writer;
    uint64_t total = 0;
    state_writer_init(&writer);
    assert_true(hart_save(bench_hart(b), &writer));
    for (unsigned i = 0; i < ARRAY_COUNT(devices); i++) {
        struct device *device = board_device_by_name(b->machine, devices[i]);
        assert_true(device && device->ops->save(device, &writer));
    }
    for (size_t i = 0; i < writer.size; i++)
        total = total * 31 + writer.bytes[i];
    state_writer_fini(&writer);
    for (unsigned i = 0; i < 16384; i += 8)
        total = total * 31 + load_le(b->machine->ram.bytes + i, 8);
    return total;
}

/* One that is meant to change the guest does so only if it succeeds. */
static void no_line_crashes_or_changes_the_guest_by_mistake(void **state)
{
    struct bench *b = bench_create(&engine_cached);
    uint64_t seed = seed_of(0x9e3779b97f4a7c15);
    time_t start = time(NULL);
    (void)state;
    uint64_t before = sum(b);
    for (unsigned try = 0; more(try, start); try++) {
        char line[512] = "";
        unsigned count = random_next(&seed) % 9;
        for (unsigned i = 0; i < count; i++) {
            strcat(line, words[random_next(&seed) % ARRAY_COUNT(words)]);
            if (random_next(&seed) % 4) strcat(line, " ");
        }
        if (random_next(&seed) % 8 == 0)
            for (char *at = line; *at; at++)
                if (random_next(&seed) % 8 == 0) *at = (char)(1 + random_next(&seed) % 255);
        if (!tried(line)) continue;
        text_clear(&b->mon.out.text);
        bool done = monitor_execute(&b->mon, line);
        if (done && may_change(line))
            before = sum(b);
        else if (sum(b) != before)
            fail_msg("changed by: %s", line);
        if (b->mon.stops.count > 50) ask(b, "delete");
    }
    bench_destroy(b);
}

static void feed_packet(struct gdb *gdb, const char *text, size_t length)
{
    unsigned total = 0;
    char tail[4];
    for (size_t i = 0; i < length; i++)
        total += (uint8_t)text[i];
    snprintf(tail, sizeof tail, "#%02x", total & 0xff);
    gdb_feed(gdb, (const uint8_t *)"$", 1);
    gdb_feed(gdb, (const uint8_t *)text, length);
    gdb_feed(gdb, (const uint8_t *)tail, 3);
}

static struct gdb *gdb_make(struct bench *b)
{
    struct gdb *gdb = calloc(1, sizeof *gdb);
    gdb->mon = &b->mon;
    gdb->connection = gdb->listener = -1;
    return gdb;
}

/* Somebody is at the other end again, if there was a hang-up. */
static void gdb_connect(struct gdb *gdb, int *peer)
{
    int ends[2];
    if (gdb->connection >= 0) return;
    if (*peer >= 0) close(*peer);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    gdb->connection = ends[0];
    *peer = ends[1];
}

/* Is there an error, or nothing understood, among the answers? */
static bool refused(int peer)
{
    char text[65536];
    ssize_t length = recv(peer, text, sizeof text - 1, MSG_DONTWAIT);
    text[length > 0 ? length : 0] = '\0';
    return length <= 0 || strstr(text, "$E") || strstr(text, "$#00") || !strchr(text, '$');
}

/* With bytes at random now and then. A packet that writes or steps does so only if it succeeds. */
static void no_packet_crashes_or_changes_the_guest_by_mistake(void **state)
{
    static const char *const packets[] = {
        "?",
        "g",
        "p20",
        "pffff",
        "m80000000,40",
        "m0,4",
        "mffffffffffffffff,ffff",
        "m80000000,",
        "Z0,80000000,4",
        "z0,80000000,4",
        "Z2,80001000,8",
        "z2,80001000,8",
        "Z9,1,1",
        "Z2,0,0",
        "Hg1",
        "Hg0",
        "Hc-1",
        "Hg99999",
        "H",
        "T1",
        "T0",
        "qC",
        "qfThreadInfo",
        "qsThreadInfo",
        "qThreadExtraInfo,1",
        "qSupported:multiprocess+",
        "qXfer:features:read:target.xml:0,fff",
        "qXfer:features:read:target.xml:ffffffff,10",
        "qXfer:features:read:x:0,1",
        "vCont?",
        "qRcmd,726567",
        "qRcmd,7",
        "qRcmd,zz",
        "QStartNoAckMode",
        "qAttached",
        "G00",
        "P0=1",
        "M80000000,4:12",
        "M80000010,4:12345678",
        "P5=1122334455667788",
        "P20=0000008000000000",
        "s",
        "vCont;s:1",
        "vCont;s:77",
        "X80000000,4:\x7d",
        "vCont;q",
        "vCont",
        "",
        "qqemu.PhyMemMode",
    };
    struct bench *b = bench_create(&engine_cached);
    struct gdb *gdb = gdb_make(b);
    int peer = -1;
    uint64_t seed = seed_of(0x123456789abcdef);
    time_t start = time(NULL);
    (void)state;
    uint64_t before = sum(b);
    for (unsigned try = 0; more(try, start); try++) {
        char text[256];
        size_t length = (size_t)snprintf(text, sizeof text, "%s",
                                         packets[random_next(&seed) % ARRAY_COUNT(packets)]);
        for (size_t i = 1; i < length; i++)
            if (random_next(&seed) % 16 == 0) text[i] = (char)random_next(&seed);
        if (strchr("cCDkv", text[0]) && length > 1 && strncmp(text, "vCont?", 6) != 0 &&
            strncmp(text, "vCont;s", 7) != 0)
            text[length - 1] = '!'; /* never a well-formed one that runs on */
        gdb_connect(gdb, &peer);
        feed_packet(gdb, text, length);
        bool changes = strchr("MXGPsv", text[0]) || strncmp(text, "qRcmd", 5) == 0;
        if (changes && !refused(peer))
            before = sum(b);
        else if (refused(peer), sum(b) != before)
            fail_msg("changed by: %s", text);
        b->mon.quit = false;               /* a step that switched the machine off */
        if (random_next(&seed) % 8 == 0) { /* cut off in the middle */
            gdb_feed(gdb, (const uint8_t *)"$m8000", 6);
            if (random_next(&seed) % 2) gdb_disconnect(gdb);
        }
        if (sum(b) != before) fail_msg("changed by a hang-up");
    }
    gdb_disconnect(gdb);
    close(peer);
    free(gdb);
    bench_destroy(b);
}

static void a_packet_without_end_is_dropped(void **state)
{
    struct bench *b = bench_create(&engine_cached);
    struct gdb *gdb = gdb_make(b);
    (void)state;
    gdb_feed(gdb, (const uint8_t *)"$", 1);
    for (unsigned i = 0; i < 3 * GDB_PACKET_MAX; i++)
        gdb_feed(gdb, (const uint8_t *)"a", 1);
    gdb_feed(gdb, (const uint8_t *)"#00", 3);
    assert_int_equal(gdb->state, GDB_IDLE);
    feed_packet(gdb, "P0a=2a00000000000000", 20);
    assert_int_equal(hart_x(bench_hart(b), 10), 0x2a);
    free(gdb);
    bench_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_crashes_or_changes_the_guest_by_mistake),
        cmocka_unit_test(no_packet_crashes_or_changes_the_guest_by_mistake),
        cmocka_unit_test(a_packet_without_end_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
