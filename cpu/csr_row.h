/* cpu/csr_row.h: a row of cpu/csr.def as the code sees it, and the functions rows name.
 *
 * An access goes: read -> (what software sees) -> rules of the fields -> write -> after. Reading
 * and writing speak of the whole 64-bit register: on RV32, where two CSRs show its halves, csr.c
 * shifts. Only cpu/csr*.c include this.
 */
#ifndef RIVET_CPU_CSR_ROW_H
#define RIVET_CPU_CSR_ROW_H

#include "cpu/csr.h"

/* Who is at the door: an instruction, inside an engine, or the monitor, outside. */
enum csr_door { CSR_INSN, CSR_DEBUG };

struct csr_row {
    struct csr_info info;
    uint64_t (*read)(const struct hart *, const struct csr_row *, enum csr_door);
    uint64_t (*modify)(const struct hart *);
    void (*write)(struct hart *, const struct csr_row *, uint64_t value, enum csr_door);
    void (*after)(struct hart *, uint64_t before, uint64_t now);
    bool (*gate)(const struct hart *, const struct csr_row *);
    size_t held; /* without `read` and `write`: offset of the uint64_t in struct hart */
    uint8_t index;
    uint8_t shift; /* 32: bits 63:32 of the register */
    bool all_or_nothing;
    bool must_write;
    enum extension also[2]; /* bring the row too; EXT_I, which is 0, for none */
};

/* The row of a CSR number, and its index; NULL: no such row. cpu/csr_table.c. */
const struct csr_row *csr_row(unsigned number, unsigned *index);

/* A row's rules made concrete for one hart; masks stand where the bits are in the register. */
struct csr_slot {
    bool exists;
    uint64_t readable, writable;
    const struct csr_field *choices; /* first CSR_CHOICE field, or NULL */
};

struct csr_plan {
    unsigned count;
    struct csr_slot slots[]; /* by row index */
};

/* cpu/csr_status.c: mstatus, misa, trap vectors and causes. */
uint64_t status_read(const struct hart *, const struct csr_row *, enum csr_door);
void status_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
void status_changed(struct hart *, uint64_t before, uint64_t now);
bool mpp_legal(const struct hart *, uint64_t mode);
uint64_t misa_read(const struct hart *, const struct csr_row *, enum csr_door);
uint64_t mhartid_read(const struct hart *, const struct csr_row *, enum csr_door);
bool tvec_mode_legal(const struct hart *, uint64_t mode);
uint64_t mcause_read(const struct hart *, const struct csr_row *, enum csr_door);
void mcause_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t scause_read(const struct hart *, const struct csr_row *, enum csr_door);
void scause_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t zero_read(const struct hart *, const struct csr_row *, enum csr_door);
void write_ignored(struct hart *, const struct csr_row *, uint64_t, enum csr_door);

/* cpu/csr_memory.c: translation, environment configuration, PMP. */
bool satp_mode_legal(const struct hart *, uint64_t mode);
bool satp_open(const struct hart *, const struct csr_row *);
void mode_changed(struct hart *, uint64_t before, uint64_t now);
bool pmm_legal(const struct hart *, uint64_t value);
bool senvcfg_open(const struct hart *, const struct csr_row *);
void senvcfg_changed(struct hart *, uint64_t before, uint64_t now);
void mseccfg_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
void mseccfg_changed(struct hart *, uint64_t before, uint64_t now);
bool cbie_legal(const struct hart *, uint64_t value);
void menvcfg_changed(struct hart *, uint64_t before, uint64_t now);
uint64_t pmpcfg_read(const struct hart *, const struct csr_row *, enum csr_door);
void pmpcfg_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
void pmpaddr_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
void pmp_changed(struct hart *, uint64_t before, uint64_t now);

/* cpu/csr_interrupt.c: mip, sip, sie, the supervisor timer. */
uint64_t sie_read(const struct hart *, const struct csr_row *, enum csr_door);
void sie_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t mip_read(const struct hart *, const struct csr_row *, enum csr_door);
uint64_t mip_modify(const struct hart *);
void mip_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t sip_read(const struct hart *, const struct csr_row *, enum csr_door);
void sip_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
void interrupts_changed(struct hart *, uint64_t before, uint64_t now);
bool stimecmp_open(const struct hart *, const struct csr_row *);
void deadline_changed(struct hart *, uint64_t before, uint64_t now);

/* cpu/csr_counter.c */
bool counter_open(const struct hart *, const struct csr_row *);
uint64_t time_read(const struct hart *, const struct csr_row *, enum csr_door);
uint64_t hpm_read(const struct hart *, const struct csr_row *, enum csr_door);
void hpm_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
void hpm_configure(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
bool event_legal(const struct hart *, uint64_t selector);
void mcountinhibit_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t scountovf_read(const struct hart *, const struct csr_row *, enum csr_door);

/* cpu/csr_stateen.c: what state the lower modes see; indirect access. */
bool sstateen_open(const struct hart *, const struct csr_row *);
bool csrind_open(const struct hart *, const struct csr_row *);
bool nothing_selected(const struct hart *, const struct csr_row *);

/* cpu/csr_trigger.c */
bool trigger_exists(const struct hart *, uint64_t index);
bool trigger_type_legal(const struct hart *, uint64_t type);
bool trigger_match_legal(const struct hart *, uint64_t match);
uint64_t tdata1_read(const struct hart *, const struct csr_row *, enum csr_door);
void tdata1_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t tdata2_read(const struct hart *, const struct csr_row *, enum csr_door);
void tdata2_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t tinfo_read(const struct hart *, const struct csr_row *, enum csr_door);

/* cpu/csr_seed.c: the entropy source. */
bool seed_open(const struct hart *, const struct csr_row *);
uint64_t seed_read(const struct hart *, const struct csr_row *, enum csr_door);

/* cpu/csr_fp.c */
bool fp_on(const struct hart *, const struct csr_row *);
uint64_t fflags_read(const struct hart *, const struct csr_row *, enum csr_door);
void fflags_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t frm_read(const struct hart *, const struct csr_row *, enum csr_door);
void frm_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);
uint64_t fcsr_read(const struct hart *, const struct csr_row *, enum csr_door);
void fcsr_write(struct hart *, const struct csr_row *, uint64_t, enum csr_door);

#endif
