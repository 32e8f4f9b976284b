/* monitor/target.h: the chosen hart's registers and memory, as a debugger sees them. */
#ifndef RIVET_MONITOR_TARGET_H
#define RIVET_MONITOR_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/csr.h"
#include "cpu/hart.h"

enum place_kind { PLACE_X, PLACE_F, PLACE_PC, PLACE_PRIV, PLACE_CSR };

/* Something with a name: a register, or a field of a CSR. */
struct place_name {
    enum place_kind kind;
    unsigned number;    /* of the register or CSR */
    unsigned high, low; /* CSR: the field's bits; the whole: 63..0 */
};

/* "a0", "x10", "$a0", "pc", "fa0", "mstatus", "mstatus.MPP", "priv". */
bool target_name(const struct hart *, const char *name, size_t length, struct place_name *);
uint64_t target_get(struct hart *, const struct place_name *);
bool target_set(struct hart *, const struct place_name *, uint64_t value, struct error *err);

/* Where `va` leads, whatever permissions say, and without setting A or D: as the hart's data
 * accesses are translated, or where that is nothing (M-mode) as S-mode's. */
bool target_translate(struct hart *, uint64_t va, uint64_t *paddr, struct error *err);

/* Copies memory. Devices aren't touched: reading them may change them. False: nothing was written;
 * for reads bytes before the bad one are there, *done of them (may be NULL). */
bool target_read(struct hart *, uint64_t address, bool physical, void *bytes, size_t size,
                 size_t *done, struct error *err);
bool target_write(struct hart *, uint64_t address, bool physical, const void *bytes, size_t size,
                  struct error *err);

/* The instruction at `va`; *length is 2 or 4. */
bool target_insn(struct hart *, uint64_t va, bool physical, uint32_t *word, unsigned *length,
                 struct error *err);

static inline const char *priv_name(unsigned priv)
{
    static const char names[][2] = {"U", "S", "H", "M"};
    return names[priv & 3];
}

#endif
