/* dev/virtio/mmio.c: virtio over MMIO, modern interface only (virtio 1.2, 4.2). */
#include "dev/virtio/virtio.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/bits.h"

enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_SIZE_MAX = 0x034,
    QUEUE_SIZE = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC = 0x080,
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0,
    SHM_LENGTH = 0x0b0,
    SHM_BASE = 0x0b8,
    QUEUE_RESET = 0x0c0,
    CONFIG_GENERATION = 0x0fc,
};

#define HIGH_HALF 4 /* a 64-bit register is two: low at its offset, high behind */

#define MAGIC_VALUE  0x74726976 /* "virt" */
#define VENDOR_VALUE 0x554d4551 /* "QEMU": the board's drivers know the slots by it */

static const struct reg_row virtio_regs[] = {
    {MAGIC, 4, "magic", ""},
    {VERSION, 4, "version", ""},
    {DEVICE_ID, 4, "device_id", ""},
    {VENDOR_ID, 4, "vendor_id", ""},
    {DEVICE_FEATURES, 4, "device_features", ""},
    {QUEUE_SIZE_MAX, 4, "queue_size_max", ""},
    {QUEUE_READY, 4, "queue_ready", "ready:0"},
    {INTERRUPT_STATUS, 4, "interrupt_status", "config:1 queue:0"},
    {STATUS, 4, "status",
     "failed:7 needs_reset:6 features_ok:3 driver_ok:2 driver:1 acknowledge:0"},
    {CONFIG_GENERATION, 4, "config_generation", ""},
    {0, 0, NULL, NULL},
};

static struct virtio *virtio_of_region(struct region *region)
{
    return CONTAINER_OF(region, struct virtio, device.region);
}

/* ---- queues ---- */

static struct virtqueue *virtio_selected(struct virtio *virtio)
{
    uint32_t selected = virtio->state.queue_sel;
    return selected < virtio->queue_count ? &virtio->queues[selected] : NULL;
}

static void virtio_set_half(uint64_t *number, bool high, uint64_t value)
{
    *number = high ? bits_replace(*number, ~mask_low(32), value << 32)
                   : bits_replace(*number, mask_low(32), value);
}

static void virtio_queue_store(struct virtio *virtio, struct virtqueue *queue, uint64_t offset,
                               uint64_t value)
{
    struct virtqueue_state *state = &queue->state;
    if (offset == QUEUE_READY) {
        virtio_queue_ready(virtio, queue, value & 1);
    } else if (offset == QUEUE_RESET) {
        if (!(value & 1) || !virtio_has(virtio, VIRTIO_F_RING_RESET)) return;
        state->ready = 0;
        virtio_drain(virtio);
        *state = (struct virtqueue_state){.size = 0};
    } else if (state->ready) {
        return; /* 4.2.2.2: the driver must not move a queue in use */
    } else if (offset == QUEUE_SIZE) {
        state->size = value <= VIRTQUEUE_MAX_SIZE ? (uint16_t)value : 0;
    } else {
        uint64_t *area = (offset & ~UINT64_C(0xf)) == QUEUE_DESC     ? &state->desc
                         : (offset & ~UINT64_C(0xf)) == QUEUE_DRIVER ? &state->driver
                                                                     : &state->device;
        virtio_set_half(area, offset & HIGH_HALF, value);
    }
}

/* ---- registers ---- */

static uint32_t virtio_get(struct virtio *virtio, uint64_t offset)
{
    const struct virtio_state *state = &virtio->state;
    const struct virtqueue *queue = virtio_selected(virtio);
    switch (offset) {
    case MAGIC:
        return MAGIC_VALUE;
    case VERSION:
        return 2;
    case DEVICE_ID:
        return virtio->kind->id;
    case VENDOR_ID:
        return VENDOR_VALUE;
    case DEVICE_FEATURES:
        return state->device_features_sel > 1
                   ? 0
                   : (uint32_t)(virtio->features >> (32 * state->device_features_sel));
    case QUEUE_SIZE_MAX:
        return queue ? VIRTQUEUE_MAX_SIZE : 0;
    case QUEUE_READY:
        return queue ? queue->state.ready : 0;
    case INTERRUPT_STATUS:
        return state->interrupt_status;
    case STATUS:
        return state->status;
    case SHM_LENGTH:
    case SHM_LENGTH + HIGH_HALF:
    case SHM_BASE:
    case SHM_BASE + HIGH_HALF:
        return UINT32_MAX; /* there is no shared memory */
    case CONFIG_GENERATION:
        return state->config_generation;
    default:
        return 0;
    }
}

