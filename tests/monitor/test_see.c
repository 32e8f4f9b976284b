/* tests/monitor/test_see.c: what commands show, for people and as JSON; looking changes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/state.h"
#include "dev/device.h"
#include "monitor/command.h"
#include "tests/monitor/bench.h"
#include "tests/monitor/json.h"

static int setup(void **state)
{
    static const char *const lines[] = {"addi t0, t0, 1", "sd t0, 0(sp)", "j . - 8", NULL};
    struct bench *b = bench_create(&engine_cached);
    bench_program(b, lines);
    hart_set_x(bench_hart(b), 2, 0x80001000);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    bench_destroy(*state);
    return 0;
}

static void device_save(struct device *device, struct state_writer *writer)
{
    state_writer_init(writer);
    if (device->ops->save) assert_true(device->ops->save(device, writer));
}

static void looking_at_a_device_changes_nothing(void **state)
{
    struct bench *b = *state;
    ask(b, "send x");
    ask(b, "set *(p:u8)0x10000002 = 1"); /* FIFOs on */
    ask(b, "set *(p:u8)0x10000000 = 'y'");
    ask(b, "step 3"); /* what was typed is there */
    for (unsigned i = 0; i < b->machine->device_count; i++) {
        struct device *device = b->machine->devices[i].device;
        struct state_writer before, after;
        char line[64];
        snprintf(line, sizeof line, "dev %s", device->name);
        device_save(device, &before);
        assert_non_null(strstr(ask(b, line), device->name));
        device_save(device, &after);
        if (before.size != after.size ||
            (before.size && memcmp(before.bytes, after.bytes, before.size) != 0))
            fail_msg("%s changed it", line);
        state_writer_fini(&before);
        state_writer_fini(&after);
    }
}

/* Commands as they may come, for each of the table at least its bare name. */
static const char *const given[] = {
    "help break",
    "apropos trap",
    "info",
    "info registers",
    "info line pc",
    "break 0x80000004",
    "break nosuch if a0 == 1",
    "tbreak 0x80000008 do echo \"hi\\\"; print 1",
    "watch sp,8",
    "rwatch p:0x80001000,4",
    "awatch sp",
    "catch trap 13 if stval == 0",
    "catch mmio uart0",
    "catch csr satp w",
    "info break",
    "ignore 1 5",
    "disable 1",
    "enable 1",
    "step 2",
    "next",
    "regs a0",
    "csr mstatus",
    "x/4gx sp",
    "x/s sp",
    "x/2i pc",
    "x/3c sp",
    "xp/2wx 0x80000000",
    "disas pc 3",
    "explain",
    "explain 0x00c58533",
    "explain on",
    "step",
    "explain off",
    "list main",
    "walk pc x",
    "walk 0x10 w as u",
    "maps 0 0x1000",
    "dev uart0",
    "dev plic0",
    "dev virtio0",
    "hist on",
    "step 4",
    "hist 3",
    "hist off",
    "print mstatus.MPP",
    "print 1 +",
    "p/t 5",
    "set t0 = 3",
    "set *(u32)0x80001000 = 7",
    "raise 10 1",
    "raise 10 0",
    "symbol 5",
    "load /",
    "trace off",
    "source /nonexistent",
    "echo \"quoted\" \t \x01 \xc3\xa4 \xff",
    "send abc",
    "nosuch \"command\"",
    "",
    "   # only a comment",
    "continue 2",
    "delete",
    "reset",
};

/* Not bare: these run on without end, or end all. */
static bool runs_on(const char *name)
{
    static const char *const names[] = {"continue", "finish", "stepu", "until", "quit"};
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* The test's own messages would go where the answers go. */
static void fail_json(const char *line, const char *answer)
{
    fprintf(stderr, "%s\nanswered: %s\n", line, answer);
    assert_true(false);
}

static void json_execute(struct bench *b, const char *line, FILE *file)
{
    char text[65536];
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    rewind(file);
    monitor_execute(&b->mon, line);
    rewind(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    if (length == 0 || text[length - 1] != '\n') fail_json(line, text);
    /* An object a line: the commands after a stop's `do` answer as well. */
    for (const char *at = text; *at;) {
        const char *end = *at == '{' ? json_value(at) : NULL;
        if (!end || *end != '\n' || strchr(at, '\n') != end) fail_json(line, text);
        at = end + 1;
    }
    if (!strstr(text, "\"command\":") || !strstr(text, "\"ok\":")) fail_json(line, text);
}

static void every_answer_is_one_line_of_json(void **state)
{
    struct bench *b = *state;
    const struct command *row;
    FILE *file = tmpfile();
    int stdout_was = dup(STDOUT_FILENO);
    assert_non_null(file);
    b->mon.out.capture = false;
    b->mon.out.json = true;
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    for (unsigned i = 0; i < ARRAY_COUNT(given); i++)
        json_execute(b, given[i], file);
    for (unsigned i = 0; (row = command_at(i)); i++)
        if (!runs_on(row->name)) json_execute(b, row->name, file);
    dup2(stdout_was, STDOUT_FILENO);
    close(stdout_was);
    fclose(file);
}

/* An ELF file's marks at a thing's own address don't take its name. */
static void a_thing_has_its_own_name_before_a_mark(void **state)
{
    struct bench *b = *state;
    struct symbols *symbols = &b->mon.symbols;
    assert_true(symbols_add(symbols, "counter", 7, 0x80001000, 4, false));
    assert_true(symbols_add(symbols, "__bss_start", 11, 0x80001000, 0, true));
    assert_non_null(strstr(ask(b, "symbol 0x80001002"), "counter+0x2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(looking_at_a_device_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(every_answer_is_one_line_of_json, setup, teardown),
        cmocka_unit_test_setup_teardown(a_thing_has_its_own_name_before_a_mark, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
