/* mem/guest.h: reading and writing guest memory while other harts and devices do the same.
 *
 * RVWMO asks two things of a plain access: an aligned one of up to 8 bytes happens whole
 * (Unprivileged spec, "Memory Model Primitives"), and two loads of one address see stores in one
 * order. C11's relaxed atomics promise just that and compile to the host's plain moves; fences are
 * the FENCE instruction's business. A misaligned access may be torn; hosts whose moves take any
 * address make it in one piece all the same.
 */
#ifndef RIVET_MEM_GUEST_H
#define RIVET_MEM_GUEST_H

#include <stddef.h>

#include "base/bits.h"

#if defined(__x86_64__) || defined(__aarch64__)
#define GUEST_ALIGNED(bytes, size) ((void)(bytes), true) /* as good as */
#else
#define GUEST_ALIGNED(bytes, size) (((uintptr_t)(bytes) & ((size)-1)) == 0)
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define GUEST_ORDER(bits, value) (value)
#else
#define GUEST_ORDER(bits, value) __builtin_bswap##bits(value)
#endif

#define GUEST_LOAD(bits, bytes)                                                                    \
    GUEST_ORDER(bits, __atomic_load_n((const uint##bits##_t *)(bytes), __ATOMIC_RELAXED))
#define GUEST_STORE(bits, bytes, value)                                                            \
    __atomic_store_n((uint##bits##_t *)(bytes), GUEST_ORDER(bits, (uint##bits##_t)(value)),        \
                     __ATOMIC_RELAXED)

/* Byte by byte: what is misaligned, or part of an access that crosses pages. */
static inline uint64_t guest_load_bytes(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)__atomic_load_n(bytes + i, __ATOMIC_RELAXED) << (8 * i);
    return value;
}

static inline void guest_store_bytes(uint8_t *bytes, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++)
        __atomic_store_n(bytes + i, (uint8_t)(value >> (8 * i)), __ATOMIC_RELAXED);
}

/* A little-endian integer of 1 to 8 bytes. */
static ALWAYS_INLINE uint64_t guest_load(const void *bytes, unsigned size)
{
    if (!GUEST_ALIGNED(bytes, size)) return guest_load_bytes(bytes, size);
    switch (size) {
    case 1:
        return __atomic_load_n((const uint8_t *)bytes, __ATOMIC_RELAXED);
    case 2:
        return GUEST_LOAD(16, bytes);
    case 4:
        return GUEST_LOAD(32, bytes);
    case 8:
        return GUEST_LOAD(64, bytes);
    default:
        return guest_load_bytes(bytes, size);
    }
}

static ALWAYS_INLINE void guest_store(void *bytes, unsigned size, uint64_t value)
{
    if (!GUEST_ALIGNED(bytes, size)) {
        guest_store_bytes(bytes, size, value);
        return;
    }
    switch (size) {
    case 1:
        __atomic_store_n((uint8_t *)bytes, (uint8_t)value, __ATOMIC_RELAXED);
        break;
    case 2:
        GUEST_STORE(16, bytes, value);
        break;
    case 4:
        GUEST_STORE(32, bytes, value);
        break;
    case 8:
        GUEST_STORE(64, bytes, value);
        break;
    default:
        guest_store_bytes(bytes, size, value);
    }
}

/* Copies out of, or into, guest memory that others use at the same time. */
void guest_read(void *to, const void *guest, size_t size);
void guest_write(void *guest, const void *from, size_t size);

#endif
