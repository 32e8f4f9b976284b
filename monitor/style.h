/* monitor/style.h: colours and line-drawing characters, or their plain stand-ins. */
#ifndef RIVET_MONITOR_STYLE_H
#define RIVET_MONITOR_STYLE_H

#include <stdbool.h>

#include "cpu/insn.h"

/* What is coloured, by meaning. Tones are such that dark and light terminals both show them. */
enum ink {
    INK_PLAIN,
    INK_HEAD,  /* headings and mnemonics */
    INK_DIM,   /* what matters less */
    INK_FIXED, /* opcode, funct */
    INK_RD,
    INK_RS1,
    INK_RS2,
    INK_RS3,
    INK_IMM,
    INK_EXTRA, /* rounding mode, CSR, ordering */
    INK_BAD,
    INK_GOOD,
    INK_COUNT
};

struct style {
    bool colour;
    bool unicode;
};

/* The escape sequence that switches an ink on; "" without colour. */
const char *ink_on(const struct style *style, enum ink ink);
const char *ink_off(const struct style *style);

/* The ink as "#rrggbb", for pictures. */
const char *ink_rgb(enum ink ink);

/* The ink that a field of an instruction is drawn in, wherever it is drawn. */
enum ink ink_of_field(enum field field);

/* Line-drawing characters, UTF-8 or ASCII. */
struct line_set {
    const char *across, *down;
    const char *top[3], *middle[3], *bottom[3]; /* left corner, junction, right corner */
    const char *arrow, *tick, *cross;
};
const struct line_set *lines_of(const struct style *style);

#endif
