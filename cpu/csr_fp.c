/* cpu/csr_fp.c: fcsr and its two parts. The host FPU holds the flags while an engine runs.
 *
 *      7   5  4  3  2  1  0
 *     +-----+--+--+--+--+--+
 *     | frm |NV|DZ|OF|UF|NX|   fcsr
 *     +-----+--+--+--+--+--+
 */
#include "cpu/csr_row.h"
#include "cpu/status.h"
#include "host/fpu.h"

#define FFLAGS    0x1fu
#define FRM_SHIFT 5

static unsigned flags_get(const struct hart *h, enum csr_door door)
{
    return door == CSR_INSN ? host_fpu_flags_get() : h->fflags;
}

static void flags_set(struct hart *h, unsigned flags, enum csr_door door)
{
    h->fp_dirty = 1;
    if (door == CSR_INSN)
        host_fpu_flags_set(flags & FFLAGS);
    else
        h->fflags = flags & FFLAGS;
}

static void frm_set(struct hart *h, unsigned frm)
{
    h->fp_dirty = 1;
    h->frm = frm & 7;
    hart_frm_changed(h);
}

/* Privileged spec, "Extension Context Status in mstatus Register": FS Off traps any access. */
bool fp_on(const struct hart *h, const struct csr_row *row)
{
    (void)row;
    return h->mstatus & MSTATUS_FS;
}

uint64_t fflags_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row;
    return flags_get(h, door);
}

void fflags_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row;
    flags_set(h, (unsigned)value, door);
}

uint64_t frm_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return h->frm;
}

void frm_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    frm_set(h, (unsigned)value);
}

uint64_t fcsr_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row;
    return (uint64_t)h->frm << FRM_SHIFT | flags_get(h, door);
}

void fcsr_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row;
    flags_set(h, (unsigned)value, door);
    frm_set(h, (unsigned)value >> FRM_SHIFT);
}
