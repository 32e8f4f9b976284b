/* dev/plic.c: SiFive PLIC: routes 95 level-triggered sources to the harts' M and S contexts.
 *
 *     0x000000 + 4s             priority of source s, 0..7; 0 never interrupts
 *     0x001000 + 4w             pending, 32 sources a word, read-only
 *     0x002000 + 0x80c + 4w     enables of context c
 *     0x200000 + 0x1000c        threshold of context c
 *     0x200004 + 0x1000c        load: claim; store: complete
 *
 * A source's gateway (PLIC specification 1.0.0, "Interrupt Gateways"):
 *
 *          level rises              claimed              completed, level low
 *     idle ------------> pending -------------> claimed ----------------------> idle
 *                           ^                      |
 *                           +----------------------+ completed, level high
 *
 * A request once forwarded is not taken back when the level falls.
 */
#include "dev/plic.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/fields.h"
#include "host/thread.h"

#define PRIORITY       0x000000
#define PENDING        0x001000
#define ENABLE         0x002000
#define ENABLE_STRIDE  0x80
#define CONTEXT        0x200000
#define CONTEXT_STRIDE 0x1000
#define PRIORITY_MASK  7u
#define WORDS          3 /* of 32 sources; source 0 is none */
#define PLIC_CONTEXTS  (2 * PLIC_MAX_HARTS)
#define SOURCE_WORD(s) ((s) / 32)
#define SOURCE_BIT(s)  (UINT32_C(1) << ((s) % 32))

struct plic_state {
    uint8_t priority[PLIC_SOURCES + 1];
    uint32_t level[WORDS], pending[WORDS], claimed[WORDS];
    uint32_t enable[PLIC_CONTEXTS * WORDS];
    uint8_t threshold[PLIC_CONTEXTS];
};

struct plic {
    struct device device;
    unsigned contexts;
    struct irq external[PLIC_CONTEXTS];
    struct mutex lock; /* over what follows, and the wires */
    bool driven[PLIC_CONTEXTS];
    struct plic_state state;
};

static const struct field plic_fields[] = {
    FIELD_ARRAY(struct plic_state, priority),
    FIELD_ARRAY(struct plic_state, level),
    FIELD_ARRAY(struct plic_state, pending),
    FIELD_ARRAY(struct plic_state, claimed),
    FIELD_ARRAY(struct plic_state, enable),
    FIELD_ARRAY(struct plic_state, threshold),
    {.name = NULL},
};

static const struct reg_row plic_regs[] = {
    {PRIORITY + 4, 4, "priority1", "priority:2:0"},
    {PRIORITY + 4 * 10, 4, "priority10", "priority:2:0"},
    {PENDING, 4, "pending0", ""},
    {PENDING + 4, 4, "pending1", ""},
    {PENDING + 8, 4, "pending2", ""},
    {ENABLE, 4, "enable0_m", ""},
    {ENABLE + ENABLE_STRIDE, 4, "enable0_s", ""},
    {CONTEXT, 4, "threshold_m", "threshold:2:0"},
    {CONTEXT + CONTEXT_STRIDE, 4, "threshold_s", "threshold:2:0"},
    {0, 0, NULL, NULL},
};

static struct plic *plic_of(struct device *device)
{
    return CONTAINER_OF(device, struct plic, device);
}

/* The pending and enabled source of the highest priority above `floor`, the lowest number among
 * equals; 0 for none. */
static unsigned plic_best(const struct plic_state *state, unsigned context, unsigned floor)
{
    unsigned best = 0;
    for (unsigned word = 0; word < WORDS; word++) {
        uint32_t ready = state->pending[word] & state->enable[context * WORDS + word];
        for (; ready; ready &= ready - 1) {
            unsigned source = word * 32 + (unsigned)__builtin_ctz(ready);
            if (state->priority[source] > floor) {
                floor = state->priority[source];
                best = source;
            }
        }
    }
    return best;
}

static void plic_drive(struct plic *plic, unsigned context)
{
    bool level = plic_best(&plic->state, context, plic->state.threshold[context]) != 0;
    if (level == plic->driven[context]) return;
    plic->driven[context] = level;
    irq_set(&plic->external[context], level);
}

static void plic_drive_all(struct plic *plic)
{
    for (unsigned context = 0; context < plic->contexts; context++)
        plic_drive(plic, context);
}

