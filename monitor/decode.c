/* monitor/decode.c: the verb `rivet decode`: words, text, files and streams in, explanations out.
 */
#include "monitor/decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "host/file.h"
#include "host/terminal.h"
#include "monitor/decode_input.h"
#include "monitor/decode_json.h"
#include "monitor/decode_list.h"
#include "monitor/decode_options.h"
#include "monitor/decode_quiz.h"
#include "monitor/decode_svg.h"
#include "monitor/explain.h"

static int fail(const struct error *err)
{
    fprintf(stderr, "rivet: decode: %s\n", err->text);
    return EXIT_FAILURE;
}

/* The message, the text, and a caret under what is wrong in it. */
static int fail_at(const char *text, const struct assemble_error *err)
{
    int length = (int)strcspn(text, "\r\n");
    fail(&err->error);
    fprintf(stderr, "  %.*s\n  ", length, text);
    for (unsigned i = 0; i < err->column && i < (unsigned)length; i++)
        fputc(text[i] == '\t' ? '\t' : ' ', stderr);
    for (unsigned i = 0; i < err->length || i == 0; i++)
        fputc(i ? '~' : '^', stderr);
    fputc('\n', stderr);
    return EXIT_FAILURE;
}

static int usage(void)
{
    puts("rivet decode [option]... WORD|INSTRUCTION...\n"
         "rivet decode -f FILE[:SYMBOL|ADDR[,COUNT]]     lists or explains code of an ELF file\n"
         "rivet decode < LINES                           words, objdump's lines, a kernel's Code: "
         "line\n"
         "rivet decode --quiz [EXT]\n\n"
         "WORD: 0x00c58533, 00c58533, 0b0110..., 12944691, or bytes in memory order: 33 85 c5 00\n"
         "INSTRUCTION: one line of assembly, such as: add a0, a1, a2\n");
    decode_options_help();
    return EXIT_SUCCESS;
}

static void print_one(const struct decode_options *options, const struct explain_context *context,
                      uint32_t word)
{
    switch (options->output) {
    case OUTPUT_TEXT:
        explain_word(stdout, context, word);
        break;
    case OUTPUT_JSON:
        decode_print_json(stdout, context, word);
        break;
    case OUTPUT_SVG:
        decode_print_svg(stdout, context, word);
        break;
    case OUTPUT_MARKDOWN:
        decode_print_markdown(stdout, context, word);
        break;
    }
}

/* --- Words on the command line. ------------------------------------------------------------------
 */

/* The arguments as one text: an instruction typed without quotes, or bytes. */
static char *joined(const struct decode_options *options)
{
    size_t size = 1;
    for (unsigned i = 0; i < options->word_count; i++)
        size += strlen(options->words[i]) + 1;
    char *text = calloc(size, 1);
    for (unsigned i = 0; text && i < options->word_count; i++) {
        if (i) strcat(text, " ");
        strcat(text, options->words[i]);
    }
    return text;
}

/* Several arguments are one instruction when the first is a mnemonic, or when they are bytes. */
static bool is_one_text(const struct decode_options *options)
{
    if (!input_is_number(options->words[0])) return strchr(options->words[0], ' ') == NULL;
    for (unsigned i = 0; i < options->word_count; i++)
        if (strlen(options->words[i]) != 2) return false;
    return true;
}

static int decode_text(const struct decode_options *options, struct explain_context *context,
                       const char *text, bool first)
{
    uint32_t word;
    struct assemble_error err = {0};
    if (!input_word(context->isa, text, context->pc, &word, &err)) return fail_at(text, &err);
    if (!first && options->output == OUTPUT_TEXT) putchar('\n');
    print_one(options, context, word);
    return EXIT_SUCCESS;
}

