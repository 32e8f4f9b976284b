/* cpu/debug.c: what a debugger wants to hear of a hart. */
#include "cpu/debug.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/history.h"
#include "cpu/tlb.h"
#include "cpu/trap.h"

void debug_fini(struct hart_debug *debug)
{
    free(debug->marked);
    debug->marked = NULL;
    debug->marked_count = debug->marked_room = 0;
}

void debug_break_clear(struct hart_debug *debug)
{
    debug->breaks = false;
    memset(debug->offsets, 0, sizeof debug->offsets);
    memset(debug->filter, 0, sizeof debug->filter);
}

static unsigned filter_bit(uint64_t address)
{
    return address >> PAGE_SHIFT & 0xfff;
}

static bool bit_test(const uint64_t *bits, unsigned at)
{
    return bits[at / 64] >> (at % 64) & 1;
}

void debug_break_add(struct hart_debug *debug, uint64_t address)
{
    unsigned halfword = (address & ~PAGE_MASK) / 2, page = filter_bit(address);
    debug->breaks = true;
    debug->offsets[halfword / 64] |= UINT64_C(1) << (halfword % 64);
    debug->filter[page / 64] |= UINT64_C(1) << (page % 64);
}

void debug_attach(struct hart *h, struct hart_debug *debug)
{
    h->debug = debug;
    h->code_stale = true;
    if (debug) debug->marked_count = 0;
    tlb_flush_all(h);
}

static bool page_marked(const struct hart_debug *debug, uint64_t page)
{
    for (unsigned i = 0; i < debug->marked_count; i++)
        if (debug->marked[i] == page) return true;
    return false;
}

bool debug_page_entered(struct hart *h, uint64_t va, uint64_t paddr)
{
    struct hart_debug *debug = h->debug;
    uint64_t page = paddr & PAGE_MASK;
    if (!debug->breaks) return false;
    if (!bit_test(debug->filter, filter_bit(va)) && !bit_test(debug->filter, filter_bit(paddr)))
        return false;
    if (page_marked(debug, page)) return false;
    if (debug->marked_count == debug->marked_room) {
        unsigned room = debug->marked_room ? 2 * debug->marked_room : 64;
        uint64_t *marked = realloc(debug->marked, room * sizeof *marked);
        if (!marked) return false;
        debug->marked = marked;
        debug->marked_room = room;
    }
    debug->marked[debug->marked_count++] = page;
    return true;
}

bool debug_break_at(const struct hart *h, uint64_t paddr)
{
    const struct hart_debug *debug = h->debug;
    if (!debug || !debug->breaks) return false;
    return bit_test(debug->offsets, (paddr & ~PAGE_MASK) / 2) &&
           page_marked(debug, paddr & PAGE_MASK);
}

static bool wanted(const struct hart_debug *debug, enum debug_event event)
{
    return !debug->muted && (debug->wants >> event & 1);
}

bool debug_insn(struct hart *h)
{
    struct hart_debug *debug = h->debug;
    struct debug_report report = {.event = DEBUG_INSN, .va = h->pc};
    return debug && !debug->muted && debug->report(debug->owner, h, &report);
}

static bool watch_wants(const struct debug_watch *watch, enum access access)
{
    return access == ACCESS_LOAD ? watch->loads : access == ACCESS_STORE && watch->stores;
}

static bool watch_touches(const struct debug_watch *watch, uint64_t va, uint64_t paddr,
                          uint64_t size)
{
    uint64_t first = watch->physical ? paddr : va, last = first + size - 1;
    return first <= watch->high && watch->low <= last;
}

bool debug_page_watched(const struct hart *h, uint64_t va, uint64_t paddr, enum access access)
{
    const struct hart_debug *debug = h->debug;
    for (unsigned i = 0; i < debug->watch_count; i++)
        if (watch_wants(&debug->watches[i], access) &&
            watch_touches(&debug->watches[i], va & PAGE_MASK, paddr & PAGE_MASK, PAGE_SIZE))
            return true;
    return false;
}

static bool refuse(struct hart_debug *debug, struct debug_report report)
{
    debug->before = report;
    debug->refused = true;
    return true;
}

bool debug_access(struct hart *h, uint64_t va, uint64_t paddr, unsigned size, enum access access,
                  bool device)
{
    struct hart_debug *debug = h->debug;
    struct debug_report report = {.event = DEBUG_DEVICE,
                                  .va = va,
                                  .paddr = paddr,
                                  .size = size,
                                  .value = access == ACCESS_STORE ? debug->storing : 0,
                                  .store = access == ACCESS_STORE};
    if (debug->muted || access == ACCESS_FETCH) return false;
    if (device && wanted(debug, DEBUG_DEVICE)) return refuse(debug, report);
    for (unsigned i = 0; i < debug->watch_count; i++) {
        if (!watch_wants(&debug->watches[i], access) ||
            !watch_touches(&debug->watches[i], va, paddr, size))
            continue;
        report.event = access == ACCESS_STORE ? DEBUG_STORE : DEBUG_LOAD;
        return refuse(debug, report);
    }
    return false;
}

bool debug_csr(struct hart *h, unsigned number, bool writes)
{
    if (!wanted(h->debug, DEBUG_CSR)) return false;
    return refuse(h->debug,
                  (struct debug_report){.event = DEBUG_CSR, .csr = number, .store = writes});
}

static bool is_ecall(uint64_t cause)
{
    return cause == CAUSE_ECALL_U || cause == CAUSE_ECALL_S || cause == CAUSE_ECALL_M;
}

enum debug_verdict debug_refused(struct hart *h)
{
    struct hart_debug *debug = h->debug;
    bool refused = debug->refused;
    debug->refused = false;
    if (refused) return debug->report(debug->owner, h, &debug->before) ? DEBUG_STOP : DEBUG_QUIET;
    if (!is_ecall(h->trap.cause) || !wanted(debug, DEBUG_ECALL)) return DEBUG_TRAP;
    struct debug_report report = {.event = DEBUG_ECALL, .cause = h->trap.cause};
    return debug->report(debug->owner, h, &report) ? DEBUG_STOP : DEBUG_TRAP;
}

void debug_trapped(struct hart *h, uint64_t cause, enum priv from, uint64_t from_pc)
{
    struct hart_debug *debug = h->debug;
    if (debug->history) history_trap(debug->history, h, cause, from);
    debug->trapped_set = debug->wants >> DEBUG_TRAPPED & 1;
    debug->trapped = (struct debug_report){
        .event = DEBUG_TRAPPED, .cause = cause, .from = from, .from_pc = from_pc};
    debug_mode(h, from);
}

void debug_mode(struct hart *h, enum priv from)
{
    struct hart_debug *debug = h->debug;
    if (!(debug->wants >> DEBUG_MODE & 1) || from == h->priv) return;
    debug->mode_set = true;
    debug->mode = (struct debug_report){.event = DEBUG_MODE, .from = from};
}

bool debug_after(struct hart *h)
{
    struct hart_debug *debug = h->debug;
    bool stop = false;
    if (debug->trapped_set) stop |= debug->report(debug->owner, h, &debug->trapped);
    if (debug->mode_set) stop |= debug->report(debug->owner, h, &debug->mode);
    debug->trapped_set = debug->mode_set = false;
    return stop;
}
