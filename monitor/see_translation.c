/* monitor/see_translation.c: walk: an address translated step by step; tlb: what is remembered. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu/mmu.h"
#include "cpu/pmp.h"
#include "cpu/tlb.h"
#include "cpu/trap.h"
#include "monitor/command.h"
#include "monitor/target.h"

static const char *scheme_name(const struct hart *h, uint64_t satp)
{
    if (h->xlen == 32) return satp >> 31 & 1 ? "Sv32" : "Bare";
    switch (satp >> 60) {
    case 0:
        return "Bare";
    case 8:
        return "Sv39";
    case 9:
        return "Sv48";
    case 10:
        return "Sv57";
    }
    return "reserved";
}

static uint64_t root_of(const struct hart *h, uint64_t satp)
{
    return (h->xlen == 64 ? bits_get(satp, 43, 0) : bits_get(satp, 21, 0)) << PAGE_SHIFT;
}

static unsigned asid_of(const struct hart *h, uint64_t satp)
{
    return (unsigned)(h->xlen == 64 ? bits_get(satp, 59, 44) : bits_get(satp, 30, 22));
}

/* "D A - - X - R V", as the specification draws them. */
static void pte_bits(uint64_t pte, char text[16])
{
    static const char letters[] = "DAGUXWRV";
    for (unsigned i = 0; i < 8; i++) {
        text[2 * i] = pte >> (7 - i) & 1 ? letters[i] : '-';
        text[2 * i + 1] = ' ';
    }
    text[15] = '\0';
}

static void step_show(struct monitor *mon, const struct walk_step *step)
{
    char bits[16];
    const struct hart *h = monitor_hart(mon);
    uint64_t ppn = h->xlen == 64 ? bits_get(step->pte, 53, 10) : bits_get(step->pte, 31, 10);
    bool leaf = step->pte & 0xa;
    pte_bits(step->pte, bits);
    out_text(&mon->out,
             "  level %u  PTE at 0x%-10" PRIx64 " = 0x%016" PRIx64 "  %s  PPN 0x%" PRIx64 "%s\n",
             step->level, step->pte_addr, step->pte, bits, ppn,
             !(step->pte & 1) ? ""
             : leaf           ? "  leaf"
                              : "  next table");
    if (h->xlen == 64 && step->pte >> 54)
        out_text(&mon->out, "           N=%u PBMT=%u reserved=0x%x\n", (unsigned)(step->pte >> 63),
                 (unsigned)bits_get(step->pte, 62, 61), (unsigned)bits_get(step->pte, 60, 54));
    out_row(&mon->out);
    out_number(&mon->out, "level", step->level);
    out_hex(&mon->out, "pte_address", step->pte_addr);
    out_hex(&mon->out, "pte", step->pte);
    out_string(&mon->out, "bits", bits);
}

struct question {
    uint64_t va;
    enum access access;
    struct mmu_regime regime;
};

static bool question_take(struct monitor *mon, const char *args, struct question *q,
                          struct error *err)
{
    static const struct {
        const char *word;
        enum access access;
    } kinds[] = {{"r", ACCESS_LOAD}, {"w", ACCESS_STORE}, {"x", ACCESS_FETCH}};
    static const struct {
        const char *word;
        enum priv priv;
    } modes[] = {{"u", PRIV_U}, {"s", PRIV_S}, {"m", PRIV_M}, {"U", PRIV_U}, {"S", PRIV_S}};
    q->access = ACCESS_LOAD;
    if (!args_value(mon, &args, &q->va, err)) return false;
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++)
        if (args_word(&args, kinds[i].word)) q->access = kinds[i].access;
    q->regime = mmu_regime(monitor_hart(mon), q->access);
    if (args_word(&args, "as")) {
        unsigned i = 0;
        while (i < ARRAY_COUNT(modes) && !args_word(&args, modes[i].word))
            i++;
        if (i == ARRAY_COUNT(modes)) return args_fail(mon, args, err, "as u, s or m");
        q->regime.priv = modes[i].priv;
    }
    return args_end(mon, args, err);
}

