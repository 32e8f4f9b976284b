/* tests/lockstep/spike/main.c: random programs on the reference engine and on Spike.
 *
 *   lockstep_spike [--programs N] [--seed S] [--spike PROGRAM]
 *
 * Each program is written as an ELF file with its first state in front, run by Spike with
 * --log-commits, and the reference is stepped along that log: mode, pc, word, registers, CSRs and
 * memory written, and each trap with its cause, pc and mtval. What the specification lets differ
 * stands in follow.c, with its clause. Status 1: a difference, and the ELF file stays; 2: Spike
 * didn't run.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "tests/lockstep/spike/follow.h"
#include "tests/lockstep/spike/image.h"

/* What the generator may use: extensions() has the same. */
#define SPIKE_ISA                                                                                  \
    "rv64imafdc_zicsr_zifencei_zicntr_zicclsm_zba_zbb_zbs_zicond_zfa_svadu_svinval_svnapot_svpbmt"

struct session {
    uint64_t programs, seed;
    const char *spike;
    char image[64];
    struct assembler assembler;
    struct rig rig;
    struct program program;
    struct follow follow;
};

static struct ext_set extensions(void)
{
    static const enum extension common[] = {
        EXT_I,     EXT_M,       EXT_A,        EXT_F,      EXT_D,   EXT_C,
        EXT_Zcd,   EXT_Zicsr,   EXT_Zifencei, EXT_Zicntr, EXT_Zba, EXT_Zbb,
        EXT_Zbs,   EXT_Zicond,  EXT_Zfa,      EXT_S,      EXT_U,   EXT_Svade,
        EXT_Svadu, EXT_Svinval, EXT_Svnapot,  EXT_Svpbmt};
    struct ext_set set = {{0}}, have = isa_default_extensions(64);
    for (unsigned i = 0; i < ARRAY_COUNT(common); i++)
        if (ext_has(&have, common[i])) ext_set_to(&set, common[i], true);
    return set;
}

/* Spike runs until nobody reads its log any more. */
static FILE *spike_run(const struct session *s)
{
    char command[1024];
    snprintf(command, sizeof command,
             "timeout 20 %s -l --log-commits --log=/dev/stdout --isa=" SPIKE_ISA " -m0x%" PRIx64
             ":0x%" PRIx64 ",0x%" PRIx64 ":0x%x %s 2>/dev/null",
             s->spike, RAM_BASE, RAM_SIZE, STARTER_BASE, STARTER_SIZE, s->image);
    return popen(command, "r");
}

/* Nothing would wake Spike. */
static void drop_wfi(struct program *p)
{
    const uint32_t wfi = 0x10500073;
    for (unsigned i = 0; i < p->piece_count; i++) {
        uint8_t *bytes = p->ram + p->pieces[i].offset;
        if (p->pieces[i].length == 4 && load_le(bytes, 4) == wfi) store_le(bytes, 4, NOP_32);
    }
}

/* 0, or what main returns. */
static int session_program(struct session *s, uint64_t seed)
{
    const struct program_options options = {.peer = true};
    program_make(&s->program, &s->assembler, seed, &options);
    drop_wfi(&s->program);
    rig_load(&s->rig, &s->program);
    struct log log = {.file = NULL};
    if (!image_write(s->image, &s->rig, &s->assembler) || !(log.file = spike_run(s))) {
        fprintf(stderr, "lockstep_spike: can't write or run %s\n", s->image);
        return 2;
    }
    bool same = follow(&s->follow, &s->program, &log);
    pclose(log.file);
    return same ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct session *s = calloc(1, sizeof *s);
    struct error err = {"out of memory"};
    struct ext_set set = extensions();
    if (!s) return 2;
    s->programs = 100;
    s->seed = 1;
    s->spike = "spike";
    s->follow.rig = &s->rig;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--programs") == 0) s->programs = strtoull(argv[i + 1], NULL, 0);
        if (strcmp(argv[i], "--seed") == 0) s->seed = strtoull(argv[i + 1], NULL, 0);
        if (strcmp(argv[i], "--spike") == 0) s->spike = argv[i + 1];
    }
    struct isa *isa = isa_create(64, &set, &err);
    if (!isa || !assembler_init(&s->assembler, isa) ||
        !rig_init(&s->rig, isa, &engine_ref, RIG_BARE, &err)) {
        fprintf(stderr, "lockstep_spike: %s\n", err.text);
        return 2;
    }
    char dir[] = "/tmp/lockstep-spike-XXXXXX";
    if (!mkdtemp(dir)) return 2;
    snprintf(s->image, sizeof s->image, "%s/program", dir);
    int status = 0;
    for (uint64_t i = 0; i < s->programs && status == 0; i++)
        status = session_program(s, s->seed + i);
    printf("%" PRIu64 " steps, %" PRIu64 " known differences, %" PRIu64
           " programs ended by an allowed difference, %" PRIu64 " set aside\n",
           s->follow.steps, s->follow.known, s->follow.excused, s->follow.racy);
    if (status == 0) unlink(s->image), rmdir(dir);
    rig_fini(&s->rig);
    assembler_fini(&s->assembler);
    isa_destroy(isa);
    free(s);
    return status;
}
