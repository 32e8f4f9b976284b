/* cpu/extension.h: the extensions Rivet knows. One row each in cpu/extension.def. */
#ifndef RIVET_CPU_EXTENSION_H
#define RIVET_CPU_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

enum extension {
#define EXTENSION(id, name, profile, spec, text) EXT_##id,
#include "cpu/extension.def"
#undef EXTENSION
    EXT_COUNT
};

/* A set of extensions. */
struct ext_set {
    uint64_t words[(EXT_COUNT + 63) / 64];
};

static inline bool ext_has(const struct ext_set *set, enum extension ext)
{
    return set->words[ext / 64] >> (ext % 64) & 1;
}

static inline void ext_set_to(struct ext_set *set, enum extension ext, bool on)
{
    uint64_t bit = UINT64_C(1) << (ext % 64);
    set->words[ext / 64] = on ? set->words[ext / 64] | bit : set->words[ext / 64] & ~bit;
}

struct extension_info {
    const char *name;    /* as in riscv,isa-extensions: "zba" */
    const char *profile; /* the earliest that makes it mandatory: "RVA22U64"; "" for none */
    const char *spec;    /* where it is specified: "Unprivileged spec, B (Zba)" */
    const char *text;
};
extern const struct extension_info extension_info[EXT_COUNT];

#endif
