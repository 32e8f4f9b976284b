/* monitor/target.c: registers by name, memory by address. */
#include "monitor/target.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "cpu/decode.h"
#include "cpu/mmu.h"
#include "cpu/register.h"
#include "cpu/tlb.h"
#include "mem/bus.h"

static const struct csr_info *csr_named(const struct hart *h, const char *name, size_t length)
{
    const struct csr_info *info;
    for (unsigned i = 0; (info = csr_info_at(i)); i++)
        if (strlen(info->name) == length && strncmp(info->name, name, length) == 0 &&
            csr_exists(h, info->number))
            return info;
    return NULL;
}

static bool csr_name(const struct hart *h, const char *name, size_t length,
                     struct place_name *place)
{
    const char *dot = memchr(name, '.', length);
    const struct csr_info *info = csr_named(h, name, dot ? (size_t)(dot - name) : length);
    if (!info) return false;
    *place = (struct place_name){.kind = PLACE_CSR, .number = info->number, .high = 63};
    if (!dot) return true;
    size_t field_length = length - (size_t)(dot + 1 - name);
    for (const struct csr_field *f = info->fields; f && f->name; f++) {
        if (strlen(f->name) != field_length || strncasecmp(f->name, dot + 1, field_length) != 0 ||
            !csr_field_exists(h, f))
            continue;
        place->high = f->high;
        place->low = f->low;
        return true;
    }
    return false;
}

static bool is(const char *name, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(name, word, length) == 0;
}

bool target_name(const struct hart *h, const char *name, size_t length, struct place_name *place)
{
    int number;
    if (length > 1 && *name == '$') name++, length--;
    if (is(name, length, "pc")) {
        *place = (struct place_name){.kind = PLACE_PC};
    } else if (is(name, length, "priv")) {
        *place = (struct place_name){.kind = PLACE_PRIV};
    } else if ((number = register_x_number(name, length)) >= 0) {
        *place = (struct place_name){.kind = PLACE_X, .number = (unsigned)number};
    } else if ((number = register_f_number(name, length)) >= 0) {
        *place = (struct place_name){.kind = PLACE_F, .number = (unsigned)number};
    } else {
        return csr_name(h, name, length, place);
    }
    return true;
}

uint64_t target_get(struct hart *h, const struct place_name *place)
{
    uint64_t value = 0;
    switch (place->kind) {
    case PLACE_X:
        return hart_x(h, place->number);
    case PLACE_F:
        return h->f[place->number];
    case PLACE_PC:
        return h->pc;
    case PLACE_PRIV:
        return h->priv;
    case PLACE_CSR:
        csr_peek(h, place->number, &value);
        return bits_get(value, place->high, place->low);
    }
    return 0;
}

static bool set_csr(struct hart *h, const struct place_name *place, uint64_t value,
                    struct error *err)
{
    uint64_t before = 0, now = 0;
    const char *name = csr_info_by_number(place->number)->name;
    csr_peek(h, place->number, &before);
    uint64_t mask = mask_low(place->high - place->low + 1) << place->low;
    uint64_t wanted = bits_replace(before, mask, value << place->low);
    if (!csr_poke(h, place->number, wanted)) return error_set(err, "%s: can't be written", name);
    csr_peek(h, place->number, &now);
    if (((now ^ wanted) & mask & mask_low(h->xlen)) == 0) return true;
    return error_set(err, "%s: 0x%" PRIx64 " is no legal value there; it is now 0x%" PRIx64, name,
                     value, bits_get(now, place->high, place->low));
}

bool target_set(struct hart *h, const struct place_name *place, uint64_t value, struct error *err)
{
    switch (place->kind) {
    case PLACE_X:
        hart_set_x(h, place->number, value);
        return true;
    case PLACE_F:
        h->f[place->number] = value;
        h->fp_dirty = 1;
        return true;
    case PLACE_PC:
        if (value & 1) return error_set(err, "pc: instructions start at even addresses");
        h->pc = value & mask_low(h->xlen);
        h->wfi = false;
        return true;
    case PLACE_PRIV:
        if (value != PRIV_U && value != PRIV_S && value != PRIV_M)
            return error_set(err, "priv: 0 is U, 1 is S, 3 is M");
        h->priv = (enum priv)value;
        hart_mode_changed(h);
        return true;
    case PLACE_CSR:
        return set_csr(h, place, value, err);
    }
    return false;
}