static void fault_show(struct monitor *mon, const struct trap *trap, const char *rule)
{
    out_text(&mon->out, "=> %s: %s\n", cause_text(trap->cause), rule);
    out_row(&mon->out);
    out_bool(&mon->out, "allowed", false);
    out_string(&mon->out, "fault", cause_text(trap->cause));
    out_string(&mon->out, "rule", rule);
}

static void mapping_show(struct monitor *mon, const struct question *q,
                         const struct mapping *mapping)
{
    struct hart *h = monitor_hart(mon);
    uint64_t offset;
    const struct region *region = bus_find(h->bus, mapping->paddr, &offset);
    char size[32];
    if (mapping->page_shift >= 64)
        snprintf(size, sizeof size, "not translated");
    else if (mapping->page_shift >= 30)
        snprintf(size, sizeof size, "%u GiB page", 1u << (mapping->page_shift - 30));
    else if (mapping->page_shift >= 20)
        snprintf(size, sizeof size, "%u MiB page", 1u << (mapping->page_shift - 20));
    else
        snprintf(size, sizeof size, "%u KiB page", 1u << (mapping->page_shift - 10));
    out_text(&mon->out, "=> physical 0x%" PRIx64 ", %s, %s%s\n", mapping->paddr, size,
             region ? region->ops->name : "nothing answers there",
             mapping->global ? ", global" : "");
    out_row(&mon->out);
    out_bool(&mon->out, "allowed", true);
    out_hex(&mon->out, "physical", mapping->paddr);
    out_number(&mon->out, "page_shift", mapping->page_shift);
    if (!pmp_allows(h, mapping->paddr, 1, q->access, q->regime.priv)) {
        const struct trap trap = mmu_access_fault(q->access, q->va);
        fault_show(mon, &trap, "PMP forbids it");
    }
}

bool command_walk(struct monitor *mon, const char *args, struct error *err)
{
    static const char *const kinds[] = {
        [ACCESS_LOAD] = "load", [ACCESS_STORE] = "store", [ACCESS_FETCH] = "fetch"};
    struct hart *h = monitor_hart(mon);
    struct question q;
    struct walk_trace trace;
    struct mapping mapping;
    struct trap trap;
    if (!question_take(mon, args, &q, err)) return false;
    mon->last = q.va;
    bool mapped = mmu_translate(h, &q.regime, q.va, q.access, &mapping, &trap, &trace);
    out_text(&mon->out, "%s of 0x%" PRIx64 " in %s-mode", kinds[q.access], q.va,
             priv_name(q.regime.priv));
    if (q.regime.priv == PRIV_M)
        out_text(&mon->out, ": addresses are physical\n");
    else
        out_text(&mon->out, ": %s, ASID %u, root 0x%" PRIx64 ", SUM=%d MXR=%d ADUE=%d\n",
                 scheme_name(h, q.regime.satp), asid_of(h, q.regime.satp),
                 root_of(h, q.regime.satp), q.regime.sum, q.regime.mxr, q.regime.adue);
    for (unsigned i = 0; i < trace.count; i++)
        step_show(mon, &trace.step[i]);
    if (mapped)
        mapping_show(mon, &q, &mapping);
    else
        fault_show(mon, &trap, trace.failed_rule ? trace.failed_rule : "");
    return true;
}

/* --- maps: the page table as ranges ------------------------------------------------------------
 */

#define RANGES_MOST 4000

struct ranges {
    struct monitor *mon;
    uint64_t low, high; /* what is asked for */
    uint64_t start, end, paddr, bits;
    bool open;
    unsigned shown;
};

