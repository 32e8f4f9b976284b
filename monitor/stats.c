/* monitor/stats.c: what the engines counted, for people. */
#include "monitor/stats.h"

#include <inttypes.h>

#include "cpu/decode.h"
#include "cpu/engine_cached.h"

void stats_print(struct machine *machine, FILE *out)
{
    struct engine_counter rows[ENGINE_COUNTERS_MAX];
    for (unsigned id = 0; id < machine_hart_count(machine); id++) {
        unsigned count = machine_engine(machine)->counters(machine_hart(machine, id), rows);
        for (unsigned i = 0; i < count; i++)
            fprintf(out, "hart %u: %15" PRIu64 " %s\n", id, rows[i].value, rows[i].name);
    }
}

static const char *code_name(unsigned code)
{
    const struct insn_row *row = insn_row_of_code(code);
    return row ? row->id : code == OP_END ? "END" : "ILLEGAL";
}

/* Rarer than this many times a thing is not worth a line. */
#define PROFILE_LEAST 1000

static void profile_print(const struct profile *profile, FILE *out)
{
    for (unsigned a = 0; a < OP_SINGLE_COUNT; a++) {
        if (profile->singles[a] < PROFILE_LEAST) continue;
        fprintf(out, "%" PRIu64 " %s\n", profile->singles[a], code_name(a));
        for (unsigned b = 0; b < OP_SINGLE_COUNT; b++) {
            if (profile->pairs[a][b] < PROFILE_LEAST) continue;
            fprintf(out, "%" PRIu64 " %s %s\n", profile->pairs[a][b], code_name(a), code_name(b));
            for (unsigned c = 0; c < OP_SINGLE_COUNT; c++)
                if (profile->triples[a][b][c] >= PROFILE_LEAST)
                    fprintf(out, "%" PRIu64 " %s %s %s\n", profile->triples[a][b][c], code_name(a),
                            code_name(b), code_name(c));
        }
    }
}

void stats_print_profile(struct machine *machine, FILE *out)
{
    for (unsigned id = 0; id < machine_hart_count(machine); id++) {
        const struct profile *profile = machine_engine(machine) == &engine_cached
                                            ? engine_cached_profile(machine_hart(machine, id))
                                            : NULL;
        if (!profile) {
            fprintf(out, "no profile: only the cached engine built with -DRIVET_PROFILE counts\n");
            return;
        }
        profile_print(profile, out);
    }
}
