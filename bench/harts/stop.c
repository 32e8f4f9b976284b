/* bench/harts/stop.c: how long a machine takes to stand still when its harts are busy.
 *
 *      stop HARTS TIMES
 *
 * Prints "stop HARTS median_ms worst_ms": from machine_stop(), which the monitor and gdb call,
 * until machine_run() is back and every hart's state can be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/clock.h"
#include "host/thread.h"
#include "machine/machine.h"

#define WARM_NS UINT64_C(100000000) /* of running before each stop */

static const uint32_t guest[] = {0x00150513, 0xffdff06f}; /* addi a0, a0, 1; j back */

struct stopper {
    struct machine *machine;
    struct host_event warm, wake;
    uint64_t asked_ns;
};

static size_t take_nothing(void *owner, const uint8_t *bytes, size_t count)
{
    (void)owner, (void)bytes;
    return count;
}

static void console_wait(void *owner, bool want_input, bool want_output, uint64_t timeout_ns)
{
    (void)want_input, (void)want_output;
    host_event_wait(&((struct stopper *)owner)->wake, timeout_ns);
}

static void console_wake(void *owner)
{
    host_event_signal(&((struct stopper *)owner)->wake);
}

static void stop_later(void *owner)
{
    struct stopper *stopper = owner;
    host_event_wait(&stopper->warm, WARM_NS);
    stopper->asked_ns = host_now_ns();
    machine_stop(stopper->machine);
}

static double stop_once(struct stopper *stopper, struct error *err)
{
    const struct console console = {
        .write = take_nothing, .wait = console_wait, .wake = console_wake, .owner = stopper};
    struct host_thread thread;
    struct machine_exit end;
    if (!host_thread_start(&thread, "stopper", stop_later, stopper, err)) return -1;
    bool ran = machine_run(stopper->machine, &console, &end, err);
    uint64_t stands_ns = host_now_ns();
    host_thread_join(&thread);
    return ran ? (double)(stands_ns - stopper->asked_ns) / 1e6 : -1;
}

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

int main(int argc, char *argv[])
{
    struct error err = {0};
    struct stopper stopper = {0};
    unsigned harts = argc > 1 ? (unsigned)atoi(argv[1]) : 16, times = argc > 2 ? atoi(argv[2]) : 20;
    double *ms = calloc(times, sizeof *ms);
    char path[] = "/tmp/rivet-stop-XXXXXX";
    int fd = mkstemp(path);
    if (!ms || fd < 0 || write(fd, guest, sizeof guest) != sizeof guest) return 1;
    close(fd);
    struct machine_config config = machine_config_default();
    config.bios = path;
    config.harts = harts;
    stopper.machine = machine_create(&config, &err);
    unlink(path);
    host_event_init(&stopper.warm);
    host_event_init(&stopper.wake);
    for (unsigned i = 0; stopper.machine && i < times; i++)
        ms[i] = stop_once(&stopper, &err);
    machine_destroy(stopper.machine);
    qsort(ms, times, sizeof *ms, by_size);
    if (times == 0 || *err.text) {
        fprintf(stderr, "stop: %s\n", err.text);
        return 1;
    }
    printf("stop %u %.2f %.2f\n", harts, ms[times / 2], ms[times - 1]);
    free(ms);
    return 0;
}
