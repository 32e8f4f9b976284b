/* monitor/see_tlb.c: tlb: what a hart's TLB holds. */
#include <inttypes.h>

#include "cpu/tlb.h"
#include "monitor/command.h"
#include "monitor/target.h"

static bool entry_valid(const struct tlb_entry *entry, unsigned index)
{
    return tlb_index(entry->tag) == index;
}

static unsigned entries_count(const struct tlb_entry *entries)
{
    unsigned count = 0;
    for (unsigned i = 0; i < TLB_ENTRIES; i++)
        count += entry_valid(&entries[i], i);
    return count;
}

static uint64_t entry_paddr(const struct hart *h, const struct tlb_entry *entry)
{
    const uint8_t *host = (const uint8_t *)(uintptr_t)(entry->tag + entry->addend);
    return h->bus->ram_base + (uint64_t)(host - h->bus->ram->bytes);
}

#define ENTRIES_SHOWN 16

static void entries_show(struct monitor *mon, const struct tlb_entry *entries, const char *kind)
{
    const struct hart *h = monitor_hart(mon);
    unsigned shown = 0;
    for (unsigned i = 0; i < TLB_ENTRIES; i++) {
        if (!entry_valid(&entries[i], i)) continue;
        uint64_t paddr = entry_paddr(h, &entries[i]);
        out_row(&mon->out);
        out_string(&mon->out, "kind", kind);
        out_hex(&mon->out, "page", entries[i].tag);
        out_hex(&mon->out, "physical", paddr);
        if (shown++ < ENTRIES_SHOWN)
            out_text(&mon->out, "  %-5s 0x%016" PRIx64 " -> 0x%" PRIx64 "\n", kind, entries[i].tag,
                     paddr);
    }
    if (shown > ENTRIES_SHOWN)
        out_text(&mon->out, "  %-5s and %u more\n", kind, shown - ENTRIES_SHOWN);
}

bool command_tlb(struct monitor *mon, const char *args, struct error *err)
{
    const struct hart *h = monitor_hart(mon);
    if (!args_end(mon, args, err)) return false;
    for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
        const struct tlb_context *context = &h->tlb->contexts[i];
        if (!context->used) continue;
        out_text(&mon->out,
                 "%c context %2u: %s-mode ASID %u%s%s: %u loads, %u stores, %u fetches\n",
                 context == h->data ? '*' : ' ', i, priv_name(context->key >> 2 & 3),
                 (unsigned)(context->key >> 44 & 0xffff), context->key >> 4 & 1 ? " SUM" : "",
                 context->key >> 5 & 1 ? " MXR" : "", entries_count(context->load),
                 entries_count(context->store), entries_count(context->fetch));
    }
    entries_show(mon, h->data->load, "load");
    entries_show(mon, h->data->store, "store");
    entries_show(mon, h->fetch->fetch, "fetch");
    return true;
}
