/* dev/virtio/packed.c: the packed virtqueue (virtio 1.2, 2.8).
 *
 * One ring of descriptors that both sides write. Each side has a wrap counter that flips at the end
 * of the ring; a descriptor's two flags compared with it tell whose it is:
 *
 *     AVAIL == counter, USED != counter     available to the device
 *     AVAIL == counter, USED == counter     used, back with the driver
 *
 * The driver and device areas are an event suppression structure each:
 *
 *     31          18 17 16  15   14         0
 *    +--------------+-----+------+-----------+
 *    |      0       |flags| wrap |  offset   |    flags: 0 enable, 1 disable, 2 at offset
 *    +--------------+-----+------+-----------+
 */
#include <stdatomic.h>

#include "base/bits.h"
#include "dev/virtio/queue.h"

#define EVENT_OFFSET 0
#define EVENT_FLAGS  2

enum { EVENTS_ENABLE = 0, EVENTS_DISABLE = 1, EVENTS_AT = 2, EVENTS_MASK = 3 };

static bool packed_broken(struct virtqueue *queue)
{
    queue->state.broken = 1;
    return false;
}

static uint8_t *packed_slot(const struct virtqueue *queue, unsigned slot)
{
    return queue->desc + DESCRIPTOR_BYTES * slot;
}

static bool packed_available(const struct virtqueue *queue)
{
    uint16_t flags = ring_load(packed_slot(queue, queue->state.next_avail) + 14);
    return !!(flags & DESCRIPTOR_AVAIL) == queue->state.avail_wrap &&
           !!(flags & DESCRIPTOR_USED) != queue->state.avail_wrap;
}

static bool packed_walk_table(struct virtqueue *queue, struct virtio_chain *chain,
                              const struct descriptor *outer)
{
    unsigned count;
    const uint8_t *table = chain_table(queue, outer, &count);
    if (!table || count > VIRTQUEUE_MAX_SIZE) return false;
    for (unsigned i = 0; i < count; i++) {
        struct descriptor descriptor = descriptor_read(table + DESCRIPTOR_BYTES * i, true);
        if (!chain_add(queue, chain, &descriptor)) return false;
    }
    return true;
}

/* Takes descriptors from next_avail on up to the one without NEXT, whose id is the buffer's. */
static bool packed_walk(struct virtqueue *queue, struct virtio_chain *chain)
{
    unsigned size = queue->state.size;
    for (unsigned count = 0; count < size; count++) {
        unsigned slot = (queue->state.next_avail + count) % size;
        struct descriptor descriptor = descriptor_read(packed_slot(queue, slot), true);
        bool table = descriptor.flags & DESCRIPTOR_INDIRECT;
        if (table && (count || !packed_walk_table(queue, chain, &descriptor))) return false;
        if (!table && !chain_add(queue, chain, &descriptor)) return false;
        if (descriptor.flags & DESCRIPTOR_NEXT) continue;
        chain->id = descriptor.id;
        chain->slots = (uint16_t)(count + 1);
        return true;
    }
    return false;
}

bool packed_pop(struct virtqueue *queue, struct virtio_chain *chain)
{
    struct virtqueue_state *state = &queue->state;
    if (!packed_available(queue)) return false;
    if (!packed_walk(queue, chain)) return packed_broken(queue);
    unsigned next = state->next_avail + chain->slots;
    if (next >= state->size) state->avail_wrap ^= 1;
    state->next_avail = (uint16_t)(next % state->size);
    return true;
}

void packed_unpop(struct virtqueue *queue, const struct virtio_chain *chain)
{
    struct virtqueue_state *state = &queue->state;
    if (state->next_avail < chain->slots) {
        state->next_avail = (uint16_t)(state->next_avail + state->size);
        state->avail_wrap ^= 1;
    }
    state->next_avail = (uint16_t)(state->next_avail - chain->slots);
}

void packed_push(struct virtqueue *queue, const struct virtio_chain *chain, uint32_t written)
{
    struct virtqueue_state *state = &queue->state;
    uint8_t *slot = packed_slot(queue, state->next_used);
    uint64_t addr = state->desc + DESCRIPTOR_BYTES * (uint64_t)state->next_used;
    store_le(slot + 8, 4, written);
    store_le(slot + 12, 2, chain->id);
    bus_ram_written(queue->bus, addr, DESCRIPTOR_BYTES);
    uint16_t flags = state->used_wrap ? DESCRIPTOR_AVAIL | DESCRIPTOR_USED : 0;
    if (written) flags |= DESCRIPTOR_WRITE;
    if (queue->held && !queue->held_at) { /* the driver looks at no later one before this */
        queue->held_at = slot;
        queue->held_flags = flags;
    } else {
        ring_store(queue, addr + 14, slot + 14, flags);
    }

    unsigned next = state->next_used + chain->slots;
    if (next >= state->size) {
        state->used_wrap ^= 1;
        state->signalled_valid = 0; /* offsets of two rounds don't compare */
    }
    state->next_used = (uint16_t)(next % state->size);
}

void packed_publish(struct virtqueue *queue)
{
    if (!queue->held_at) return;
    uint64_t addr = queue->state.desc + (uint64_t)(queue->held_at - queue->desc);
    ring_store(queue, addr + 14, queue->held_at + 14, queue->held_flags);
    queue->held_at = NULL;
}

bool packed_wants_interrupt(struct virtqueue *queue)
{
    struct virtqueue_state *state = &queue->state;
    uint16_t flags = ring_load(queue->driver + EVENT_FLAGS) & EVENTS_MASK;
    uint16_t event = ring_load(queue->driver + EVENT_OFFSET);
    uint16_t before = state->signalled;
    bool valid = state->signalled_valid;
    state->signalled = state->next_used;
    state->signalled_valid = 1;
    if (flags == EVENTS_DISABLE) return false;
    if (flags != EVENTS_AT || !queue->event_index || !valid) return true;
    uint16_t offset = event & 0x7fff;
    if (event >> 15 != state->used_wrap) offset = (uint16_t)(offset - state->size);
    return virtqueue_event_passed(offset, state->next_used, before);
}

void packed_listen(struct virtqueue *queue)
{
    ring_store(queue, queue->state.device + EVENT_FLAGS, queue->device + EVENT_FLAGS,
               queue->deaf ? EVENTS_DISABLE : EVENTS_ENABLE);
    atomic_thread_fence(memory_order_seq_cst);
}
