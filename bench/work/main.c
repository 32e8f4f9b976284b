/* bench/work/main.c: runs workloads by name, prints "name seconds checksum" for each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static int run(unsigned i)
{
    double start = seconds_now();
    uint64_t sum = workloads[i].run();
    printf("%s %.3f %016" PRIx64 "\n", workloads[i].name, seconds_now() - start, sum);
    return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "exit") == 0) return 0; /* what `forks` runs */
    const unsigned count = sizeof workloads / sizeof workloads[0];
    for (unsigned i = 0; i < count; i++)
        if (argc == 1 && run(i) != EXIT_SUCCESS) return EXIT_FAILURE;
    for (int a = 1; a < argc; a++) {
        unsigned i = 0;
        while (i < count && strcmp(workloads[i].name, argv[a]) != 0)
            i++;
        if (i == count) {
            fprintf(stderr, "%s: no such workload\n", argv[a]);
            return EXIT_FAILURE;
        }
        if (run(i) != EXIT_SUCCESS) return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
