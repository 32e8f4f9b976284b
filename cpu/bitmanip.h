/* cpu/bitmanip.h: bit operations that C has no operator for. */
#ifndef RIVET_CPU_BITMANIP_H
#define RIVET_CPU_BITMANIP_H

#include <stdint.h>

static inline unsigned count_ones(uint64_t value)
{
    return (unsigned)__builtin_popcountll(value);
}

/* Of a number of `width` bits whose higher bits are 0; `width` for zero. */
static inline unsigned count_leading_zeros(uint64_t value, unsigned width)
{
    return value ? (unsigned)__builtin_clzll(value) - (64 - width) : width;
}

static inline unsigned count_trailing_zeros(uint64_t value, unsigned width)
{
    return value ? (unsigned)__builtin_ctzll(value) : width;
}

/* `count` is below `width`; the bits of `value` above `width` are 0, and of the result too. */
static inline uint64_t rotate_right(uint64_t value, uint64_t count, unsigned width)
{
    if (width == 64) return value >> count | value << (-count & 63);
    return (uint32_t)((uint32_t)value >> count | (uint32_t)value << (-count & 31));
}

/* Each byte: 0xff if any bit of it is set, else 0. */
static inline uint64_t or_combine_bytes(uint64_t value)
{
    value |= value >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f);
    value |= value >> 2 & UINT64_C(0x3f3f3f3f3f3f3f3f);
    value |= value >> 1 & UINT64_C(0x7f7f7f7f7f7f7f7f);
    return (value & UINT64_C(0x0101010101010101)) * 0xff;
}

#endif
