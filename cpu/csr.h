/* cpu/csr.h: control and status registers: reading, writing, permissions. Rows in cpu/csr.def. */
#ifndef RIVET_CPU_CSR_H
#define RIVET_CPU_CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/hart.h"
#include "cpu/isa.h"

/* The numbers, as CSR_mstatus, CSR_satp... */
enum csr_number {
#define CSR(number, name, bases, extension, text, ...) CSR_##name = (number),
#include "cpu/csr.def"
#undef CSR
};

enum csr_op { CSR_WRITE, CSR_SET, CSR_CLEAR };

/* One Zicsr instruction on CSR `number`. `reads` and `writes` are false in the forms that must not
 * (csrrw to x0; csrrs/csrrc from x0), and then have no side effect. *old is the value before, as an
 * XLEN-bit number (sign-extended to 64). False: illegal instruction (absent, wrong privilege,
 * read-only, counter or TVM gate); nothing changed. The engine has made h->instret exact: it counts
 * the instructions before this one. A write that may unmask an interrupt, or that changes mode or
 * translation, sets h->leave (through hart_mode_changed); one to frm changes h->frm_host, and the
 * engine takes it to the host FPU. fflags are the host FPU's. */
bool csr_access(struct hart *, unsigned number, enum csr_op op, uint64_t operand, bool reads,
                bool writes, uint64_t *old);

/* For monitor, gdb and tests, while no engine runs: no privilege check, WARL rules kept. False: no
 * such CSR on this hart. */
bool csr_peek(struct hart *, unsigned number, uint64_t *value);
bool csr_poke(struct hart *, unsigned number, uint64_t value);

/* What software may store in a field. */
enum csr_rule {
    CSR_ANY,    /* every value */
    CSR_ZERO,   /* read-only zero: what it would control does not exist */
    CSR_FIXED,  /* read-only: its value follows from something else in the hart */
    CSR_CHOICE, /* only the values `legal` accepts; another becomes `otherwise`, or where that is 0
                   leaves the field, or in a register whose row says ALL_OR_NOTHING the register,
                   as it was */
};

/* One field of a CSR: bits high..low, on the bases (RV32 | RV64) that have it there. On a
 * hart without the extension `needs` it is read-only zero, whatever `rule` says. */
struct csr_field {
    const char *name;
    unsigned bases;
    unsigned high, low;
    enum extension needs;
    enum csr_rule rule;
    bool (*legal)(const struct hart *, uint64_t value); /* for CSR_CHOICE */
    uint8_t otherwise;
    const char *meaning; /* words; after a colon the values: "Rounding mode: 0 RNE, 1 RTZ" */
};

/* The facts of a row. */
struct csr_info {
    unsigned number;
    const char *name;
    unsigned bases;                 /* which XLENs have this CSR */
    enum extension extension;       /* which extension brings it */
    const char *text;               /* one line */
    const struct csr_field *fields; /* ends with a NULL name; NULL: one plain number */
};
const struct csr_info *csr_info_at(unsigned index); /* NULL past the end of the table */
const struct csr_info *csr_info_by_name(const char *name);
const struct csr_info *csr_info_by_number(unsigned number);

/* True when this hart has the CSR, whatever its mode. */
bool csr_exists(const struct hart *, unsigned number);

/* True when the field is there for this hart: its base, and the extension it needs. */
bool csr_field_exists(const struct hart *, const struct csr_field *);

/* The word the row gives to `value` ("Dirty" for FS = 3), copied to `word`; false: none. */
bool csr_field_word(const struct csr_field *, uint64_t value, char *word, size_t size);

/* What the table's rules come to for one hart (cpu/csr_plan.c). Owned by the hart, freed with
 * free(). NULL: out of memory. */
struct csr_plan *csr_plan_create(const struct hart *, struct error *err);

#endif
