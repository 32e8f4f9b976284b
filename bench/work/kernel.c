/* bench/work/kernel.c: what the kernel is asked for: calls, faults, processes, switches. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "work.h"

uint64_t work_syscalls(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < 600000; i++)
        sum += (uint64_t)syscall(SYS_getppid);
    return sum != 0;
}

uint64_t work_faults(void)
{
    enum { BYTES = 16 << 20 };
    uint64_t sum = 0;
    for (int round = 0; round < 12; round++) {
        volatile uint8_t *memory =
            mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int i = 0; i < BYTES; i += 4096)
            memory[i] = 1;
        sum += memory[4096];
        munmap((void *)memory, BYTES);
    }
    return sum;
}

uint64_t work_forks(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < 250; i++) {
        pid_t child = fork();
        if (child == 0) {
            execl("/proc/self/exe", "work", "exit", (char *)NULL);
            _exit(1);
        }
        int status;
        waitpid(child, &status, 0);
        sum += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return sum;
}

/* A byte to and fro between two processes. */
uint64_t work_switches(void)
{
    enum { ROUNDS = 60000 };
    int there[2], back[2];
    char byte = 1;
    uint64_t sum = 0;
    if (pipe(there) || pipe(back)) return 0;
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < ROUNDS; i++)
            if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1) _exit(1);
        _exit(0);
    }
    for (int i = 0; i < ROUNDS; i++)
        if (write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1) sum++;
    waitpid(child, NULL, 0);
    return sum;
}
