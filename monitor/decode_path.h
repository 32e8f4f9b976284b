/* monitor/decode_path.h: the way a decoder takes to an instruction, and what it passed by. */
#ifndef RIVET_MONITOR_DECODE_PATH_H
#define RIVET_MONITOR_DECODE_PATH_H

#include "monitor/decode_facts.h"

/* One look at some bits of the word. */
struct path_step {
    unsigned high, low;
    char name[12];                  /* "opcode", "funct3" */
    const char *means;              /* "OP"; NULL: nothing more to say */
    unsigned left;                  /* encodings still possible after it */
    const struct insn_row *rows[6]; /* the first of them */
};

#define STEPS_MAX 10

/* From the length bits to the last that decides. Stops when nothing is left. Returns how many. */
unsigned decoding_path(const struct decoding *decoding, struct path_step steps[STEPS_MAX]);

/* Another instruction that differs from this word in few bits. */
struct near_miss {
    const struct encoding *encoding;
    uint32_t change;   /* bits of the word to flip: then it is that instruction */
    unsigned distance; /* how many those are */
};

/* The closest, by distance, then those of the same opcode first. Returns how many. */
unsigned decoding_near(const struct decoding *decoding, struct near_miss *misses, unsigned count);

#endif
