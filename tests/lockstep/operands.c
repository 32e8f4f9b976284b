/* tests/lockstep/operands.c: random operands, instructions and addresses.
 *
 * x2 and x8..x11 are kept as addresses, x28 counts loops, the trap handlers use x30 and x31; all
 * that only mostly.
 */
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "tests/lockstep/stream.h"

unsigned random_pointer(struct rng *rng)
{
    static const uint8_t registers[] = {2, 8, 9, 10, 11};
    return rng_percent(rng, 98) ? registers[rng_below(rng, 5)] : rng_below(rng, 32);
}

unsigned random_target(struct rng *rng, bool compressed)
{
    if (compressed)
        return rng_percent(rng, 97) ? rng_between(rng, 12, 15) : rng_between(rng, 8, 15);
    static const uint8_t registers[] = {0,  1,  3,  4,  5,  6,  7,  12, 13, 14, 15, 16,
                                        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29};
    return rng_percent(rng, 98) ? registers[rng_below(rng, 24)] : rng_below(rng, 32);
}

static unsigned random_source(struct rng *rng, bool compressed)
{
    return compressed ? (unsigned)rng_between(rng, 8, 15) : rng_below(rng, 32);
}

static bool float_operand(const struct insn_row *row, char which)
{
    const char name[] = {'f', which == 'd' ? 'd' : 's', which == 'd' ? '\0' : which, '\0'};
    return strstr(row->operands, name) != NULL;
}

static void random_operands(struct writer *w, const struct insn_row *row,
                            int32_t values[FIELD_COUNT])
{
    struct rng *rng = &w->rng;
    const struct format_info *format = &w->assembler->formats[row->format];
    bool compressed = format->compressed_regs;
    bool address = strchr(row->operands, '(') != NULL;
    for (unsigned f = FIELD_RD; f <= FIELD_RS3; f++)
        values[f] = (int32_t)random_source(rng, compressed);
    for (unsigned f = FIELD_CSR; f < FIELD_COUNT; f++) /* fence's, aq and rl */
        values[f] = (int32_t)rng_below(rng, 16);
    if (!float_operand(row, 'd')) values[FIELD_RD] = (int32_t)random_target(rng, compressed);
    if (address)
        values[FIELD_RS1] = compressed ? rng_between(rng, 8, 11) : (int32_t)random_pointer(rng);
    values[FIELD_RM] =
        rng_percent(rng, 70) ? FRM_DYN : rng_between(rng, 0, rng_percent(rng, 95) ? 4 : 7);
    values[FIELD_IMM] = (int32_t)rng_number(rng);
    if (address && rng_percent(rng, 70)) values[FIELD_IMM] = rng_between(rng, -16, 16);
    if (address && rng_percent(rng, 60)) values[FIELD_IMM] &= -8;
    if (address && !format->has_imm && rng_percent(rng, 60)) { /* AMOCAS.Q takes even ones only */
        values[FIELD_RD] &= ~1;
        values[FIELD_RS2] &= ~1;
    }
}

static void random_csr(struct writer *w, const struct insn_row *row, int32_t values[FIELD_COUNT])
{
    static const uint16_t floats[] = {CSR_fflags, CSR_frm, CSR_fcsr};
    static const uint16_t counters[] = {CSR_instret,      CSR_cycle,        CSR_time,
                                        CSR_minstret,     CSR_mcycle,       CSR_hpmcounter3,
                                        CSR_hpmcounter4,  CSR_hpmcounter5,  CSR_mhpmcounter3,
                                        CSR_mhpmcounter4, CSR_mhpmcounter5, CSR_scountovf};
    static const uint16_t state[] = {
        CSR_mstatus, CSR_sstatus,  CSR_mie,      CSR_sie,    CSR_mip,   CSR_sip,     CSR_mepc,
        CSR_sepc,    CSR_mscratch, CSR_sscratch, CSR_mcause, CSR_stval, CSR_medeleg, CSR_mideleg};
    struct rng *rng = &w->rng;
    unsigned kind = rng_below(rng, w->options->peer ? 80 : 100), number;
    if (kind < 40)
        number = floats[rng_below(rng, 3)];
    else if (kind < 55 && !w->options->peer)
        number = counters[rng_below(rng, ARRAY_COUNT(counters))];
    else if (kind < 80)
        number = state[rng_below(rng, ARRAY_COUNT(state))];
    else if (kind < 97)
        number = csr_info_at(rng_below(rng, w->csr_rows))->number;
    else
        number = rng_below(rng, 4096);
    bool fragile = number == CSR_satp || number == CSR_mtvec || number == CSR_stvec ||
                   (number >= CSR_pmpcfg0 && number <= CSR_pmpaddr15);
    if (fragile) {
        bool sets = row->id[4] == 's' || row->id[4] == 'c'; /* csrrs, csrrc and their -i forms */
        values[FIELD_RS1] = 0;
        if (!sets) number = CSR_mscratch;
    }
    values[FIELD_CSR] = (int32_t)number;
}

