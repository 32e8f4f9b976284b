/* tests/lockstep/program.c: a whole random program out of a seed. */
#include "tests/lockstep/program.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/status.h"

void write_word(struct writer *w, uint32_t word, unsigned length)
{
    struct program *p = w->program;
    if (p->piece_count == PIECES_MAX_PROGRAM || w->offset + length > AT_TABLES) return;
    store_le(p->ram + w->offset, length, word);
    p->pieces[p->piece_count++] =
        (struct code_piece){.offset = w->offset, .length = (uint8_t)length, .group = w->group};
    w->offset += length;
}

void write_insn(struct writer *w, enum known_insn insn, unsigned rd, unsigned rs1, unsigned rs2,
                int32_t imm)
{
    write_word(w, insn_word(w->assembler, insn, rd, rs1, rs2, imm), 4);
}

static void li_32(struct writer *w, unsigned rd, int32_t value)
{
    int32_t low = (int32_t)sign_extend((uint32_t)value, 12);
    int32_t high = (int32_t)((uint32_t)value - (uint32_t)low);
    if (high) write_insn(w, ASM_lui, rd, 0, 0, high);
    enum known_insn add = high && w->program->xlen == 64 ? ASM_addiw : ASM_addi;
    if (low || !high) write_insn(w, add, rd, high ? rd : 0, 0, low);
}

void write_li(struct writer *w, unsigned rd, uint64_t value)
{
    if (w->program->xlen == 32 || (int64_t)value == (int32_t)value) {
        li_32(w, rd, (int32_t)value);
        return;
    }
    int64_t low = sign_extend(value, 12);
    uint64_t rest = value - (uint64_t)low;
    unsigned shift = (unsigned)__builtin_ctzll(rest);
    write_li(w, rd, (uint64_t)((int64_t)rest >> shift));
    write_insn(w, ASM_slli, rd, rd, 0, (int32_t)shift);
    if (low) write_insn(w, ASM_addi, rd, rd, 0, (int32_t)low);
}

static void csr_set(struct writer *w, unsigned number, uint64_t value)
{
    struct program *p = w->program;
    if (p->csr_count == CSRS_MAX) return;
    p->csrs[p->csr_count++] = (struct csr_setting){.number = (uint16_t)number, .value = value};
}

/* The last entry lets everything through; the others are random, in some programs. */
static void make_pmp(struct writer *w)
{
    struct rng *rng = &w->rng;
    bool wide = w->program->xlen == 64;
    csr_set(w, CSR_pmpaddr15, mask_low(wide ? 54 : 32));
    csr_set(w, wide ? CSR_pmpcfg2 : CSR_pmpcfg3,
            wide ? UINT64_C(0x1f) << 56 : UINT64_C(0x1f) << 24);
    if (!rng_percent(rng, 25)) return;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t at = RAM_BASE + AT_CODE + rng_below(rng, AT_TABLES - AT_CODE);
        csr_set(w, CSR_pmpaddr0 + i, at >> 2 | mask_low(rng_below(rng, 12)));
    }
    csr_set(w, CSR_pmpcfg0, rng_next(rng) & 0x1f1f1f);
}

static uint64_t random_status(struct rng *rng)
{
    uint64_t bits = MSTATUS_SIE | MSTATUS_MIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP |
                    MSTATUS_SUM | MSTATUS_MXR;
    uint64_t status = rng_next(rng) & bits;
    if (rng_percent(rng, 10)) status |= rng_next(rng) & (MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR);
    if (rng_percent(rng, 85)) status |= UINT64_C(1) << (13 + rng_below(rng, 2));
    return status;
}