static int decode_words(const struct decode_options *options, struct explain_context *context)
{
    if (options->word_count > 1 && is_one_text(options)) {
        char *text = joined(options);
        int status = text ? decode_text(options, context, text, true) : EXIT_FAILURE;
        free(text);
        return status;
    }
    for (unsigned i = 0; i < options->word_count; i++)
        if (decode_text(options, context, options->words[i], i == 0) != EXIT_SUCCESS)
            return EXIT_FAILURE;
    return EXIT_SUCCESS;
}

/* --- A stream of lines. --------------------------------------------------------------------------
 */

static void print_line(const struct decode_options *options, struct explain_context *context,
                       const struct input_line *line, unsigned index)
{
    uint32_t word = line->words[index];
    char text[DISASM_SIZE];
    if (options->output != OUTPUT_TEXT) {
        print_one(options, context, word);
        return;
    }
    bool wide = (word & 3) == 3;
    disassemble(context->isa, word, context->pc,
                options->disasm | (context->has_pc ? 0 : DISASM_NO_PC), text, sizeof text);
    if (context->has_pc) printf("%" PRIx64 ":  ", context->pc);
    printf("%0*x%s  %s%s\n", wide ? 8 : 4, wide ? word : word & 0xffff, wide ? "" : "    ", text,
           (int)index == line->marked ? "    <- here" : "");
}

static int decode_stream(const struct decode_options *options, struct explain_context *context)
{
    static struct input_line line;
    char text[4096];
    int status = EXIT_SUCCESS;
    bool any = false;
    while (fgets(text, sizeof text, stdin)) {
        struct assemble_error err = {0};
        any = true;
        if (!input_line(context->isa, text, &line, &err)) {
            status = fail_at(text, &err);
            continue;
        }
        for (unsigned i = 0; i < line.count; i++) {
            if (line.has_pc) context->pc = line.pc, context->has_pc = true;
            print_line(options, context, &line, i);
            context->pc += (line.words[i] & 3) == 3 ? 4 : 2;
        }
        context->has_pc = options->has_pc;
    }
    struct error err;
    if (any) return status;
    error_set(&err, "nothing on standard input; `rivet decode --help` shows what could be there");
    return fail(&err);
}

/* --- Files. --------------------------------------------------------------------------------------
 */

/* "vmlinux:memcpy,4" cut into its parts. */
struct file_argument {
    char *path, *place; /* place NULL: the whole file */
    uint64_t count;     /* 0: not given */
};

static bool file_argument_parse(const char *text, struct file_argument *argument, struct error *err)
{
    *argument = (struct file_argument){.path = strdup(text)};
    if (!argument->path) return error_set(err, "out of memory");
    char *colon = strrchr(argument->path, ':');
    if (!colon || host_file_readable(text)) return true;
    *colon = '\0';
    argument->place = colon + 1;
    char *comma = strchr(argument->place, ','), *end;
    if (!comma) return true;
    *comma = '\0';
    argument->count = strtoull(comma + 1, &end, 0);
    if (argument->count && !*end) return true;
    return error_set(err, "-f %s: behind the comma goes how many instructions, at least 1", text);
}

static bool find_place(const struct elf_code_file *file, const char *path, const char *place,
                       uint64_t *address, struct error *err)
{
    const struct elf_symbol *symbol = elf_symbol_named(file, place);
    char *end;
    *address = symbol ? symbol->address : strtoull(place, &end, 16);
    if (symbol || (*place && !*end)) return true;
    return error_set(err, "%s: no symbol %s in it, and that is no address either", path, place);
}

static const char *symbol_of(void *file, uint64_t address, uint64_t *offset)
{
    const struct elf_symbol *symbol = elf_symbol_of(file, address);
    if (!symbol) return NULL;
    *offset = address - symbol->address;
    return symbol->name;
}

