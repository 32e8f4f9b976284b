/* tests/lockstep/peer/known.c: where the specification lets two machines differ, with its clause.
 */
#include "tests/lockstep/peer/known.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/status.h"
#include "cpu/trap.h"

/* clang-format off */
#define MSTATUS_VS  (UINT64_C(3) << 9)
#define MIP_HYPERVISOR UINT64_C(0x1444)
#define MIP_ABSENT (MIP_HYPERVISOR | MIP_LCOFIP)
#define MSTATUS_GVA (UINT64_C(1) << 38)
#define MSTATUS_MPV (UINT64_C(1) << 39)

const struct known_csr known_csrs[] = {
    {"mstatus",  CSR_mstatus,  MSTATUS_FS | MSTATUS_VS | UINT64_C(1) << 63,
     "Privileged, Extension Context Status: Dirty may be set more often than state is written; VS may "
     "be writable without V"},
    {"mepc",     CSR_mepc,     0, ""},
    {"mcause",   CSR_mcause,   0, ""},
    {"mtval",    CSR_mtval,    0, ""},
    {"mscratch", CSR_mscratch, 0, ""},
    {"mtvec",    CSR_mtvec,    0, ""},
    {"mie",      CSR_mie,      MIP_ABSENT, "Privileged, mie: WARL, likewise"},
    {"mip",      CSR_mip,      MIP_MTIP | MIP_MSIP | MIP_MEIP | MIP_ABSENT,
     "driven by the platform; Privileged, mip: WARL, likewise"},
    {"medeleg",  CSR_medeleg,  UINT64_C(0xf00c00),
     "Privileged, medeleg: WARL; causes that never come from below M-mode need no bit"},
    {"mideleg",  CSR_mideleg,  MIP_ABSENT,
     "Privileged, mideleg: WARL; those of H and Sscofpmf have a bit in QEMU 7.2 without them as well"},
    {"sepc",     CSR_sepc,     0, ""},
    {"scause",   CSR_scause,   0, ""},
    {"stval",    CSR_stval,    0, ""},
    {"sscratch", CSR_sscratch, 0, ""},
    {"stvec",    CSR_stvec,    0, ""},
    {"satp",     CSR_satp,     0, ""},
    {"fflags",   CSR_fflags,   0, ""},
    {"frm",      CSR_frm,      0, ""},
};
/* clang-format on */

const unsigned known_csr_count = ARRAY_COUNT(known_csrs);

static bool row_begins(const struct step_facts *f, const char *prefix)
{
    return f->row && strncmp(f->row->id, prefix, strlen(prefix)) == 0;
}

/* Nothing differs but this register, and in this way. */
static bool only(const struct step_facts *f, const char *name, uint64_t reference, uint64_t peer)
{
    const struct difference *d = &f->differences[0];
    return f->difference_count == 1 && strcmp(d->name, name) == 0 && d->reference == reference &&
           d->peer == peer;
}

static bool only_cause(const struct step_facts *f, uint64_t reference, uint64_t peer)
{
    return only(f, "mcause", reference, peer) || only(f, "scause", reference, peer);
}

static bool only_tval(const struct step_facts *f)
{
    const char *name = f->differences[0].name;
    return f->difference_count == 1 && (strcmp(name, "mtval") == 0 || strcmp(name, "stval") == 0);
}

/* Reservations: whose bytes, and by which address, is left open. */
static bool sc_fails(const struct step_facts *f)
{
    const struct difference *d = &f->differences[0];
    return row_begins(f, "sc_") && !f->trapped && f->difference_count == 1 &&
           (d->reference ^ d->peer) == 1;
}

/* Without a reservation one looks at the address all the same, the other fails at once. */
static bool sc_faults(const struct step_facts *f)
{
    return row_begins(f, "sc_") && f->trapped && f->cause != CAUSE_ILLEGAL;
}

static bool amo_cause(const struct step_facts *f)
{
    return row_begins(f, "amo") && (only_cause(f, CAUSE_STORE_MISALIGNED, CAUSE_LOAD_MISALIGNED) ||
                                    only_cause(f, CAUSE_STORE_ACCESS, CAUSE_LOAD_ACCESS) ||
                                    only_cause(f, CAUSE_STORE_PAGE, CAUSE_LOAD_PAGE));
}

