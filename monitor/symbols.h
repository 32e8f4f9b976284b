/* monitor/symbols.h: names for addresses, from ELF files and from a running kernel's own table. */
#ifndef RIVET_MONITOR_SYMBOLS_H
#define RIVET_MONITOR_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mem/bus.h"

struct symbol {
    uint64_t address, size; /* size 0: up to the next symbol */
    const char *name;       /* owned by the table */
    bool code;
};

struct symbol_file; /* an ELF file that was loaded, with its line table */

struct symbols {
    struct symbol *list; /* sorted by address */
    unsigned *by_name;   /* indices, sorted by name; rebuilt when stale */
    size_t count, room;
    bool sorted;
    struct symbol_file *files;
    bool kallsyms; /* the kernel's own were found */
};

void symbols_fini(struct symbols *);

bool symbols_add(struct symbols *, const char *name, size_t length, uint64_t address, uint64_t size,
                 bool code);

/* Adds the symbols of an ELF file, all moved by `slide`; keeps it open for its lines. */
bool symbols_load_elf(struct symbols *, const char *path, uint64_t slide, size_t *added,
                      struct error *err);

/* Finds the kallsyms table of a Linux kernel in RAM and adds its names. False: there is none. */
bool symbols_find_kallsyms(struct symbols *, const struct bus *);

/* The symbol an address lies in, and how far; NULL: none near enough. */
const struct symbol *symbols_at(struct symbols *, uint64_t address, uint64_t *offset);
const struct symbol *symbols_by_name(struct symbols *, const char *name, size_t length);

/* The n-th symbol whose name starts so, for completion; NULL: no more. */
const struct symbol *symbols_by_prefix(struct symbols *, const char *prefix, size_t n);

/* "start_kernel+0x10", or "" */
void symbols_format(struct symbols *, uint64_t address, char *text, size_t size);

/* Lines, where a loaded file has DWARF. */
bool symbols_line(struct symbols *, uint64_t address, const char **file, int *line);
bool symbols_line_address(struct symbols *, const char *file, int line, uint64_t *address);

/* monitor/symbols_elf.c */
void symbol_files_close(struct symbol_file *);

#endif
