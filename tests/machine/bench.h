/* tests/machine/bench.h: small guests in machine code, and a console that is a buffer. */
#ifndef RIVET_TESTS_MACHINE_BENCH_H
#define RIVET_TESTS_MACHINE_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/thread.h"
#include "machine/machine.h"

/* clang-format off */
#define SWITCH_OFF 0x001002b7, 0x00005337, 0x55530313, 0x0062a023, 0x0000006f

/* Stores 0x5555 to the finisher. */
static const uint32_t guest_poweroff[] = {SWITCH_OFF};

/* Stores 0x2a3333: failure with code 42. */
static const uint32_t guest_fail[] = {0x001002b7, 0x002a3337, 0x33330313, 0x0062a023, 0x0000006f};

/* Reboots when the word at 0x80100000 is 0, and makes it 1; else powers off. */
static const uint32_t guest_reboot_once[] = {
    0x001002b7, 0x801003b7, 0x02039393, 0x0203d393, 0x0003ae03, 0x00100e93, 0x01d3a023,
    0x00005337, 0x55530313, 0x000e1663, 0x00007337, 0x77730313, 0x0062a023, 0x0000006f,
};

/* Sends 0x31000 bytes, counting, and powers off. */
#define PRINT_COUNT 0x31000u
static const uint32_t guest_print[] = {
    0x100002b7, 0x000313b7, 0x00000313, 0x00628023, 0x00130313, 0xfe731ce3, SWITCH_OFF,
};

/* Polls the UART and sends back what it gets; powers off at a zero byte. */
static const uint32_t guest_echo[] = {
    0x100002b7, 0x00100313, 0x00628123, 0x0052c383, 0x0013f393, 0xfe038ce3, 0x0002c383,
    0x00038663, 0x00728023, 0xfe9ff06f, SWITCH_OFF,
};

static const uint32_t guest_nowhere[] = {0x00000067};             /* jr zero: nothing is there */
static const uint32_t guest_sleep[] = {0x10500073, 0xffdff06f};   /* wfi, for ever */
static const uint32_t guest_tell[] = {0x100002b7, 0x00a28023, 0x0000006f}; /* sends mhartid; j . */
static const uint32_t guest_spin[] = {0x0000006f};                /* j . */
static const uint32_t guest_bad_mtvec[] = {0xfff00293, 0x30529073, 0x00000073}; /* ecall to -4 */
/* clang-format on */

/* A guest's words as a file, gone with bench_fini. */
struct bench {
    char path[64];
    struct machine_config config;
    struct machine *machine;
    struct console console;
    struct host_event wake;
    uint8_t *text; /* what the guest printed */
    size_t count, capacity;
    size_t bite;          /* most bytes the console takes at a time; 0: none ever */
    const uint8_t *typed; /* what is typed as fast as it is taken */
    size_t typed_count;
    unsigned waits;
    size_t stop_at;      /* machine_stop() when so much has been printed; 0: never */
    unsigned stop_after; /* machine_stop() in this wait; 0: never */
};

static size_t bench_write(void *owner, const uint8_t *bytes, size_t count)
{
    struct bench *bench = owner;
    if (count > bench->bite) count = bench->bite;
    if (count == 0) return 0;
    if (bench->count + count > bench->capacity) {
        bench->capacity = 2 * (bench->count + count);
        bench->text = realloc(bench->text, bench->capacity);
        assert_non_null(bench->text);
    }
    memcpy(bench->text + bench->count, bytes, count);
    bench->count += count;
    if (bench->stop_at && bench->count >= bench->stop_at) machine_stop(bench->machine);
    return count;
}

static void bench_wait(void *owner, bool want_input, bool want_output, uint64_t timeout_ns)
{
    const uint64_t most_ns = 1000000; /* so that waits come to count */
    struct bench *bench = owner;
    if (want_input && bench->typed_count) {
        size_t taken = machine_input(bench->machine, bench->typed, bench->typed_count);
        bench->typed += taken;
        bench->typed_count -= taken;
    }
    if (bench->stop_after && ++bench->waits >= bench->stop_after) machine_stop(bench->machine);
    bool soon = want_output || bench->stop_after || bench->typed_count;
    host_event_wait(&bench->wake, soon && timeout_ns > most_ns ? most_ns : timeout_ns);
}

static void bench_wake(void *owner)
{
    host_event_signal(&((struct bench *)owner)->wake);
}

/* A machine with 4 MiB that starts `words` as firmware. */
static void bench_init(struct bench *bench, const uint32_t *words, size_t size, const char *engine)
{
    struct error err = {0};
    *bench = (struct bench){.path = "/tmp/rivet-guest-XXXXXX", .bite = SIZE_MAX};
    bench->console = (struct console){
        .write = bench_write, .wait = bench_wait, .wake = bench_wake, .owner = bench};
    host_event_init(&bench->wake);
    int fd = mkstemp(bench->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, words, size), size);
    close(fd);
    bench->config = machine_config_default();
    bench->config.bios = bench->path;
    bench->config.ram_bytes = 4 << 20;
    bench->config.engine = engine_by_name(engine);
    bench->machine = machine_create(&bench->config, &err);
    if (!bench->machine) fail_msg("%s", err.text);
}

static void bench_fini(struct bench *bench)
{
    machine_destroy(bench->machine);
    host_event_fini(&bench->wake);
    unlink(bench->path);
    free(bench->text);
}

/* Runs to the end. */
static struct machine_exit bench_run(struct bench *bench)
{
    struct machine_exit end = {0};
    struct error err = {0};
    if (!machine_run(bench->machine, &bench->console, &end, &err)) fail_msg("%s", err.text);
    return end;
}

#endif
