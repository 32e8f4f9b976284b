/* cpu/csr_counter.c: cycle, time, instret, and who may read them.
 *
 * A cycle is a retired instruction. Both counters are h->instret plus a bias of their own; while
 * mcountinhibit stops one, its "bias" is its value.
 */
#include "cpu/csr_row.h"
#include "cpu/isa.h"
#include "cpu/status.h"

/* mcounteren opens counter n to S and U, scounteren (where there is an S-mode) to U on top. */
bool counter_open(const struct hart *h, const struct csr_row *row)
{
    uint64_t bit = UINT64_C(1) << (row->info.number & 31);
    if (h->priv == PRIV_M) return true;
    if (!(h->mcounteren & bit)) return false;
    return h->priv == PRIV_S || !isa_has(h->isa, EXT_S) || (h->scounteren & bit);
}

static uint64_t counter_value(const struct hart *h, uint64_t inhibit, uint64_t bias,
                              uint64_t retired)
{
    return h->mcountinhibit & inhibit ? bias : retired + bias;
}

/* Any write takes effect after the writing instruction has otherwise completed ("Hardware
 * Performance Monitor"): the instruction's own retirement comes first. */
static uint64_t retired_after(const struct hart *h, enum csr_door door)
{
    return h->instret + (door == CSR_INSN);
}

static uint64_t counter_bias(const struct hart *h, uint64_t inhibit, uint64_t value,
                             enum csr_door door)
{
    return h->mcountinhibit & inhibit ? value : value - retired_after(h, door);
}

uint64_t cycle_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return counter_value(h, COUNTER_CY, h->cycle_bias, h->instret);
}

uint64_t instret_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return counter_value(h, COUNTER_IR, h->instret_bias, h->instret);
}

uint64_t time_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return timebase_now(h->timebase);
}

void mcycle_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row;
    h->cycle_bias = counter_bias(h, COUNTER_CY, value, door);
}

void minstret_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row;
    h->instret_bias = counter_bias(h, COUNTER_IR, value, door);
}

void mcountinhibit_write(struct hart *h, const struct csr_row *row, uint64_t value,
                         enum csr_door door)
{
    (void)row;
    uint64_t retired = retired_after(h, door);
    uint64_t cycle = counter_value(h, COUNTER_CY, h->cycle_bias, retired);
    uint64_t instret = counter_value(h, COUNTER_IR, h->instret_bias, retired);
    h->mcountinhibit = value;
    h->cycle_bias = counter_bias(h, COUNTER_CY, cycle, door);
    h->instret_bias = counter_bias(h, COUNTER_IR, instret, door);
}
