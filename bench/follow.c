/* bench/follow.c: runs a virtual machine to its end and prints the results it reports.
 *
 *      follow command...
 *
 * The guest prints "begin NAME" when a workload starts, and "NAME seconds checksum" at its end.
 * Each such line is passed on with the processor time the machine used in between:
 *
 *      NAME seconds checksum cpu_seconds [what else it said]
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GIVE_UP_S = 1800 };

static double cpu_seconds(pid_t pid)
{
    clockid_t clock;
    struct timespec now = {0};
    if (clock_getcpuclockid(pid, &clock) == 0) clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The input stays open and silent: a console that ends could end the machine. */
static pid_t start(char *const argv[], FILE **output)
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        alarm(GIVE_UP_S);
        execvp(argv[0], argv);
        fprintf(stderr, "follow: %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *output = fdopen(out[0], "r");
    return pid;
}

static bool is_result(const char *line, char name[32], double *seconds, char sum[32], char more[32])
{
    *more = 0;
    return sscanf(line, "%31s %lf %31s %31s", name, seconds, sum, more) >= 3 && *seconds > 0 &&
           strchr(line, '.') && name[0] >= 'a' && name[0] <= 'z';
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: follow command...\n");
        return 2;
    }
    FILE *output = NULL;
    pid_t pid = start(argv + 1, &output);
    char line[512], more[32], name[32], running[32] = "", sum[32];
    double seconds, begin = 0;
    while (output && fgets(line, sizeof line, output)) {
        if (sscanf(line, "begin %31s", running) == 1)
            begin = cpu_seconds(pid);
        else if (is_result(line, name, &seconds, sum, more) && strcmp(name, running) == 0)
            printf("%s %.3f %s %.3f %s\n", name, seconds, sum, cpu_seconds(pid) - begin, more);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
