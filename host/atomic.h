/* host/atomic.h: the one atomic operation that C11 leaves to libraries. */
#ifndef RIVET_HOST_ATOMIC_H
#define RIVET_HOST_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 host_u128;

/* Compare-and-swap of 16 bytes at a 16-byte boundary: stores `value` if `*expected` is there;
 * either way *expected becomes what was there. */
static inline bool host_cas_128(host_u128 *at, host_u128 *expected, host_u128 value)
{
#if defined(__x86_64__)
    uint64_t low = (uint64_t)*expected, high = (uint64_t)(*expected >> 64);
    bool swapped;
    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(swapped), "+m"(*at), "+a"(low), "+d"(high)
                     : "b"((uint64_t)value), "c"((uint64_t)(value >> 64))
                     : "memory");
    *expected = (host_u128)high << 64 | low;
    return swapped;
#elif defined(__aarch64__)
    host_u128 wanted = *expected;
    for (;;) {
        uint64_t low, high;
        uint32_t failed;
        __asm__ volatile("ldaxp %0, %1, [%2]" : "=&r"(low), "=&r"(high) : "r"(at) : "memory");
        host_u128 found = (host_u128)high << 64 | low;
        bool equal = found == wanted;
        /* Only a store that succeeds shows that the two halves were read as one. */
        host_u128 stored = equal ? value : found;
        __asm__ volatile("stlxp %w0, %1, %2, [%3]"
                         : "=&r"(failed)
                         : "r"((uint64_t)stored), "r"((uint64_t)(stored >> 64)), "r"(at)
                         : "memory");
        if (failed) continue;
        *expected = found;
        return equal;
    }
#else
    return __atomic_compare_exchange_n(at, expected, value, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
#endif
}

#endif
