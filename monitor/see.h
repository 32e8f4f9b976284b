/* monitor/see.h: what the commands that show things share. */
#ifndef RIVET_MONITOR_SEE_H
#define RIVET_MONITOR_SEE_H

#include "monitor/monitor.h"

/* One line: address, symbol, word and text of the instruction; `mark`: the hart stands here.
 * Returns its length in bytes, 0 when it can't be read. */
unsigned see_instruction(struct monitor *, uint64_t address, bool mark);

/* Its text alone, with the target's symbol. */
void see_disassemble(struct monitor *, uint32_t word, uint64_t address, char *text, size_t size);
#define SEE_TEXT_SIZE 256

/* A line that says why the chosen hart stopped. `stop` may be NULL. */
void see_hit(struct monitor *, const struct stop_hit *, const struct stop *stop);

/* One call on the stack. */
struct frame {
    uint64_t pc, fp;
    const char *how; /* "" for a call; else how it got here from the frame below */
};

/* The frames of the chosen hart, innermost first; returns how many. */
unsigned see_frames(struct monitor *, struct frame *frames, unsigned most);

/* "a0=0x1": what is different now; for hist and trace. */
struct registers {
    uint64_t x[32], f[32], pc;
    enum priv priv;
};
void see_registers_take(const struct hart *, struct registers *);
void see_changes(const struct registers *before, const struct registers *after, struct text *);

#endif