static bool ebreak_tval(const struct step_facts *f)
{
    return f->row && strstr(f->row->id, "ebreak") && only_tval(f) && f->differences[0].peer == 0;
}

static bool illegal_tval(const struct step_facts *f)
{
    return f->trapped && f->cause == CAUSE_ILLEGAL && only_tval(f) && f->differences[0].peer == 0;
}

static bool status_differs(const struct difference *d)
{
    bool mpp_reserved = (d->peer & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT == 2;
    uint64_t bits = MSTATUS_UXL | MSTATUS_GVA | MSTATUS_MPV | (mpp_reserved ? MSTATUS_MPP : 0);
    return strcmp(d->name, "mstatus") == 0 && ((d->reference ^ d->peer) & ~bits) == 0;
}

static bool status_illegal(const struct step_facts *f)
{
    return f->difference_count == 1 && status_differs(&f->differences[0]);
}

static bool access_tval_aligned(const struct step_facts *f)
{
    const struct difference *d = &f->differences[0];
    return only_tval(f) && (f->cause == CAUSE_LOAD_ACCESS || f->cause == CAUSE_STORE_ACCESS) &&
           d->reference - d->peer < 8;
}

static bool mprv_kept(const struct step_facts *f)
{
    const struct difference *d = &f->differences[0];
    return (row_begins(f, "mret") || row_begins(f, "sret")) && f->difference_count == 1 &&
           strcmp(d->name, "mstatus") == 0 && (d->reference ^ d->peer) == MSTATUS_MPRV &&
           (d->peer & MSTATUS_MPRV);
}

static bool ctzw_of_double(const struct step_facts *f)
{
    return row_begins(f, "ctzw") && f->difference_count == 1 && f->differences[0].reference == 32;
}

static bool tor_up_to_zero(const struct step_facts *f)
{
    for (unsigned i = 0; i < PMP_COUNT; i++)
        if ((f->hart->pmpcfg[i] & PMPCFG_A) == PMPCFG_TOR && f->hart->pmpaddr[i] == 0) return true;
    return false;
}

static bool epc_odd(const struct step_facts *f)
{
    const struct difference *d = &f->differences[0];
    return f->difference_count == 1 && (d->reference ^ d->peer) == 1 &&
           (strcmp(d->name, "mepc") == 0 || strcmp(d->name, "sepc") == 0);
}

/* The same, delegated otherwise. */
static bool amo_delegated(const struct step_facts *f)
{
    return row_begins(f, "amo") && f->trapped && f->cause != CAUSE_ILLEGAL;
}

static bool differs_to(const struct step_facts *f, const char *name, uint64_t peer)
{
    for (unsigned i = 0; i < f->difference_count && i < DIFFERENCES_MAX; i++)
        if (strcmp(f->differences[i].name, name) == 0 && f->differences[i].peer == peer)
            return true;
    return false;
}

static bool differs_from(const struct step_facts *f, const char *name, uint64_t reference)
{
    for (unsigned i = 0; i < f->difference_count && i < DIFFERENCES_MAX; i++)
        if (strcmp(f->differences[i].name, name) == 0 && f->differences[i].reference == reference)
            return true;
    return false;
}

static bool mret_without_pmp(const struct step_facts *f)
{
    return row_begins(f, "mret") && differs_to(f, "mtval", f->word);
}

/* What known_csrs ignores of a CSR, read into a register; what was written may differ as well. */
static bool ignored_read(const struct step_facts *f)
{
    const struct difference *d = &f->differences[0];
    unsigned number = f->word >> 20;
    if (number == CSR_sstatus) number = CSR_mstatus;
    bool alone = f->difference_count == 1 ||
                 (f->difference_count == 2 && status_differs(&f->differences[1]));
    if (!row_begins(f, "csrr") || !alone) return false;
    for (unsigned i = 0; i < known_csr_count; i++)
        if (known_csrs[i].number == number)
            return ((d->reference ^ d->peer) & ~known_csrs[i].ignored) == 0;
    return false;
}

static bool reserved_in_pte(const struct step_facts *f)
{
    return f->rule && (strstr(f->rule, "reserved bits") || strstr(f->rule, "PBMT value 3"));
}

/* A trap out of M-mode by an access that MPRV made another mode's. */
static bool lent_privilege(const struct step_facts *f)
{
    bool of_data = f->cause == CAUSE_LOAD_PAGE || f->cause == CAUSE_STORE_PAGE ||
                   f->cause == CAUSE_LOAD_ACCESS || f->cause == CAUSE_STORE_ACCESS;
    return f->trapped && of_data && (f->hart->mstatus & MSTATUS_MPRV) &&
           (f->hart->mstatus & MSTATUS_MPP) == MSTATUS_MPP;
}

static bool interrupt_order(const struct step_facts *f)
{
    return f->trapped && !f->row && (f->cause & CAUSE_INTERRUPT) &&
           (differs_from(f, "mcause", f->cause) || differs_from(f, "scause", f->cause));
}

static bool svinval_in_user_mode(const struct step_facts *f)
{
    return (row_begins(f, "sfence_w_inval") || row_begins(f, "sfence_inval_ir")) && f->trapped &&
           f->cause == CAUSE_ILLEGAL;
}

static const struct known_difference known_differences[] = {
    {interrupt_order, true,
     "QEMU 7.2 takes the lowest-numbered interrupt first; Privileged, mip: external, software, "
     "timer, those of M-mode before those of S-mode"},
    {svinval_in_user_mode, true,
     "QEMU 7.2 runs SFENCE.W.INVAL and SFENCE.INVAL.IR in U-mode; Privileged, Svinval: an "
     "illegal-instruction exception"},
    {reserved_in_pte, true,
     "QEMU 7.2 ignores bits 60 to 54 of a PTE and PBMT = 3; Privileged, Sv39 and Svpbmt: reserved, "
     "and a page fault when set"},
    {lent_privilege, true,
     "QEMU 7.2 goes on with what it knows of a page after MPRV or MPP changed; Privileged, Memory "
     "Privilege in mstatus: loads and stores are checked as though the mode were MPP"},
    {sc_fails, true,
     "Unprivileged, Load-Reserved/Store-Conditional: an SC may fail, as the reservation set and "
     "what "
     "ends it are the implementation's"},
    {sc_faults, true,
     "Unprivileged, Load-Reserved/Store-Conditional: whether an SC that fails checks its address "
     "is "
     "left open"},
    {amo_cause, false,
     "QEMU 7.2 reports a fault of an AMO as one of a load; Privileged, mcause: store/AMO"},
    {status_illegal, false,
     "QEMU 7.2 stores UXL = 3 and MPP = 2, and GVA and MPV without H; Privileged, mstatus: WARL, "
     "UXL is 1, 2 "
     "or 3 "
     "only where such an XLEN is there"},
    {access_tval_aligned, false,
     "QEMU 7.2 cuts a misaligned access to nowhere into aligned ones and reports the first of "
     "those; "
     "Privileged, mtval: the portion of the access that caused the fault"},
    {epc_odd, false, "QEMU 7.2 keeps bit 0 of mepc and sepc; Privileged, mepc: always zero"},
    {mret_without_pmp, true,
     "QEMU 7.2 traps an MRET to below M-mode as illegal while no PMP entry is on; Privileged, "
     "Physical Memory Protection: it is the accesses that fail"},
    {amo_delegated, true, "the same, and only one of the two causes is delegated"},
    {mprv_kept, false,
     "QEMU 7.2 keeps MPRV on the way to a mode below M; Privileged 1.12, Trap-Return Instructions: "
     "cleared"},
    {ctzw_of_double, false,
     "QEMU 7.2 looks beyond the low 32 bits; Unprivileged, Zbb, ctzw: 32 for a zero word"},
    {tor_up_to_zero, true,
     "QEMU 7.2 lets a TOR entry whose address is 0 match every address; Privileged, Physical "
     "Memory "
     "Protection: it matches none"},
    {illegal_tval, false,
     "Privileged, mtval: an illegal instruction writes zero or its bits; QEMU 7.2 zero for some"},
    {ignored_read, false, "what may differ of a CSR, read"},
    {ebreak_tval, false,
     "Privileged, mtval: a breakpoint writes zero or the instruction's address"},
};

const struct known_difference *known_difference(const struct step_facts *f)
{
    for (unsigned i = 0; i < ARRAY_COUNT(known_differences); i++)
        if (known_differences[i].is(f)) return &known_differences[i];
    return NULL;
}
