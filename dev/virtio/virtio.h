/* dev/virtio/virtio.h: what every virtio device is, behind the MMIO transport.
 *
 * A device type embeds `struct virtio` as its first member and describes itself with a
 * `struct virtio_kind`. The transport owns registers, queues, interrupts and the lock; it calls the
 * kind with the lock held.
 */
#ifndef RIVET_DEV_VIRTIO_VIRTIO_H
#define RIVET_DEV_VIRTIO_VIRTIO_H

#include "dev/device.h"
#include "dev/virtio/queue.h"
#include "host/thread.h"
#include "mem/bus.h"
#include "mem/irq.h"

#define VIRTIO_MMIO_SIZE   0x1000
#define VIRTIO_MMIO_CONFIG 0x100
#define VIRTIO_MAX_QUEUES  20

/* Feature bits of the transport (virtio 1.2, section 6). */
enum {
    VIRTIO_F_INDIRECT_DESC = 28,
    VIRTIO_F_EVENT_IDX = 29,
    VIRTIO_F_VERSION_1 = 32,
    VIRTIO_F_RING_PACKED = 34,
    VIRTIO_F_RING_RESET = 40,
};

/* Device status (2.1). */
enum {
    VIRTIO_ACKNOWLEDGE = 1,
    VIRTIO_DRIVER = 2,
    VIRTIO_DRIVER_OK = 4,
    VIRTIO_FEATURES_OK = 8,
    VIRTIO_NEEDS_RESET = 64,
    VIRTIO_FAILED = 128,
};

#define FEATURE(bit) (UINT64_C(1) << (bit))

struct virtio;

struct virtio_kind {
    const char *name; /* "virtio-blk" */
    uint32_t id;      /* section 5; 0: nothing is in the slot */
    /* The driver made buffers available in `queue`, or became ready. */
    void (*notify)(struct virtio *, unsigned queue);
    /* The driver and the device have agreed on features. May be NULL. */
    void (*negotiated)(struct virtio *);
    /* The driver stored into the configuration space, where that has an effect. May be NULL. */
    void (*config_store)(struct virtio *, uint64_t offset, unsigned size, uint64_t value);
    /* Ends what is under way, so that no buffer is out when it returns. May be NULL. */
    void (*drain)(struct virtio *);
    void (*reset)(struct virtio *); /* after drain; may be NULL */
    /* The kind's own state; NULL for none. `load` changes nothing when it returns false. */
    bool (*save)(const struct virtio *, struct state_writer *);
    bool (*load)(struct virtio *, struct state_reader *, struct error *);
    void (*destroy)(struct virtio *); /* frees the object; may be NULL */
};

struct virtio_state {
    uint64_t driver_features;
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    uint32_t status, interrupt_status, config_generation;
};

struct virtio {
    struct device device;
    const struct virtio_kind *kind;
    const struct bus *bus; /* borrowed: where buffers are */
    struct irq irq;
    struct mutex lock; /* over all that follows, the wire, and the kind's own */
    uint64_t features; /* offered */
    unsigned queue_count;
    uint8_t *config; /* the configuration space, in the kind's object */
    unsigned config_size;
    struct virtio_state state;
    struct virtqueue queues[VIRTIO_MAX_QUEUES];
};

/* What the board hands to every virtio device. */
struct virtio_wiring {
    const struct bus *bus;
    struct irq irq;
    bool packed; /* offer packed rings too */
};

/* Fills in a zeroed `virtio` whose `config`, `config_size` and `features` (the kind's own) are set.
 * The kind's create calls it last. */
void virtio_init(struct virtio *, const char *name, const struct virtio_kind *,
                 const struct virtio_wiring *, unsigned queue_count);

/* An empty slot: answers with device id 0, as QEMU's do. */
struct device *virtio_empty_create(const char *name, struct error *err);

/* ---- for kinds; all with the lock held ---- */

static inline struct virtio *virtio_of(struct device *device)
{
    return (struct virtio *)device;
}

/* The driver took the feature. */
static inline bool virtio_has(const struct virtio *virtio, unsigned feature)
{
    return virtio->state.driver_features >> feature & 1;
}

/* The driver runs and has not been told to reset: queues may be used. */
bool virtio_runs(const struct virtio *);
/* Takes the next buffer of a queue; a broken queue asks the driver for a reset. */
bool virtio_pop(struct virtio *, unsigned queue, struct virtio_chain *);
/* Returns a buffer. The driver learns of it with virtio_interrupt. */
void virtio_push(struct virtio *, unsigned queue, const struct virtio_chain *, uint64_t written);
/* Interrupts the driver, if it wants, for what was pushed into `queue`. */
void virtio_interrupt(struct virtio *, unsigned queue);
/* `config` changed. */
void virtio_config_changed(struct virtio *);
/* The driver broke the rules of the device beyond repair (2.1.2). */
void virtio_fail(struct virtio *);

/* ---- between virtio.c and mmio.c; but for save and load with the lock held ---- */

void virtio_notify_locked(struct virtio *, unsigned queue);
void virtio_queue_ready(struct virtio *, struct virtqueue *, bool ready);
void virtio_drain(struct virtio *);
void virtio_reset_locked(struct virtio *);
void virtio_set_status(struct virtio *, uint32_t status);
bool virtio_save(const struct device *, struct state_writer *);
bool virtio_load(struct device *, struct state_reader *, struct error *);

#endif