/* Whatever was driven before: after reset and after loading. */
static void plic_redrive_all(struct plic *plic)
{
    for (unsigned context = 0; context < plic->contexts; context++) {
        plic->driven[context] = false;
        irq_set(&plic->external[context], false);
    }
    plic_drive_all(plic);
}

static void plic_set_source(void *owner, unsigned source, bool level)
{
    struct plic *plic = owner;
    struct plic_state *state = &plic->state;
    unsigned word = SOURCE_WORD(source);
    uint32_t bit = SOURCE_BIT(source);

    mutex_lock(&plic->lock);
    state->level[word] = (uint32_t)bits_replace(state->level[word], bit, level ? bit : 0);
    if (level && !(state->claimed[word] & bit) && !(state->pending[word] & bit)) {
        state->pending[word] |= bit;
        plic_drive_all(plic);
    }
    mutex_unlock(&plic->lock);
}

/* The threshold masks the interrupt, not the claim (PLIC specification, "Interrupt Claim"). */
static unsigned plic_claim(struct plic *plic, unsigned context)
{
    unsigned source = plic_best(&plic->state, context, 0);
    if (source == 0) return 0;
    plic->state.pending[SOURCE_WORD(source)] &= ~SOURCE_BIT(source);
    plic->state.claimed[SOURCE_WORD(source)] |= SOURCE_BIT(source);
    plic_drive_all(plic);
    return source;
}

/* Ignored unless the source is enabled for the context (PLIC specification, "Interrupt
 * Completion"). */
static void plic_complete(struct plic *plic, unsigned context, uint64_t source)
{
    if (source < 1 || source > PLIC_SOURCES) return;
    struct plic_state *state = &plic->state;
    uint64_t word = SOURCE_WORD(source);
    uint32_t bit = SOURCE_BIT(source);
    if (!(state->enable[context * WORDS + word] & bit) || !(state->claimed[word] & bit)) return;
    state->claimed[word] &= ~bit;
    if (!(state->level[word] & bit)) return;
    state->pending[word] |= bit;
    plic_drive_all(plic);
}

static uint64_t plic_get(struct plic *plic, uint64_t offset)
{
    const struct plic_state *state = &plic->state;
    if (offset >= CONTEXT) {
        unsigned context = (unsigned)((offset - CONTEXT) / CONTEXT_STRIDE);
        if (context >= plic->contexts) return 0;
        switch (offset % CONTEXT_STRIDE) {
        case 0:
            return state->threshold[context];
        case 4:
            return plic_claim(plic, context);
        default:
            return 0;
        }
    }
    if (offset >= ENABLE) {
        uint64_t context = (offset - ENABLE) / ENABLE_STRIDE;
        uint64_t word = (offset - ENABLE) % ENABLE_STRIDE / 4;
        return context < plic->contexts && word < WORDS ? state->enable[context * WORDS + word] : 0;
    }
    if (offset >= PENDING) {
        uint64_t word = (offset - PENDING) / 4;
        return word < WORDS ? state->pending[word] : 0;
    }
    return offset / 4 <= PLIC_SOURCES ? state->priority[offset / 4] : 0;
}

static void plic_put(struct plic *plic, uint64_t offset, uint64_t value)
{
    struct plic_state *state = &plic->state;
    if (offset >= CONTEXT) {
        unsigned context = (unsigned)((offset - CONTEXT) / CONTEXT_STRIDE);
        if (context >= plic->contexts) return;
        if (offset % CONTEXT_STRIDE == 0) {
            state->threshold[context] = value & PRIORITY_MASK;
            plic_drive(plic, context);
        } else if (offset % CONTEXT_STRIDE == 4) {
            plic_complete(plic, context, value);
        }
    } else if (offset >= ENABLE) {
        unsigned context = (unsigned)((offset - ENABLE) / ENABLE_STRIDE);
        uint64_t word = (offset - ENABLE) % ENABLE_STRIDE / 4;
        if (context >= plic->contexts || word >= WORDS) return;
        if (word == 0) value &= ~UINT64_C(1); /* there is no source 0 */
        state->enable[context * WORDS + word] = (uint32_t)value;
        plic_drive(plic, context);
    } else if (offset < PENDING && offset != 0 && offset / 4 <= PLIC_SOURCES) {
        state->priority[offset / 4] = value & PRIORITY_MASK;
        plic_drive_all(plic);
    }
}

