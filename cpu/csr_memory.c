/* cpu/csr_memory.c: CSRs that steer memory: satp, environment configuration, PMP. */
#include "cpu/csr_row.h"
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
    hart_mode_changed(h);
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

/* A locked entry keeps its byte. R, W and X are one WARL field in which W without R is reserved. */
void pmpcfg_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)door;
    for (unsigned i = 0; i < h->xlen / 8; i++) {
        uint8_t *cfg = &h->pmpcfg[row->index + i], wanted = (uint8_t)(value >> (8 * i));
        if (*cfg & PMPCFG_L) continue;
        *cfg = wanted & PMPCFG_R ? wanted : wanted & (uint8_t)~PMPCFG_W;
    }
}

/* "Locking and Privilege Mode": a locked entry keeps its address, and a locked TOR entry that of
 * the entry before, which is its lower bound. */
void pmpaddr_write(struct hart *h, const struct csr_row *row, uint64_t value, enum csr_door door)
{
    (void)door;
    unsigned i = row->index;
    if (h->pmpcfg[i] & PMPCFG_L) return;
    if (i + 1 < PMP_COUNT && (h->pmpcfg[i + 1] & PMPCFG_L) &&
        (h->pmpcfg[i + 1] & PMPCFG_A) == PMPCFG_TOR)
        return;
    h->pmpaddr[i] = value;
}

void pmp_changed(struct hart *h, uint64_t before, uint64_t now)
{
    (void)before, (void)now;
    tlb_flush_all(h);
    h->leave = true;
}
