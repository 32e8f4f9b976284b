/* cpu/csr_plan.c: what the CSR table's rules come to on one hart.
 *
 * XLEN and extensions are fixed once a hart exists, so which rows and fields it has, and with them
 * the masks of readable and writable bits, are worked out once; an access then costs two masks.
 */
#include "cpu/csr_row.h"

#include <stdlib.h>

static unsigned hart_base(const struct hart *h)
{
    return h->xlen == 64 ? RV64 : RV32;
}

bool csr_field_exists(const struct hart *h, const struct csr_field *field)
{
    return (field->bases & hart_base(h)) && isa_has(h->isa, field->needs);
}

static bool row_brought(const struct hart *h, const struct csr_row *row)
{
    if (isa_has(h->isa, row->info.extension)) return true;
    for (unsigned i = 0; i < ARRAY_COUNT(row->also); i++)
        if (row->also[i] != EXT_I && isa_has(h->isa, row->also[i])) return true;
    return false;
}

static struct csr_slot slot_make(const struct hart *h, const struct csr_row *row)
{
    const struct csr_info *info = &row->info;
    unsigned shift = row->shift;
    struct csr_slot slot = {
        .exists = (info->bases & hart_base(h)) && row_brought(h, row),
    };
    if (!info->fields) slot.readable = slot.writable = mask_low(h->xlen) << shift;
    for (const struct csr_field *f = info->fields; f && f->name; f++) {
        if (!csr_field_exists(h, f) || f->rule == CSR_ZERO) continue;
        uint64_t bits = mask_low(f->high - f->low + 1) << f->low << shift;
        slot.readable |= bits;
        if (f->rule == CSR_FIXED) continue;
        slot.writable |= bits;
        if (f->rule == CSR_CHOICE && !slot.choices) slot.choices = f;
    }
    return slot;
}

struct csr_plan *csr_plan_create(const struct hart *h, struct error *err)
{
    unsigned count = 0;
    while (csr_info_at(count))
        count++;
    struct csr_plan *plan = malloc(sizeof *plan + count * sizeof plan->slots[0]);
    if (!plan) {
        error_set(err, "hart %u: out of memory for its CSRs", h->id);
        return NULL;
    }
    plan->count = count;
    for (unsigned i = 0; i < count; i++) {
        const struct csr_info *info = csr_info_at(i);
        unsigned index;
        plan->slots[i] = slot_make(h, csr_row(info->number, &index));
    }
    return plan;
}
