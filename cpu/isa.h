/* cpu/isa.h: which instructions a hart has: XLEN, extensions, and the decode tables made of them.
 */
#ifndef RIVET_CPU_ISA_H
#define RIVET_CPU_ISA_H

#include <stdint.h>

#include "base/error.h"
#include "cpu/extension.h"

/* XLENs as a set: which of them have an instruction, a CSR, a field of a CSR. */
#define RV32 1u
#define RV64 2u

struct decode_tables; /* cpu/decode.c */

struct isa {
    unsigned xlen; /* 32 or 64 */
    struct ext_set extensions;
    struct decode_tables *tables; /* owned */
};

/* All that Rivet implements, for `xlen`; free with isa_destroy. NULL: out of memory. */
struct isa *isa_create(unsigned xlen, const struct ext_set *extensions, struct error *err);
void isa_destroy(struct isa *);

/* Every extension Rivet implements for `xlen`. */
struct ext_set isa_default_extensions(unsigned xlen);

static inline bool isa_has(const struct isa *isa, enum extension ext)
{
    return ext_has(&isa->extensions, ext);
}

#endif
