/* monitor/decode_elf.h: an ELF file's code and symbols, to list it. */
#ifndef RIVET_MONITOR_DECODE_ELF_H
#define RIVET_MONITOR_DECODE_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* A run of code in the file. */
struct elf_code {
    uint64_t address, size;
    const uint8_t *bytes;
    const char *name; /* of its section, "" for a segment */
};

struct elf_symbol {
    uint64_t address, size;
    const char *name;
    bool is_data; /* "$d": what follows is no code; "$x" ends that and has an empty name */
    bool is_mark; /* one of those two */
};

struct elf_code_file;

/* Maps a file and finds its code and symbols. NULL: `err` says why not, which may be that it is an
 * ELF file for another machine. Free with elf_code_close. */
struct elf_code_file *elf_code_open(const char *path, struct error *err);
void elf_code_close(struct elf_code_file *);

/* 32 or 64. */
unsigned elf_code_xlen(const struct elf_code_file *);

/* Code by index, in order of address; NULL past the end. */
const struct elf_code *elf_code_at(const struct elf_code_file *, unsigned index);

/* Symbols in order of address. */
const struct elf_symbol *elf_symbols(const struct elf_code_file *, unsigned *count);

/* The symbol an address lies in, NULL for none; or of that name. */
const struct elf_symbol *elf_symbol_of(const struct elf_code_file *, uint64_t address);
const struct elf_symbol *elf_symbol_named(const struct elf_code_file *, const char *name);

#endif
