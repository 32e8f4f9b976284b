/* monitor/decode_picture.h: a word's bits as a labelled picture in a terminal. */
#ifndef RIVET_MONITOR_DECODE_PICTURE_H
#define RIVET_MONITOR_DECODE_PICTURE_H

#include <stdio.h>

#include "monitor/decode_facts.h"
#include "monitor/style.h"

/* Draws the fields as boxes, each with its bits, name and meaning; at most 80 columns. Bits in
 * `marked` are drawn as bad ones. */
void picture_print(FILE *out, const struct style *style, const struct decoding *decoding,
                   uint32_t marked);

/* Draws where each bit of the immediate comes from. Nothing where there is none. */
void picture_print_immediate(FILE *out, const struct style *style, const struct decoding *decoding);

/* A word in binary, in groups of four bits. */
void picture_binary(uint32_t word, unsigned bits, char text[48]);

#endif
