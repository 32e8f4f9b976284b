/* tests/fuzz/fuzz.h: what each fuzzer is: one function that takes any bytes and must survive them.
 */
#ifndef RIVET_TESTS_FUZZ_FUZZ_H
#define RIVET_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* By libFuzzer's name and contract; replay.c calls it with the files of the corpus. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A promise was broken: ends the process, so that the fuzzer keeps the input. */
#define FUZZ_REQUIRE(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) abort();                                                                 \
    } while (0)

#endif
