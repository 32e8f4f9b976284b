/* monitor/decode_options.c: the command lines of `rivet decode` and `rivet isa`. */
#include "monitor/decode_options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/disasm.h"
#include "cpu/isa_config.h"
#include "host/terminal.h"

static bool number(const char *text, uint64_t *value, const char *option, struct error *err)
{
    char *end;
    *value = strtoull(text, &end, 0);
    if (isdigit((unsigned char)*text) && !*end) return true;
    return error_set(err, "%s %s: a number is needed", option, text);
}

bool decode_options_cpu(struct decode_options *o, const char *text, struct error *err)
{
    struct isa_config config;
    if (!isa_config_parse(text, &config, err)) return false;
    o->xlen = config.xlen;
    o->has_xlen = true;
    o->extensions = config.extensions;
    return true;
}

static bool apply_pc(struct decode_options *o, const char *argument, struct error *err)
{
    o->has_pc = true;
    return number(argument, &o->pc, "--pc", err);
}

static bool apply_mode(struct decode_options *o, const char *argument, struct error *err)
{
    const char *modes = "us m", *found = strlen(argument) == 1
                                             ? strchr(modes, tolower((unsigned char)*argument))
                                             : NULL;
    if (!found || *found == ' ') return error_set(err, "--mode %s: there are u, s and m", argument);
    o->has_mode = true;
    o->mode = (unsigned)(found - modes);
    return true;
}

static bool apply_fs(struct decode_options *o, const char *argument, struct error *err)
{
    o->fp_off = !strcmp(argument, "off");
    return o->fp_off || !strcmp(argument, "on") || error_set(err, "--fs %s: on or off", argument);
}

static bool apply_color(struct decode_options *o, const char *argument, struct error *err)
{
    if (!strcmp(argument, "auto")) return true;
    o->style.colour = !strcmp(argument, "always");
    return o->style.colour || !strcmp(argument, "never") ||
           error_set(err, "--color %s: there are always, never and auto", argument);
}

static bool apply_output(struct decode_options *o, const char *argument, struct error *err)
{
    (void)err;
    o->output = *argument == 'j' ? OUTPUT_JSON : *argument == 's' ? OUTPUT_SVG : OUTPUT_MARKDOWN;
    return true;
}

static bool apply_flag(struct decode_options *o, const char *argument, struct error *err)
{
    (void)err;
    switch (*argument) {
    case 'a':
        o->style.unicode = false;
        break;
    case 'x':
        o->disasm |= DISASM_X_NAMES;
        break;
    case 'n':
        o->disasm |= DISASM_NO_PSEUDO;
        break;
    case 'e':
        o->disasm |= DISASM_EXPAND;
        break;
    case 'q':
        o->quiz = true;
        break;
    case 'm':
        o->map = true;
        break;
    default:
        o->help = true;
    }
    return true;
}

static bool apply_file(struct decode_options *o, const char *argument, struct error *err)
{
    (void)err;
    o->file = argument;
    return true;
}

static bool apply_pages(struct decode_options *o, const char *argument, struct error *err)
{
    (void)err;
    o->pages = argument;
    return true;
}

static bool apply_seed(struct decode_options *o, const char *argument, struct error *err)
{
    return number(argument, &o->seed, "--seed", err);
}

static bool apply_count(struct decode_options *o, const char *argument, struct error *err)
{
    uint64_t value;
    if (!number(argument, &value, "--count", err)) return false;
    o->count = (unsigned)value;
    return value > 0 && value <= 1000;
}