static void make_csrs(struct writer *w)
{
    struct rng *rng = &w->rng;
    struct program *p = w->program;
    csr_set(w, CSR_mtvec, RAM_BASE + AT_HANDLER_M + rng_below(rng, 2));
    csr_set(w, CSR_stvec, RAM_BASE + AT_HANDLER_S + rng_below(rng, 2));
    csr_set(w, CSR_mstatus, random_status(rng));
    csr_set(w, CSR_medeleg, rng_percent(rng, 50) ? 0 : rng_next(rng) & rng_next(rng));
    csr_set(w, CSR_mideleg, rng_percent(rng, 50) ? 0 : rng_next(rng));
    csr_set(w, CSR_mie, rng_percent(rng, 60) ? 0 : rng_next(rng) & rng_next(rng));
    csr_set(w, CSR_mip, rng_percent(rng, 80) ? 0 : rng_next(rng));
    csr_set(w, CSR_mcounteren, rng_percent(rng, 60) ? mask_low(32) : rng_next(rng));
    csr_set(w, CSR_scounteren, rng_percent(rng, 60) ? mask_low(32) : rng_next(rng));
    if (w->options->peer)
        csr_set(w, CSR_menvcfg, MENVCFG_ADUE);
    else if (p->xlen == 64)
        csr_set(w, CSR_menvcfg, rng_percent(rng, 40) ? MENVCFG_ADUE : rng_next(rng));
    else
        csr_set(w, CSR_menvcfgh, rng_percent(rng, 40) ? MENVCFG_ADUE >> 32 : rng_next(rng));
    csr_set(w, CSR_fcsr, rng_percent(rng, 50) ? 0 : rng_below(rng, 5) << 5 | rng_below(rng, 32));
    if (p->paged) csr_set(w, CSR_satp, p->satps[1 + rng_below(rng, p->satp_count - 1)]);
    make_pmp(w);
}

static void make_registers(struct writer *w)
{
    struct program *p = w->program;
    struct rng *rng = &w->rng;
    for (unsigned i = 1; i < 32; i++) {
        bool pointer = i == 2 || (i >= 8 && i <= 11);
        p->x[i] = pointer ? random_address(w, p->priv) : rng_number(rng);
        if (p->xlen == 32) p->x[i] = (uint64_t)sign_extend(p->x[i], 32);
    }
    for (unsigned i = 0; i < 32; i++)
        p->f[i] = rng_number(rng);
}

/* Each page is some page of the assembler's numbers. */
static void make_data(struct writer *w)
{
    struct program *p = w->program;
    for (uint32_t at = AT_DATA; at < AT_TABLES; at += PAGE_SIZE)
        memcpy(p->ram + at, w->assembler->data + rng_below(&w->rng, DATA_NUMBERS - PAGE_SIZE / 8),
               PAGE_SIZE);
}

static void make_event(struct writer *w, struct event *event)
{
    static const uint8_t lines[] = {3, 7, 9, 11};
    struct rng *rng = &w->rng;
    unsigned length;
    *event = (struct event){.kind = EVENT_IRQ + rng_below(rng, EVENT_KIND_COUNT - EVENT_IRQ),
                            .at = rng_below(rng, 60),
                            .line = lines[rng_below(rng, 4)],
                            .level = rng_percent(rng, 60),
                            .value = rng_next(rng)};
    if (event->kind == EVENT_TIME) event->value = rng_number(rng);
    if (event->kind != EVENT_DMA) return;
    event->offset = random_label(w);
    event->value = random_insn(w, &length);
    if (rng_percent(rng, 50)) event->offset = AT_DATA + 4 * rng_below(rng, 1024);
}

void program_make(struct program *p, const struct assembler *assembler, uint64_t seed,
                  const struct program_options *options)
{
    memset(p, 0, sizeof *p);
    p->seed = seed;
    p->xlen = assembler->isa->xlen;
    struct writer writer = {
        .program = p, .assembler = assembler, .options = options, .rng = {.state = seed}};
    while (csr_info_at(writer.csr_rows))
        writer.csr_rows++;
    struct rng *rng = &writer.rng;
    unsigned mode = rng_below(rng, 100);
    p->priv = mode < 35 ? PRIV_M : mode < 70 ? PRIV_S : PRIV_U;
    p->paged = rng_percent(rng, 65);
    p->steps = rng_percent(rng, 80) ? 500 + rng_below(rng, 2000) : 6000;
    p->time = rng_next(rng) >> rng_below(rng, 64);
    make_data(&writer);
    make_tables(&writer);
    write_handlers(&writer);
    write_stream(&writer);
    writer.offset = AT_SERVICES;
    write_landings(&writer);
    p->services_end = writer.offset;
    make_csrs(&writer);
    make_registers(&writer);
    p->pc = label_address(&writer, p->labels[0], p->priv);
    for (unsigned i = 0; i < ARRAY_COUNT(p->device); i++)
        p->device[i] = rng_percent(rng, 50) ? rng_number(rng) : NOP_32 | (uint64_t)NOP_32 << 32;
    if (options->peer || rng_percent(rng, 40)) return;
    p->event_count = rng_below(rng, EVENTS_MAX);
    for (unsigned i = 0; i < p->event_count; i++)
        make_event(&writer, &p->events[i]);
}
