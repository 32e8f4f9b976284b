/* tests/lockstep/rng.c: numbers biased to where operations go wrong. */
#include "tests/lockstep/rng.h"

#include "base/bits.h"

/* Singles (boxed or not) and doubles at the edges of their formats, with a random sign. */
static uint64_t rng_real(struct rng *rng)
{
    static const uint64_t doubles[] = {
        0x0000000000000000, 0x0000000000000001, 0x000fffffffffffff, 0x0010000000000000,
        0x3ff0000000000000, 0x3fe0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000,
        0x7ff0000000000001, 0x7ff8000000000000, 0x43e0000000000000, 0x41dfffffffc00000,
        0x41efffffffe00000, 0x3ff0000000000001, 0x3690000000000000, 0x380fffffffffffff,
    };
    static const uint32_t singles[] = {
        0x00000000, 0x00000001, 0x007fffff, 0x00800000, 0x3f800000, 0x3f000000,
        0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x4f000000, 0x5f000000,
        0x4effffff, 0x3f800001, 0x33800000, 0x0d800000,
    };
    uint64_t any = rng_next(rng);
    if (any & 1) return doubles[any >> 1 & 15] ^ (any & UINT64_C(1) << 63);
    uint32_t single =
        any & 2 ? (uint32_t)(any >> 32) : singles[any >> 2 & 15] ^ (any >> 6 & 1) << 31;
    return any & 128 ? single : UINT64_C(0xffffffff00000000) | single;
}

uint64_t rng_number(struct rng *rng)
{
    uint64_t any = rng_next(rng);
    switch (rng_below(rng, 7)) {
    case 0:
        return (uint64_t)((int64_t)any >> 58); /* -32..31 */
    case 1:
        return (UINT64_C(1) << (any & 63)) - (any >> 6 & 1) + (any >> 7 & 1);
    case 2:
        return ~(UINT64_C(1) << (any & 63));
    case 3:
        return (any & 0xff) * UINT64_C(0x0101010101010101);
    case 4:
        return (uint64_t)sign_extend(any, 32);
    case 5:
        return rng_real(rng);
    default:
        return any;
    }
}
