/* cpu/csr.c: one access to a CSR, from the instruction or the monitor, through the table's row. */
#include "cpu/csr.h"

#include "cpu/csr_row.h"
#include "cpu/debug.h"

/* A CSR on this hart: its row and what its rules come to. */
struct csr {
    const struct csr_row *row;
    const struct csr_slot *slot;
};

static bool csr_find(const struct hart *h, unsigned number, struct csr *csr)
{
    unsigned index;
    csr->row = csr_row(number, &index);
    if (!csr->row) return false;
    csr->slot = &h->csrs->slots[index];
    return csr->slot->exists;
}

/* The whole 64-bit register, with bits no field shows. */
static uint64_t register_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    if (row->read) return row->read(h, row, door);
    return *(const uint64_t *)((const char *)h + row->held);
}

static void register_write(struct hart *h, const struct csr_row *row, uint64_t value,
                           enum csr_door door)
{
    if (row->write)
        row->write(h, row, value, door);
    else if (!row->read)
        *(uint64_t *)((char *)h + row->held) = value;
}

/* What software sees of a register: the CSR's half of it, sign-extended from XLEN. */
static uint64_t csr_view(const struct hart *h, const struct csr *csr, uint64_t whole)
{
    uint64_t value = (whole & csr->slot->readable) >> csr->row->shift;
    return h->xlen == 64 ? value : (uint64_t)sign_extend(value, 32);
}

/* The register after software wrote `value` to the CSR: each field by its rule. */
static uint64_t csr_legalize(const struct hart *h, const struct csr *csr, uint64_t whole,
                             uint64_t value)
{
    uint64_t next = bits_replace(whole, csr->slot->writable, value << csr->row->shift);
    for (const struct csr_field *f = csr->slot->choices; f && f->name; f++) {
        if (f->rule != CSR_CHOICE || !csr_field_exists(h, f)) continue;
        unsigned high = f->high + csr->row->shift, low = f->low + csr->row->shift;
        if (f->legal(h, bits_get(next, high, low))) continue;
        if (csr->row->all_or_nothing) return whole;
        uint64_t kept = f->otherwise ? (uint64_t)f->otherwise << low : whole;
        next = bits_replace(next, mask_low(high - low + 1) << low, kept);
    }
    return next;
}

static void csr_store(struct hart *h, const struct csr *csr, uint64_t whole, uint64_t value,
                      enum csr_door door)
{
    uint64_t next = csr_legalize(h, csr, whole, value);
    register_write(h, csr->row, next, door);
    if (!csr->row->after) return;
    uint64_t now = register_read(h, csr->row, door);
    if (now != whole) csr->row->after(h, whole, now);
}

/* Privileged spec, "CSR Address Mapping Conventions": bits 11:10 are 3 in a read-only CSR, bits 9:8
 * are the lowest privilege that may access it. */
static bool csr_permitted(const struct hart *h, const struct csr_row *row, unsigned number,
                          bool writes)
{
    if (bits_get(number, 9, 8) > (unsigned)h->priv) return false;
    if (writes && bits_get(number, 11, 10) == 3) return false;
    if (!writes && row->must_write) return false;
    return !row->gate || row->gate(h, row);
}

bool csr_access(struct hart *h, unsigned number, enum csr_op op, uint64_t operand, bool reads,
                bool writes, uint64_t *old)
{
    struct csr csr;
    if (!csr_find(h, number, &csr) || !csr_permitted(h, csr.row, number, writes)) return false;
    if (UNLIKELY(h->debug != NULL) && debug_csr(h, number, writes)) return false;
    (void)reads; /* the one CSR that reading changes, seed, must be written too */

    uint64_t whole = register_read(h, csr.row, CSR_INSN);
    *old = csr_view(h, &csr, whole);
    if (!writes) return true;

    uint64_t base = csr.row->modify ? csr_view(h, &csr, csr.row->modify(h)) : *old;
    uint64_t value = op == CSR_SET ? base | operand : op == CSR_CLEAR ? base & ~operand : operand;
    csr_store(h, &csr, whole, value, CSR_INSN);
    return true;
}

bool csr_exists(const struct hart *h, unsigned number)
{
    struct csr csr;
    return csr_find(h, number, &csr);
}

bool csr_peek(struct hart *h, unsigned number, uint64_t *value)
{
    struct csr csr;
    if (!csr_find(h, number, &csr)) return false;
    *value = csr_view(h, &csr, register_read(h, csr.row, CSR_DEBUG));
    return true;
}

bool csr_poke(struct hart *h, unsigned number, uint64_t value)
{
    struct csr csr;
    if (!csr_find(h, number, &csr)) return false;
    csr_store(h, &csr, register_read(h, csr.row, CSR_DEBUG), value, CSR_DEBUG);
    return true;
}
