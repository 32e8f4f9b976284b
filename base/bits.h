/* base/bits.h: bit fields, sign extension, byte order, ranges. */
#ifndef RIVET_BASE_BITS_H
#define RIVET_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define ALWAYS_INLINE       inline __attribute__((always_inline))
#define NOINLINE            __attribute__((noinline))
#define COLD                __attribute__((noinline, cold))

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The object of type `type` whose member `member` is at `pointer`. */
#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* A value with the `width` low bits set; width 0..64. */
static inline uint64_t mask_low(unsigned width)
{
    return width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;
}

/* Bits high..low of `value`, right-aligned, both ends included. */
static inline uint64_t bits_get(uint64_t value, unsigned high, unsigned low)
{
    return (value >> low) & mask_low(high - low + 1);
}

/* `value` with the bits of `mask` taken from `new_bits`. */
static inline uint64_t bits_replace(uint64_t value, uint64_t mask, uint64_t new_bits)
{
    return (value & ~mask) | (new_bits & mask);
}

/* The low `width` bits of `value` as a two's-complement number; width 1..64. */
static inline int64_t sign_extend(uint64_t value, unsigned width)
{
    return (int64_t)(value << (64 - width)) >> (64 - width);
}

/* True when [offset, offset+length) lies inside [0, size), without overflow. */
static inline bool range_contains(uint64_t size, uint64_t offset, uint64_t length)
{
    return offset <= size && length <= size - offset;
}

/* Little-endian integers of 1, 2, 4 or 8 bytes at any alignment. */
static inline uint64_t load_le(const void *bytes, unsigned size)
{
    uint64_t value = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&value, bytes, size);
#else
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)((const uint8_t *)bytes)[i] << (8 * i);
#endif
    return value;
}

static inline void store_le(void *bytes, unsigned size, uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(bytes, &value, size);
#else
    for (unsigned i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)(value >> (8 * i));
#endif
}

#endif
