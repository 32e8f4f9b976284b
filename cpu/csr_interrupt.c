/* cpu/csr_interrupt.c: pending and enabled interrupts as software sees them; the supervisor timer.
 *
 *   mip, mie (Privileged spec, "Machine Interrupt (mip and mie) Registers")
 *      13     11    9     7     5     3     1
 *     +------+----+----+-----+-----+-----+-----+
 *     |LCOFI |MEI |SEI | MTI | STI | MSI | SSI |   the even bits between are read-only zero
 *     +------+----+----+-----+-----+-----+-----+
 *
 * sip and sie show of them what mideleg delegates. Without S-mode the S bits are read-only zero.
 */
#include "cpu/csr_row.h"
#include "cpu/status.h"

uint64_t sie_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return h->mie & h->mideleg;
}

void sie_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    h->mie = bits_replace(h->mie, h->mideleg, value);
}

uint64_t mip_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return hart_mip(h);
}

/* Only the software-written SEIP takes part in csrrs and csrrc, not the interrupt controller's
 * wire: else a wire that was high for a moment would stay pending for ever. */
uint64_t mip_modify(const struct hart *h)
{
    return h->mip_soft;
}

/* "Supervisor Timer (stimecmp) Register" and menvcfg.STCE: with Sstc enabled STIP is the timer's,
 * and read-only. */
void mip_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    uint64_t stip = h->menvcfg & MENVCFG_STCE ? 0 : MIP_STIP;
    h->mip_soft = bits_replace(h->mip_soft, MIP_SSIP | MIP_SEIP | MIP_LCOFIP | stip, value);
}

uint64_t sip_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return hart_mip(h) & h->mideleg;
}

void sip_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    h->mip_soft = bits_replace(h->mip_soft, (MIP_SSIP | MIP_LCOFIP) & h->mideleg, value);
}

void interrupts_changed(struct hart *h, uint64_t before, uint64_t now)
{
    (void)before, (void)now;
    h->leave = true;
}

/* "Machine Counter-Enable (mcounteren) Register" and menvcfg.STCE: below M-mode both TM and STCE
 * must be set. */
bool stimecmp_open(const struct hart *h, const struct csr_row *row)
{
    (void)row;
    return h->priv == PRIV_M || ((h->mcounteren & COUNTER_TM) && (h->menvcfg & MENVCFG_STCE));
}

/* Whoever sleeps until hart_timer_deadline must ask again: the hart leaves its engine. */
void deadline_changed(struct hart *h, uint64_t before, uint64_t now)
{
    (void)before, (void)now;
    h->leave = true;
    atomic_store(&h->kick, true);
}
