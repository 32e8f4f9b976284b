/* base/words.h: how far one word is from another, for "did you mean"; a number for each word. */
#ifndef RIVET_BASE_WORDS_H
#define RIVET_BASE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define WORD_FAR 99 /* for words too long to be compared */

/* Levenshtein's distance between the first `length` bytes of `word` and `other`: letters to insert,
 * drop or change. */
unsigned word_distance(const char *word, size_t length, const char *other);

/* FNV-1a of the first `length` bytes: equal words have equal ones, others hardly ever. */
uint32_t word_hash(const char *word, size_t length);

#endif
