/* monitor/decode_input.h: what people type or paste for an instruction, read as words. */
#ifndef RIVET_MONITOR_DECODE_INPUT_H
#define RIVET_MONITOR_DECODE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/assemble.h"
#include "cpu/isa.h"

/* One instruction in any of the forms
 *
 *   0x00c58533   00c58533   0b00000000110001011000010100110011   12944691   33 85 c5 00
 *   add a0, a1, a2
 *
 * Eight hex digits, or four with a letter or a leading zero, need no 0x; pairs of hex digits are
 * bytes in memory order. False: `err` says what is wrong and where. */
bool input_word(const struct isa *isa, const char *text, uint64_t pc, uint32_t *word,
                struct assemble_error *err);

/* Does it begin like a number rather than like a mnemonic? */
bool input_is_number(const char *text);

/* A line of a stream. */
struct input_line {
    bool has_pc;
    uint64_t pc;
    unsigned count; /* words found; 0 for a line with nothing in it */
    uint32_t words[256];
    int marked; /* index of the one in brackets in a "Code:" line, -1 for none */
};

/* A line out of a pipe: one instruction as above; "80000000: 00c58533 add a0,a1,a2" as objdump
 * prints it; or a kernel's "Code: 8082 1141 (0001) 0713", in halves or whole words. */
bool input_line(const struct isa *isa, const char *text, struct input_line *line,
                struct assemble_error *err);

#endif
