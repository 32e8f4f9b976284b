/* monitor/see_interrupts.c: irq: what is pending and why it isn't taken; trap: the last one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu/status.h"
#include "cpu/trap.h"
#include "machine/board.h"
#include "monitor/command.h"
#include "monitor/see.h"
#include "monitor/target.h"

/* Highest priority first. */
static const struct {
    unsigned bit;
    const char *name;
} interrupts[] = {{11, "MEI"}, {3, "MSI"}, {7, "MTI"}, {9, "SEI"}, {1, "SSI"}, {5, "STI"}};

/* Why interrupt `bit`, which is pending, isn't taken; "" when it is next. */
static void reason(const struct hart *h, unsigned bit, char *text, size_t size)
{
    bool delegated = h->mideleg >> bit & 1;
    uint64_t first;
    text[0] = '\0';
    if (!(h->mie >> bit & 1))
        snprintf(text, size, "mie bit %u is 0: it is not enabled", bit);
    else if (delegated && h->priv == PRIV_M)
        snprintf(text, size, "mideleg gives it to S-mode, and the hart is in M-mode");
    else if (delegated && h->priv == PRIV_S && !(h->mstatus & MSTATUS_SIE))
        snprintf(text, size, "sstatus.SIE is 0 and the hart is in S-mode: interrupts are off");
    else if (!delegated && h->priv == PRIV_M && !(h->mstatus & MSTATUS_MIE))
        snprintf(text, size, "mstatus.MIE is 0 and the hart is in M-mode: interrupts are off");
    else if (trap_interrupt_pending(h, &first) && (first & 0xff) != bit)
        snprintf(text, size, "a higher one, %s, comes first", cause_text(first));
}

static uint32_t plic_word(struct monitor *mon, uint64_t offset)
{
    struct region *region = &mon->machine->plic->region;
    uint64_t value = 0;
    region->ops->load(region, offset, 4, &value);
    return (uint32_t)value;
}

/* PLIC (RISC-V Platform-Level Interrupt Controller spec): priority at 4 * source, pending bits at
 * 0x1000, enable bits at 0x2000 + 0x80 * context, threshold at 0x200000 + 0x1000 * context. */
static void plic_show(struct monitor *mon)
{
    unsigned context = 2 * monitor_hart(mon)->id + 1; /* of S-mode */
    uint32_t threshold = plic_word(mon, 0x200000 + 0x1000 * context);
    for (unsigned source = 1; source < 96; source++) {
        uint32_t bit = 1u << (source % 32);
        const char *device = "no device";
        if (!(plic_word(mon, 0x1000 + source / 32 * 4) & bit)) continue;
        for (unsigned i = 0; i < mon->machine->device_count; i++)
            if (board_irq(&mon->machine->devices[i]) == source)
                device = mon->machine->devices[i].device->name;
        uint32_t priority = plic_word(mon, 4 * source);
        bool enabled = plic_word(mon, 0x2000 + 0x80 * context + source / 32 * 4) & bit;
        out_text(&mon->out, "  PLIC source %u (%s) is pending, priority %u: %s\n", source, device,
                 priority,
                 !enabled                ? "not enabled for this hart's S-mode"
                 : priority <= threshold ? "not above the context's threshold"
                                         : "raises SEI");
        out_row(&mon->out);
        out_number(&mon->out, "source", source);
        out_string(&mon->out, "device", device);
        out_number(&mon->out, "priority", priority);
        out_bool(&mon->out, "enabled", enabled);
    }
}

