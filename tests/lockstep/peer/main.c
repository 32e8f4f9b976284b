/* tests/lockstep/peer/main.c: random programs on the reference engine and on another machine.
 *
 *   lockstep_peer --connect unix:PATH|HOST:PORT [--programs N] [--seed S] [--shrink 0]
 *
 * The peer speaks gdb's remote protocol and is stopped; it has RAM from 0x8000_0000 on (132 KiB)
 * and, so that wild accesses agree, RAM below that and nothing above. tests/lockstep/against-qemu
 * starts such a QEMU. What the specification lets differ is in known.c. Status 1: a difference.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lockstep/peer/match.h"
#include "tests/lockstep/report.h"
#include "tests/lockstep/shrink.h"

struct session {
    const char *address;
    uint64_t programs, seed;
    bool shrink;
    struct assembler assembler;
    struct match match;
    struct program program;
    uint64_t excused, racy;
};

/* Extensions that the generator must leave out: the peer has them otherwise, or not. */
static struct ext_set peer_extensions(void)
{
    static const enum extension common[] = {
        EXT_I,     EXT_M,        EXT_A,      EXT_F,       EXT_D,       EXT_C,     EXT_Zcd,
        EXT_Zicsr, EXT_Zifencei, EXT_Zicntr, EXT_Zba,     EXT_Zbb,     EXT_Zbs,   EXT_S,
        EXT_U,     EXT_Svade,    EXT_Svadu,  EXT_Svinval, EXT_Svnapot, EXT_Svpbmt};
    struct ext_set set = {{0}}, have = isa_default_extensions(64);
    for (unsigned i = 0; i < sizeof common / sizeof *common; i++)
        if (ext_has(&have, common[i])) ext_set_to(&set, common[i], true);
    return set;
}

static bool still_differs(void *owner, const struct program *p)
{
    return match_run(owner, p) == MATCH_DIFFERENT;
}

static bool session_program(struct session *s)
{
    switch (match_run(&s->match, &s->program)) {
    case MATCH_SAME:
        return true;
    case MATCH_EXCUSED:
        s->excused++;
        return true;
    case MATCH_RACY:
        s->racy++;
        return true;
    case MATCH_LOST:
        fprintf(stderr, "seed %" PRIu64 ": the peer no longer answers\n", s->program.seed);
        return false;
    default:
        break;
    }
    printf("seed %" PRIu64 ": the machines differ%s\n", s->program.seed,
           s->shrink ? "; shrinking" : "");
    fflush(stdout);
    if (s->shrink) program_shrink(still_differs, &s->match, &s->program);
    report_program(stdout, s->assembler.isa, &s->program);
    s->match.report = stdout;
    printf("the way to the difference:\n");
    match_run(&s->match, &s->program);
    const struct hart *h = &s->match.reference.hart;
    for (unsigned i = 0; i < PMP_COUNT; i++)
        if (h->pmpcfg[i]) printf("  PMP %u: %02x 0x%" PRIx64 "\n", i, h->pmpcfg[i], h->pmpaddr[i]);
    return false;
}

static bool session_run(struct session *s)
{
    const struct program_options options = {.peer = true};
    for (uint64_t i = 0; i < s->programs; i++) {
        program_make(&s->program, &s->assembler, s->seed + i, &options);
        if (!session_program(s)) return false;
    }
    printf("%" PRIu64 " steps, %" PRIu64 " known differences in %" PRIu64 " programs, %" PRIu64
           " ended by an allowed difference, %" PRIu64 " set aside\n",
           s->match.steps, s->match.known, s->programs, s->excused, s->racy);
    return true;
}

int main(int argc, char **argv)
{
    struct session *s = calloc(1, sizeof *s);
    struct error err = {"out of memory"};
    if (!s) return 2;
    s->programs = 100;
    s->seed = 1;
    s->shrink = true;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--connect") == 0) s->address = argv[i + 1];
        if (strcmp(argv[i], "--programs") == 0) s->programs = strtoull(argv[i + 1], NULL, 0);
        if (strcmp(argv[i], "--shrink") == 0) s->shrink = strcmp(argv[i + 1], "0") != 0;
        if (strcmp(argv[i], "--seed") == 0) s->seed = strtoull(argv[i + 1], NULL, 0);
    }
    if (!s->address) {
        fprintf(stderr,
                "usage: lockstep_peer --connect unix:PATH|HOST:PORT [--programs N] [--seed S]\n");
        return 2;
    }
    struct ext_set extensions = peer_extensions();
    struct isa *isa = isa_create(64, &extensions, &err);
    struct gdb *peer = isa ? gdb_connect(s->address, &err) : NULL;
    if (!peer || !assembler_init(&s->assembler, isa) || !match_init(&s->match, isa, peer, &err)) {
        fprintf(stderr, "lockstep_peer: %s\n", err.text);
        return 2;
    }
    bool passed = session_run(s);
    match_fini(&s->match);
    assembler_fini(&s->assembler);
    gdb_close(peer);
    isa_destroy(isa);
    free(s);
    return passed ? 0 : 1;
}
