/* cpu/amo.h: atomic memory operations on host memory, and reservations.
 *
 * Every one is sequentially consistent, which covers aq and rl. A reservation remembers the
 * physical address and the value; SC is a compare-and-swap with it. Two differences from the
 * letter of the specification where harts run side by side: a store of the same value by another
 * hart goes unnoticed, and so does any sequence that ends in the old value. Where harts take turns
 * there are none: whoever lets another hart run ends the reservation first.
 */
#ifndef RIVET_CPU_AMO_H
#define RIVET_CPU_AMO_H

#include <stdint.h>

#include "cpu/hart.h"
#include "cpu/memory.h"
#include "host/atomic.h"

#define amo_swap(p, v) __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define amo_add(p, v)  __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define amo_xor(p, v)  __atomic_fetch_xor((p), (v), __ATOMIC_SEQ_CST)
#define amo_and(p, v)  __atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#define amo_or(p, v)   __atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)

#define AMO_CHOOSE(p, v, comparison)                                                               \
    __extension__({                                                                                \
        __typeof__(v) value_ = (v), old_ = __atomic_load_n((p), __ATOMIC_SEQ_CST);                 \
        while (!__atomic_compare_exchange_n((p), &old_, old_ comparison value_ ? old_ : value_,    \
                                            true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))             \
            ;                                                                                      \
        old_;                                                                                      \
    })
#define amo_min(p, v) AMO_CHOOSE(p, v, <)
#define amo_max(p, v) AMO_CHOOSE(p, v, >)

#define amo_cas(p, expected, v)                                                                    \
    (void)__atomic_compare_exchange_n((p), (expected), (v), false, __ATOMIC_SEQ_CST,               \
                                      __ATOMIC_SEQ_CST)

static inline uint64_t amo_reserve(struct hart *h, const void *host, unsigned size)
{
    uint64_t value = size == 4 ? __atomic_load_n((const uint32_t *)host, __ATOMIC_SEQ_CST)
                               : __atomic_load_n((const uint64_t *)host, __ATOMIC_SEQ_CST);
    h->reservation = memory_physical(h, host);
    h->reservation_size = (uint8_t)size;
    h->reservation_value = value;
    return value;
}

/* 0 when stored, 1 when not. */
static inline unsigned amo_store_conditional(struct hart *h, void *host, unsigned size,
                                             uint64_t value)
{
    bool held = h->reservation == memory_physical(h, host) && h->reservation_size == (uint8_t)size;
    h->reservation = RESERVATION_NONE;
    if (!held) return 1;
    if (size == 4) {
        uint32_t expected = (uint32_t)h->reservation_value;
        return !__atomic_compare_exchange_n((uint32_t *)host, &expected, (uint32_t)value, false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    uint64_t expected = h->reservation_value;
    return !__atomic_compare_exchange_n((uint64_t *)host, &expected, value, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST);
}

#endif
