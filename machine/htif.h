/* machine/htif.h: the host-target interface of RISC-V's test programs: two words in RAM.
 *
 * A program whose ELF file has the symbols `tohost` and `fromhost` talks to its host by storing
 * 64 bits to the first:
 *
 *      63     56 55     48 47                        0
 *     +---------+---------+---------------------------+
 *     | device  | command |          payload          |
 *     +---------+---------+---------------------------+
 *          0         0      code << 1 | 1: the program has ended, 0 is success
 *          1         1      a character to print
 *
 * The host answers by storing zero there. Between `begin_signature` and `end_signature` such a
 * program leaves what it found out.
 */
#ifndef RIVET_MACHINE_HTIF_H
#define RIVET_MACHINE_HTIF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "loader/blob.h"
#include "mem/ram.h"

struct machine;

struct htif {
    struct code_map *map;                    /* watches tohost's line; NULL: the program has none */
    uint64_t tohost;                         /* offset in RAM */
    uint64_t signature_begin, signature_end; /* addresses; equal: there is none */
};

/* Looks for the symbols in a file that was loaded, and listens; a file without them changes
 * nothing. False: tohost is nowhere in RAM. */
bool htif_connect(struct machine *, const struct blob *, struct error *err);
/* Forgets them. */
void htif_disconnect(struct machine *);

#endif