/* Explains each of a few instructions, or in another output form. */
static bool explain_some(const struct decode_options *options, struct explain_context *context,
                         struct elf_code_file *file, uint64_t address, uint64_t count,
                         struct error *err)
{
    context->symbol = symbol_of;
    context->owner = file;
    context->has_pc = true;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t word;
        if (!list_word_at(file, address, &word))
            return error_set(err, "no code at 0x%" PRIx64, address);
        context->pc = address;
        print_one(options, context, word);
        address += (word & 3) == 3 ? 4 : 2;
    }
    return true;
}

static bool decode_opened(const struct decode_options *options, struct explain_context *context,
                          struct elf_code_file *file, const struct file_argument *argument,
                          struct error *err)
{
    const struct list_options list = {context->isa, options->disasm, stdout, file};
    uint64_t address;
    if (!argument->place) {
        if (options->output == OUTPUT_TEXT)
            return list_file(&list) || error_set(err, "writing failed");
        const struct elf_code *code;
        for (unsigned i = 0; (code = elf_code_at(file, i)); i++)
            if (!explain_some(options, context, file, code->address, 1, err)) return false;
        return true;
    }
    if (!find_place(file, argument->path, argument->place, &address, err)) return false;
    if (argument->count == 1 || options->output != OUTPUT_TEXT)
        return explain_some(options, context, file, address, argument->count ? argument->count : 1,
                            err);
    return list_from(&list, address, argument->count, err);
}

static int decode_file(struct decode_options *options, struct explain_context *context,
                       const struct file_argument *argument)
{
    struct error err;
    struct elf_code_file *file = elf_code_open(argument->path, &err);
    if (!file) return fail(&err);
    struct isa *own = NULL;
    if (!options->has_xlen && elf_code_xlen(file) != options->xlen) {
        struct ext_set all = isa_default_extensions(elf_code_xlen(file));
        context->isa = own = isa_create(elf_code_xlen(file), &all, &err);
    }
    bool good = context->isa && decode_opened(options, context, file, argument, &err);
    elf_code_close(file);
    isa_destroy(own);
    return good ? EXIT_SUCCESS : fail(&err);
}

/* --- The verb. -----------------------------------------------------------------------------------
 */

static int run_quiz(const struct decode_options *options, struct explain_context *context)
{
    struct error err;
    const struct quiz quiz = {
        .context = context,
        .in = stdin,
        .out = stdout,
        .seed = options->seed == UINT64_MAX ? host_wall_ns() : options->seed,
        .count = options->count,
        .extension = options->word_count ? options->words[0] : NULL,
    };
    return quiz_run(&quiz, &err) ? EXIT_SUCCESS : fail(&err);
}

static int run(struct decode_options *options, struct explain_context *context)
{
    struct error err;
    if (options->quiz) return run_quiz(options, context);
    if (options->file) {
        struct file_argument argument;
        int status = file_argument_parse(options->file, &argument, &err)
                         ? decode_file(options, context, &argument)
                         : fail(&err);
        free(argument.path);
        return status;
    }
    bool from_stdin = options->word_count == 1 && !strcmp(options->words[0], "-");
    if (from_stdin || (!options->word_count && !host_terminal_is_tty()))
        return decode_stream(options, context);
    if (!options->word_count) return usage(), EXIT_FAILURE;
    return decode_words(options, context);
}

int decode_main(int argc, char **argv)
{
    struct decode_options options;
    struct error err;
    if (!decode_options_parse(&options, argc, argv, &err)) return fail(&err);
    if (options.help) {
        decode_options_free(&options);
        return usage();
    }
    struct isa *isa = isa_create(options.xlen, &options.extensions, &err);
    if (!isa) {
        decode_options_free(&options);
        return fail(&err);
    }
    struct explain_context context = {
        .isa = isa,
        .style = options.style,
        .has_pc = options.has_pc,
        .pc = options.pc,
        .facts = {.known = options.has_mode || options.fp_off,
                  .priv = options.has_mode ? options.mode : 3,
                  .fp_off = options.fp_off},
    };
    int status = run(&options, &context);
    isa_destroy(isa);
    decode_options_free(&options);
    return status;
}
