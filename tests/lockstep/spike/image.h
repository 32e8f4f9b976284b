/* tests/lockstep/spike/image.h: a random program as an ELF file that any RISC-V simulator runs. */
#ifndef RIVET_TESTS_LOCKSTEP_SPIKE_IMAGE_H
#define RIVET_TESTS_LOCKSTEP_SPIKE_IMAGE_H

#include <stdbool.h>

#include "tests/lockstep/rig.h"

/* The page that brings the hart into the program's first state. It ends in an MRET to it. */
#define STARTER_BASE UINT64_C(0x90000000)
#define STARTER_SIZE 4096

/* Writes the file for the program that the rig has loaded, and makes the rig's hart what it is
 * after that MRET: mepc and the upper half of mstatus's stack are left by it. */
bool image_write(const char *path, struct rig *, const struct assembler *);

#endif
