/* cpu/csr_seed.c: the entropy source (Unprivileged spec, "The seed CSR").
 *
 *     31 30 29       24 23        16 15                             0
 *    +-----+-----------+------------+--------------------------------+
 *    |OPST | reserved  |   custom   |            entropy             |   OPST: 1 WAIT, 2 ES16
 *    +-----+-----------+------------+--------------------------------+
 */
#include "cpu/csr_row.h"
#include "cpu/status.h"

#define OPST_WAIT (UINT64_C(1) << 30)
#define OPST_ES16 (UINT64_C(2) << 30)

/* "Access Control to seed": M-mode always, the others by mseccfg. */
bool seed_open(const struct hart *h, const struct csr_row *row)
{
    (void)row;
    switch (h->priv) {
    case PRIV_U:
        return h->mseccfg & MSECCFG_USEED;
    case PRIV_S:
        return h->mseccfg & MSECCFG_SSEED;
    default:
        return true;
    }
}

/* The monitor looks without taking any. */
uint64_t seed_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row;
    uint16_t bits;
    if (!h->entropy || door != CSR_INSN || !h->entropy(h->entropy_owner, &bits)) return OPST_WAIT;
    return OPST_ES16 | bits;
}
