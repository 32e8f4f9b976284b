/* loader/elf.h: ELF executables into physical memory. */
#ifndef RIVET_LOADER_ELF_H
#define RIVET_LOADER_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "loader/blob.h"
#include "loader/place.h"

struct elf_image {
    uint64_t entry;     /* physical */
    uint64_t low, high; /* the loaded segments lie in [low, high) */
};

/* True when it begins like an ELF file. */
bool elf_detect(const struct blob *);

/* Loads the PT_LOAD segments at their physical addresses (p_paddr), under the name `what` in the
 * placement; bytes beyond p_filesz are zero. A position-independent file linked at 0 goes to
 * `base`. False: `err` names the file and what is wrong; some segments may have been loaded. */
bool elf_load(const struct blob *, unsigned xlen, uint64_t base, struct placement *,
              const char *what, struct elf_image *image, struct error *err);

#endif