static void range_close(struct ranges *r)
{
    char bits[16];
    if (!r->open) return;
    r->open = false;
    if (r->shown++ >= RANGES_MOST) return;
    pte_bits(r->bits, bits);
    out_text(&r->mon->out,
             "0x%016" PRIx64 "-0x%016" PRIx64 " %12" PRIu64 " KiB  %s  to 0x%" PRIx64 "\n",
             r->start, r->end, (r->end - r->start + 1) >> 10, bits, r->paddr);
    out_row(&r->mon->out);
    out_hex(&r->mon->out, "start", r->start);
    out_hex(&r->mon->out, "end", r->end);
    out_hex(&r->mon->out, "physical", r->paddr);
    out_string(&r->mon->out, "bits", bits);
}

#define PERMISSIONS 0x3e /* G U X W R: A and D alone don't make another range */

static void leaf_add(struct ranges *r, uint64_t va, uint64_t size, uint64_t paddr, uint64_t pte)
{
    if (va + size - 1 < r->low || va > r->high) return;
    if (r->open && r->end + 1 == va && r->paddr + (va - r->start) == paddr &&
        ((r->bits ^ pte) & PERMISSIONS) == 0) {
        r->end = va + size - 1;
        r->bits &= pte | ~UINT64_C(0xc0);
        return;
    }
    range_close(r);
    r->start = va;
    r->end = va + size - 1;
    r->paddr = paddr;
    r->bits = pte;
    r->open = true;
}

static void table_walk(struct ranges *r, uint64_t table, unsigned level, uint64_t va,
                       unsigned va_bits)
{
    const struct hart *h = monitor_hart(r->mon);
    unsigned bits = h->xlen == 64 ? 9 : 10, width = h->xlen / 8;
    unsigned shift = PAGE_SHIFT + level * bits;
    for (uint64_t i = 0; i < UINT64_C(1) << bits; i++) {
        const uint8_t *entry = bus_ram_at(h->bus, table + i * width, width);
        uint64_t pte = entry ? load_le(entry, width) : 0;
        uint64_t at = (uint64_t)sign_extend(va | i << shift, va_bits);
        uint64_t ppn = h->xlen == 64 ? bits_get(pte, 53, 10) : bits_get(pte, 31, 10);
        if (h->xlen == 32) at = (uint32_t)at;
        if (!(pte & 1) || at + mask_low(shift) < r->low || at > r->high) continue;
        if (pte & 0xa)
            leaf_add(r, at, UINT64_C(1) << shift, ppn << PAGE_SHIFT, pte);
        else if (level > 0 && r->shown < RANGES_MOST)
            table_walk(r, ppn << PAGE_SHIFT, level - 1, va | i << shift, va_bits);
    }
}

bool command_maps(struct monitor *mon, const char *args, struct error *err)
{
    const struct hart *h = monitor_hart(mon);
    struct ranges r = {.mon = mon, .high = UINT64_MAX};
    args_skip(&args);
    if (*args && !args_value(mon, &args, &r.low, err)) return false;
    args_skip(&args);
    if (*args && !args_value(mon, &args, &r.high, err)) return false;
    if (!args_end(mon, args, err)) return false;
    const char *scheme = scheme_name(h, h->satp);
    unsigned va_bits = 0;
    if (sscanf(scheme, "Sv%u", &va_bits) != 1) {
        out_text(&mon->out, "satp.MODE is %s: nothing is translated\n", scheme);
        return true;
    }
    out_text(&mon->out, "%s, ASID %u, root 0x%" PRIx64 "\n", scheme, asid_of(h, h->satp),
             root_of(h, h->satp));
    unsigned levels = va_bits == 32 ? 2 : (va_bits - PAGE_SHIFT) / 9;
    table_walk(&r, root_of(h, h->satp), levels - 1, 0, va_bits);
    range_close(&r);
    if (r.shown > RANGES_MOST)
        out_text(&mon->out, "(more than %d ranges; say maps LOW HIGH)\n", RANGES_MOST);
    return true;
}
