/* dev/virtio/queue.c: what split and packed virtqueues have in common. */
#include "dev/virtio/queue.h"

#include <stdatomic.h>
#include <string.h>

#include "base/bits.h"

const struct field virtqueue_fields[] = {
    FIELD(struct virtqueue_state, desc),
    FIELD(struct virtqueue_state, driver),
    FIELD(struct virtqueue_state, device),
    FIELD(struct virtqueue_state, size),
    FIELD(struct virtqueue_state, ready),
    FIELD(struct virtqueue_state, broken),
    FIELD(struct virtqueue_state, next_avail),
    FIELD(struct virtqueue_state, next_used),
    FIELD(struct virtqueue_state, avail_wrap),
    FIELD(struct virtqueue_state, used_wrap),
    FIELD(struct virtqueue_state, signalled),
    FIELD(struct virtqueue_state, signalled_valid),
    {.name = NULL},
};

/* ---- memory shared with the driver ---- */

static uint16_t le16(uint16_t value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return value;
#else
    return __builtin_bswap16(value);
#endif
}

/* What the driver wrote before this number is visible after it. */
uint16_t ring_load(const uint8_t *at)
{
    return le16(
        atomic_load_explicit((const _Atomic uint16_t *)(const void *)at, memory_order_acquire));
}

/* What the device wrote before this number is visible to who sees it. */
void ring_store(struct virtqueue *queue, uint64_t addr, uint8_t *at, uint16_t value)
{
    atomic_store_explicit((_Atomic uint16_t *)(void *)at, le16(value), memory_order_release);
    bus_ram_written(queue->bus, addr, sizeof(value));
}

struct descriptor descriptor_read(const uint8_t *at, bool packed)
{
    uint8_t copy[DESCRIPTOR_BYTES];
    memcpy(copy, at, sizeof(copy));
    atomic_signal_fence(memory_order_seq_cst); /* judged and used is the copy */
    uint16_t low = (uint16_t)load_le(copy + 12, 2), high = (uint16_t)load_le(copy + 14, 2);
    return (struct descriptor){
        .addr = load_le(copy, 8),
        .length = (uint32_t)load_le(copy + 8, 4),
        .flags = packed ? high : low,
        .next = packed ? 0 : high,
        .id = packed ? low : 0,
    };
}

bool virtqueue_event_passed(uint16_t event, uint16_t now, uint16_t before)
{
    return (uint16_t)(now - event - 1) < (uint16_t)(now - before);
}

/* ---- life of a queue ---- */

bool virtqueue_map(struct virtqueue *queue)
{
    const struct virtqueue_state *state = &queue->state;
    uint64_t size = state->size;
    bool power_of_2 = (size & (size - 1)) == 0;
    if (size == 0 || size > VIRTQUEUE_MAX_SIZE || (!queue->packed && !power_of_2)) return false;
    if (state->desc % 16 || state->driver % (queue->packed ? 4 : 2) || state->device % 4)
        return false;
    uint64_t driver_size = queue->packed ? 4 : 6 + 2 * size;
    uint64_t device_size = queue->packed ? 4 : 6 + 8 * size;
    queue->desc = bus_ram_at(queue->bus, state->desc, DESCRIPTOR_BYTES * size);
    queue->driver = bus_ram_at(queue->bus, state->driver, driver_size);
    queue->device = bus_ram_at(queue->bus, state->device, device_size);
    return queue->desc && queue->driver && queue->device;
}

bool virtqueue_start(struct virtqueue *queue)
{
    if (!virtqueue_map(queue)) return false;
    struct virtqueue_state *state = &queue->state;
    state->next_avail = state->next_used = state->signalled = 0;
    state->avail_wrap = state->used_wrap = 1;
    state->signalled_valid = 0;
    state->broken = 0;
    state->ready = 1;
    queue->deaf = queue->pushed = queue->held = false;
    return true;
}

bool virtqueue_pop(struct virtqueue *queue, struct virtio_chain *chain)
{
    if (!queue->state.ready || queue->state.broken) return false;
    chain->readable = chain->writable = 0;
    chain->readable_bytes = chain->writable_bytes = 0;
    return queue->packed ? packed_pop(queue, chain) : split_pop(queue, chain);
}

void virtqueue_unpop(struct virtqueue *queue, const struct virtio_chain *chain)
{
    if (queue->packed)
        packed_unpop(queue, chain);
    else
        queue->state.next_avail--;
}

