/* dev/virtio/split.c: the split virtqueue (virtio 1.2, 2.7).
 *
 *     driver area            device area             descriptor area
 *    +------------------+   +-------------------+   +--------------------+
 *    | flags            |   | flags             |   | descriptor 0       |
 *    | idx              |   | idx               |   | descriptor 1       |
 *    | ring[0]: head    |   | ring[0]: id, len  |   | ...                |
 *    | ...              |   | ...               |   +--------------------+
 *    | used_event       |   | avail_event       |
 *    +------------------+   +-------------------+
 *
 * The indices run freely through 16 bits; a ring slot is an index modulo the size.
 */
#include <stdatomic.h>

#include "base/bits.h"
#include "dev/virtio/queue.h"

#define FLAGS          0
#define INDEX          2
#define RING           4
#define NO_INTERRUPT   1 /* driver area, without event index */
#define NO_NOTIFY      1 /* device area, without event index */
#define USED_SLOT_SIZE 8

static bool split_broken(struct virtqueue *queue)
{
    queue->state.broken = 1;
    return false;
}

/* Follows the descriptors from `head`. Steps are counted, as the driver can make a loop. */
static bool split_walk(struct virtqueue *queue, struct virtio_chain *chain, uint16_t head)
{
    const uint8_t *table = queue->desc;
    unsigned count = queue->state.size, at = head;
    bool indirect = false;
    for (unsigned step = 0; step <= VIRTQUEUE_MAX_SIZE; step++) {
        if (at >= count) return false;
        struct descriptor descriptor = descriptor_read(table + DESCRIPTOR_BYTES * at, false);
        if (descriptor.flags & DESCRIPTOR_INDIRECT) {
            if (indirect) return false;
            indirect = true;
            table = chain_table(queue, &descriptor, &count);
            at = 0;
            if (!table) return false;
            continue;
        }
        if (!chain_add(queue, chain, &descriptor)) return false;
        if (!(descriptor.flags & DESCRIPTOR_NEXT)) return true;
        at = descriptor.next;
    }
    return false;
}

/* Asks for a notification when the driver makes the next buffer available. */
static void split_write_event(struct virtqueue *queue)
{
    uint64_t offset = RING + USED_SLOT_SIZE * (uint64_t)queue->state.size;
    ring_store(queue, queue->state.device + offset, queue->device + offset,
               queue->state.next_avail);
}

static uint16_t split_available(struct virtqueue *queue)
{
    uint16_t available = (uint16_t)(ring_load(queue->driver + INDEX) - queue->state.next_avail);
    if (available || !queue->event_index || queue->deaf) return available;
    split_write_event(queue);
    /* A buffer that came before the driver could see the wish is not told of. */
    atomic_thread_fence(memory_order_seq_cst);
    return (uint16_t)(ring_load(queue->driver + INDEX) - queue->state.next_avail);
}

bool split_pop(struct virtqueue *queue, struct virtio_chain *chain)
{
    struct virtqueue_state *state = &queue->state;
    uint16_t available = split_available(queue);
    if (available == 0) return false;
    if (available > state->size) return split_broken(queue);
    uint16_t head = ring_load(queue->driver + RING + 2 * (state->next_avail % state->size));
    chain->id = head;
    chain->slots = 1;
    if (!split_walk(queue, chain, head)) return split_broken(queue);
    state->next_avail++;
    return true;
}

void split_push(struct virtqueue *queue, const struct virtio_chain *chain, uint32_t written)
{
    struct virtqueue_state *state = &queue->state;
    uint64_t offset = RING + USED_SLOT_SIZE * (uint64_t)(state->next_used % state->size);
    store_le(queue->device + offset, 4, chain->id);
    store_le(queue->device + offset + 4, 4, written);
    bus_ram_written(queue->bus, state->device + offset, USED_SLOT_SIZE);
    state->next_used++;
    if (!queue->held) split_publish(queue);
}

void split_publish(struct virtqueue *queue)
{
    ring_store(queue, queue->state.device + INDEX, queue->device + INDEX, queue->state.next_used);
}

bool split_wants_interrupt(struct virtqueue *queue)
{
    struct virtqueue_state *state = &queue->state;
    if (!queue->event_index) return !(ring_load(queue->driver + FLAGS) & NO_INTERRUPT);
    uint16_t event = ring_load(queue->driver + RING + 2 * (uint64_t)state->size);
    bool wants = !state->signalled_valid ||
                 virtqueue_event_passed(event, state->next_used, state->signalled);
    state->signalled = state->next_used;
    state->signalled_valid = 1;
    return wants;
}

void split_listen(struct virtqueue *queue)
{
    if (!queue->event_index)
        ring_store(queue, queue->state.device + FLAGS, queue->device + FLAGS,
                   queue->deaf ? NO_NOTIFY : 0);
    else if (!queue->deaf)
        split_write_event(queue);
}