static void virtio_put(struct virtio *virtio, uint64_t offset, uint64_t value)
{
    struct virtio_state *state = &virtio->state;
    struct virtqueue *queue = virtio_selected(virtio);
    switch (offset) {
    case DEVICE_FEATURES_SEL:
        state->device_features_sel = (uint32_t)value;
        break;
    case DRIVER_FEATURES_SEL:
        state->driver_features_sel = (uint32_t)value;
        break;
    case DRIVER_FEATURES:
        if (state->status & VIRTIO_FEATURES_OK || state->driver_features_sel > 1) break;
        virtio_set_half(&state->driver_features, state->driver_features_sel, value);
        break;
    case QUEUE_SEL:
        state->queue_sel = (uint32_t)value;
        break;
    case QUEUE_NOTIFY:
        virtio_notify_locked(virtio, value & 0xffff);
        break;
    case INTERRUPT_ACK:
        state->interrupt_status &= ~(uint32_t)value;
        irq_set(&virtio->irq, state->interrupt_status != 0);
        break;
    case STATUS:
        if (value & 0xff)
            virtio_set_status(virtio, (uint32_t)value);
        else
            virtio_reset_locked(virtio);
        break;
    case QUEUE_SIZE:
    case QUEUE_READY:
    case QUEUE_DESC:
    case QUEUE_DESC + HIGH_HALF:
    case QUEUE_DRIVER:
    case QUEUE_DRIVER + HIGH_HALF:
    case QUEUE_DEVICE:
    case QUEUE_DEVICE + HIGH_HALF:
    case QUEUE_RESET:
        if (queue) virtio_queue_store(virtio, queue, offset, value);
        break;
    default: /* read-only, reserved, or shared memory that isn't there */
        break;
    }
}

static bool virtio_mmio_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct virtio *virtio = virtio_of_region(region);
    mutex_lock(&virtio->lock);
    *value = 0;
    if (offset >= VIRTIO_MMIO_CONFIG) {
        if (range_contains(virtio->config_size, offset - VIRTIO_MMIO_CONFIG, size))
            *value = load_le(virtio->config + offset - VIRTIO_MMIO_CONFIG, size);
    } else if (size == 4) {
        *value = virtio_get(virtio, offset);
    }
    mutex_unlock(&virtio->lock);
    return true;
}

static bool virtio_mmio_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct virtio *virtio = virtio_of_region(region);
    mutex_lock(&virtio->lock);
    if (offset >= VIRTIO_MMIO_CONFIG) {
        uint64_t at = offset - VIRTIO_MMIO_CONFIG;
        if (virtio->kind->config_store && range_contains(virtio->config_size, at, size))
            virtio->kind->config_store(virtio, at, size, value);
    } else if (size == 4 && virtio->kind->id) {
        virtio_put(virtio, offset, value);
    }
    mutex_unlock(&virtio->lock);
    return true;
}

/* ---- device ---- */

static void virtio_reset(struct device *device)
{
    struct virtio *virtio = virtio_of(device);
    mutex_lock(&virtio->lock);
    virtio_reset_locked(virtio);
    mutex_unlock(&virtio->lock);
}

static void virtio_describe(const struct device *device, void *fdt, int node)
{
    fdt_setprop_string(fdt, node, "compatible", device->ops->compatible);
}

static void virtio_destroy(struct device *device)
{
    struct virtio *virtio = virtio_of(device);
    mutex_lock(&virtio->lock);
    virtio_drain(virtio);
    mutex_unlock(&virtio->lock);
    mutex_fini(&virtio->lock);
    if (virtio->kind->destroy)
        virtio->kind->destroy(virtio);
    else
        free(virtio);
}

static const struct region_ops virtio_region_ops = {
    .name = "virtio-mmio",
    .widths = 1 | 2 | 4,
    .load = virtio_mmio_load,
    .store = virtio_mmio_store,
};

static const struct device_ops virtio_device_ops = {
    .compatible = "virtio,mmio",
    .regs = virtio_regs,
    .reset = virtio_reset,
    .describe = virtio_describe,
    .save = virtio_save,
    .load = virtio_load,
    .destroy = virtio_destroy,
};

void virtio_init(struct virtio *virtio, const char *name, const struct virtio_kind *kind,
                 const struct virtio_wiring *wiring, unsigned queue_count)
{
    virtio->device = (struct device){
        .ops = &virtio_device_ops,
        .name = name,
        .region = {.ops = &virtio_region_ops, .size = VIRTIO_MMIO_SIZE},
    };
    virtio->kind = kind;
    virtio->bus = wiring->bus;
    virtio->irq = wiring->irq;
    virtio->queue_count = queue_count;
    virtio->features |= FEATURE(VIRTIO_F_VERSION_1) | FEATURE(VIRTIO_F_INDIRECT_DESC) |
                        FEATURE(VIRTIO_F_EVENT_IDX) | FEATURE(VIRTIO_F_RING_RESET);
    if (wiring->packed) virtio->features |= FEATURE(VIRTIO_F_RING_PACKED);
    mutex_init(&virtio->lock);
    for (unsigned i = 0; i < queue_count; i++)
        virtio->queues[i].bus = wiring->bus;
}

/* ---- the empty slot ---- */

static void empty_notify(struct virtio *virtio, unsigned queue)
{
    (void)virtio, (void)queue;
}

static const struct virtio_kind empty_kind = {.name = "empty", .id = 0, .notify = empty_notify};

struct device *virtio_empty_create(const char *name, struct error *err)
{
    struct virtio *virtio = calloc(1, sizeof(*virtio));
    if (!virtio) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    virtio_init(virtio, name, &empty_kind, &(struct virtio_wiring){.bus = NULL}, 0);
    virtio->features = 0;
    return &virtio->device;
}
