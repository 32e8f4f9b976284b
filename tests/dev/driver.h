/* tests/dev/driver.h: a tiny virtio driver with a RAM of its own, for split and packed rings. */
#ifndef RIVET_TESTS_DEV_DRIVER_H
#define RIVET_TESTS_DEV_DRIVER_H

#include "tests/dev/wiring.h"

#include "base/bits.h"
#include "dev/virtio/virtio.h"
#include "mem/bus.h"
#include "mem/ram.h"

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x400000)
#define QUEUE_AREA                                                                                 \
    0x4000 /* bytes a queue: descriptors, driver area at +0x2000, device at +0x3000 */
#define TABLES_BASE (RAM_BASE + 0x100000) /* indirect tables */
#define DATA_BASE   (RAM_BASE + 0x200000)
#define RING_SIZE   16

enum { REG_STATUS = 0x70, REG_NOTIFY = 0x50, REG_ISR = 0x60, REG_ACK = 0x64 };

struct driver_queue {
    uint16_t next, used, available; /* split: indices; packed: `next` and `used` are slots */
    bool wrap, used_wrap;
    uint16_t slots[RING_SIZE]; /* packed: by id, how many */
};

struct driver {
    struct ram ram;
    struct bus bus;
    struct probe probe;
    struct device *device;
    bool packed, indirect;
    struct driver_queue queues[VIRTIO_MAX_QUEUES];
};

/* A piece of a buffer. */
struct piece {
    uint64_t addr;
    uint32_t size;
    bool writable;
};

static inline void driver_init(struct driver *driver)
{
    struct error err;
    memset(driver, 0, sizeof(*driver));
    assert_true(ram_init(&driver->ram, RAM_SIZE, &err));
    assert_true(bus_add_ram(&driver->bus, RAM_BASE, &driver->ram, &err));
}

static inline void driver_fini(struct driver *driver)
{
    if (driver->device) driver->device->ops->destroy(driver->device);
    ram_fini(&driver->ram);
}

static inline struct virtio_wiring driver_wiring(struct driver *driver)
{
    return (struct virtio_wiring){
        .bus = &driver->bus, .irq = probe_wire(&driver->probe, 0), .packed = true};
}

static inline uint8_t *driver_at(struct driver *driver, uint64_t addr)
{
    return driver->ram.bytes + (addr - RAM_BASE);
}

static inline uint32_t driver_reg(struct driver *driver, uint64_t offset)
{
    return (uint32_t)reg_load(driver->device, offset, 4);
}

static inline void driver_set(struct driver *driver, uint64_t offset, uint64_t value)
{
    reg_store(driver->device, offset, 4, value & 0xffffffff);
}

static inline uint64_t driver_offered(struct driver *driver)
{
    driver_set(driver, 0x14, 0);
    uint64_t low = driver_reg(driver, 0x10);
    driver_set(driver, 0x14, 1);
    return low | (uint64_t)driver_reg(driver, 0x10) << 32;
}

static inline uint64_t area_desc(unsigned queue)
{
    return RAM_BASE + QUEUE_AREA * (uint64_t)queue;
}

static inline uint64_t area_driver(unsigned queue)
{
    return area_desc(queue) + 0x2000;
}

static inline uint64_t area_device(unsigned queue)
{
    return area_desc(queue) + 0x3000;
}

static inline void driver_setup_queue(struct driver *driver, unsigned queue)
{
    memset(driver_at(driver, area_desc(queue)), 0, QUEUE_AREA);
    driver->queues[queue] = (struct driver_queue){.wrap = true, .used_wrap = true};
    const uint64_t areas[] = {area_desc(queue), area_driver(queue), area_device(queue)};
    driver_set(driver, 0x30, queue);
    driver_set(driver, 0x38, RING_SIZE);
    for (unsigned i = 0; i < 3; i++) {
        driver_set(driver, 0x80 + 0x10 * i, areas[i]);
        driver_set(driver, 0x84 + 0x10 * i, areas[i] >> 32);
    }
    driver_set(driver, 0x44, 1);
}

/* Brings the device up with the wanted of its features and `queues` queues. */
static inline void driver_start(struct driver *driver, uint64_t wanted, unsigned queues)
{
    driver_set(driver, REG_STATUS, 0);
    driver_set(driver, REG_STATUS, 1);
    driver_set(driver, REG_STATUS, 3);
    uint64_t features = driver_offered(driver) & (wanted | FEATURE(VIRTIO_F_VERSION_1));
    driver->packed = features >> VIRTIO_F_RING_PACKED & 1;
    driver->indirect = features >> VIRTIO_F_INDIRECT_DESC & 1;
    driver_set(driver, 0x24, 0);
    driver_set(driver, 0x20, features);
    driver_set(driver, 0x24, 1);
    driver_set(driver, 0x20, features >> 32);
    driver_set(driver, REG_STATUS, 11);
    assert_int_equal(driver_reg(driver, REG_STATUS), 11);
    for (unsigned queue = 0; queue < queues; queue++)
        driver_setup_queue(driver, queue);
    driver_set(driver, REG_STATUS, 15);
}

static inline void descriptor_write(uint8_t *at, uint64_t addr, uint32_t size, uint16_t low,
                                    uint16_t high)
{
    store_le(at, 8, addr);
    store_le(at + 8, 4, size);
    store_le(at + 12, 2, low);
    store_le(at + 14, 2, high);
}