static bool translate_as(struct hart *h, enum priv priv, uint64_t va, uint64_t *paddr,
                         struct error *err)
{
    struct mmu_regime regime = mmu_regime(h, ACCESS_FETCH);
    struct walk_trace trace;
    struct mapping mapping;
    struct trap trap;
    regime.priv = priv;
    regime.sum = regime.mxr = regime.adue = true;
    if (mmu_translate(h, &regime, va, ACCESS_LOAD, &mapping, &trap, &trace)) {
        *paddr = mapping.paddr;
        return true;
    }
    return error_set(err, "0x%" PRIx64 " is not mapped (%s)", va,
                     trace.failed_rule ? trace.failed_rule : "no translation");
}

bool target_translate(struct hart *h, uint64_t va, uint64_t *paddr, struct error *err)
{
    uint64_t offset;
    if (h->priv != PRIV_M) return translate_as(h, PRIV_S, va, paddr, err);
    *paddr = va & mask_low(h->xlen);
    if (bus_find(h->bus, *paddr, &offset)) return true;
    if (h->satp && translate_as(h, PRIV_S, va, paddr, err)) return true;
    return error_set(err, "nothing answers at 0x%" PRIx64, va);
}

/* Host bytes for as much of [address, address+*size) as lies in one page; *size is cut to that. */
static uint8_t *bytes_at(struct hart *h, uint64_t address, bool physical, size_t *size,
                         uint64_t *paddr, struct error *err)
{
    uint64_t offset;
    size_t room = PAGE_SIZE - (address & ~PAGE_MASK);
    if (*size > room) *size = room;
    *paddr = address;
    if (!physical && !target_translate(h, address, paddr, err)) return NULL;
    uint8_t *bytes = bus_ram_at(h->bus, *paddr, *size);
    if (bytes) return bytes;
    struct region *region = bus_find(h->bus, *paddr, &offset);
    if (!region)
        error_set(err, "nothing answers at physical address 0x%" PRIx64, *paddr);
    else
        error_set(err,
                  "0x%" PRIx64 " is a register of %s; reading it here could change it: use dev",
                  *paddr, region->ops->name);
    return NULL;
}

/* Memory that is no RAM: the boot ROM has no side effects, and flash is shown as it is executed.
 * Within a page. */
static bool rom_read(struct hart *h, uint64_t paddr, uint8_t *bytes, size_t size)
{
    uint64_t offset, value;
    const uint8_t *page = bus_code_page(h->bus, paddr & PAGE_MASK);
    if (page) {
        memcpy(bytes, page + (paddr & ~PAGE_MASK), size);
        return true;
    }
    struct region *region = bus_find(h->bus, paddr, &offset);
    if (!region || strcmp(region->ops->name, "rom") != 0) return false;
    for (size_t i = 0; i < size; i++) {
        if (!bus_load(h->bus, paddr + i, 1, &value)) return false;
        bytes[i] = (uint8_t)value;
    }
    return true;
}

bool target_read(struct hart *h, uint64_t address, bool physical, void *bytes, size_t size,
                 size_t *done, struct error *err)
{
    size_t at = 0;
    while (at < size) {
        size_t piece = size - at;
        uint64_t paddr = 0;
        const uint8_t *from = bytes_at(h, address + at, physical, &piece, &paddr, err);
        if (done) *done = at;
        if (from)
            memcpy((uint8_t *)bytes + at, from, piece);
        else if (!rom_read(h, paddr, (uint8_t *)bytes + at, piece))
            return false;
        at += piece;
    }
    if (done) *done = at;
    return true;
}

bool target_write(struct hart *h, uint64_t address, bool physical, const void *bytes, size_t size,
                  struct error *err)
{
    for (unsigned pass = 0; pass < 2; pass++) /* first look, then write */
        for (size_t at = 0, piece; at < size; at += piece) {
            uint64_t paddr;
            piece = size - at;
            uint8_t *to = bytes_at(h, address + at, physical, &piece, &paddr, err);
            if (!to) return false;
            if (pass == 0) continue;
            memcpy(to, (const uint8_t *)bytes + at, piece);
            bus_ram_written(h->bus, paddr, piece);
        }
    return true;
}

bool target_insn(struct hart *h, uint64_t va, bool physical, uint32_t *word, unsigned *length,
                 struct error *err)
{
    uint8_t bytes[4] = {0};
    if (!target_read(h, va, physical, bytes, 2, NULL, err)) return false;
    *length = insn_length((uint16_t)load_le(bytes, 2));
    if (*length == 4 && !target_read(h, va + 2, physical, bytes + 2, 2, NULL, err)) return false;
    *word = (uint32_t)load_le(bytes, *length);
    return true;
}
