/* bench/work/main.c: runs workloads by name, prints "begin name" and "name seconds checksum" for
 * each.
 *
 *      work [NAME...]                these, or all
 *      work time NAME command...     a command under that name; the checksum is of its output
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "work.h"

static const struct {
    const char *name;
    uint64_t (*run)(void);
} workloads[] = {
    {"intmix", work_intmix},   {"core", work_core},       {"calls", work_calls},
    {"icalls", work_icalls},   {"interp", work_interp},   {"sort", work_sort},
    {"chase", work_chase},     {"copy", work_copy},       {"strings", work_strings},
    {"muldiv", work_muldiv},   {"nbody", work_nbody},     {"nbodyf", work_nbodyf},
    {"matmul", work_matmul},   {"matmulf", work_matmulf}, {"syscalls", work_syscalls},
    {"faults", work_faults},   {"forks", work_forks},     {"switches", work_switches},
    {"atomics", work_atomics}, {"threads", work_threads},
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int report(const char *name, double seconds, uint64_t sum)
{
    printf("%s %.3f %016" PRIx64 "\n", name, seconds, sum);
    return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void begin(const char *name)
{
    printf("begin %s\n", name);
    fflush(stdout);
}

static int run(unsigned i)
{
    begin(workloads[i].name);
    double start = seconds_now();
    uint64_t sum = workloads[i].run();
    return report(workloads[i].name, seconds_now() - start, sum);
}

/* FNV-1a over all that comes. */
static uint64_t sum_of(int fd)
{
    static unsigned char bytes[4096];
    uint64_t sum = 0xcbf29ce484222325u;
    ssize_t size;
    while ((size = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < size; i++)
            sum = (sum ^ bytes[i]) * 0x100000001b3u;
    return sum;
}

static int time_command(const char *name, char *const argv[])
{
    int out[2], status = 0;
    begin(name);
    double start = seconds_now();
    if (pipe(out)) return EXIT_FAILURE;
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], 1);
        close(out[0]);
        close(out[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(out[1]);
    uint64_t sum = sum_of(out[0]);
    waitpid(child, &status, 0);
    double seconds = seconds_now() - start;
    if (status == 0) return report(name, seconds, sum);
    fprintf(stderr, "%s: failed\n", name);
    return EXIT_FAILURE;
}

static int run_named(const char *name)
{
    for (unsigned i = 0; i < sizeof workloads / sizeof workloads[0]; i++)
        if (strcmp(workloads[i].name, name) == 0) return run(i);
    fprintf(stderr, "%s: no such workload\n", name);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "exit") == 0) return 0; /* what `forks` runs */
    if (argc > 3 && strcmp(argv[1], "time") == 0) return time_command(argv[2], argv + 3);
    int status = EXIT_SUCCESS;
    for (unsigned i = 0; argc == 1 && i < sizeof workloads / sizeof workloads[0]; i++)
        status |= run(i);
    for (int i = 1; i < argc; i++)
        status |= run_named(argv[i]);
    return status;
}
