/* monitor/explain.h: how an instruction is read: the picture, the path, the immediate, the effect,
 * the traps, and why an illegal word is illegal. `rivet decode` prints it, and the monitor. */
#ifndef RIVET_MONITOR_EXPLAIN_H
#define RIVET_MONITOR_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cpu/isa.h"
#include "monitor/decode_traps.h"
#include "monitor/style.h"

struct hart;

/* What is known around the word. */
struct explain_context {
    const struct isa *isa;
    struct style style;
    bool has_pc;
    uint64_t pc;
    const struct hart *hart; /* its registers give the operands' values; NULL: none are known */
    struct hart_facts facts; /* mode and FS; taken from `hart` when there is one */
    /* The symbol an address lies in and how far; NULL: none. May be NULL itself. */
    const char *(*symbol)(void *owner, uint64_t address, uint64_t *offset);
    /* Memory as the hart sees it; false: not readable, or a device's. May be NULL. */
    bool (*read)(void *owner, uint64_t address, void *bytes, size_t size);
    void *owner;
};

/* Everything there is to say of a word. */
void explain_word(FILE *out, const struct explain_context *context, uint32_t word);

/* Registers before an instruction, to tell afterwards what it changed. */
struct explain_state {
    uint64_t x[32], f[32], pc;
    uint64_t csr[8]; /* those that instructions and traps change on their own */
    unsigned priv;
};
void explain_capture(const struct hart *hart, struct explain_state *state);

/* One line a register that changed: name, before, after. Nothing but the pc moving on: one line
 * too. */
void explain_changes(FILE *out, const struct explain_context *context,
                     const struct explain_state *before, const struct explain_state *after);

/* "0x80000010 <memcpy+8>" into `text`. */
void explain_address(const struct explain_context *context, uint64_t address, char *text,
                     size_t size);

#endif