/* The pieces as an indirect table of their own; returns the piece that stands for it. */
static inline struct piece driver_table(struct driver *driver, unsigned slot,
                                        const struct piece *pieces, unsigned count)
{
    uint64_t table = TABLES_BASE + 0x1000 * (uint64_t)slot;
    for (unsigned i = 0; i < count; i++) {
        uint16_t flags = pieces[i].writable ? DESCRIPTOR_WRITE : 0;
        uint8_t *at = driver_at(driver, table + 16 * i);
        if (driver->packed)
            descriptor_write(at, pieces[i].addr, pieces[i].size, 0, flags);
        else
            descriptor_write(at, pieces[i].addr, pieces[i].size,
                             i + 1 < count ? flags | DESCRIPTOR_NEXT : flags, (uint16_t)(i + 1));
    }
    return (struct piece){.addr = table, .size = 16 * count};
}

static inline void driver_add_split(struct driver *driver, unsigned queue,
                                    const struct piece *pieces, unsigned count, uint16_t extra)
{
    struct driver_queue *ring = &driver->queues[queue];
    uint8_t *available = driver_at(driver, area_driver(queue));
    uint16_t head = ring->next;
    for (unsigned i = 0; i < count; i++) {
        uint16_t slot = (head + i) % RING_SIZE;
        uint16_t flags = (uint16_t)(extra | (pieces[i].writable ? DESCRIPTOR_WRITE : 0) |
                                    (i + 1 < count ? DESCRIPTOR_NEXT : 0));
        descriptor_write(driver_at(driver, area_desc(queue) + 16 * slot), pieces[i].addr,
                         pieces[i].size, flags, (slot + 1) % RING_SIZE);
    }
    store_le(available + 4 + 2 * (ring->available % RING_SIZE), 2, head);
    store_le(available + 2, 2, ++ring->available);
    ring->next = (uint16_t)((head + count) % RING_SIZE);
}

static inline void driver_add_packed(struct driver *driver, unsigned queue,
                                     const struct piece *pieces, unsigned count, uint16_t extra)
{
    struct driver_queue *ring = &driver->queues[queue];
    uint16_t id = ring->next;
    ring->slots[id] = (uint16_t)count;
    for (unsigned i = 0; i < count; i++) {
        uint16_t flags = (uint16_t)(extra | (pieces[i].writable ? DESCRIPTOR_WRITE : 0) |
                                    (i + 1 < count ? DESCRIPTOR_NEXT : 0) |
                                    (ring->wrap ? DESCRIPTOR_AVAIL : DESCRIPTOR_USED));
        descriptor_write(driver_at(driver, area_desc(queue) + 16 * ring->next), pieces[i].addr,
                         pieces[i].size, id, flags);
        if (++ring->next == RING_SIZE) {
            ring->next = 0;
            ring->wrap = !ring->wrap;
        }
    }
}

/* Makes a buffer available without telling the device. */
static inline void driver_add(struct driver *driver, unsigned queue, const struct piece *pieces,
                              unsigned count)
{
    struct piece table;
    uint16_t extra = 0;
    if (driver->indirect) {
        table = driver_table(driver, driver->queues[queue].next + RING_SIZE * queue, pieces, count);
        pieces = &table;
        count = 1;
        extra = DESCRIPTOR_INDIRECT;
    }
    if (driver->packed)
        driver_add_packed(driver, queue, pieces, count, extra);
    else
        driver_add_split(driver, queue, pieces, count, extra);
}

static inline void driver_kick(struct driver *driver, unsigned queue)
{
    driver_set(driver, REG_NOTIFY, queue);
}

/* Takes the next used buffer: true and the bytes written into it. */
static inline bool driver_used(struct driver *driver, unsigned queue, uint32_t *written)
{
    struct driver_queue *ring = &driver->queues[queue];
    if (!driver->packed) {
        uint8_t *used = driver_at(driver, area_device(queue));
        if (load_le(used + 2, 2) == ring->used) return false;
        *written = (uint32_t)load_le(used + 4 + 8 * (ring->used++ % RING_SIZE) + 4, 4);
        return true;
    }
    uint8_t *at = driver_at(driver, area_desc(queue) + 16 * ring->used);
    uint64_t flags = load_le(at + 14, 2);
    if (!!(flags & DESCRIPTOR_AVAIL) != ring->used_wrap) return false;
    if (!!(flags & DESCRIPTOR_USED) != ring->used_wrap) return false;
    *written = (uint32_t)load_le(at + 8, 4);
    uint64_t id = load_le(at + 12, 2);
    assert_true(id < RING_SIZE);
    ring->used = (uint16_t)(ring->used + ring->slots[id]);
    if (ring->used >= RING_SIZE) {
        ring->used = (uint16_t)(ring->used - RING_SIZE);
        ring->used_wrap = !ring->used_wrap;
    }
    return true;
}

/* Adds, kicks, and expects the buffer back at once. */
static inline uint32_t driver_do(struct driver *driver, unsigned queue, const struct piece *pieces,
                                 unsigned count)
{
    uint32_t written = 0;
    driver_add(driver, queue, pieces, count);
    driver_kick(driver, queue);
    assert_true(driver_used(driver, queue, &written));
    return written;
}

/* Every kind of ring a driver may choose. */
static const uint64_t ring_kinds[] = {
    0,
    FEATURE(VIRTIO_F_INDIRECT_DESC),
    FEATURE(VIRTIO_F_EVENT_IDX),
    FEATURE(VIRTIO_F_RING_PACKED),
    FEATURE(VIRTIO_F_RING_PACKED) | FEATURE(VIRTIO_F_INDIRECT_DESC),
    FEATURE(VIRTIO_F_RING_PACKED) | FEATURE(VIRTIO_F_EVENT_IDX),
};

#endif
