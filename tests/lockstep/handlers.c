/* tests/lockstep/handlers.c: what a random program's traps run into.
 *
 * Every trap in M-mode but an interrupt takes the next of 32 landings: where to go on (0: after the
 * instruction that trapped), in which mode, and after which service. So a program that does nothing
 * but trap still gets around. The handlers clobber x30 and x31 and keep nothing.
 */
#include "cpu/csr.h"
#include "cpu/status.h"
#include "tests/lockstep/program.h"

#include "base/bits.h"

#define T5 30
#define T6 31

#define LANDINGS     32u
#define LANDING_SIZE 32u
#define LANDING_AT   64u /* first entry, after the counter */

static enum known_insn load_x(const struct writer *w)
{
    return w->program->xlen == 64 ? ASM_ld : ASM_lw;
}

/* A vectored handler begins with a jump for each interrupt. */
static void write_vectors(struct writer *w, uint32_t at)
{
    w->offset = at;
    for (int i = 0; i < 16; i++)
        write_insn(w, ASM_jal, 0, 0, 0, 64 - 4 * i);
}

/* Interrupt number in T6: no more of it, then back. */
static void write_interrupt(struct writer *w, unsigned ie, unsigned ip, enum known_insn back)
{
    write_insn(w, ASM_addi, T5, 0, 0, 1);
    write_insn(w, ASM_sll, T5, T5, T6, 0);
    write_insn(w, ASM_csrrc, 0, T5, 0, (int32_t)ie);
    write_insn(w, ASM_csrrc, 0, T5, 0, (int32_t)ip);
    write_insn(w, back, 0, 0, 0, 0);
}

/* Goes round the next instructions when `T6 insn x0`; returns where to close it. */
static uint32_t skip_open(struct writer *w)
{
    w->offset += 4;
    return w->offset - 4;
}

static void skip_close(struct writer *w, uint32_t from, enum known_insn branch)
{
    uint32_t to = w->offset;
    w->offset = from;
    write_insn(w, branch, 0, T6, 0, (int32_t)(to - from));
    w->offset = to;
}

static void write_handler_m(struct writer *w)
{
    write_vectors(w, AT_HANDLER_M);
    write_insn(w, ASM_csrrs, T6, 0, 0, CSR_mcause);
    uint32_t interrupt = skip_open(w);
    write_insn(w, ASM_auipc, T5, 0, 0, AT_LANDING - AT_HANDLER_M);
    write_insn(w, ASM_andi, T5, T5, 0, -2048);
    write_insn(w, ASM_lw, T6, T5, 0, 0);
    write_insn(w, ASM_addi, T6, T6, 0, 1);
    write_insn(w, ASM_sw, 0, T5, T6, 0);
    write_insn(w, ASM_andi, T6, T6, 0, LANDINGS - 1);
    write_insn(w, w->program->xlen == 64 ? ASM_slli : ASM_slli__rv32, T6, T6, 0, 5);
    write_insn(w, ASM_add, T5, T5, T6, 0);
    write_insn(w, load_x(w), T6, T5, 0, LANDING_AT);
    uint32_t jump = skip_open(w);
    write_insn(w, ASM_csrrs, T6, 0, 0, CSR_mepc);
    write_insn(w, ASM_addi, T6, T6, 0, rng_percent(&w->rng, 80) ? 4 : 2);
    write_insn(w, ASM_csrrw, 0, T6, 0, CSR_mepc);
    write_insn(w, ASM_beq, 0, 0, 0, 6 * 4);
    skip_close(w, jump, ASM_bne);
    write_insn(w, ASM_csrrw, 0, T6, 0, CSR_mepc);
    write_insn(w, ASM_lui, T6, 0, 0, 0x2000);
    write_insn(w, ASM_addi, T6, T6, 0, -0x800); /* mstatus.MPP */
    write_insn(w, ASM_csrrc, 0, T6, 0, CSR_mstatus);
    write_insn(w, load_x(w), T6, T5, 0, LANDING_AT + 8);
    write_insn(w, ASM_csrrs, 0, T6, 0, CSR_mstatus);
    write_insn(w, load_x(w), T6, T5, 0, LANDING_AT + 16);
    write_insn(w, ASM_jalr, 0, T6, 0, 0);
    skip_close(w, interrupt, ASM_blt);
    write_interrupt(w, CSR_mie, CSR_mip, ASM_mret);
}

/* Goes on after the instruction; now and then asks M-mode for a landing. */
static void write_handler_s(struct writer *w)
{
    write_vectors(w, AT_HANDLER_S);
    write_insn(w, ASM_csrrs, T6, 0, 0, CSR_scause);
    uint32_t interrupt = skip_open(w);
    write_insn(w, ASM_csrrs, T5, 0, 0, CSR_sscratch);
    write_insn(w, ASM_addi, T5, T5, 0, 1);
    write_insn(w, ASM_csrrw, 0, T5, 0, CSR_sscratch);
    write_insn(w, ASM_andi, T5, T5, 0, 3);
    write_insn(w, ASM_bne, 0, T5, 0, 8);
    write_insn(w, ASM_ecall, 0, 0, 0, 0);
    write_insn(w, ASM_csrrs, T6, 0, 0, CSR_sepc);
    write_insn(w, ASM_addi, T6, T6, 0, rng_percent(&w->rng, 80) ? 4 : 2);
    write_insn(w, ASM_csrrw, 0, T6, 0, CSR_sepc);
    write_insn(w, ASM_sret, 0, 0, 0, 0);
    skip_close(w, interrupt, ASM_blt);
    write_interrupt(w, CSR_sie, CSR_sip, ASM_sret);
}

void write_handlers(struct writer *w)
{
    write_handler_m(w);
    write_handler_s(w);
}

#define SERVICES 12

void write_landings(struct writer *w)
{
    struct program *p = w->program;
    struct rng *rng = &w->rng;
    uint32_t services[SERVICES];
    for (unsigned i = 0; i < SERVICES; i++) {
        services[i] = w->offset;
        if (i > 0) write_service(w, T5, T6);
        write_insn(w, ASM_mret, 0, 0, 0, 0);
        if (w->offset > AT_LANDING - 160) services[i] = services[0];
    }
    for (unsigned i = 0; i < LANDINGS; i++) {
        uint8_t *entry = p->ram + AT_LANDING + LANDING_AT + i * LANDING_SIZE;
        unsigned mode = rng_below(rng, 100);
        enum priv priv = mode < 30 ? PRIV_M : mode < 65 ? PRIV_S : PRIV_U;
        uint64_t back = rng_percent(rng, 50) ? MSTATUS_MPIE : 0;
        uint64_t epc = rng_percent(rng, 60) ? label_address(w, random_label(w), priv) : 0;
        uint32_t service = rng_percent(rng, 50) ? 0 : rng_below(rng, SERVICES);
        store_le(entry, 8, epc);
        store_le(entry + 8, 8, (uint64_t)priv << MSTATUS_MPP_SHIFT | back);
        store_le(entry + 16, 8, RAM_BASE + services[service]);
    }
}
