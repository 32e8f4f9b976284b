/* cpu/csr.h: control and status registers: reading, writing, permissions. Rows in cpu/csr.def. */
#ifndef RIVET_CPU_CSR_H
#define RIVET_CPU_CSR_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

enum csr_op { CSR_WRITE, CSR_SET, CSR_CLEAR };

/* One Zicsr instruction on CSR `number`. `reads` and `writes` are false in the forms that must not
 * (csrrw to x0; csrrs/csrrc from x0), and then have no side effect. *old is the value before, as an
 * XLEN-bit number (sign-extended to 64). False: illegal instruction (absent, wrong privilege,
 * read-only, counter or TVM gate); nothing changed. The engine has made h->instret exact. A write
 * that may unmask an interrupt, or that changes mode or translation, sets h->leave (through
 * hart_mode_changed). */
bool csr_access(struct hart *, unsigned number, enum csr_op op, uint64_t operand, bool reads,
                bool writes, uint64_t *old);

/* For monitor, gdb and tests: no privilege check, WARL rules kept. False: no such CSR. */
bool csr_peek(struct hart *, unsigned number, uint64_t *value);
bool csr_poke(struct hart *, unsigned number, uint64_t value);

/* The facts of a row; NULL past the end of the table. */
struct csr_info {
    unsigned number;
    const char *name;
    const char *text;   /* one line */
    const char *fields; /* "NAME:high:low NAME:bit ...", "" for a plain number */
};
const struct csr_info *csr_info_at(unsigned index);
const struct csr_info *csr_info_by_name(const char *name);
const struct csr_info *csr_info_by_number(unsigned number);

#endif
