/* dev/virtio/queue.h: virtqueues, split and packed, seen from the device.
 *
 * The guest owns the memory and may do anything to it at any moment: every number is read once and
 * judged before use, every address must be RAM. A ring that breaks the rules marks its queue as
 * broken, which stays so until the driver resets it.
 */
#ifndef RIVET_DEV_VIRTIO_QUEUE_H
#define RIVET_DEV_VIRTIO_QUEUE_H

#include "base/block.h"
#include "base/fields.h"
#include "mem/bus.h"

#define VIRTQUEUE_MAX_SIZE 256 /* descriptors in a ring, and pieces of a buffer */

/* A descriptor. In a packed ring bits 63:48 of the second word are the flags and 47:32 the id, in a
 * split one 47:32 are the flags and 63:48 the next descriptor:
 *
 *     63            48 47            32 31                           0
 *    +-------------------------------------------------------------+
 *    |                        guest physical address               |
 *    +----------------+----------------+---------------------------+
 *    | next  / flags  |  flags / id    |          length           |
 *    +----------------+----------------+---------------------------+
 */
enum {
    DESCRIPTOR_NEXT = 1 << 0,
    DESCRIPTOR_WRITE = 1 << 1,
    DESCRIPTOR_INDIRECT = 1 << 2,
    DESCRIPTOR_AVAIL = 1 << 7, /* packed rings only */
    DESCRIPTOR_USED = 1 << 15,
};

#define DESCRIPTOR_BYTES 16

struct descriptor {
    uint64_t addr;
    uint32_t length;
    uint16_t flags, next, id;
};

/* A piece of a buffer, all of it RAM. */
struct virtio_span {
    uint8_t *bytes;
    uint64_t addr;
    uint32_t size;
};

/* A buffer taken from a queue: `readable` spans the device reads, then `writable` ones it writes.
 */
struct virtio_chain {
    uint16_t id;    /* the driver's name for it */
    uint16_t slots; /* descriptors it takes up in the ring */
    unsigned readable, writable;
    uint64_t readable_bytes, writable_bytes;
    struct virtio_span spans[VIRTQUEUE_MAX_SIZE];
};

struct virtqueue_state {
    uint64_t desc, driver, device; /* guest physical addresses of the three areas */
    uint16_t size;
    uint8_t ready, broken;
    uint16_t next_avail, next_used; /* split: free-running; packed: a slot */
    uint8_t avail_wrap, used_wrap;  /* packed: the wrap counters */
    uint16_t signalled;             /* next_used when the driver was last asked */
    uint8_t signalled_valid;
};

struct virtqueue {
    struct virtqueue_state state;
    const struct bus *bus;
    bool packed, indirect, event_index;
    bool deaf;        /* the driver need not tell of new buffers */
    bool held;        /* what is pushed is not published yet */
    uint8_t *held_at; /* packed: the first of it, and its flags; NULL: none */
    uint16_t held_flags;
    bool pushed;                     /* since the driver was last asked about an interrupt */
    uint8_t *desc, *driver, *device; /* the areas in host memory, while ready */
};

extern const struct field virtqueue_fields[];

/* Finds the areas in RAM. False: they are not, or break the rules of alignment and size. */
bool virtqueue_map(struct virtqueue *);
/* virtqueue_map, then begins at the start of the ring. */
bool virtqueue_start(struct virtqueue *);

/* Takes the next buffer. False: there is none, or the queue is (now) broken. */
bool virtqueue_pop(struct virtqueue *, struct virtio_chain *);
/* Gives the buffer that was last taken back to the ring, untouched. */
void virtqueue_unpop(struct virtqueue *, const struct virtio_chain *);
/* Returns a buffer to the driver, `written` bytes of it filled from the first writable one. */
void virtqueue_push(struct virtqueue *, const struct virtio_chain *, uint64_t written);
/* What is pushed between the two the driver sees all at once, with the second. */
void virtqueue_hold(struct virtqueue *);
void virtqueue_release(struct virtqueue *);
/* True when the driver wants an interrupt for what was pushed since the last call. */
bool virtqueue_wants_interrupt(struct virtqueue *);
/* Whether the driver shall tell of new buffers; it may do so anyway. After listening again look
 * once more: a buffer may have come in between. */
void virtqueue_listen(struct virtqueue *, bool listen);

/* Copies from the readable bytes, from `offset` on; into the writable ones. Returns how many there
 * were, at most `size`. */
size_t chain_read(const struct virtio_chain *, uint64_t offset, void *bytes, size_t size);
size_t chain_write(const struct virtio_chain *, uint64_t offset, const void *bytes, size_t size);
/* The bytes [skip, skip + size) of `count` pieces, as host files take them. Returns how many spans
 * there are, at most `count`. */
unsigned chain_spans(const struct virtio_span *, unsigned count, uint64_t skip, uint64_t size,
                     struct span *out);

/* ---- between queue.c, split.c and packed.c ---- */

struct descriptor descriptor_read(const uint8_t *at, bool packed);
/* Adds one piece; false: it is not RAM, comes in the wrong order, or is one too many. */
bool chain_add(const struct virtqueue *, struct virtio_chain *, const struct descriptor *);
/* The table that an indirect descriptor refers to and its number of entries; NULL: none it may be.
 */
const uint8_t *chain_table(const struct virtqueue *, const struct descriptor *, unsigned *count);
/* Event index (2.7.10): `event` lies in [before, now). */
bool virtqueue_event_passed(uint16_t event, uint16_t now, uint16_t before);
uint16_t ring_load(const uint8_t *at);
void ring_store(struct virtqueue *, uint64_t addr, uint8_t *at, uint16_t value);

bool split_pop(struct virtqueue *, struct virtio_chain *);
void split_push(struct virtqueue *, const struct virtio_chain *, uint32_t written);
void split_publish(struct virtqueue *);
bool split_wants_interrupt(struct virtqueue *);
void split_listen(struct virtqueue *);

bool packed_pop(struct virtqueue *, struct virtio_chain *);
void packed_unpop(struct virtqueue *, const struct virtio_chain *);
void packed_push(struct virtqueue *, const struct virtio_chain *, uint32_t written);
void packed_publish(struct virtqueue *);
bool packed_wants_interrupt(struct virtqueue *);
void packed_listen(struct virtqueue *);

#endif
