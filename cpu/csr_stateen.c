/* cpu/csr_stateen.c: what state the lower modes see, and indirect access to CSRs.
 *
 *   mstateen0 (Privileged spec, "State Enable 0 Registers"); what Rivet has no state for is zero
 *     63  62   61  60                                         0
 *    +---+------+---+------+-----------------------------------+
 *    |SE0|ENVCFG| 0 |CSRIND|                 0                 |
 *    +---+------+---+------+-----------------------------------+
 */
#include "cpu/csr_row.h"
#include "cpu/isa.h"
#include "cpu/status.h"

/* A clear bit of mstateen0 keeps the lower modes out. */
static bool stateen_open(const struct hart *h, unsigned n, uint64_t bit)
{
    return h->priv == PRIV_M || !isa_has(h->isa, EXT_Smstateen) || (h->mstateen[n] & bit);
}

bool sstateen_open(const struct hart *h, const struct csr_row *row)
{
    return stateen_open(h, row->index, STATEEN_SE);
}

bool senvcfg_open(const struct hart *h, const struct csr_row *row)
{
    (void)row;
    return stateen_open(h, 0, STATEEN_ENVCFG);
}

bool csrind_open(const struct hart *h, const struct csr_row *row)
{
    (void)row;
    return stateen_open(h, 0, STATEEN_CSRIND);
}

bool nothing_selected(const struct hart *h, const struct csr_row *row)
{
    (void)h, (void)row;
    return false;
}
