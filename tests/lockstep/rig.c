/* tests/lockstep/rig.c: the small machine that programs run on. */
#include "tests/lockstep/rig.h"

#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/tlb.h"

static bool device_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct rig *rig = CONTAINER_OF(region, struct rig, device);
    if (offset >= DEVICE_SIZE / 2) return false;
    *value = load_le((uint8_t *)rig->words + offset % sizeof rig->words, size);
    return true;
}

static bool device_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    static const uint8_t lines[] = {3, 7, 9, 11};
    struct rig *rig = CONTAINER_OF(region, struct rig, device);
    if (offset >= DEVICE_SIZE / 2) return false;
    store_le((uint8_t *)rig->words + offset % sizeof rig->words, size, value);
    for (unsigned i = 0; i < ARRAY_COUNT(lines); i++)
        rig_wire(rig, lines[i], rig->words[7] >> lines[i] & 1);
    return true;
}

static const struct region_ops device_ops = {
    .name = "words", .widths = 1 | 2 | 4 | 8, .load = device_load, .store = device_store};

static uint64_t rig_now(void *owner)
{
    const struct rig *rig = owner;
    return rig->time;
}

/* An entry of a page table that services change. */
static bool is_slot(const struct program *p, uint64_t offset)
{
    for (unsigned i = 0; i < p->slot_count; i++)
        if (p->slots[i].offset == offset) return true;
    return false;
}

static bool from_service(const struct rig *rig)
{
    const struct hart *h = &rig->hart;
    uint64_t start = RAM_BASE + AT_SERVICES, end = RAM_BASE + rig->program->services_end;
    return h->priv == PRIV_M && h->pc >= start && h->pc < end;
}

/* Bytes of a service: one that was changed may edit a table and not fence. */
static bool is_service(const struct program *p, uint64_t offset, uint64_t size)
{
    return offset < p->services_end && offset + size > AT_SERVICES;
}

/* The page tables were written: fine by a service, and by the walker itself, which only ever sets
 * A and D. */
static void tables_written(void *owner, uint64_t offset, uint64_t size)
{
    struct rig *rig = owner;
    uint64_t base = (uint64_t)(rig->bytes - rig->ram.bytes);
    if (offset < base) {
        if (rig->stray_count++ < STRAYS_MAX) rig->strays[rig->stray_count - 1] = offset;
        return;
    }
    const uint64_t accessed_dirty = 0xc0;
    unsigned entry = rig->hart.xlen == 64 ? 8 : 4;
    offset -= base;
    if (is_service(rig->program, offset, size)) rig->racy = true;
    for (uint64_t at = offset & ~(uint64_t)(entry - 1); at < offset + size; at += entry) {
        if (at < AT_TABLES || at >= AT_END) continue;
        uint8_t *copy = rig->tables + (at - AT_TABLES);
        uint64_t was = load_le(copy, entry), is = load_le(rig->bytes + at, entry);
        store_le(copy, entry, is);
        if ((is & ~accessed_dirty) == (was & ~accessed_dirty) && (was & ~is) == 0) continue;
        if (!(from_service(rig) && is_slot(rig->program, at))) rig->racy = true;
    }
}

/* Calls tables_written for each store to the page tables, and to the page of the services. */
static bool tables_watch(struct rig *rig, struct error *err)
{
    const struct code_watcher watcher = {.written = tables_written, .owner = rig};
    struct code_map *map = ram_watch(&rig->ram, &watcher, err);
    if (!map) return false;
    uint64_t base = (uint64_t)(rig->bytes - rig->ram.bytes);
    uint64_t first = (base + AT_TABLES) / PAGE_SIZE;
    for (uint64_t page = 0; page <= base / PAGE_SIZE; page++)
        map->lines[page] = UINT64_MAX;
    for (unsigned page = 0; page < TABLE_PAGES; page++)
        map->lines[first + page] = UINT64_MAX;
    return true;
}

static bool rig_wire_up(struct rig *rig, const struct isa *isa, enum rig_kind kind,
                        struct error *err)
{
    uint64_t base = kind == RIG_PEER ? 0 : RAM_BASE;
    rig->bytes = rig->ram.bytes + (RAM_BASE - base);
    return bus_add_ram(&rig->bus, base, &rig->ram, err) &&
           (kind == RIG_PEER || kind == RIG_BARE ||
            bus_add(&rig->bus, DEVICE_BASE, &rig->device, err)) &&
           hart_init(&rig->hart, 0, isa, &rig->bus, &rig->timebase, err);
}

bool rig_init(struct rig *rig, const struct isa *isa, const struct engine *engine,
              enum rig_kind kind, struct error *err)
{
    memset(rig, 0, sizeof *rig);
    rig->engine = engine;
    rig->watching = kind != RIG_PLAIN;
    rig->device = (struct region){.ops = &device_ops, .size = DEVICE_SIZE};
    rig->timebase = (struct timebase){.now = rig_now, .owner = rig};
    if (!ram_init(&rig->ram, kind == RIG_PEER ? RAM_BASE + RAM_SIZE : RAM_SIZE, err)) return false;
    if (!rig_wire_up(rig, isa, kind, err)) {
        ram_fini(&rig->ram);
        return false;
    }
    if (engine->attach(&rig->hart, err) && (!rig->watching || tables_watch(rig, err))) return true;
    hart_fini(&rig->hart);
    ram_fini(&rig->ram);
    return false;
}

void rig_fini(struct rig *rig)
{
    rig->engine->detach(&rig->hart);
    hart_fini(&rig->hart);
    ram_fini(&rig->ram);
}

void rig_load(struct rig *rig, const struct program *p)
{
    struct hart *h = &rig->hart;
    rig->program = p;
    rig->racy = false;
    rig->time = p->time;
    memcpy(rig->words, p->device, sizeof rig->words);
    memcpy(rig->bytes, p->ram, RAM_SIZE);
    memcpy(rig->tables, p->ram + AT_TABLES, sizeof rig->tables);
    if (!rig->watching) ram_written(&rig->ram, 0, RAM_SIZE);

    atomic_store(&h->mip_wires, 0);
    hart_reset(h, 0);
    for (unsigned i = 0; i < p->csr_count; i++)
        csr_poke(h, p->csrs[i].number, p->csrs[i].value);
    for (unsigned i = 1; i < 32; i++)
        hart_set_x(h, i, p->x[i]);
    memcpy(h->f, p->f, sizeof h->f);
    h->pc = p->pc & mask_low(h->xlen);
    h->priv = p->priv;
    hart_mode_changed(h);
}

bool rig_racy(const struct rig *rig)
{
    const struct program *p = rig->program;
    if (rig->racy) return true;
    for (unsigned i = 0; i < p->satp_count; i++)
        if (rig->hart.satp == p->satps[i]) return false;
    return true;
}

void rig_wire(struct rig *rig, unsigned line, bool level)
{
    hart_irq_set(&rig->hart, line, level);
}

void rig_rescue(struct rig *rig, uint32_t offset)
{
    struct hart *h = &rig->hart;
    memset(h->pmpcfg, 0, sizeof h->pmpcfg);
    h->priv = PRIV_M;
    h->pc = RAM_BASE + offset;
    h->wfi = false;
    h->mtvec = RAM_BASE + AT_HANDLER_M;
    tlb_flush_all(h);
    hart_mode_changed(h);
}
