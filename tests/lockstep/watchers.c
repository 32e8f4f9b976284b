/* tests/lockstep/watchers.c: what watches the hart: performance counters and debug triggers. */
#include "base/bits.h"
#include "cpu/counter.h"
#include "cpu/csr.h"
#include "cpu/status.h"
#include "cpu/trigger.h"
#include "tests/lockstep/program.h"

/* Both engines count these alike and take the interrupt of an overflow at once. Page-table walks
 * they count differently; a load from a device doesn't end a block, so its interrupt may be late.
 */
static const enum hpm_event countable[] = {HPM_NONE,   HPM_CYCLES,        HPM_INSTRUCTIONS,
                                           HPM_FENCES, HPM_INSTRUCTIONS,  HPM_EXCEPTIONS,
                                           HPM_FENCES, HPM_DEVICE_STORES, HPM_INTERRUPTS};

static uint64_t random_filter(struct rng *rng)
{
    uint64_t inhibits = COUNTER_MINH | COUNTER_SINH | COUNTER_UINH;
    return rng_percent(rng, 60) ? 0 : rng_next(rng) & inhibits;
}

/* A counter soon overflows, or is at its end, or anywhere. */
static uint64_t random_count(struct rng *rng)
{
    unsigned kind = rng_below(rng, 10);
    return kind < 7   ? (uint64_t) - (int64_t)rng_below(rng, 300)
           : kind < 9 ? rng_below(rng, 4)
                      : rng_next(rng);
}

void write_hpm(struct writer *w, unsigned a)
{
    struct rng *rng = &w->rng;
    bool wide = w->program->xlen == 64;
    unsigned n = rng_percent(rng, 15) ? 2 * rng_below(rng, 2) : 3 + rng_below(rng, 3);
    uint64_t config = random_filter(rng), value = random_count(rng);
    if (n >= 3)
        config |= hpm_event_info[countable[rng_below(rng, ARRAY_COUNT(countable))]].selector;
    if (n >= 3 && rng_percent(rng, 10)) config |= COUNTER_OF;
    unsigned config_csr = n == 0   ? CSR_mcyclecfg
                          : n == 2 ? CSR_minstretcfg
                                   : CSR_mhpmevent3 + n - 3;
    if (rng_percent(rng, 70)) {
        write_csr(w, ASM_csrrw, config_csr, a, wide ? config : config & mask_low(32));
        if (!wide) write_csr(w, ASM_csrrw, config_csr + 0x400, a, config >> 32);
    }
    if (n < 3 || rng_percent(rng, 30)) return;
    write_csr(w, ASM_csrrw, CSR_mhpmcounter3 + n - 3, a, wide ? value : value & mask_low(32));
    if (!wide) write_csr(w, ASM_csrrw, CSR_mhpmcounter3h + n - 3, a, value >> 32);
    if (rng_percent(rng, 60)) write_csr(w, ASM_csrrs, CSR_mie, a, MIP_LCOFIP);
}

/* Where a trigger may well fire, in a mode. */
static uint64_t random_target_address(struct writer *w, uint64_t kinds, enum priv priv)
{
    if (kinds == TRIGGER_EXECUTE) return label_address(w, random_label(w), priv);
    return random_address(w, priv);
}

void write_trigger(struct writer *w, unsigned a)
{
    static const uint64_t modes[] = {
        [PRIV_U] = TRIGGER_U, [PRIV_S] = TRIGGER_S, [PRIV_M] = TRIGGER_M};
    static const enum priv privs[] = {PRIV_U, PRIV_S, PRIV_M};
    static const uint64_t kinds[] = {TRIGGER_EXECUTE,
                                     TRIGGER_EXECUTE,
                                     TRIGGER_LOAD,
                                     TRIGGER_STORE,
                                     TRIGGER_LOAD | TRIGGER_STORE,
                                     TRIGGER_LOAD | TRIGGER_STORE | TRIGGER_EXECUTE};
    static const uint8_t matches[] = {MATCH_EQUAL, MATCH_EQUAL, MATCH_EQUAL, MATCH_NAPOT,
                                      MATCH_NAPOT, MATCH_GE,    MATCH_LT};
    struct rng *rng = &w->rng;
    unsigned shift = w->program->xlen - 4;
    enum priv priv = privs[rng_below(rng, 3)];
    uint64_t kind = kinds[rng_below(rng, ARRAY_COUNT(kinds))];
    uint64_t match = matches[rng_below(rng, ARRAY_COUNT(matches))];
    uint64_t address = random_target_address(w, kind, priv);
    uint64_t type = (uint64_t)TRIGGER_MCONTROL6 << shift;
    write_csr(w, ASM_csrrw, CSR_tselect, a, rng_below(rng, TRIGGER_COUNT));
    if (rng_percent(rng, 40)) { /* off */
        write_csr(w, ASM_csrrw, CSR_tdata1, a, (uint64_t)TRIGGER_DISABLED << shift);
        return;
    }
    uint64_t config = type | match << 7 | modes[priv] | kind;
    if (rng_percent(rng, 30)) config |= modes[PRIV_U] | modes[PRIV_S] | modes[PRIV_M];
    if (rng_percent(rng, 15)) config |= TRIGGER_CHAIN;
    if (match == MATCH_NAPOT) address |= mask_low(rng_below(rng, 7));
    write_csr(w, ASM_csrrw, CSR_tdata1, a, config);
    write_csr(w, ASM_csrrw, CSR_tdata2, a, address);
}
