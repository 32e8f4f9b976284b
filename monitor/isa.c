/* monitor/isa.c: the verb `rivet isa`: lists and searches the instruction table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/decode.h"
#include "monitor/decode_options.h"
#include "monitor/isa_print.h"

static int fail(const struct error *err)
{
    fprintf(stderr, "rivet: isa: %s\n", err->text);
    return EXIT_FAILURE;
}

static int usage(void)
{
    puts("rivet isa                     the extensions, with how many instructions each has\n"
         "rivet isa EXT|PATTERN...      their instructions; a pattern (\"add\", \"sh?add\", "
         "\"*w\") is looked\n"
         "                              for in mnemonics, then in descriptions\n"
         "rivet isa --map               the encoding space: what is taken, reserved, custom\n"
         "rivet isa --pages DIR         the reference, a page an extension\n");
    decode_options_help();
    return EXIT_SUCCESS;
}

static int run(const struct decode_options *options, const struct isa *isa)
{
    struct error err;
    if (options->map) return isa_print_map(stdout, &options->style, isa), EXIT_SUCCESS;
    if (options->pages) return isa_write_pages(options->pages, &err) ? EXIT_SUCCESS : fail(&err);
    if (!options->word_count)
        return isa_print_extensions(stdout, &options->style, isa), EXIT_SUCCESS;
    for (unsigned i = 0; i < options->word_count; i++)
        if (!isa_print_matches(stdout, &options->style, isa, options->words[i], &err))
            return fail(&err);
    return EXIT_SUCCESS;
}

int isa_main(int argc, char **argv)
{
    struct decode_options options;
    struct error err;
    if (!decode_options_parse(&options, argc, argv, &err)) return fail(&err);
    struct isa *isa = options.help ? NULL : isa_create(options.xlen, &options.extensions, &err);
    int status = options.help ? usage() : isa ? run(&options, isa) : fail(&err);
    isa_destroy(isa);
    decode_options_free(&options);
    return status;
}