static bool plic_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size;
    struct plic *plic = CONTAINER_OF(region, struct plic, device.region);
    mutex_lock(&plic->lock);
    *value = plic_get(plic, offset);
    mutex_unlock(&plic->lock);
    return true;
}

static bool plic_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    struct plic *plic = CONTAINER_OF(region, struct plic, device.region);
    mutex_lock(&plic->lock);
    plic_put(plic, offset, value);
    mutex_unlock(&plic->lock);
    return true;
}

static void plic_reset(struct device *device)
{
    struct plic *plic = plic_of(device);
    mutex_lock(&plic->lock);
    /* The board resets the sources too, so none is high; whoever drives its wire again is heard. */
    plic->state = (struct plic_state){.priority = {0}};
    plic_redrive_all(plic);
    mutex_unlock(&plic->lock);
}

static void plic_describe(const struct device *device, void *fdt, int node)
{
    (void)device;
    static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";
    fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
    fdt_setprop_empty(fdt, node, "interrupt-controller");
    fdt_setprop_u32(fdt, node, "#interrupt-cells", 1);
    fdt_setprop_u32(fdt, node, "#address-cells", 0);
    fdt_setprop_u32(fdt, node, "riscv,ndev", PLIC_SOURCES);
}

static bool plic_save(const struct device *device, struct state_writer *writer)
{
    struct plic *plic = CONTAINER_OF(device, struct plic, device);
    mutex_lock(&plic->lock);
    bool saved = fields_save(plic_fields, &plic->state, writer);
    mutex_unlock(&plic->lock);
    return saved;
}

/* Only what the registers could have been brought to; in particular no source 0. */
static bool plic_state_legal(const struct plic_state *state, unsigned contexts)
{
    uint32_t none = state->level[0] | state->pending[0] | state->claimed[0];
    for (unsigned i = 0; i < PLIC_CONTEXTS; i++) {
        none |= state->enable[i * WORDS];
        if (state->threshold[i] > PRIORITY_MASK) return false;
        for (unsigned word = 0; i >= contexts && word < WORDS; word++)
            if (state->enable[i * WORDS + word]) return false;
    }
    for (unsigned source = 0; source <= PLIC_SOURCES; source++)
        if (state->priority[source] > (source ? PRIORITY_MASK : 0)) return false;
    for (unsigned word = 0; word < WORDS; word++)
        if (state->pending[word] & state->claimed[word]) return false;
    return !(none & 1);
}

static bool plic_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct plic *plic = plic_of(device);
    struct plic_state state;
    if (!fields_load(plic_fields, &state, reader, err)) return false;
    if (!plic_state_legal(&state, plic->contexts))
        return error_set(err, "%s: the saved state is none its registers can hold", device->name);
    mutex_lock(&plic->lock);
    plic->state = state;
    plic_redrive_all(plic);
    mutex_unlock(&plic->lock);
    return true;
}

static void plic_destroy(struct device *device)
{
    struct plic *plic = plic_of(device);
    mutex_fini(&plic->lock);
    free(plic);
}

static const struct region_ops plic_region_ops = {
    .name = "plic",
    .widths = 4,
    .load = plic_load,
    .store = plic_store,
};

static const struct device_ops plic_ops = {
    .compatible = "sifive,plic-1.0.0",
    .regs = plic_regs,
    .reset = plic_reset,
    .describe = plic_describe,
    .save = plic_save,
    .load = plic_restore,
    .destroy = plic_destroy,
};

struct device *plic_create(const char *name, unsigned harts, const struct irq *external,
                           struct error *err)
{
    if (harts < 1 || harts > PLIC_MAX_HARTS) {
        error_set(err, "%s: %u harts; 1 to %u are possible", name, harts, PLIC_MAX_HARTS);
        return NULL;
    }
    struct plic *plic = calloc(1, sizeof(*plic));
    if (!plic) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    plic->device = (struct device){
        .ops = &plic_ops, .name = name, .region = {.ops = &plic_region_ops, .size = PLIC_SIZE}};
    plic->contexts = 2 * harts;
    for (unsigned context = 0; context < plic->contexts; context++)
        plic->external[context] = external[context];
    mutex_init(&plic->lock);
    return &plic->device;
}

struct irq plic_input(struct device *device, unsigned source)
{
    if (source < 1 || source > PLIC_SOURCES) return (struct irq){.set = NULL};
    return (struct irq){.set = plic_set_source, .owner = plic_of(device), .line = source};
}
