/* bench/work/calls.c: direct, recursive and indirect calls. */
#include "work.h"

static __attribute__((noinline)) uint64_t fib(uint64_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint64_t work_calls(void)
{
    return fib(34);
}

static uint64_t add(uint64_t a, uint64_t b)
{
    return a + b;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    return (a ^ b) * 3;
}

static uint64_t turn(uint64_t a, uint64_t b)
{
    return a << 7 ^ a >> 5 ^ b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a < b ? a : b - a;
}

uint64_t work_icalls(void)
{
    static uint64_t (*volatile const functions[4])(uint64_t, uint64_t) = {add, mix, turn, less};
    uint64_t value = 1, seed = 7;
    for (uint64_t i = 0; i < 15000000; i++)
        value = functions[random_next(&seed) & 3](value, i);
    return value;
}
