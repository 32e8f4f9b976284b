/* tests/monitor/bench.h: a machine with a few instructions in RAM, and its monitor. */
#ifndef RIVET_TESTS_MONITOR_BENCH_H
#define RIVET_TESTS_MONITOR_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/assemble.h"
#include "machine/board.h"
#include "monitor/monitor.h"

#define CODE UINT64_C(0x80000000)

struct bench {
    struct machine *machine;
    struct terminal_console console;
    struct monitor mon;
};

/* With one device, in the words of -device, or none for NULL. */
static inline struct bench *bench_create_with(const struct engine *engine, const char *device)
{
    struct error err;
    struct bench *b = calloc(1, sizeof *b);
    struct machine_config config = machine_config_default();
    char firmware[] = "/tmp/rivet-bench-XXXXXX"; /* a machine wants something to start */
    int fd = mkstemp(firmware);
    assert_true(fd >= 0 && write(fd, "\x6f\0\0\0", 4) == 4);
    close(fd);
    config.bios = firmware;
    config.ram_bytes = UINT64_C(16) << 20;
    config.engine = engine;
    if (device) config.devices = (struct machine_words){.items = {device}, .count = 1};
    b->machine = machine_create(&config, &err);
    unlink(firmware);
    if (!b->machine) fail_msg("%s", err.text);
    assert_true(console_init(&b->console, b->machine, true, &err));
    b->console.input_ended = b->console.silent = true;
    monitor_init(&b->mon, b->machine, &b->console);
    b->mon.out.capture = true;
    b->mon.no_reboot = true;
    machine_hart(b->machine, 0)->pc = CODE;
    return b;
}

static inline struct bench *bench_create(const struct engine *engine)
{
    return bench_create_with(engine, NULL);
}

static inline void bench_destroy(struct bench *b)
{
    monitor_fini(&b->mon);
    console_fini(&b->console);
    machine_destroy(b->machine);
    free(b);
}

static inline struct hart *bench_hart(struct bench *b)
{
    return machine_hart(b->machine, 0);
}

/* Assembles lines from CODE on, each as long as it is. */
static inline void bench_program(struct bench *b, const char *const *lines)
{
    uint64_t at = CODE;
    for (; *lines; lines++) {
        struct assemble_error err;
        uint32_t word;
        if (!assemble(b->machine->isa, *lines, at, &word, &err))
            fail_msg("%s: %s", *lines, err.error.text);
        unsigned length = (word & 3) == 3 ? 4 : 2;
        assert_true(bus_write_ram(&b->machine->bus, at, &word, length));
        at += length;
    }
}

/* Executes a line; the answer is good until the next one. */
static inline const char *ask(struct bench *b, const char *line)
{
    text_clear(&b->mon.out.text);
    monitor_execute(&b->mon, line);
    return text_get(&b->mon.out.text);
}

#define assert_says(b, line, part)                                                                 \
    do {                                                                                           \
        const char *answer_ = ask(b, line);                                                        \
        if (!strstr(answer_, part)) fail_msg("%s\nsaid:\n%s\nnot: %s", line, answer_, part);       \
    } while (0)

#endif
