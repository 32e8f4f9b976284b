/* bench/work/memory.c: a pointer chase over 4 MiB, block copies, string functions. */
#include <stdlib.h>
#include <string.h>

#include "work.h"

#define CHASE_BYTES (4u << 20)
#define CHASE_LINE  64u

/* A random cycle through every line, so that each load waits for the one before. */
uint64_t work_chase(void)
{
    const unsigned lines = CHASE_BYTES / CHASE_LINE, words = CHASE_LINE / sizeof(void *);
    static void *memory[CHASE_BYTES / sizeof(void *)];
    unsigned *order = malloc(lines * sizeof *order);
    uint64_t seed = 5;
    for (unsigned i = 0; i < lines; i++)
        order[i] = i;
    for (unsigned i = lines - 1; i > 0; i--) {
        unsigned k = (unsigned)(random_next(&seed) % i), swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
    for (unsigned i = 0; i < lines; i++)
        memory[order[i] * words] = &memory[order[(i + 1) % lines] * words];
    void **at = memory;
    for (unsigned i = 0; i < 20000000; i++)
        at = *at;
    free(order);
    return (uint64_t)(at - memory);
}

uint64_t work_copy(void)
{
    enum { BYTES = 1 << 20 };
    static uint8_t from[BYTES], to[BYTES];
    uint64_t sum = 0;
    for (int round = 0; round < 400; round++) {
        from[round] = (uint8_t)round;
        memcpy(to, from, BYTES);
        __asm__ volatile("" ::: "memory"); /* the copy counts, though one byte is looked at */
        sum += to[round];
    }
    return sum;
}

uint64_t work_strings(void)
{
    static char text[65536];
    uint64_t sum = 0, seed = 3;
    for (unsigned i = 0; i < sizeof text - 1; i++)
        text[i] = (char)('a' + random_next(&seed) % 25);
    for (int round = 0; round < 250; round++) {
        char *copy = strdup(text);
        __asm__ volatile("" ::: "memory");
        sum += strlen(copy) + (strchr(copy, 'z') != NULL) + (uint64_t)strcmp(copy, text);
        sum += memchr(copy, 0, sizeof text) != NULL;
        free(copy);
    }
    return sum;
}
