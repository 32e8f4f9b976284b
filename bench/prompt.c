/* bench/prompt.c: how long a running guest takes from Ctrl-C to the monitor's prompt.
 *
 *     prompt TIMES program [argument]...
 *
 * The program is given a terminal and must make it the monitor's (-monitor stdio). Prints the
 * median and the longest time in milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/boot/console.h"

#define TIMES_MAX 1000

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    double took[TIMES_MAX];
    struct console c;
    int times = argc > 2 ? atoi(argv[1]) : 0;
    if (times < 1 || times > TIMES_MAX) {
        fprintf(stderr, "usage: prompt TIMES program [argument]...\n");
        return EXIT_FAILURE;
    }
    if (!console_start_terminal(&c, argv + 2)) return EXIT_FAILURE;
    if (!console_expect(&c, "OpenSBI v")) return EXIT_FAILURE;
    for (int i = 0; i < times; i++) {
        /* Into the midst of whatever it does. */
        const struct timespec pause = {.tv_nsec = 30000000 + i * 7919 % 20 * 1000000};
        nanosleep(&pause, NULL);
        double start = now_ms();
        if (!console_type(&c, "\003") || !console_expect(&c, "(rivet) ")) return EXIT_FAILURE;
        took[i] = now_ms() - start;
        if (!console_type(&c, "continue\n") || !console_expect(&c, "continue\n"))
            return EXIT_FAILURE;
    }
    qsort(took, (size_t)times, sizeof *took, compare);
    printf("%.1f %.1f\n", took[times / 2], took[times - 1]);
    console_type(&c, "\003");
    console_type(&c, "quit\n");
    console_end(&c);
    return EXIT_SUCCESS;
}