void virtqueue_push(struct virtqueue *queue, const struct virtio_chain *chain, uint64_t written)
{
    uint64_t left = written;
    for (unsigned i = chain->readable; left && i < chain->readable + chain->writable; i++) {
        const struct virtio_span *span = &chain->spans[i];
        uint64_t size = left < span->size ? left : span->size;
        bus_ram_written(queue->bus, span->addr, size);
        left -= size;
    }
    if (!queue->state.ready || queue->state.broken) return;
    queue->pushed = true;
    if (queue->packed)
        packed_push(queue, chain, (uint32_t)written);
    else
        split_push(queue, chain, (uint32_t)written);
}

void virtqueue_hold(struct virtqueue *queue)
{
    queue->held = true;
    queue->held_at = NULL;
}

void virtqueue_release(struct virtqueue *queue)
{
    queue->held = false;
    if (!queue->state.ready || queue->state.broken) return;
    if (queue->packed)
        packed_publish(queue);
    else
        split_publish(queue);
}

bool virtqueue_wants_interrupt(struct virtqueue *queue)
{
    if (!queue->state.ready || queue->state.broken || !queue->pushed) return false;
    queue->pushed = false;
    /* The driver's wish must be read after it can have seen what was pushed. */
    atomic_thread_fence(memory_order_seq_cst);
    return queue->packed ? packed_wants_interrupt(queue) : split_wants_interrupt(queue);
}

void virtqueue_listen(struct virtqueue *queue, bool listen)
{
    if (!queue->state.ready || queue->state.broken || queue->deaf == !listen) return;
    queue->deaf = !listen;
    if (queue->packed)
        packed_listen(queue);
    else
        split_listen(queue);
}

/* ---- buffers ---- */

bool chain_add(const struct virtqueue *queue, struct virtio_chain *chain,
               const struct descriptor *descriptor)
{
    bool writable = descriptor->flags & DESCRIPTOR_WRITE;
    unsigned count = chain->readable + chain->writable;
    if (count == VIRTQUEUE_MAX_SIZE || (!writable && chain->writable)) return false;
    if (descriptor->length == 0) return true;
    uint8_t *bytes = bus_ram_at(queue->bus, descriptor->addr, descriptor->length);
    if (!bytes) return false;
    chain->spans[count] =
        (struct virtio_span){.bytes = bytes, .addr = descriptor->addr, .size = descriptor->length};
    if (writable) {
        chain->writable++;
        chain->writable_bytes += descriptor->length;
    } else {
        chain->readable++;
        chain->readable_bytes += descriptor->length;
    }
    /* 2.7.5.2: a buffer is not longer than 2^32 bytes in total. */
    return chain->readable_bytes + chain->writable_bytes <= UINT32_MAX;
}

const uint8_t *chain_table(const struct virtqueue *queue, const struct descriptor *descriptor,
                           unsigned *count)
{
    if (!queue->indirect || descriptor->flags & DESCRIPTOR_NEXT) return NULL;
    if (descriptor->length == 0 || descriptor->length % DESCRIPTOR_BYTES) return NULL;
    *count = descriptor->length / DESCRIPTOR_BYTES;
    return bus_ram_at(queue->bus, descriptor->addr, descriptor->length);
}

size_t chain_read(const struct virtio_chain *chain, uint64_t offset, void *bytes, size_t size)
{
    size_t done = 0;
    for (unsigned i = 0; i < chain->readable && done < size; i++) {
        const struct virtio_span *span = &chain->spans[i];
        if (offset >= span->size) {
            offset -= span->size;
            continue;
        }
        size_t part = span->size - offset < size - done ? span->size - offset : size - done;
        memcpy((uint8_t *)bytes + done, span->bytes + offset, part);
        done += part;
        offset = 0;
    }
    return done;
}

size_t chain_write(const struct virtio_chain *chain, uint64_t offset, const void *bytes,
                   size_t size)
{
    size_t done = 0;
    for (unsigned i = 0; i < chain->writable && done < size; i++) {
        const struct virtio_span *span = &chain->spans[chain->readable + i];
        if (offset >= span->size) {
            offset -= span->size;
            continue;
        }
        size_t part = span->size - offset < size - done ? span->size - offset : size - done;
        memcpy(span->bytes + offset, (const uint8_t *)bytes + done, part);
        done += part;
        offset = 0;
    }
    return done;
}

unsigned chain_spans(const struct virtio_span *in, unsigned count, uint64_t skip, uint64_t size,
                     struct span *out)
{
    unsigned used = 0;
    for (unsigned i = 0; i < count && size; i++) {
        if (skip >= in[i].size) {
            skip -= in[i].size;
            continue;
        }
        uint64_t part = in[i].size - skip < size ? in[i].size - skip : size;
        out[used++] = (struct span){.bytes = in[i].bytes + skip, .size = part};
        size -= part;
        skip = 0;
    }
    return used;
}
