/* bench/work/intmix.c: CRC, sorting, recursion and a random generator in turn. */
#include <stddef.h>

#include "work.h"

#define BYTES   65536
#define NUMBERS 20000

static uint32_t crc32(const uint32_t table[256], const uint8_t *bytes)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < BYTES; i++)
        crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
    return ~crc;
}

static void sort(int32_t *numbers, int left, int right)
{
    while (left < right) {
        int32_t pivot = numbers[(left + right) / 2];
        int i = left, k = right;
        while (i <= k) {
            while (numbers[i] < pivot)
                i++;
            while (numbers[k] > pivot)
                k--;
            if (i > k) break;
            int32_t swap = numbers[i];
            numbers[i++] = numbers[k];
            numbers[k--] = swap;
        }
        sort(numbers, left, k);
        left = i;
    }
}

static __attribute__((noinline)) unsigned fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint64_t work_intmix(void)
{
    static uint32_t table[256];
    static uint8_t bytes[BYTES];
    static int32_t numbers[NUMBERS];
    uint64_t seed = 88172645463325252u, sum = 0;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] & 1 ? 0xedb88320u ^ table[i] >> 1 : table[i] >> 1;
    }
    for (int round = 0; round < 80; round++) {
        for (int i = 0; i < BYTES; i++)
            bytes[i] = (uint8_t)random_next(&seed);
        sum += crc32(table, bytes) + fib(24);
        for (int i = 0; i < NUMBERS; i++)
            numbers[i] = (int32_t)random_next(&seed);
        sort(numbers, 0, NUMBERS - 1);
        sum += (uint64_t)numbers[NUMBERS / 2];
        for (int i = 0; i < 200000; i++)
            sum += random_next(&seed);
    }
    return sum;
}
