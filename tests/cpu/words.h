/* tests/cpu/words.h: instruction words for tests, out of the table's rows. */
#ifndef RIVET_TESTS_CPU_WORDS_H
#define RIVET_TESTS_CPU_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "cpu/csr.h"
#include "cpu/encoding.h"

/* xorshift64*: the same words on every run. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* How many words a test takes: ten million for each in a long run (RIVET_LONG_TESTS=1). */
static inline unsigned words_wanted(unsigned usually)
{
    return getenv("RIVET_LONG_TESTS") ? 10000000 : usually;
}

/* A random word of a row; its `where` may need several tries. */
static inline bool word_of(const struct encoding *encoding, uint64_t *seed, uint32_t *word)
{
    for (unsigned tries = 0; tries < 100; tries++) {
        int32_t values[FIELD_COUNT];
        uint32_t all = encoding->format->bits == 16 ? 0xffff : 0xffffffff;
        *word = (encoding->match | ((uint32_t)random_next(seed) & ~encoding->mask)) & all;
        format_extract(encoding->format, *word, values);
        if (encoding_accepts(encoding, values)) return true;
    }
    return false;
}

/* The same, where most fields that are seldom anything else are 0 (fence's fm and registers) and
 * CSR numbers are those of the table. */
static inline bool usual_word_of(const struct encoding *encoding, uint64_t *seed, uint32_t *word)
{
    if (!word_of(encoding, seed, word)) return false;
    uint32_t hidden = encoding->fields & ~encoding->syntax.fields;
    hidden &= ~(1u << FIELD_AQ | 1u << FIELD_RL);
    for (unsigned f = 0; f < FIELD_OTHER; f++)
        if (hidden >> f & 1)
            *word &= ~(format_field_mask(encoding->format, (enum field)f) & ~encoding->mask);
    if (encoding->fields & 1u << FIELD_CSR) {
        unsigned count = 0;
        while (csr_info_at(count))
            count++;
        *word = (*word & 0xfffff) | csr_info_at(random_next(seed) % count)->number << 20;
    }
    return true;
}

#endif