/* `argument` NULL: the option takes none and `preset` is handed on instead. */
static const struct {
    const char *name, *argument, *preset;
    bool (*apply)(struct decode_options *, const char *argument, struct error *err);
    const char *text;
} rows[] = {
    /* clang-format off */
    {"--cpu",     "rv64|rv32[,EXT=on|off]...", NULL, decode_options_cpu, "the base and its extensions (rv64 with all)"},
    {"--pc",      "ADDR",  NULL,   apply_pc,     "where the instruction stands: targets become addresses"},
    {"--mode",    "u|s|m", NULL,   apply_mode,   "the privilege it would run in: says what traps for sure"},
    {"--fs",      "off",   NULL,   apply_fs,     "mstatus.FS: off makes floating point illegal"},
    {"-f",        "FILE[:SYMBOL|ADDR[,COUNT]]", NULL, apply_file, "code of an ELF file"},
    {"--json",    NULL,    "j",    apply_output, "as JSON (docs/decode-json.md), an object a line"},
    {"--svg",     NULL,    "s",    apply_output, "as a drawing of the bit fields"},
    {"--md",      NULL,    "m",    apply_output, "as Markdown"},
    {"--color",   "always|never|auto", NULL, apply_color, "auto: on a terminal, unless NO_COLOR is set"},
    {"--ascii",   NULL,    "a",    apply_flag,   "lines drawn with +-| only"},
    {"--x-names", NULL,    "x",    apply_flag,   "listings with x10 instead of a0"},
    {"--no-pseudo", NULL,  "n",    apply_flag,   "listings without pseudo-instructions"},
    {"--expand",  NULL,    "e",    apply_flag,   "listings with what compressed instructions stand for"},
    {"--quiz",    NULL,    "q",    apply_flag,   "asks questions; an extension may follow"},
    {"--seed",    "N",     NULL,   apply_seed,   "the same quiz every time"},
    {"--count",   "N",     NULL,   apply_count,  "questions of a quiz (10)"},
    {"--map",     NULL,    "m",    apply_flag,   "isa: the encoding space as a map"},
    {"--pages",   "DIR",   NULL,   apply_pages,  "isa: writes the reference, a page an extension"},
    {"--help",    NULL,    "h",    apply_flag,   "this text"},
    /* clang-format on */
};

/* The row of an option as written, "--cpu=rv32" too; *attached is what stands behind the '='. */
static int row_of(const char *text, const char **attached)
{
    *attached = NULL;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t length = strlen(rows[i].name);
        if (strncmp(text, rows[i].name, length)) continue;
        if (text[length] == '\0') return (int)i;
        if (text[length] != '=' || !rows[i].argument) continue;
        *attached = text + length + 1;
        return (int)i;
    }
    return -1;
}

static bool is_option(const char *text)
{
    return text[0] == '-' && (text[1] == '-' || isalpha((unsigned char)text[1]));
}

static bool parse(struct decode_options *o, int argc, char **argv, struct error *err)
{
    for (int i = 1; i < argc; i++) {
        const char *argument;
        if (!strcmp(argv[i], "--")) {
            while (++i < argc)
                o->words[o->word_count++] = argv[i];
            break;
        }
        if (!is_option(argv[i])) {
            o->words[o->word_count++] = argv[i];
            continue;
        }
        int row = row_of(argv[i], &argument);
        if (row < 0) return error_set(err, "%s: no such option; --help lists them", argv[i]);
        if (rows[row].argument && !argument) {
            if (i + 1 == argc)
                return error_set(err, "%s needs an argument: %s", argv[i], rows[row].argument);
            argument = argv[++i];
        }
        if (!rows[row].apply(o, rows[row].argument ? argument : rows[row].preset, err))
            return false;
    }
    return true;
}

bool decode_options_parse(struct decode_options *o, int argc, char **argv, struct error *err)
{
    const char *no_color = getenv("NO_COLOR"), *language = getenv("LC_ALL");
    if (!language || !*language) language = getenv("LC_CTYPE");
    if (!language || !*language) language = getenv("LANG");
    bool is_terminal = host_terminal_is_output();
    *o = (struct decode_options){
        .xlen = 64,
        .extensions = isa_default_extensions(64),
        .style = {.colour = is_terminal && (!no_color || !*no_color),
                  .unicode = !(language && (!strcmp(language, "C") || !strcmp(language, "POSIX")))},
        .count = 10,
        .seed = UINT64_MAX,
    };
    o->words = calloc((size_t)argc + 1, sizeof *o->words);
    if (!o->words) return error_set(err, "out of memory");
    if (parse(o, argc, argv, err)) return true;
    decode_options_free(o);
    return false;
}

void decode_options_free(struct decode_options *o)
{
    free(o->words);
    o->words = NULL;
}

void decode_options_help(void)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", rows[i].name,
                 rows[i].argument ? rows[i].argument : "");
        if (strlen(left) > 26)
            printf("  %s\n  %-26s %s\n", left, "", rows[i].text);
        else
            printf("  %-26s %s\n", left, rows[i].text);
    }
}
