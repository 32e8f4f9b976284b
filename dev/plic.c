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
#include <stdatomic.h>
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

/* As it is saved. */
struct plic_state {
    uint8_t priority[PLIC_SOURCES + 1];
    uint32_t level[WORDS], pending[WORDS], claimed[WORDS];
    uint32_t enable[PLIC_CONTEXTS * WORDS];
    uint8_t threshold[PLIC_CONTEXTS];
};

/* The gateways of 32 sources, a bit each. */
struct plic_gates {
    struct mutex lock;        /* over what follows; no other lock is taken meanwhile */
    _Atomic uint32_t pending; /* read without it, too */
    uint32_t level, claimed;
};

/* What a hart's mode sees; harts that claim different sources don't meet. */
struct plic_context {
    struct irq external;
    struct mutex lock; /* over `driven` and the wire */
    bool driven;
    _Atomic uint32_t enable[WORDS];
    _Atomic uint8_t threshold;
};

/* Whoever changes a gate, a priority, an enable or a threshold then drives the wires concerned. A
 * wire is made of what is there when it is driven, so the last of several changes is seen. */
struct plic {
    struct device device;
    unsigned contexts;
    _Atomic uint8_t priority[PLIC_SOURCES + 1];
    struct plic_gates gates[WORDS];
    struct plic_context context[PLIC_CONTEXTS];
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
    {CONTEXT + 4, 4, "claim_m", ""},
    {CONTEXT + CONTEXT_STRIDE, 4, "threshold_s", "threshold:2:0"},
    {CONTEXT + CONTEXT_STRIDE + 4, 4, "claim_s", ""},
    {0, 0, NULL, NULL},
};

static struct plic *plic_of(struct device *device)
{
    return CONTAINER_OF(device, struct plic, device);
}

/* The pending and enabled source of the highest priority above `floor`, the lowest number among
 * equals; 0 for none. */
static unsigned plic_best(struct plic *plic, const struct plic_context *context, unsigned floor)
{
    unsigned best = 0;
    for (unsigned word = 0; word < WORDS; word++) {
        uint32_t ready =
            atomic_load(&plic->gates[word].pending) & atomic_load(&context->enable[word]);
        for (; ready; ready &= ready - 1) {
            unsigned source = word * 32 + (unsigned)__builtin_ctz(ready);
            unsigned priority = atomic_load(&plic->priority[source]);
            if (priority > floor) {
                floor = priority;
                best = source;
            }
        }
    }
    return best;
}

static void plic_drive(struct plic *plic, struct plic_context *context)
{
    mutex_lock(&context->lock);
    bool level = plic_best(plic, context, atomic_load(&context->threshold)) != 0;
    if (level != context->driven) irq_set(&context->external, level);
    context->driven = level;
    mutex_unlock(&context->lock);
}

/* After something about a source: the contexts that have enabled it. */
static void plic_drive_source(struct plic *plic, unsigned source)
{
    for (unsigned i = 0; i < plic->contexts; i++) {
        struct plic_context *context = &plic->context[i];
        if (atomic_load(&context->enable[SOURCE_WORD(source)]) & SOURCE_BIT(source))
            plic_drive(plic, context);
    }
}

static void plic_set_source(void *owner, unsigned source, bool level)
{
    struct plic *plic = owner;
    struct plic_gates *gates = &plic->gates[SOURCE_WORD(source)];
    uint32_t bit = SOURCE_BIT(source);

    mutex_lock(&gates->lock);
    gates->level = (uint32_t)bits_replace(gates->level, bit, level ? bit : 0);
    bool forward = level && !((gates->claimed | gates->pending) & bit);
    if (forward) gates->pending |= bit;
    mutex_unlock(&gates->lock);
    if (forward) plic_drive_source(plic, source);
}

