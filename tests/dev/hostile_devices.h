/* tests/dev/hostile_devices.h: every virtio device, with something behind it that can be checked.
 */
#ifndef RIVET_TESTS_DEV_HOSTILE_DEVICES_H
#define RIVET_TESTS_DEV_HOSTILE_DEVICES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "dev/virtio/balloon.h"
#include "dev/virtio/blk.h"
#include "dev/virtio/console.h"
#include "dev/virtio/net.h"
#include "dev/virtio/offload.h"
#include "dev/virtio/p9.h"
#include "dev/virtio/rng.h"

#define HOSTILE_BASE UINT64_C(0x80000000)
#define HOSTILE_RAM  0x40000u
#define HOSTILE_RING 16u /* entries, when set up properly */
#define HOSTILE_AREA                                                                               \
    0x1000u /* a queue: descriptors, driver area at +0x400, device area at +0x800 */
#define HOSTILE_DATA  0x20000u
#define HOSTILE_DISK  0x10000u
#define HOSTILE_STEPS 400u

/* ---- the bytes that say what to do ---- */

struct feed {
    const uint8_t *bytes;
    size_t size, at;
};

static inline uint64_t feed_take(struct feed *feed, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width && feed->at < feed->size; i++)
        value |= (uint64_t)feed->bytes[feed->at++] << (8 * i);
    return value;
}

/* ---- what is behind the devices ---- */

struct hostile {
    struct ram ram;
    struct bus bus;
    uint8_t *mapped; /* the RAM's own bytes, while the heap's stand in for them */
    struct device *device;
    const struct hostile_kind *kind;
    struct feed feed;
    bool packed;
    uint16_t available[VIRTIO_MAX_QUEUES]; /* split: index; packed: slot and wrap */
    bool wrap[VIRTIO_MAX_QUEUES];
    uint8_t disk[HOSTILE_DISK];
    struct block block;
    struct share *share;
    volatile uint8_t touched; /* all that leaves the device is read */
    bool level;
};

struct hostile_kind {
    const char *name;
    unsigned queues;
    struct device *(*create)(struct hostile *, const struct virtio_wiring *);
    void (*event)(struct hostile *); /* something comes from outside; or NULL */
    void (*begin)(struct hostile *); /* what drivers do first; or NULL */
};

static inline void hostile_read(void *owner, const uint8_t *bytes, size_t size)
{
    struct hostile *hostile = owner;
    for (size_t i = 0; i < size; i++)
        hostile->touched ^= bytes[i];
}

static inline void hostile_set(void *owner, unsigned line, bool level)
{
    struct hostile *hostile = owner;
    (void)line;
    hostile->level = level;
}

/* The device promises ranges inside the disk. */
static inline bool hostile_move(struct hostile *hostile, uint64_t offset, const struct span *spans,
                                unsigned count, bool write)
{
    for (unsigned i = 0; i < count; i++) {
        if (!range_contains(HOSTILE_DISK, offset, spans[i].size)) abort();
        if (write)
            memcpy(hostile->disk + offset, spans[i].bytes, spans[i].size);
        else
            memcpy(spans[i].bytes, hostile->disk + offset, spans[i].size);
        offset += spans[i].size;
    }
    return true;
}

static inline bool hostile_block_read(void *owner, uint64_t offset, const struct span *spans,
                                      unsigned count)
{
    return hostile_move(owner, offset, spans, count, false);
}

static inline bool hostile_block_write(void *owner, uint64_t offset, const struct span *spans,
                                       unsigned count)
{
    return hostile_move(owner, offset, spans, count, true);
}

static inline bool hostile_block_flush(void *owner)
{
    (void)owner;
    return true;
}

static inline bool hostile_block_discard(void *owner, uint64_t offset, uint64_t size)
{
    struct hostile *hostile = owner;
    if (!range_contains(HOSTILE_DISK, offset, size)) abort();
    memset(hostile->disk + offset, 0, size);
    return true;
}

static inline bool hostile_block_zero(void *owner, uint64_t offset, uint64_t size, bool unmap)
{
    (void)unmap;
    return hostile_block_discard(owner, offset, size);
}

static const struct block_ops hostile_block_ops = {
    .read = hostile_block_read,
    .write = hostile_block_write,
    .flush = hostile_block_flush,
    .discard = hostile_block_discard,
    .write_zeroes = hostile_block_zero,
};

