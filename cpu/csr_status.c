/* cpu/csr_status.c: mstatus and its view sstatus, misa, trap vectors and causes. */
#include "cpu/csr_row.h"
#include "cpu/isa.h"
#include "cpu/status.h"
#include "cpu/tlb.h"
#include "cpu/trap.h"

/* Fields that software cannot store and status_read makes: see cpu/status.h for the picture. */
static uint64_t status_sd(const struct hart *h)
{
    return UINT64_C(1) << (h->xlen - 1);
}

uint64_t status_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    uint64_t status = h->mstatus;
    if (h->fp_dirty && (status & MSTATUS_FS)) status |= MSTATUS_FS;
    /* Privileged spec, "Extension Context Status in mstatus Register": SD sums up FS, VS and XS. */
    if ((status & MSTATUS_FS) == MSTATUS_FS) status |= status_sd(h);
    /* "Base ISA Control in mstatus Register": XLEN is the same in every mode here; 2 means 64. */
    if (h->xlen == 64)
        status |= UINT64_C(2) << MSTATUS_UXL_SHIFT | UINT64_C(2) << MSTATUS_SXL_SHIFT;
    return status;
}

void status_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    h->mstatus = value & ~(status_sd(h) | MSTATUS_UXL | MSTATUS_SXL);
    h->fp_dirty = 0; /* FS says it now */
}

void status_changed(struct hart *h, uint64_t before, uint64_t now)
{
    uint64_t changed = before ^ now;
    bool fp_switched = !(before & MSTATUS_FS) != !(now & MSTATUS_FS);
    bool lent_mode = (now & MSTATUS_MPRV) && (changed & MSTATUS_MPP);
    if ((changed & (MSTATUS_MPRV | MSTATUS_SUM | MSTATUS_MXR)) || fp_switched || lent_mode)
        hart_mode_changed(h);
    if (changed & now & (MSTATUS_SIE | MSTATUS_MIE)) h->leave = true;
}

/* "Privilege and Global Interrupt-Enable Stack in mstatus register": xPP holds implemented modes.
 */
bool mpp_legal(const struct hart *h, uint64_t mode)
{
    switch (mode) {
    case PRIV_U:
        return isa_has(h->isa, EXT_U);
    case PRIV_S:
        return isa_has(h->isa, EXT_S);
    default:
        return mode == PRIV_M;
    }
}

/* misa, read-only here (its WARL rule allows that): MXL in the two top bits, then a bit a letter.
 *
 *   RV64  63 62          25         0        RV32  31 30   25         0
 *        +-----+--------+------------+            +-----+-+------------+
 *        |  2  |   0    | Z ... C B A|            |  1  |0| Z ... C B A|
 *        +-----+--------+------------+            +-----+-+------------+
 */
uint64_t misa_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    static const struct {
        char letter;
        enum extension extension;
    } letters[] = {
        {'A', EXT_A}, {'C', EXT_C}, {'D', EXT_D}, {'F', EXT_F},
        {'I', EXT_I}, {'M', EXT_M}, {'S', EXT_S}, {'U', EXT_U},
    };
    uint64_t misa = UINT64_C(1) << (h->xlen - 2) << (h->xlen == 64);
    for (size_t i = 0; i < ARRAY_COUNT(letters); i++)
        if (isa_has(h->isa, letters[i].extension)) misa |= UINT64_C(1) << (letters[i].letter - 'A');
    if (isa_has(h->isa, EXT_Zba) && isa_has(h->isa, EXT_Zbb) && isa_has(h->isa, EXT_Zbs))
        misa |= UINT64_C(1) << ('B' - 'A');
    return misa;
}

uint64_t mhartid_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return h->id;
}

/* "Machine Trap-Vector Base-Address (mtvec) Register": modes 2 and 3 are reserved. */
bool tvec_mode_legal(const struct hart *h, uint64_t mode)
{
    (void)h;
    return mode <= 1;
}

/* A cause is kept as trap.h has it, the interrupt bit at 63; on RV32 software sees it at 31. */
static uint64_t cause_view(const struct hart *h, uint64_t cause)
{
    if (h->xlen == 64) return cause;
    return (cause & mask_low(31)) | (cause & CAUSE_INTERRUPT ? UINT64_C(1) << 31 : 0);
}

static uint64_t cause_kept(const struct hart *h, uint64_t view)
{
    if (h->xlen == 64) return view;
    return (view & mask_low(31)) | (view >> 31 & 1 ? CAUSE_INTERRUPT : 0);
}

uint64_t mcause_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return cause_view(h, h->mcause);
}

void mcause_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    h->mcause = cause_kept(h, value);
}

uint64_t scause_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)row, (void)door;
    return cause_view(h, h->scause);
}

void scause_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    h->scause = cause_kept(h, value);
}

uint64_t zero_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)h, (void)row, (void)door;
    return 0;
}

void write_ignored(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)h, (void)row, (void)value, (void)door;
}
