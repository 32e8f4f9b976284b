/* monitor/decode_list.h: code as a listing, a line an instruction. */
#ifndef RIVET_MONITOR_DECODE_LIST_H
#define RIVET_MONITOR_DECODE_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cpu/isa.h"
#include "monitor/decode_elf.h"

struct list_options {
    const struct isa *isa;
    unsigned disasm; /* enum disasm_option */
    FILE *out;
    const struct elf_code_file *file; /* its symbols are shown; NULL: none */
};

/* Lists all code of options->file. */
bool list_file(const struct list_options *options);

/* Lists from an address: `count` instructions, or to the end of the symbol when 0. False: the file
 * has no code there. */
bool list_from(const struct list_options *options, uint64_t address, uint64_t count,
               struct error *err);

/* The bytes of one instruction at an address; false: no code there. */
bool list_word_at(const struct elf_code_file *file, uint64_t address, uint32_t *word);

#endif