/* Only one context gets a request. */
static bool gate_claim(struct plic *plic, unsigned source)
{
    struct plic_gates *gates = &plic->gates[SOURCE_WORD(source)];
    uint32_t bit = SOURCE_BIT(source);
    mutex_lock(&gates->lock);
    bool claimed = gates->pending & bit;
    if (claimed) {
        gates->pending &= ~bit;
        gates->claimed |= bit;
    }
    mutex_unlock(&gates->lock);
    return claimed;
}

/* The threshold masks the interrupt, not the claim (PLIC specification, "Interrupt Claim"). */
static unsigned plic_claim(struct plic *plic, struct plic_context *context)
{
    unsigned source;
    do {
        source = plic_best(plic, context, 0);
        if (source == 0) return 0;
    } while (!gate_claim(plic, source));
    plic_drive_source(plic, source);
    return source;
}

/* Ignored unless the source is enabled for the context (PLIC specification, "Interrupt
 * Completion"). */
static void plic_complete(struct plic *plic, struct plic_context *context, uint64_t source)
{
    if (source < 1 || source > PLIC_SOURCES) return;
    struct plic_gates *gates = &plic->gates[SOURCE_WORD(source)];
    uint32_t bit = SOURCE_BIT(source);
    if (!(atomic_load(&context->enable[SOURCE_WORD(source)]) & bit)) return;
    mutex_lock(&gates->lock);
    bool forward = gates->claimed & gates->level & bit;
    gates->claimed &= ~bit;
    if (forward) gates->pending |= bit;
    mutex_unlock(&gates->lock);
    if (forward) plic_drive_source(plic, (unsigned)source);
}

static uint64_t plic_get(struct plic *plic, uint64_t offset)
{
    if (offset >= CONTEXT) {
        uint64_t id = (offset - CONTEXT) / CONTEXT_STRIDE;
        if (id >= plic->contexts) return 0;
        switch (offset % CONTEXT_STRIDE) {
        case 0:
            return atomic_load(&plic->context[id].threshold);
        case 4:
            return plic_claim(plic, &plic->context[id]);
        default:
            return 0;
        }
    }
    if (offset >= ENABLE) {
        uint64_t id = (offset - ENABLE) / ENABLE_STRIDE;
        uint64_t word = (offset - ENABLE) % ENABLE_STRIDE / 4;
        bool there = id < plic->contexts && word < WORDS;
        return there ? atomic_load(&plic->context[id].enable[word]) : 0;
    }
    if (offset >= PENDING) {
        uint64_t word = (offset - PENDING) / 4;
        return word < WORDS ? atomic_load(&plic->gates[word].pending) : 0;
    }
    return offset / 4 <= PLIC_SOURCES ? atomic_load(&plic->priority[offset / 4]) : 0;
}

static void context_put(struct plic *plic, struct plic_context *context, uint64_t offset,
                        uint64_t value)
{
    if (offset == 0) {
        atomic_store(&context->threshold, value & PRIORITY_MASK);
        plic_drive(plic, context);
    } else if (offset == 4) {
        plic_complete(plic, context, value);
    }
}

static void plic_put(struct plic *plic, uint64_t offset, uint64_t value)
{
    if (offset >= CONTEXT) {
        uint64_t id = (offset - CONTEXT) / CONTEXT_STRIDE;
        if (id < plic->contexts)
            context_put(plic, &plic->context[id], offset % CONTEXT_STRIDE, value);
    } else if (offset >= ENABLE) {
        uint64_t id = (offset - ENABLE) / ENABLE_STRIDE;
        uint64_t word = (offset - ENABLE) % ENABLE_STRIDE / 4;
        if (id >= plic->contexts || word >= WORDS) return;
        if (word == 0) value &= ~UINT64_C(1); /* there is no source 0 */
        atomic_store(&plic->context[id].enable[word], (uint32_t)value);
        plic_drive(plic, &plic->context[id]);
    } else if (offset < PENDING && offset != 0 && offset / 4 <= PLIC_SOURCES) {
        atomic_store(&plic->priority[offset / 4], value & PRIORITY_MASK);
        plic_drive_source(plic, (unsigned)(offset / 4));
    }
}

