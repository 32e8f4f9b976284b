/* cpu/csr_counter.c: the counters as CSRs, and who may read them. */
#include "cpu/counter.h"
#include "cpu/csr_row.h"
#include "cpu/isa.h"

/* mcounteren opens counter n to S and U, scounteren (where there is an S-mode) to U on top. */
bool counter_open(const struct hart *h, const struct csr_row *row)
{
    uint64_t bit = UINT64_C(1) << (row->info.number & 31);
    if (h->priv == PRIV_M) return true;
    if (!(h->mcounteren & bit)) return false;
    return h->priv == PRIV_S || !isa_has(h->isa, EXT_S) || (h->scounteren & bit);
}

/* Any write takes effect after the writing instruction has otherwise completed ("Hardware
 * Performance Monitor"): the instruction's own retirement comes first. */
static uint64_t retired_after(const struct hart *h, enum csr_door door)
{
    return h->instret + (door == CSR_INSN);
}

uint64_t time_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return timebase_now(h->timebase);
}

uint64_t hpm_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)door;
    return counter_read(h, row->index, h->instret);
}

void hpm_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    counter_write(h, row->index, value, retired_after(h, door));
}

void hpm_configure(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    counter_configure(h, row->index, value, retired_after(h, door));
}

bool event_legal(const struct hart *h, uint64_t selector)
{
    (void)h;
    return hpm_event_of(selector) != HPM_EVENT_COUNT;
}

void mcountinhibit_write(struct hart *h, const struct csr_row *row, uint64_t value,
                         enum csr_door door)
{
    (void)row;
    counters_inhibit(h, value, retired_after(h, door));
}

/* "Supervisor Count Overflow (scountovf) Register": below M-mode mcounteren says which bits show.
 */
uint64_t scountovf_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row;
    uint64_t overflowed = counters_overflowed(h);
    return door == CSR_DEBUG || h->priv == PRIV_M ? overflowed : overflowed & h->mcounteren;
}