static inline struct device *hostile_blk(struct hostile *hostile,
                                         const struct virtio_wiring *wiring)
{
    struct virtio_blk_options options = {.serial = "hostile", .queues = 2};
    hostile->block =
        (struct block){.ops = &hostile_block_ops, .owner = hostile, .size = HOSTILE_DISK};
    return virtio_blk_create("blk", wiring, &hostile->block, &options, NULL);
}

static inline struct device *hostile_net(struct hostile *hostile,
                                         const struct virtio_wiring *wiring)
{
    struct net_port port = {.send = hostile_read, .owner = hostile, .checksums_valid = true};
    struct virtio_net_options options = {.mac = {2}, .mtu = 1500};
    return virtio_net_create("net", wiring, &port, &options, NULL);
}

static inline void hostile_net_event(struct hostile *hostile)
{
    static uint8_t frame[OFFLOAD_MAX_FRAME + 1];
    uint64_t what = feed_take(&hostile->feed, 2);
    if (what % 16 == 0)
        virtio_net_set_link(hostile->device, what >> 4 & 1);
    else
        virtio_net_deliver(hostile->device, frame, what % 16 == 1 ? sizeof frame : what % 9000);
}

static inline void hostile_fill(void *owner, uint8_t *bytes, size_t size)
{
    (void)owner;
    memset(bytes, 0x55, size);
}

static inline struct device *hostile_rng(struct hostile *hostile,
                                         const struct virtio_wiring *wiring)
{
    (void)hostile;
    return virtio_rng_create("rng", wiring, (struct entropy){.fill = hostile_fill}, NULL);
}

static inline bool hostile_ready(void *owner)
{
    return ++((struct hostile *)owner)->touched % 8 != 0;
}

static inline struct device *hostile_console(struct hostile *hostile,
                                             const struct virtio_wiring *wiring)
{
    struct virtio_console_port port = {
        .name = "port", .sink = {.write = hostile_read, .owner = hostile}, .ready = hostile_ready};
    struct virtio_console_port ports[] = {port, port, port};
    ports[0].console = true;
    return virtio_console_create("console", wiring, ports, 3, NULL);
}

static inline void hostile_console_event(struct hostile *hostile)
{
    static const uint8_t text[600] = "typed";
    uint64_t what = feed_take(&hostile->feed, 2);
    if (what % 8 == 0)
        virtio_console_resize(hostile->device, (unsigned)what, 25);
    else if (what % 8 == 1)
        virtio_console_resume(hostile->device, (unsigned)what >> 8 & 3);
    else
        virtio_console_receive(hostile->device, (unsigned)what >> 12 & 3, text, what % 600);
}

static inline void hostile_discard(void *owner, uint8_t *bytes, uint64_t size)
{
    (void)owner;
    memset(bytes, 0, (size_t)size);
}

static inline struct device *hostile_balloon(struct hostile *hostile,
                                             const struct virtio_wiring *wiring)
{
    struct virtio_balloon_options options = {
        .reporting = true, .deflate_on_oom = true, .discard = {.discard = hostile_discard}};
    (void)hostile;
    return virtio_balloon_create("balloon", wiring, &options, NULL);
}

static inline void hostile_balloon_event(struct hostile *hostile)
{
    virtio_balloon_set_target(hostile->device, (uint32_t)feed_take(&hostile->feed, 4));
}

/* A directory of its own in TMPDIR, which the guest may turn upside down. */
static inline const char *hostile_place(void)
{
    static char place[256];
    const char *parent = getenv("TMPDIR");
    if (*place) return place;
    snprintf(place, sizeof place, "%s/rivet-hostile-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(place)) abort();
    return place;
}

static inline struct device *hostile_9p(struct hostile *hostile, const struct virtio_wiring *wiring)
{
    struct error err;
    hostile->share = share_open(hostile_place(), SHARE_NONE, false, &err);
    if (!hostile->share) abort();
    return virtio_p9_create("9p", wiring, hostile->share, "tag", (struct executor){0}, NULL);
}

static inline void hostile_attach(struct hostile *hostile);

static const struct hostile_kind hostile_kinds[] = {
    {"blk", 2, hostile_blk, NULL, NULL},
    {"net", 2, hostile_net, hostile_net_event, NULL},
    {"rng", 1, hostile_rng, NULL, NULL},
    {"console", 8, hostile_console, hostile_console_event, NULL},
    {"balloon", 3, hostile_balloon, hostile_balloon_event, NULL},
    {"9p", 1, hostile_9p, NULL, hostile_attach},
};

#endif
