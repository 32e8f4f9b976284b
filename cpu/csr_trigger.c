/* cpu/csr_trigger.c: the debug triggers as CSRs. */
#include "cpu/csr_row.h"
#include "cpu/trigger.h"

bool trigger_exists(const struct hart *h, uint64_t index)
{
    (void)h;
    return index < TRIGGER_COUNT;
}

bool trigger_type_legal(const struct hart *h, uint64_t type)
{
    (void)h;
    return type == TRIGGER_MCONTROL6 || type == TRIGGER_DISABLED;
}

bool trigger_match_legal(const struct hart *h, uint64_t match)
{
    (void)h;
    return match <= MATCH_LT;
}

uint64_t tdata1_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return h->tdata1[h->tselect];
}

void tdata1_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    h->tdata1[h->tselect] = value;
    triggers_changed(h);
}

uint64_t tdata2_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return h->tdata2[h->tselect];
}

/* "Match Control Type 6", napot: at least the highest bit is compared, so that a lower one is 0. */
void tdata2_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    uint64_t compared = mask_low(h->xlen - 1);
    bool napot = bits_get(h->tdata1[h->tselect], 10, 7) == MATCH_NAPOT;
    if (napot && (value & compared) == compared) value ^= UINT64_C(1) << (h->xlen - 2);
    h->tdata2[h->tselect] = value;
    triggers_changed(h);
}

uint64_t tinfo_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)h, (void)row, (void)door;
    return 1u << 24 | 1u << TRIGGER_DISABLED | 1u << TRIGGER_MCONTROL6;
}
