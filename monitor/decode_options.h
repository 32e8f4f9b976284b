/* monitor/decode_options.h: the command lines of `rivet decode` and `rivet isa`. */
#ifndef RIVET_MONITOR_DECODE_OPTIONS_H
#define RIVET_MONITOR_DECODE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/isa.h"
#include "monitor/style.h"

enum decode_output { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_SVG, OUTPUT_MARKDOWN };

struct decode_options {
    unsigned xlen;
    bool has_xlen;             /* it was asked for */
    struct ext_set extensions; /* what is on */
    enum decode_output output;
    struct style style;
    bool has_pc;
    uint64_t pc;
    bool has_mode;
    unsigned mode; /* 0 U, 1 S, 3 M */
    bool fp_off;
    unsigned disasm; /* enum disasm_option */
    const char *file;
    bool quiz;
    uint64_t seed;
    unsigned count; /* questions of a quiz */
    bool map, help;
    const char *pages;  /* directory for the reference pages */
    const char **words; /* what is no option, borrowed; freed with decode_options_free */
    unsigned word_count;
};

/* Reads argv[1..]. False: `err` names the option. */
bool decode_options_parse(struct decode_options *, int argc, char **argv, struct error *err);
void decode_options_free(struct decode_options *);

/* "rv64", "rv32,zba=off": what --cpu takes. */
bool decode_options_cpu(struct decode_options *, const char *text, struct error *err);

/* The option lines of --help. */
void decode_options_help(void);

#endif
