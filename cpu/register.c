/* cpu/register.c: what the registers are called. */
#include "cpu/register.h"

#include <stdbool.h>
#include <string.h>

/* RISC-V ELF psABI, "Register Convention". */
static const char x_names[32][6] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static const char f_names[32][6] = {
    "ft0", "ft1", "ft2", "ft3", "ft4",  "ft5",  "ft6", "ft7", "fs0",  "fs1",  "fa0",
    "fa1", "fa2", "fa3", "fa4", "fa5",  "fa6",  "fa7", "fs2", "fs3",  "fs4",  "fs5",
    "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
};

const char *register_x_name(unsigned number)
{
    return x_names[number & 31];
}

const char *register_f_name(unsigned number)
{
    return f_names[number & 31];
}

/* "x10" with prefix 'x': 10. */
static int numbered(char prefix, const char *name, size_t length)
{
    if (length < 2 || length > 3 || name[0] != prefix) return -1;
    int number = 0;
    for (size_t i = 1; i < length; i++) {
        if (name[i] < '0' || name[i] > '9') return -1;
        number = 10 * number + name[i] - '0';
    }
    bool leading_zero = length == 3 && name[1] == '0';
    return number < 32 && !leading_zero ? number : -1;
}

static int named(const char names[32][6], const char *name, size_t length)
{
    for (int i = 0; i < 32; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0) return i;
    return -1;
}

int register_x_number(const char *name, size_t length)
{
    if (length == 2 && strncmp(name, "fp", 2) == 0) return 8;
    int number = numbered('x', name, length);
    return number >= 0 ? number : named(x_names, name, length);
}

int register_f_number(const char *name, size_t length)
{
    int number = numbered('f', name, length);
    return number >= 0 ? number : named(f_names, name, length);
}
