/* cpu/envcfg.h: what menvcfg and senvcfg let the lower modes do (Privileged spec, "Machine
 * Environment Configuration (menvcfg) Register").
 *
 *     63   62   61  60     33 32      7    6   5  4     0
 *   +----+-----+----+--------+-----+----+-----+----+------+
 *   |STCE|PBMTE|ADUE|  ...   | PMM |CBZE|CBCFE|CBIE| FIOM |    senvcfg has PMM, CBZE... FIOM
 *   +----+-----+----+--------+-----+----+-----+----+------+
 */
#ifndef RIVET_CPU_ENVCFG_H
#define RIVET_CPU_ENVCFG_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"
#include "cpu/isa.h"

#define ENVCFG_FIOM  (UINT64_C(1) << 0)
#define ENVCFG_CBIE  (UINT64_C(3) << 4) /* 0: illegal, 1: a flush, 3: an invalidation */
#define ENVCFG_CBCFE (UINT64_C(1) << 6)
#define ENVCFG_CBZE  (UINT64_C(1) << 7)
#define ENVCFG_PMM   (UINT64_C(3) << 32) /* 2: PMLEN 7, 3: PMLEN 16; mseccfg has it there too */

/* May the present mode do what the field controls: menvcfg says so to S and U, senvcfg (where there
 * is S-mode) to U on top. */
static inline bool envcfg_allows(const struct hart *h, uint64_t field)
{
    if (h->priv == PRIV_M) return true;
    if (!(h->menvcfg & field)) return false;
    return h->priv == PRIV_S || !isa_has(h->isa, EXT_S) || (h->senvcfg & field);
}

#endif
