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

/* The product of two numbers of 64 bits as polynomials over GF(2), its low 64 bits. */
static inline uint64_t carryless_low(uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    for (; b; b &= b - 1)
        product ^= a << __builtin_ctzll(b);
    return product;
}

/* The product of two numbers of `width` bits from bit width - 1 on: 2 * width - 1 bits are all it
 * has. The same as multiplying the numbers with their bits in reverse. */
static inline uint64_t carryless_reversed(uint64_t a, uint64_t b, unsigned width)
{
    uint64_t product = 0;
    for (; b; b &= b - 1)
        product ^= a >> (width - 1 - (unsigned)__builtin_ctzll(b));
    return product;
}

/* And from bit `width` on. */
static inline uint64_t carryless_high(uint64_t a, uint64_t b, unsigned width)
{
    return carryless_reversed(a, b, width) >> 1;
}

static inline uint64_t reverse_in_bytes(uint64_t value)
{
    value =
        (value & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4 | (value >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f));
    value =
        (value & UINT64_C(0x3333333333333333)) << 2 | (value >> 2 & UINT64_C(0x3333333333333333));
    return (value & UINT64_C(0x5555555555555555)) << 1 |
           (value >> 1 & UINT64_C(0x5555555555555555));
}

/* Bit i of the low half goes to bit 2 i, bit i of the high half to bit 2 i + 1. */
static inline uint32_t bits_interleave(uint32_t value)
{
    uint32_t mixed = 0;
    for (unsigned i = 0; i < 16; i++)
        mixed |= (value >> i & 1) << 2 * i | (value >> (16 + i) & 1) << (2 * i + 1);
    return mixed;
}

static inline uint32_t bits_deinterleave(uint32_t mixed)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 16; i++)
        value |= (mixed >> 2 * i & 1) << i | (mixed >> (2 * i + 1) & 1) << (16 + i);
    return value;
}

/* Replaces each element of `indices`, `bits` wide, by the element of `table` it is the number of;
 * by 0 where there is none. Both are `width` bits. */
static inline uint64_t permute(uint64_t table, uint64_t indices, unsigned bits, unsigned width)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1, result = 0;
    for (unsigned at = 0; at < width; at += bits) {
        uint64_t from = (indices >> at & mask) * bits;
        if (from < width) result |= (table >> from & mask) << at;
    }
    return result;
}

#endif
