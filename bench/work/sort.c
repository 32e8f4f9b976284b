/* bench/work/sort.c: the C library's qsort, with its comparison through a pointer. */
#include <stdlib.h>

#include "work.h"

#define COUNT 200000

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t work_sort(void)
{
    static uint64_t numbers[COUNT];
    uint64_t seed = 99, sum = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++)
            numbers[i] = random_next(&seed);
        qsort(numbers, COUNT, sizeof numbers[0], compare);
        sum ^= numbers[COUNT / 3];
    }
    return sum;
}
