/* base/words.c: how far one word is from another, for "did you mean". */
#include "base/words.h"

#include <string.h>

#define LETTERS_MAX 31

unsigned word_distance(const char *word, size_t length, const char *other)
{
    unsigned row[LETTERS_MAX + 1]; /* of the table of distances between beginnings */
    size_t other_length = strlen(other);
    if (length > LETTERS_MAX || other_length > LETTERS_MAX) return WORD_FAR;
    for (unsigned j = 0; j <= other_length; j++)
        row[j] = j;
    for (unsigned i = 1; i <= length; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= other_length; j++) {
            unsigned best = diagonal + (word[i - 1] != other[j - 1]);
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[other_length];
}

uint32_t word_hash(const char *word, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)word[i]) * 16777619u;
    return hash;
}
