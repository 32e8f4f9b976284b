/* bench/measure.c: runs a virtual machine until it prints a text, then watches it idle.
 *
 *      measure TEXT IDLE_SECONDS command...
 *
 * Prints one line of names and numbers:
 *
 *      first_ms    from the start of the process to the first byte of output
 *      text_ms     ... to the end of TEXT
 *      cpu_ms      processor time until then
 *      idle        percent of one processor during the idle seconds that follow
 *      ram_mib     guest memory touched: what is resident of the largest mapping
 *      rest_mib    what is resident besides
 */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GIVE_UP_MS = 300000, SETTLE_S = 3 };

static double clock_ms(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double process_cpu_ms(pid_t pid)
{
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? clock_ms(clock) : 0;
}

/* The input stays open and silent: a guest at its prompt waits, it doesn't see an end. */
static pid_t start(char *const argv[], int *output, int *input)
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execvp(argv[0], argv);
        fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *input = in[1];
    *output = out[0];
    return pid;
}

struct times {
    double first_ms, text_ms;
};

static bool read_until(int output, const char *text, double begin, struct times *times)
{
    static char seen[1 << 20];
    size_t size = 0;
    struct pollfd fd = {.fd = output, .events = POLLIN};
    while (clock_ms(CLOCK_MONOTONIC) - begin < GIVE_UP_MS && size < sizeof seen - 1) {
        if (poll(&fd, 1, 1000) <= 0) continue;
        ssize_t got = read(output, seen + size, sizeof seen - 1 - size);
        if (got <= 0) return false;
        double now = clock_ms(CLOCK_MONOTONIC) - begin;
        if (size == 0) times->first_ms = now;
        size += (size_t)got;
        times->text_ms = now;
        if (memmem(seen, size, text, strlen(text))) return true;
    }
    return false;
}

/* Output nobody reads would stop the program. */
static void idle(int output, double seconds)
{
    char dropped[4096];
    double end = clock_ms(CLOCK_MONOTONIC) + seconds * 1e3, left;
    struct pollfd fd = {.fd = output, .events = POLLIN};
    while ((left = end - clock_ms(CLOCK_MONOTONIC)) > 0)
        if (poll(&fd, 1, (int)left + 1) > 0 && read(output, dropped, sizeof dropped) <= 0) return;
}

struct resident {
    unsigned long ram_kib, rest_kib;
};

static struct resident resident_of(pid_t pid)
{
    char path[64], line[512];
    unsigned long size = 0, largest = 0, rss, all = 0;
    struct resident resident = {0};
    snprintf(path, sizeof path, "/proc/%ld/smaps", (long)pid);
    FILE *maps = fopen(path, "r");
    while (maps && fgets(line, sizeof line, maps)) {
        if (sscanf(line, "Size: %lu kB", &size) == 1) continue;
        if (sscanf(line, "Rss: %lu kB", &rss) != 1) continue;
        all += rss;
        if (size > largest) {
            largest = size;
            resident.ram_kib = rss;
        }
    }
    if (maps) fclose(maps);
    resident.rest_kib = all - resident.ram_kib;
    return resident;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: measure TEXT IDLE_SECONDS command...\n");
        return 2;
    }
    int output = -1, input = -1;
    struct times times = {0};
    double begin = clock_ms(CLOCK_MONOTONIC), seconds = atof(argv[2]);
    pid_t pid = start(argv + 3, &output, &input);
    bool seen = pid > 0 && read_until(output, argv[1], begin, &times);
    double cpu = process_cpu_ms(pid), busy = 0;
    struct resident resident = resident_of(pid);
    if (seen && seconds > 0) {
        idle(output, SETTLE_S); /* the guest has work left over from the boot */
        double before = process_cpu_ms(pid), from = clock_ms(CLOCK_MONOTONIC);
        idle(output, seconds);
        busy = (process_cpu_ms(pid) - before) / (clock_ms(CLOCK_MONOTONIC) - from) * 100;
        resident = resident_of(pid);
    }
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    close(input);
    if (!seen) {
        fprintf(stderr, "measure: %s never printed: %s\n", argv[3], argv[1]);
        return 1;
    }
    printf("first_ms %.1f text_ms %.1f cpu_ms %.1f idle %.2f ram_mib %.1f rest_mib %.1f\n",
           times.first_ms, times.text_ms, cpu, busy, (double)resident.ram_kib / 1024,
           (double)resident.rest_kib / 1024);
    return 0;
}