bool command_irq(struct monitor *mon, const char *args, struct error *err)
{
    const struct hart *h = monitor_hart(mon);
    uint64_t mip = hart_mip(h), cause;
    if (!args_end(mon, args, err)) return false;
    out_text(&mon->out, "hart %u in %s-mode%s, mstatus.MIE=%d SIE=%d\n", h->id, priv_name(h->priv),
             h->wfi ? " waiting in WFI" : "", !!(h->mstatus & MSTATUS_MIE),
             !!(h->mstatus & MSTATUS_SIE));
    for (unsigned i = 0; i < ARRAY_COUNT(interrupts); i++) {
        unsigned bit = interrupts[i].bit;
        char why[128];
        bool pending = mip >> bit & 1;
        reason(h, bit, why, sizeof why);
        out_text(&mon->out, "  %s %-8s %-8s %s%s%s\n", interrupts[i].name,
                 pending ? "pending" : "-", h->mie >> bit & 1 ? "enabled" : "-",
                 h->mideleg >> bit & 1 ? "for S-mode" : "for M-mode", pending ? "  " : "",
                 !pending ? ""
                 : *why   ? why
                          : "will be taken before the next instruction");
        out_row(&mon->out);
        out_string(&mon->out, "interrupt", interrupts[i].name);
        out_bool(&mon->out, "pending", pending);
        out_bool(&mon->out, "enabled", h->mie >> bit & 1);
        out_bool(&mon->out, "delegated", h->mideleg >> bit & 1);
        out_string(&mon->out, "why_not", pending ? why : "");
    }
    uint64_t deadline = hart_timer_deadline(h), now = timebase_now(h->timebase);
    if (deadline == UINT64_MAX)
        out_text(&mon->out, "  timer: off (stimecmp)\n");
    else if (deadline <= now)
        out_text(&mon->out, "  timer: stimecmp was reached %" PRIu64 " ticks ago\n",
                 now - deadline);
    else
        out_text(&mon->out, "  timer: stimecmp is %" PRIu64 " ticks of 100 ns ahead\n",
                 deadline - now);
    plic_show(mon);
    if (!trap_interrupt_pending(h, &cause)) out_text(&mon->out, "none is to be taken now\n");
    return true;
}

static void trap_show(struct monitor *mon, const char *into, uint64_t cause, uint64_t epc,
                      uint64_t tval, enum priv from)
{
    char where[ADDRESS_SIZE], about[ADDRESS_SIZE];
    bool interrupt = cause & CAUSE_INTERRUPT;
    monitor_address(mon, epc, where, sizeof where);
    monitor_address(mon, tval, about, sizeof about);
    /* xPP tells the mode before only until the handler returns. */
    bool inside = strcmp(priv_name(monitor_hart(mon)->priv), into) == 0;
    out_text(&mon->out, "last trap into %s-mode: %s (cause %" PRIu64 ")%s%s%s\n  at %s\n", into,
             cause_text(cause), cause & ~CAUSE_INTERRUPT, inside ? " from " : "",
             inside ? priv_name(from) : "", inside ? "-mode" : "", where);
    if (!interrupt && cause == CAUSE_ILLEGAL) {
        char text[SEE_TEXT_SIZE];
        see_disassemble(mon, (uint32_t)tval, epc, text, sizeof text);
        out_text(&mon->out, "  the instruction: 0x%08" PRIx64 " %s\n", tval, text);
    } else if (!interrupt && tval) {
        out_text(&mon->out, "  about %s\n", about);
    }
    out_row(&mon->out);
    out_string(&mon->out, "into", into);
    out_hex(&mon->out, "cause", cause);
    out_string(&mon->out, "text", cause_text(cause));
    out_string(&mon->out, "from", priv_name(from));
    out_hex(&mon->out, "epc", epc);
    out_hex(&mon->out, "tval", tval);
}

bool command_trap(struct monitor *mon, const char *args, struct error *err)
{
    const struct hart *h = monitor_hart(mon);
    if (!args_end(mon, args, err)) return false;
    if (h->sepc || h->scause)
        trap_show(mon, "S", h->scause, h->sepc, h->stval, (enum priv)bits_get(h->mstatus, 8, 8));
    if (h->mepc || h->mcause)
        trap_show(mon, "M", h->mcause, h->mepc, h->mtval, (enum priv)bits_get(h->mstatus, 12, 11));
    if (!h->sepc && !h->scause && !h->mepc && !h->mcause)
        out_text(&mon->out, "there was no trap yet\n");
    return true;
}
