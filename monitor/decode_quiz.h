/* monitor/decode_quiz.h: questions about instructions, asked and marked. */
#ifndef RIVET_MONITOR_DECODE_QUIZ_H
#define RIVET_MONITOR_DECODE_QUIZ_H

#include <stdbool.h>
#include <stdio.h>

#include "monitor/explain.h"

struct quiz {
    const struct explain_context *context;
    FILE *in, *out;
    uint64_t seed;
    unsigned count;
    const char *extension; /* only its rows; NULL: all */
};

/* Asks `count` questions and prints the score. What was answered wrong is explained in full. An end
 * of input ends it early. False: no row of that extension. */
bool quiz_run(const struct quiz *quiz, struct error *err);

#endif
