/* bench/harts/scale.c: the same integer work on every hart at once, each in memory of its own.
 *
 * Prints "scale seconds checksum". On perfect ground the seconds don't depend on HARTS. Stands on
 * tests/smp/bare.c.
 */
#include "bare.h"

#define ROUNDS 60
#define WORDS  16384

struct own {
    LINE uint64_t words[WORDS];
    uint64_t sum;
};

static struct own own[HARTS];

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void sort(uint64_t *words, unsigned count)
{
    for (unsigned gap = count / 2; gap > 0; gap /= 2)
        for (unsigned i = gap; i < count; i++) {
            uint64_t word = words[i];
            unsigned at = i;
            for (; at >= gap && words[at - gap] > word; at -= gap)
                words[at] = words[at - gap];
            words[at] = word;
        }
}

static uint32_t crc(const uint8_t *bytes, unsigned count)
{
    uint32_t sum = 0xffffffff;
    for (unsigned i = 0; i < count; i++) {
        sum ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

static void work(struct own *mine)
{
    uint64_t seed = 17;
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < WORDS; i++)
            mine->words[i] = random_next(&seed);
        sort(mine->words, WORDS);
        mine->sum += crc((const uint8_t *)mine->words, sizeof mine->words / 4);
    }
}

void main(unsigned hart)
{
    barrier();
    uint64_t start = ticks();
    if (hart == 0) print("begin scale\n");
    work(&own[hart]);
    barrier();
    if (hart) return;
    uint64_t ms = (ticks() - start) / 10000;
    print("scale ");
    print_number(ms / 1000);
    print(ms % 1000 < 10 ? ".00" : ms % 1000 < 100 ? ".0" : ".");
    print_number(ms % 1000);
    print(" ");
    print_number(own[HARTS - 1].sum);
    print("\n");
    finish(0);
}
