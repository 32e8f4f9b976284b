/* tests/lockstep/lockstep.c: random programs on the reference and the cached engine: they must
 * agree.
 *
 *   lockstep [--count N] [--seed S] [--xlen 32|64] [--programs N] [--coverage] [--spoil] [--show]
 *
 *   --count N     run programs until N instructions have retired (10^7)
 *   --programs N  run N programs
 *   --seed S      the first program's seed (1); each next one's is one more
 *   --coverage    say which rows of the instruction table retired and which traps were taken; fail
 *                 if a row never did
 *   --spoil       flip one bit of the cached engine's machine in each program: every one must be
 *                 found
 *   --show        print the program of seed S
 *
 * On a difference it prints a shrunk program, the way to the difference, and the difference.
 * Status 1: there was one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "tests/lockstep/coverage.h"
#include "tests/lockstep/report.h"
#include "tests/lockstep/shrink.h"

struct options {
    uint64_t count, programs, seed, xlen;
    bool coverage, spoil, show;
};

static bool option_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

static bool options_parse(struct options *o, int argc, char **argv)
{
    const struct {
        const char *name;
        uint64_t *number;
        bool *flag;
    } rows[] = {
        {"--count", &o->count, NULL},       {"--seed", &o->seed, NULL},
        {"--xlen", &o->xlen, NULL},         {"--programs", &o->programs, NULL},
        {"--coverage", NULL, &o->coverage}, {"--spoil", NULL, &o->spoil},
        {"--show", NULL, &o->show},
    };
    for (int i = 1; i < argc; i++) {
        unsigned r = 0;
        while (r < ARRAY_COUNT(rows) && strcmp(argv[i], rows[r].name) != 0)
            r++;
        if (r == ARRAY_COUNT(rows)) return false;
        if (rows[r].flag)
            *rows[r].flag = true;
        else if (++i == argc || !option_number(argv[i], rows[r].number))
            return false;
    }
    return o->xlen == 32 || o->xlen == 64;
}

struct session {
    struct options options;
    struct assembler assembler;
    struct duel duel;
    struct program program;
    struct coverage coverage;
    uint64_t racy, unnoticed;
};

static bool still_differs(void *duel, const struct program *p)
{
    return duel_run(duel, p) == VERDICT_DIFFERENT;
}

/* Runs the program at hand. False: the engines differ, and that has been reported. */
static bool session_program(struct session *s)
{
    struct program *p = &s->program;
    s->duel.spoil = s->options.spoil ? p->seed * UINT64_C(0x9e3779b97f4a7c15) | 1 : 0;
    switch (duel_run(&s->duel, p)) {
    case VERDICT_SAME:
        s->unnoticed += s->duel.spoiled;
        return true;
    case VERDICT_RACY:
        s->racy++;
        return true;
    default:
        break;
    }
    if (s->options.spoil) return true;
    printf("seed %" PRIu64 ": the engines differ; shrinking\n", p->seed);
    fflush(stdout);
    s->duel.fine = true;
    s->duel.fine = still_differs(&s->duel, p);
    program_shrink(still_differs, &s->duel, p);
    report_difference(stdout, &s->duel, p);
    return false;
}

static bool session_run(struct session *s)
{
    const struct options *o = &s->options;
    const struct program_options program_options = {.peer = false};
    uint64_t programs = 0;
    while (o->programs ? programs < o->programs : s->duel.retired < o->count) {
        program_make(&s->program, &s->assembler, o->seed + programs++, &program_options);
        if (o->show) {
            report_program(stdout, s->assembler.isa, &s->program);
            return true;
        }
        if (o->coverage) {
            coverage_run(&s->coverage, &s->duel.reference, &s->program);
            s->duel.retired = s->coverage.retired;
        } else if (!session_program(s)) {
            return false;
        }
    }
    printf("RV%u: %" PRIu64 " instructions in %" PRIu64 " programs, %" PRIu64 " set aside",
           s->assembler.isa->xlen, s->duel.retired, programs, s->racy);
    if (o->spoil) printf(", %" PRIu64 " flipped bits went unnoticed", s->unnoticed);
    printf("\n");
    if (o->coverage) return coverage_report(&s->coverage, stdout, &s->assembler);
    /* One in twenty, by and large: a short run's share may be any. */
    return o->spoil ? s->unnoticed == 0 : s->racy <= 5 + programs / 20;
}

int main(int argc, char **argv)
{
    struct session *s = calloc(1, sizeof *s);
    struct error err;
    if (!s) return 2;
    s->options = (struct options){.count = 10000000, .seed = 1, .xlen = 64};
    if (!options_parse(&s->options, argc, argv)) {
        fprintf(stderr, "lockstep: bad arguments; the options stand at the top of lockstep.c\n");
        free(s);
        return 2;
    }
    unsigned xlen = (unsigned)s->options.xlen;
    struct ext_set extensions = isa_default_extensions(xlen);
    struct isa *isa = isa_create(xlen, &extensions, &err);
    if (!isa || !assembler_init(&s->assembler, isa) ||
        !duel_init(&s->duel, isa, &engine_cached, &err)) {
        fprintf(stderr, "lockstep: %s\n", err.text);
        return 2;
    }
    bool passed = session_run(s);
    duel_fini(&s->duel);
    assembler_fini(&s->assembler);
    isa_destroy(isa);
    free(s);
    return passed ? 0 : 1;
}