static bool plic_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size;
    struct plic *plic = CONTAINER_OF(region, struct plic, device.region);
    *value = plic_get(plic, offset);
    return true;
}

/* What a claim would give; it is not claimed. */
static bool plic_peek(const struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size;
    struct plic *plic = CONTAINER_OF(device, struct plic, device);
    uint64_t id = offset >= CONTEXT ? (offset - CONTEXT) / CONTEXT_STRIDE : PLIC_SOURCES;
    bool claim = offset >= CONTEXT && id < plic->contexts && offset % CONTEXT_STRIDE == 4;
    *value = claim ? plic_best(plic, &plic->context[id], 0) : plic_get(plic, offset);
    return true;
}

static bool plic_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    struct plic *plic = CONTAINER_OF(region, struct plic, device.region);
    plic_put(plic, offset, value);
    return true;
}

/* Takes a state over, and drives every wire whatever was driven before. */
static void plic_state_put(struct plic *plic, const struct plic_state *state)
{
    for (unsigned source = 0; source <= PLIC_SOURCES; source++)
        atomic_store(&plic->priority[source], state->priority[source]);
    for (unsigned word = 0; word < WORDS; word++) {
        struct plic_gates *gates = &plic->gates[word];
        mutex_lock(&gates->lock);
        gates->level = state->level[word];
        gates->pending = state->pending[word];
        gates->claimed = state->claimed[word];
        mutex_unlock(&gates->lock);
    }
    for (unsigned id = 0; id < plic->contexts; id++) {
        struct plic_context *context = &plic->context[id];
        for (unsigned word = 0; word < WORDS; word++)
            atomic_store(&context->enable[word], state->enable[id * WORDS + word]);
        atomic_store(&context->threshold, state->threshold[id]);
        mutex_lock(&context->lock);
        context->driven = false;
        irq_set(&context->external, false);
        mutex_unlock(&context->lock);
        plic_drive(plic, context);
    }
}

static void plic_reset(struct device *device)
{
    /* The board resets the sources too, so none is high; whoever drives its wire again is heard. */
    plic_state_put(plic_of(device), &(struct plic_state){.priority = {0}});
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
    struct plic_state state = {.priority = {0}};
    for (unsigned source = 0; source <= PLIC_SOURCES; source++)
        state.priority[source] = atomic_load(&plic->priority[source]);
    for (unsigned word = 0; word < WORDS; word++) {
        struct plic_gates *gates = &plic->gates[word];
        mutex_lock(&gates->lock);
        state.level[word] = gates->level;
        state.pending[word] = gates->pending;
        state.claimed[word] = gates->claimed;
        mutex_unlock(&gates->lock);
    }
    for (unsigned id = 0; id < plic->contexts; id++) {
        for (unsigned word = 0; word < WORDS; word++)
            state.enable[id * WORDS + word] = atomic_load(&plic->context[id].enable[word]);
        state.threshold[id] = atomic_load(&plic->context[id].threshold);
    }
    return fields_save(plic_fields, &state, writer);
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
    plic_state_put(plic, &state);
    return true;
}

static void plic_destroy(struct device *device)
{
    struct plic *plic = plic_of(device);
    for (unsigned word = 0; word < WORDS; word++)
        mutex_fini(&plic->gates[word].lock);
    for (unsigned id = 0; id < plic->contexts; id++)
        mutex_fini(&plic->context[id].lock);
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
    .peek = plic_peek,
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
    for (unsigned word = 0; word < WORDS; word++)
        mutex_init(&plic->gates[word].lock);
    for (unsigned id = 0; id < plic->contexts; id++) {
        plic->context[id].external = external[id];
        mutex_init(&plic->context[id].lock);
    }
    return &plic->device;
}

struct irq plic_input(struct device *device, unsigned source)
{
    if (source < 1 || source > PLIC_SOURCES) return (struct irq){.set = NULL};
    return (struct irq){.set = plic_set_source, .owner = plic_of(device), .line = source};
}
