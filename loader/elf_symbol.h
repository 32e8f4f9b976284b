/* loader/elf_symbol.h: where an ELF file says its symbols are. */
#ifndef RIVET_LOADER_ELF_SYMBOL_H
#define RIVET_LOADER_ELF_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/blob.h"

/* The value of the symbol `name`. False: no such symbol, or no ELF file with a symbol table. */
bool elf_symbol(const struct blob *, const char *name, uint64_t *value);

#endif
