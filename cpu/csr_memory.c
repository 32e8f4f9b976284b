/* cpu/csr_memory.c: CSRs that steer memory: satp, environment configuration, PMP. */
#include "cpu/csr_row.h"
#include "cpu/envcfg.h"
#include "cpu/status.h"
#include "cpu/tlb.h"

/* Privileged spec, "Supervisor Address Translation and Protection (satp) Register", RV64 MODE:
 * Bare, Sv39, Sv48, Sv57. A write with another MODE has no effect at all. */
bool satp_mode_legal(const struct hart *h, uint64_t mode)
{
    (void)h;
    return mode == 0 || (mode >= 8 && mode <= 10);
}

/* "Virtualization Support in mstatus Register": TVM traps satp in S-mode. */
bool satp_open(const struct hart *h, const struct csr_row *row)
{
    (void)row;
    return h->priv != PRIV_S || !(h->mstatus & MSTATUS_TVM);
}

void mode_changed(struct hart *h, uint64_t before, uint64_t now)
{
    (void)before, (void)now;
    hart_mode_changed(h);
}

/* "Pointer Masking Extensions", PMM: 1 is reserved. */
bool pmm_legal(const struct hart *h, uint64_t value)
{
    (void)h;
    return value != 1;
}

/* With another PMM other addresses reach the TLB. */
static void pmm_changed(struct hart *h, uint64_t changed)
{
    if (changed & ENVCFG_PMM) tlb_flush_all(h);
    hart_mode_changed(h);
}

void senvcfg_changed(struct hart *h, uint64_t before, uint64_t now)
{
    pmm_changed(h, before ^ now);
}

/* "Machine Environment Configuration (menvcfg) Register": 2 is reserved. */
bool cbie_legal(const struct hart *h, uint64_t value)
{
    (void)h;
    return value != 2;
}

void menvcfg_changed(struct hart *h, uint64_t before, uint64_t now)
{
    uint64_t changed = before ^ now;
    if (changed & (MENVCFG_PBMTE | MENVCFG_ADUE)) tlb_flush_all(h);
    if (changed & MENVCFG_STCE) deadline_changed(h, before, now);
    pmm_changed(h, changed);
}

static bool pmp_any_locked(const struct hart *h)
{
    for (unsigned i = 0; i < PMP_COUNT; i++)
        if (h->pmpcfg[i] & PMPCFG_L) return true;
    return false;
}

/* "Machine Security Configuration (mseccfg) Register": MML and MMWP stay set once they are, and RLB
 * stays clear while any entry is locked. */
void mseccfg_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)row, (void)door;
    uint64_t before = h->mseccfg;
    value |= before & (MSECCFG_MML | MSECCFG_MMWP);
    if (!(before & MSECCFG_RLB) && pmp_any_locked(h)) value &= ~MSECCFG_RLB;
    h->mseccfg = value;
}

void mseccfg_changed(struct hart *h, uint64_t before, uint64_t now)
{
    if ((before ^ now) & (MSECCFG_MML | MSECCFG_MMWP)) tlb_flush_all(h);
    pmm_changed(h, before ^ now);
}

/* pmpcfgN holds XLEN/8 entries of a byte each ("Physical Memory Protection CSRs"):
 *
 *      7   6 5  4 3  2   1   0
 *     +---+----+----+---+---+---+
 *     | L | 0  | A  | X | W | R |
 *     +---+----+----+---+---+---+
 */
uint64_t pmpcfg_read(const struct hart *h, const struct csr_row *row, enum csr_door door)
{
    (void)door;
    uint64_t value = 0;
    for (unsigned i = 0; i < h->xlen / 8; i++)
        value |= (uint64_t)h->pmpcfg[row->index + i] << (8 * i);
    return value;
}

/* mseccfg.MML, "Adding a rule with executable privileges that either is M-mode-only or a locked
 * Shared-Region": L with X and not W, or L with W and not R. */
static bool pmpcfg_runs_in_m(unsigned cfg)
{
    bool r = cfg & PMPCFG_R, w = cfg & PMPCFG_W, x = cfg & PMPCFG_X;
    return (cfg & PMPCFG_L) && ((x && !w) || (w && !r));
}

/* An entry is locked by L, unless mseccfg.RLB says otherwise. R, W and X are one WARL field in
 * which W without R is reserved until MML gives it a meaning. */
static bool pmp_locked(const struct hart *h, unsigned entry)
{
    return (h->pmpcfg[entry] & PMPCFG_L) && !(h->mseccfg & MSECCFG_RLB);
}

void pmpcfg_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)door;
    bool lockdown = h->mseccfg & MSECCFG_MML;
    for (unsigned i = 0; i < h->xlen / 8; i++) {
        uint8_t wanted = (uint8_t)(value >> (8 * i));
        if (pmp_locked(h, row->index + i)) continue;
        if (lockdown && !(h->mseccfg & MSECCFG_RLB) && pmpcfg_runs_in_m(wanted)) continue;
        if (!lockdown && !(wanted & PMPCFG_R)) wanted &= (uint8_t)~PMPCFG_W;
        h->pmpcfg[row->index + i] = wanted;
    }
}

/* "Locking and Privilege Mode": a locked entry keeps its address, and a locked TOR entry that of
 * the entry before, which is its lower bound. */
void pmpaddr_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)door;
    unsigned i = row->index;
    if (pmp_locked(h, i)) return;
    if (i + 1 < PMP_COUNT && pmp_locked(h, i + 1) && (h->pmpcfg[i + 1] & PMPCFG_A) == PMPCFG_TOR)
        return;
    h->pmpaddr[i] = value;
}

void pmp_changed(struct hart *h, uint64_t before, uint64_t now)
{
    (void)before, (void)now;
    tlb_flush_all(h);
    h->leave = true;
}
