/* cpu/isa_config.h: what `-cpu` says, in QEMU's spelling: a model and what differs from it.
 *
 *     rv64,zbb=off,zfh=on       rva22s64,zkr=on       max       rv32,d=off
 */
#ifndef RIVET_CPU_ISA_CONFIG_H
#define RIVET_CPU_ISA_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "cpu/extension.h"

struct isa_config {
    unsigned xlen;
    struct ext_set extensions;
};

/* A model as it comes, for help texts. */
struct isa_model {
    const char *name;  /* "rv64" */
    const char *text;  /* what it is */
    const char *lacks; /* what a profile of this name asks for that Rivet hasn't; NULL: nothing */
};

/* Past the last one: NULL. */
const struct isa_model *isa_model_at(unsigned index);

/* The model that `text` starts with, NULL for none. */
const struct isa_model *isa_model_of(const char *text);

/* Reads "model,name=on,name=off...". An extension that is switched on brings what it needs; one
 * that needs what was switched off goes with it, unless it was asked for by name: that is an error,
 * as are unknown names (the nearest known one is told). */
bool isa_config_parse(const char *text, struct isa_config *, struct error *err);

/* The model rv64. */
struct isa_config isa_config_default(void);

#endif
