/* tests/monitor/test_trace.c: a trace holds each instruction executed, once, with what it changed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>
#include "host/file.h"
#include "tests/monitor/bench.h"

static const char *const program[] = {
    "auipc s0, 1",             /* 80000000: 80001000 */
    "addi t0, t0, 5",          /* 80000004 */
    "sw t0, 8(s0)",            /* 80000008 */
    "auipc t1, 0",             /* 8000000c */
    "addi t1, t1, 32",         /* 80000010: 8000002c */
    "csrrw zero, mtvec, t1",   /* 80000014 */
    "csrrwi zero, mie, 8",     /* 80000018: MSIE */
    "csrrsi zero, mstatus, 8", /* 8000001c: MIE */
    "nop",                     /* 80000020 */
    "ecall",                   /* 80000024 */
    "j .",                     /* 80000028 */
    "lui t3, 256",             /* 8000002c: 0x100000, the syscon */
    "lui t4, 5",               /* 80000030 */
    "addi t4, t4, 1365",       /* 80000034: 0x5555, off */
    "sw t4, 0(t3)",            /* 80000038 */
    NULL,
};

struct tracing {
    struct bench *b;
    char path[32], command[160];
};

static int setup(void **state, const struct engine *engine)
{
    struct tracing *t = calloc(1, sizeof *t);
    t->b = bench_create(engine);
    bench_program(t->b, program);
    strcpy(t->path, "/tmp/rivet-trace-XXXXXX");
    close(mkstemp(t->path));
    *state = t;
    return 0;
}

static int setup_ref(void **state)
{
    return setup(state, &engine_ref);
}

static int setup_cached(void **state)
{
    return setup(state, &engine_cached);
}

static int teardown(void **state)
{
    struct tracing *t = *state;
    unlink(t->path);
    bench_destroy(t->b);
    free(t);
    return 0;
}

static const char *trace(struct tracing *t, const char *word, const char *more)
{
    snprintf(t->command, sizeof t->command, "trace %s %s %s", word, t->path, more);
    return ask(t->b, t->command);
}

/* The file's lines hold these, a line each, and there are no others. */
static void assert_lines(const char *text, const char *const *parts)
{
    const char *at = text;
    for (; *parts; parts++) {
        const char *end = strchr(at, '\n'), *hit = strstr(at, *parts);
        if (!hit || !end || hit > end) fail_msg("%s\nlacks, in its place: %s", text, *parts);
        at = end + 1;
    }
    if (*at) fail_msg("%s\nmore than expected: %s", text, at);
}

static void assert_file(struct tracing *t, const char *const *parts)
{
    struct host_file file;
    struct error err;
    if (!host_file_read(t->path, &file, &err)) fail_msg("%s", err.text);
    char *text = strndup((const char *)file.bytes, file.size);
    host_file_close(&file);
    assert_lines(text, parts);
    free(text);
}

static void each_instruction_is_a_line_however_it_is_executed(void **state)
{
    struct tracing *t = *state;
    trace(t, "on", "");
    ask(t->b, "step 2");
    ask(t->b, "break 0x80000020");
    ask(t->b, "continue");
    ask(t->b, "raise msi 1");
    ask(t->b, "continue");
    ask(t->b, "trace off");
    assert_file(t, (const char *const[]){
                       "0 0 M 0x0000000080000000 00001417  auipc s0, 0x1                   "
                       " s0=0x80001000",
                       "0 1 M 0x0000000080000004 00528293  ", " [0x80001008]=0x5", " t1=0x8000000c",
                       " t1=0x8000002c", " mtvec=0x8000002c", " mie=0x8", " mstatus=0x",
                       "0 8 M 0x0000000080000020 00000013  nop                              trap: "
                       "machine software interrupt",
                       " t3=0x100000", " t4=0x5000", " t4=0x5555", "sw t4, 0(t3)", NULL});
}

static void the_binary_form_reads_back_the_same(void **state)
{
    struct tracing *t = *state;
    trace(t, "on", "binary");
    ask(t->b, "break 0x80000028");
    ask(t->b, "break 0x8000002c");
    ask(t->b, "continue");
    assert_lines(trace(t, "show", "1 2"), (const char *const[]){" t0=0x5", " [0x80001008]=", NULL});
    assert_lines(trace(t, "show", "9"),
                 (const char *const[]){"0 9 M 0x0000000080000024 00000073  ecall    ", NULL});
    ask(t->b, "trace off");
    assert_lines(trace(t, "show", "9"), (const char *const[]){" trap: environment call", NULL});
    assert_lines(trace(t, "show", "10"), (const char *const[]){NULL});
    assert_non_null(strstr(ask(t->b, "trace show /dev/null"), "not a trace"));
}

static void a_filter_leaves_the_others_out(void **state)
{
    struct tracing *t = *state;
    trace(t, "on", "from 0x80000008 to 0x8000000c mode m");
    ask(t->b, "step 6");
    assert_says(t->b, "trace off", "2 instructions traced");
    assert_file(t, (const char *const[]){"0x0000000080000008", "0x000000008000000c", NULL});
    trace(t, "on", "mode u");
    ask(t->b, "step 2");
    assert_says(t->b, "trace off", "0 instructions traced");
}

static void hist_goes_on_meanwhile(void **state)
{
    struct tracing *t = *state;
    ask(t->b, "hist on");
    ask(t->b, "break 0x80000008");
    ask(t->b, "continue");
    trace(t, "on", "");
    ask(t->b, "break 0x80000014");
    ask(t->b, "continue");
    ask(t->b, "trace off");
    ask(t->b, "break 0x8000001c");
    ask(t->b, "continue");
    assert_file(t, (const char *const[]){"sw t0", "auipc", "addi t1", NULL});
    assert_lines(ask(t->b, "hist 20"),
                 (const char *const[]){"-7 M 0x0000000080000000", " t0=0x5", "[0x80001008]=0x5",
                                       " t1=0x8000000c", " t1=0x8000002c",
                                       "-2 M 0x0000000080000014", "-1 M", NULL});
    ask(t->b, "hist off");
}

#define BOTH(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, setup_ref, teardown),                                    \
        cmocka_unit_test_setup_teardown(name, setup_cached, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(each_instruction_is_a_line_however_it_is_executed),
        BOTH(the_binary_form_reads_back_the_same),
        BOTH(a_filter_leaves_the_others_out),
        BOTH(hist_goes_on_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
