/* dev/virtio/virtio.c: the life of a virtio device: status, queues, interrupts, state. */
#include "dev/virtio/virtio.h"

#include <stdlib.h>

#include "base/bits.h"

enum { INTERRUPT_QUEUE = 1, INTERRUPT_CONFIG = 2 };

static const struct field virtio_fields[] = {
    FIELD(struct virtio_state, driver_features),
    FIELD(struct virtio_state, device_features_sel),
    FIELD(struct virtio_state, driver_features_sel),
    FIELD(struct virtio_state, queue_sel),
    FIELD(struct virtio_state, status),
    FIELD(struct virtio_state, interrupt_status),
    FIELD(struct virtio_state, config_generation),
    {.name = NULL},
};

/* ---- for kinds ---- */

static void virtio_raise(struct virtio *virtio, uint32_t events)
{
    virtio->state.interrupt_status |= events;
    irq_set(&virtio->irq, virtio->state.interrupt_status != 0);
}

bool virtio_runs(const struct virtio *virtio)
{
    return (virtio->state.status & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

bool virtio_pop(struct virtio *virtio, unsigned queue, struct virtio_chain *chain)
{
    if (queue >= virtio->queue_count || !virtio_runs(virtio)) return false;
    if (virtqueue_pop(&virtio->queues[queue], chain)) return true;
    if (virtio->queues[queue].state.broken) virtio_fail(virtio);
    return false;
}

void virtio_push(struct virtio *virtio, unsigned queue, const struct virtio_chain *chain,
                 uint64_t written)
{
    virtqueue_push(&virtio->queues[queue], chain, written);
}

void virtio_interrupt(struct virtio *virtio, unsigned queue)
{
    if (virtqueue_wants_interrupt(&virtio->queues[queue])) virtio_raise(virtio, INTERRUPT_QUEUE);
}

void virtio_config_changed(struct virtio *virtio)
{
    virtio->state.config_generation++;
    if (virtio->state.status & VIRTIO_DRIVER_OK) virtio_raise(virtio, INTERRUPT_CONFIG);
}

void virtio_fail(struct virtio *virtio)
{
    if (virtio->state.status & VIRTIO_NEEDS_RESET) return;
    virtio->state.status |= VIRTIO_NEEDS_RESET;
    virtio_config_changed(virtio);
}

/* ---- queues ---- */

static void virtio_queue_features(struct virtio *virtio, struct virtqueue *queue)
{
    queue->bus = virtio->bus;
    queue->packed = virtio_has(virtio, VIRTIO_F_RING_PACKED);
    queue->indirect = virtio_has(virtio, VIRTIO_F_INDIRECT_DESC);
    queue->event_index = virtio_has(virtio, VIRTIO_F_EVENT_IDX);
}

void virtio_drain(struct virtio *virtio)
{
    if (virtio->kind->drain) virtio->kind->drain(virtio);
}

void virtio_queue_ready(struct virtio *virtio, struct virtqueue *queue, bool ready)
{
    if (ready == queue->state.ready) return;
    if (!ready) {
        queue->state.ready = 0;
        virtio_drain(virtio);
        return;
    }
    if (!(virtio->state.status & VIRTIO_FEATURES_OK)) return;
    virtio_queue_features(virtio, queue);
    if (!virtqueue_start(queue)) virtio_fail(virtio);
}

/* ---- life ---- */

void virtio_reset_locked(struct virtio *virtio)
{
    virtio->state.status = 0; /* nothing new begins while the old is brought to an end */
    virtio_drain(virtio);
    uint32_t generation = virtio->state.config_generation;
    virtio->state = (struct virtio_state){.config_generation = generation};
    for (unsigned i = 0; i < virtio->queue_count; i++)
        virtio->queues[i] = (struct virtqueue){.bus = virtio->bus};
    if (virtio->kind->reset) virtio->kind->reset(virtio);
    irq_set(&virtio->irq, false);
}

/* Without VERSION_1 the driver is one for legacy devices, which this is not (6.1). */
static bool virtio_features_fit(const struct virtio *virtio)
{
    return !(virtio->state.driver_features & ~virtio->features) &&
           virtio_has(virtio, VIRTIO_F_VERSION_1);
}

void virtio_notify_locked(struct virtio *virtio, unsigned queue)
{
    if (queue >= virtio->queue_count || !virtio_runs(virtio)) return;
    if (virtio->queues[queue].state.ready) virtio->kind->notify(virtio, queue);
}

void virtio_set_status(struct virtio *virtio, uint32_t status)
{
    uint32_t before = virtio->state.status;
    status = (status & 0xff) | (before & VIRTIO_NEEDS_RESET);
    if (status & ~before & VIRTIO_FEATURES_OK && !virtio_features_fit(virtio))
        status &= ~(uint32_t)VIRTIO_FEATURES_OK;
    if (!(status & VIRTIO_FEATURES_OK)) status &= ~(uint32_t)VIRTIO_DRIVER_OK;
    virtio->state.status = status;
    if (status & ~before & VIRTIO_FEATURES_OK && virtio->kind->negotiated)
        virtio->kind->negotiated(virtio);
    /* Buffers may have been made available before the driver was ready. */
    if (status & ~before & VIRTIO_DRIVER_OK)
        for (unsigned i = 0; i < virtio->queue_count; i++)
            virtio_notify_locked(virtio, i);
}

/* ---- state ---- */

bool virtio_save(const struct device *device, struct state_writer *writer)
{
    struct virtio *virtio = CONTAINER_OF(device, struct virtio, device);
    mutex_lock(&virtio->lock);
    virtio_drain(virtio);
    bool saved = fields_save(virtio_fields, &virtio->state, writer);
    for (unsigned i = 0; saved && i < virtio->queue_count; i++)
        saved = fields_save(virtqueue_fields, &virtio->queues[i].state, writer);
    if (saved && virtio->kind->save) saved = virtio->kind->save(virtio, writer);
    mutex_unlock(&virtio->lock);
    return saved;
}

static bool virtio_queue_legal(struct virtqueue *queue)
{
    struct virtqueue_state *state = &queue->state;
    if (state->ready > 1 || state->broken > 1 || state->avail_wrap > 1 || state->used_wrap > 1)
        return false;
    if (!state->ready) return true;
    if (!virtqueue_map(queue)) return false;
    return !queue->packed || (state->next_avail < state->size && state->next_used < state->size);
}

/* Into `loaded`, a copy whose queues and state become the device's only when all of it is legal. */
static bool virtio_load_locked(struct virtio *virtio, struct virtio *loaded,
                               struct state_reader *reader, struct error *err)
{
    const char *name = virtio->device.name;
    if (!fields_load(virtio_fields, &loaded->state, reader, err)) return false;
    if (loaded->state.driver_features & ~virtio->features)
        return error_set(err, "%s: the saved driver uses features that this device lacks", name);
    for (unsigned i = 0; i < virtio->queue_count; i++) {
        struct virtqueue *queue = &loaded->queues[i];
        virtio_queue_features(loaded, queue);
        if (!fields_load(virtqueue_fields, &queue->state, reader, err)) return false;
        if (!virtio_queue_legal(queue))
            return error_set(err, "%s: the saved queue %u does not lie in RAM", name, i);
    }
    if (virtio->kind->load && !virtio->kind->load(virtio, reader, err)) return false;
    virtio->state = loaded->state;
    for (unsigned i = 0; i < virtio->queue_count; i++)
        virtio->queues[i] = loaded->queues[i];
    irq_set(&virtio->irq, virtio->state.interrupt_status != 0);
    return true;
}

bool virtio_load(struct device *device, struct state_reader *reader, struct error *err)
{
    struct virtio *virtio = virtio_of(device);
    struct virtio *loaded = calloc(1, sizeof(*loaded));
    if (!loaded) return error_set(err, "%s: out of memory", device->name);
    loaded->bus = virtio->bus;
    mutex_lock(&virtio->lock);
    virtio_drain(virtio);
    bool done = virtio_load_locked(virtio, loaded, reader, err);
    mutex_unlock(&virtio->lock);
    free(loaded);
    return done;
}
