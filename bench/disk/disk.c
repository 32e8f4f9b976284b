/* bench/disk/disk.c: how fast a disk is, past the guest's page cache.
 *
 *      disk DEVICE NAME...
 *
 * Prints "begin NAME" and "NAME seconds bytes" for each: seqread and seqwrite go through the device
 * once in pieces of 1 MiB; randread and randwrite move 4 KiB at a time, one after the other;
 * randread16 and randwrite16 do so in sixteen threads. Places are the same in every run.
 */
#define _GNU_SOURCE /* O_DIRECT */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PIECE       (1u << 20)
#define SMALL       4096u
#define SMALL_COUNT 16384u
#define THREADS_MAX 16

static const struct work {
    const char *name;
    bool write, random;
    unsigned threads;
} works[] = {
    {"seqread", false, false, 1}, {"seqwrite", true, false, 1},    {"randread", false, true, 1},
    {"randwrite", true, true, 1}, {"randread16", false, true, 16}, {"randwrite16", true, true, 16},
};

struct worker {
    const struct work *work;
    int fd;
    uint64_t size, seed, moved;
    pthread_t thread;
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static void move(struct worker *worker, void *bytes, uint64_t offset, size_t size)
{
    ssize_t done = worker->work->write ? pwrite(worker->fd, bytes, size, (off_t)offset)
                                       : pread(worker->fd, bytes, size, (off_t)offset);
    if (done != (ssize_t)size) {
        perror(worker->work->name);
        exit(EXIT_FAILURE);
    }
    worker->moved += size;
}

static void *run(void *owner)
{
    struct worker *worker = owner;
    void *bytes = NULL;
    if (posix_memalign(&bytes, SMALL, PIECE) != 0) exit(EXIT_FAILURE);
    memset(bytes, 0x5a, PIECE);
    if (!worker->work->random)
        for (uint64_t at = 0; at + PIECE <= worker->size; at += PIECE)
            move(worker, bytes, at, PIECE);
    else
        for (unsigned i = 0; i < SMALL_COUNT / worker->work->threads; i++)
            move(worker, bytes, next(&worker->seed) % (worker->size / SMALL) * SMALL, SMALL);
    free(bytes);
    return NULL;
}

static void measure(const struct work *work, const char *device)
{
    struct worker workers[THREADS_MAX];
    uint64_t moved = 0;
    int fd = open(device, O_RDWR | O_DIRECT);
    off_t size = lseek(fd, 0, SEEK_END);
    if (fd < 0 || size <= 0) {
        perror(device);
        exit(EXIT_FAILURE);
    }
    printf("begin %s\n", work->name);
    fflush(stdout);
    double start = seconds_now();
    for (unsigned i = 0; i < work->threads; i++) {
        workers[i] = (struct worker){
            .work = work, .fd = fd, .size = (uint64_t)size, .seed = 88172645463325252u + i};
        if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0) exit(EXIT_FAILURE);
    }
    for (unsigned i = 0; i < work->threads; i++) {
        pthread_join(workers[i].thread, NULL);
        moved += workers[i].moved;
    }
    printf("%s %.3f %" PRIu64 "\n", work->name, seconds_now() - start, moved);
    fflush(stdout);
    close(fd);
}

int main(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        for (unsigned k = 0; k < sizeof works / sizeof *works; k++)
            if (strcmp(works[k].name, argv[i]) == 0) measure(&works[k], argv[1]);
    return EXIT_SUCCESS;
}
