/* monitor/decode_reasons.h: why a word is illegal, every reason, and what would be legal. */
#ifndef RIVET_MONITOR_DECODE_REASONS_H
#define RIVET_MONITOR_DECODE_REASONS_H

#include "monitor/decode_facts.h"

struct reason {
    const char *kind; /* "extension", "xlen", "reserved", "custom", "where", "length", "defined" */
    char text[200];
};

#define REASONS_MAX 10

/* For a word without an encoding. Returns how many, at least one. */
unsigned decoding_reasons(const struct decoding *decoding, struct reason reasons[REASONS_MAX]);

/* How the other base reads the word: a sentence such as "on RV32 the same word is c.jal 0x40"; ""
 * when both read it alike and there is nothing to say. False: out of memory. */
void decoding_other_base(const struct decoding *decoding, uint64_t pc, char *text, size_t size);

#endif