uint32_t random_of_class(struct writer *w, enum row_class class, const struct insn_row **row_out,
                         int32_t values[FIELD_COUNT])
{
    const struct row_list *list = &w->assembler->lists[class];
    for (unsigned tries = 0; tries < 20; tries++) {
        const struct insn_row *row = list->rows[rng_below(&w->rng, list->count)];
        random_operands(w, row, values);
        if (class == ROW_CSR) random_csr(w, row, values);
        uint32_t word = row_word(w->assembler, row, values, (uint32_t)rng_next(&w->rng));
        /* What the fields cannot hold is cut, and must still be the row's. */
        format_extract(&w->assembler->formats[row->format], word, values);
        if (!insn_where(row, values)) continue;
        *row_out = row;
        return word;
    }
    *row_out = w->assembler->known[ASM_addi];
    return NOP_32;
}

uint32_t random_insn(struct writer *w, unsigned *length)
{
    static const enum row_class classes[] = {ROW_PLAIN,  ROW_PLAIN,  ROW_FLOAT,
                                             ROW_MEMORY, ROW_ATOMIC, ROW_CSR};
    const struct insn_row *row;
    int32_t values[FIELD_COUNT];
    uint32_t word = random_of_class(w, classes[rng_below(&w->rng, 6)], &row, values);
    *length = w->assembler->formats[row->format].bits / 8;
    return *length == 2 ? word | (uint32_t)NOP_16 << 16 : word;
}

uint32_t random_offset(struct rng *rng)
{
    uint32_t page = rng_percent(rng, 90) ? AT_DATA + PAGE_SIZE * rng_below(rng, DATA_PAGES)
                                         : AT_CODE + PAGE_SIZE * rng_below(rng, CODE_PAGES);
    switch (rng_below(rng, 5)) {
    case 0:
        return page + PAGE_SIZE - (uint32_t)rng_between(rng, 1, 16);
    case 1:
        return page + rng_below(rng, PAGE_SIZE);
    default:
        return page + 16 * rng_below(rng, PAGE_SIZE / 16) + 8 * rng_below(rng, 2);
    }
}

static uint64_t random_base(struct rng *rng, enum priv priv, bool paged)
{
    static const uint64_t supervisor[] = {VA_IDENT, VA_IDENT, VA_IDENT, VA_MEGA,           VA_GIGA,
                                          VA_TERA,  VA_PETA,  VA_USER,  VA_ALIAS - AT_CODE};
    static const uint64_t user[] = {VA_USER, VA_USER, VA_USER, VA_USER, VA_ALIAS, VA_NAPOT,
                                    VA_MEGA, VA_GIGA, VA_TERA, VA_PETA, VA_IDENT};
    if (priv == PRIV_M || !paged) return RAM_BASE;
    if (priv == PRIV_S) return supervisor[rng_below(rng, ARRAY_COUNT(supervisor))];
    return user[rng_below(rng, ARRAY_COUNT(user))];
}

uint64_t random_address(struct writer *w, enum priv priv)
{
    struct rng *rng = &w->rng;
    bool paged = w->program->paged && priv != PRIV_M;
    unsigned kind = rng_below(rng, 100);
    if (paged && rng_percent(rng, 40)) /* where the page tables keep changing */
        return w->program->slots[rng_below(rng, SLOTS_MAX)].va + random_offset(rng) % PAGE_SIZE;
    if (kind < 88) return random_base(rng, priv, paged) + random_offset(rng);
    if (kind < 93 && !w->options->peer)
        return (paged ? VA_DEVICE : DEVICE_BASE) + 8 * rng_below(rng, 64);
    if (kind < 95) return RAM_BASE + RAM_SIZE - (uint64_t)rng_between(rng, -8, 8);
    if (kind < 97) return rng_number(rng);
    return (random_base(rng, priv, paged) + random_offset(rng)) ^ UINT64_C(1) << rng_below(rng, 64);
}

uint32_t random_label(struct writer *w)
{
    const struct program *p = w->program;
    return p->label_count ? p->labels[rng_below(&w->rng, p->label_count)] : AT_CODE;
}

uint64_t label_address(struct writer *w, uint32_t offset, enum priv priv)
{
    struct rng *rng = &w->rng;
    if (!w->program->paged || priv == PRIV_M) return RAM_BASE + offset;
    unsigned choice = rng_below(rng, 100);
    if (priv == PRIV_U) return (choice < 95 ? VA_USER : VA_MEGA) + offset;
    return (choice < 75 ? VA_IDENT : choice < 88 ? VA_MEGA : VA_GIGA) + offset;
}
