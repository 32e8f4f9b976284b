/* tests/dev/hostile.h: a driver that does whatever a string of bytes says, to every virtio device.
 *
 * Most strings bring the device up properly and then go wrong somewhere: in the rings, the
 * descriptors, the requests, the registers, or by a reset in the middle. RAM is a heap block, so
 * that the address sanitizer sees the first byte beside it. In the end the device must still come
 * up for a driver that behaves.
 */
#ifndef RIVET_TESTS_DEV_HOSTILE_H
#define RIVET_TESTS_DEV_HOSTILE_H

#include "tests/dev/hostile_devices.h"

/* ---- the driver ---- */

static inline void hostile_store(struct hostile *hostile, uint64_t offset, unsigned size,
                                 uint64_t value)
{
    struct region *region = &hostile->device->region;
    region->ops->store(region, offset, size, size == 8 ? value : value & mask_low(8 * size));
}

static inline uint64_t hostile_load(struct hostile *hostile, uint64_t offset, unsigned size)
{
    struct region *region = &hostile->device->region;
    uint64_t value = 0;
    region->ops->load(region, offset, size, &value);
    return value;
}

/* Brings the device up with the features of `wanted` that it offers. */
static inline void hostile_start(struct hostile *hostile, uint64_t wanted)
{
    uint64_t features = (wanted | FEATURE(VIRTIO_F_VERSION_1));
    hostile_store(hostile, 0x70, 4, 0);
    hostile_store(hostile, 0x70, 4, 3);
    for (unsigned half = 0; half < 2; half++) {
        hostile_store(hostile, 0x14, 4, half);
        uint64_t offered = hostile_load(hostile, 0x10, 4);
        hostile_store(hostile, 0x24, 4, half);
        hostile_store(hostile, 0x20, 4, offered & features >> (32 * half));
    }
    hostile_store(hostile, 0x70, 4, 11);
    hostile->packed = wanted >> VIRTIO_F_RING_PACKED & 1;
    for (unsigned queue = 0; queue < hostile->kind->queues; queue++) {
        uint64_t area = HOSTILE_BASE + HOSTILE_AREA * queue;
        memset(hostile->ram.bytes + HOSTILE_AREA * queue, 0, HOSTILE_AREA);
        hostile_store(hostile, 0x30, 4, queue);
        hostile_store(hostile, 0x38, 4, HOSTILE_RING);
        for (unsigned i = 0; i < 3; i++) {
            hostile_store(hostile, 0x80 + 0x10 * i, 4, area + 0x400 * i);
            hostile_store(hostile, 0x84 + 0x10 * i, 4, 0);
        }
        hostile_store(hostile, 0x44, 4, 1);
        hostile->available[queue] = 0;
        hostile->wrap[queue] = true;
    }
    hostile_store(hostile, 0x70, 4, 15);
    if (hostile->kind->begin) hostile->kind->begin(hostile);
}

/* An address: mostly a place for data, else an edge of RAM, a ring, or anything. */
static inline uint64_t hostile_addr(struct hostile *hostile)
{
    uint64_t word = feed_take(&hostile->feed, 3);
    switch (word & 0xf) {
    case 0:
        return HOSTILE_BASE + HOSTILE_RAM - (word >> 4 & 0xff);
    case 1:
        return HOSTILE_BASE - (word >> 4 & 0xff);
    case 2:
        return HOSTILE_BASE + (word >> 4 & 0xffff);
    case 3:
        return feed_take(&hostile->feed, 8);
    default:
        return HOSTILE_BASE + HOSTILE_DATA + (word >> 4 & 0xffff);
    }
}

static inline uint32_t hostile_length(struct hostile *hostile)
{
    uint64_t word = feed_take(&hostile->feed, 2);
    switch (word & 7) {
    case 0:
        return (uint32_t)(word >> 3 & 0x1ff) * 512;
    case 1:
        return (uint32_t)feed_take(&hostile->feed, 4);
    case 2:
        return (uint32_t)(word >> 3 & 0xf) * 16;
    case 3:
        return 1;
    default:
        return (uint32_t)(word >> 3 & 0x7ff);
    }
}

static inline void hostile_descriptor(struct hostile *hostile, uint8_t *at, unsigned slot,
                                      uint16_t flags)
{
    uint16_t id = (uint16_t)(slot % HOSTILE_RING), next = (uint16_t)((slot + 1) % HOSTILE_RING);
    store_le(at, 8, hostile_addr(hostile));
    store_le(at + 8, 4, hostile_length(hostile));
    store_le(at + 12, 2, hostile->packed ? id : flags);
    store_le(at + 14, 2, hostile->packed ? flags : next);
}

/* A buffer of a few descriptors, made available as the ring wants it, but for what `twist` turns.
 */
static inline void hostile_buffer(struct hostile *hostile)
{
    unsigned queue = (unsigned)feed_take(&hostile->feed, 1) % hostile->kind->queues;
    unsigned shape = (unsigned)feed_take(&hostile->feed, 1);
    unsigned count = 1 + (shape & 3), writable_from = shape >> 2 & 3;
    uint16_t twist = shape & 0x80 ? (uint16_t)feed_take(&hostile->feed, 2) : 0;
    uint16_t *slot = &hostile->available[queue];
    uint8_t *area = hostile->ram.bytes + HOSTILE_AREA * queue, *flags_at = NULL;
    uint16_t head = *slot % HOSTILE_RING, first_flags = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned at = hostile->packed ? *slot : (head + i) % HOSTILE_RING;
        uint16_t flags = (uint16_t)((i >= writable_from ? DESCRIPTOR_WRITE : 0) |
                                    (i + 1 < count ? DESCRIPTOR_NEXT : 0));
        if (hostile->packed) flags |= hostile->wrap[queue] ? DESCRIPTOR_AVAIL : DESCRIPTOR_USED;
        if (shape & 0x40 && i == 0) flags = (uint16_t)((flags & ~3) | DESCRIPTOR_INDIRECT);
        flags ^= i == 0 ? twist & 0x8087 : 0;
        hostile_descriptor(hostile, area + 16 * at, at, flags);
        if (shape & 0x20 && i + 1 == count && !hostile->packed) { /* back to the first */
            store_le(area + 16 * at + 12, 2, flags | DESCRIPTOR_NEXT);
            store_le(area + 16 * at + 14, 2, head);
        }
        if (i == 0) flags_at = area + 16 * at, first_flags = flags;
        if (shape & 0x40) break;
        if (hostile->packed && ++*slot == HOSTILE_RING) {
            *slot = 0;
            hostile->wrap[queue] = !hostile->wrap[queue];
        }
    }
    if (hostile->packed) {
        store_le(flags_at + 14, 2, first_flags);
        if (shape & 0x40 && ++*slot == HOSTILE_RING) {
            *slot = 0;
            hostile->wrap[queue] = !hostile->wrap[queue];
        }
    } else {
        store_le(area + 0x404 + 2 * (*slot % HOSTILE_RING), 2, twist & 0x40 ? twist : head);
        ++*slot;
        store_le(area + 0x402, 2, *slot + (twist & 0x8000 ? 1000u : 0));
    }
    if (!(shape & 0x10)) hostile_store(hostile, 0x50, 4, queue);
}

static inline void hostile_bytes(struct hostile *hostile)
{
    uint64_t at = hostile_addr(hostile) - HOSTILE_BASE;
    unsigned size = (unsigned)feed_take(&hostile->feed, 1) % 64;
    for (unsigned i = 0; i < size && at < HOSTILE_RAM; i++, at++)
        hostile->ram.bytes[at] = (uint8_t)feed_take(&hostile->feed, 1);
}

static inline void hostile_register(struct hostile *hostile)
{
    uint64_t where = feed_take(&hostile->feed, 2), value = feed_take(&hostile->feed, 4);
    unsigned size = 1u << (where >> 14);
    uint64_t offset = where & 0x1ff & ~(uint64_t)(size - 1);
    if (where & 0x2000 || size == 8)
        hostile->touched ^= (uint8_t)hostile_load(hostile, offset, size == 8 ? 4 : size);
    else
        hostile_store(hostile, offset, size, value);
}

/* Gives the first queue the request at HOSTILE_DATA and room for a reply. */
static inline void hostile_send(struct hostile *hostile, unsigned size)
{
    uint8_t *ring = hostile->ram.bytes; /* readable all of it, then room for a reply */
    uint16_t slot = hostile->available[0];
    if (hostile->packed) return;
    for (unsigned i = 0; i < 2; i++) {
        uint8_t *descriptor = ring + 16 * ((slot + i) % HOSTILE_RING);
        store_le(descriptor, 8, HOSTILE_BASE + HOSTILE_DATA + 0x8000 * i);
        store_le(descriptor + 8, 4, i ? 0x1000 : size);
        store_le(descriptor + 12, 2, i ? DESCRIPTOR_WRITE : DESCRIPTOR_NEXT);
        store_le(descriptor + 14, 2, (slot + 1) % HOSTILE_RING);
    }
    store_le(ring + 0x404 + 2 * (slot % HOSTILE_RING), 2, slot % HOSTILE_RING);
    store_le(ring + 0x402, 2, ++hostile->available[0]);
    hostile_store(hostile, 0x50, 4, 0);
}

/* A client that has agreed on the version and has the root as fid 0: what follows is understood. */
static inline void hostile_attach(struct hostile *hostile)
{
    static const uint8_t version[] = "\x15\0\0\0\x64\1\1\0\x80\0\0\x08\0"
                                     "9P2000.L";
    static const uint8_t attach[] = "\x17\0\0\0\x68\1\1\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0";
    memcpy(hostile->ram.bytes + HOSTILE_DATA, version, sizeof version);
    hostile_send(hostile, sizeof version - 1);
    memcpy(hostile->ram.bytes + HOSTILE_DATA, attach, sizeof attach);
    hostile_send(hostile, sizeof attach);
}

/* One field of a request: f a fid, s a string, a digit a number of so many bytes. */
static inline unsigned hostile_field(struct hostile *hostile, char kind, uint8_t *at)
{
    static const char *const names[] = {"a", "b", "..", "user.x", "9P2000.L", "", "a/b", "c"};
    unsigned choice = (unsigned)feed_take(&hostile->feed, 1);
    if (kind == 's') {
        const char *name = names[choice & 7];
        unsigned length = (unsigned)strlen(name);
        memcpy(at + 2, name, length);
        if (choice >= 0xe0) memset(at + 2, 'x', length = (choice & 0x1f) * 20);
        store_le(at, 2, length);
        return 2 + length;
    }
    unsigned width = kind == 'f' ? 4 : (unsigned)(kind - '0');
    uint64_t value = choice & (kind == 'f' ? 3 : 0x1f);
    store_le(at, width, choice < 0xe0 ? value : feed_take(&hostile->feed, width));
    return width;
}

/* A 9P request that is laid out as it should be, but for a size now and then. */
static inline void hostile_request(struct hostile *hostile)
{
    static const struct {
        uint8_t type;
        const char *fields;
    } rows[] = {
        {8, "f"},       {12, "f4"},   {14, "fs444"},  {16, "fss4"},       {18, "fs4444"},
        {20, "ffs"},    {22, "f"},    {24, "f8"},     {26, "f444488888"}, {30, "ffs"},
        {32, "fs84"},   {40, "f84"},  {50, "f4"},     {52, "f14884s"},    {54, "f1884s"},
        {70, "ffs"},    {72, "fs44"}, {74, "fsfs"},   {76, "fs4"},        {100, "4s"},
        {104, "ffss4"}, {108, "2"},   {110, "ff2ss"}, {116, "f84"},       {118, "f8488"},
        {120, "f"},     {122, "f"},   {110, "ff2s"},  {12, "f4"},         {24, "f8"},
    };
    uint8_t *at = hostile->ram.bytes + HOSTILE_DATA;
    unsigned kind = (unsigned)feed_take(&hostile->feed, 1), size = 7;
    at[4] = rows[kind % ARRAY_COUNT(rows)].type;
    at[5] = at[6] = 1;
    for (const char *field = rows[kind % ARRAY_COUNT(rows)].fields; *field; field++)
        size += hostile_field(hostile, *field, at + size);
    store_le(at, 4, kind >= 0xf0 ? feed_take(&hostile->feed, 4) : size);
    hostile_send(hostile, size);
}

static inline void hostile_save_and_load(struct hostile *hostile)
{
    struct state_writer writer;
    struct state_reader reader;
    state_writer_init(&writer);
    if (!hostile->device->ops->save(hostile->device, &writer)) abort();
    uint64_t cut = feed_take(&hostile->feed, 1), flip = feed_take(&hostile->feed, 2);
    if (cut & 1 && writer.size) writer.bytes[flip % writer.size] ^= (uint8_t)cut;
    state_reader_init(&reader, writer.bytes,
                      writer.size - (cut & 2 ? flip % (writer.size + 1) : 0));
    hostile->device->ops->load(hostile->device, &reader, NULL);
    state_writer_fini(&writer);
}

static inline void hostile_step(struct hostile *hostile)
{
    unsigned what = (unsigned)feed_take(&hostile->feed, 1);
    switch (what & 0xf) {
    case 0:
        hostile_start(hostile, feed_take(&hostile->feed, 5) | UINT64_C(1) << 28);
        break;
    case 1:
        hostile_register(hostile);
        break;
    case 2:
        hostile_bytes(hostile);
        break;
    case 3:
        if (hostile->kind->event) hostile->kind->event(hostile);
        break;
    case 4:
        hostile_store(hostile, 0x70, 4, 0);
        break;
    case 5:
        hostile_save_and_load(hostile);
        break;
    case 6:
        hostile_store(hostile, 0x50, 4, what >> 4);
        break;
    case 7:
    case 8:
    case 9:
        hostile_request(hostile);
        break;
    default:
        hostile_buffer(hostile);
        break;
    }
}

static inline void hostile_run(const struct hostile_kind *kind, const uint8_t *bytes, size_t size)
{
    struct hostile *hostile = calloc(1, sizeof *hostile);
    struct error err;
    hostile->kind = kind;
    hostile->feed = (struct feed){.bytes = bytes, .size = size};
    if (!ram_init(&hostile->ram, HOSTILE_RAM, &err)) abort();
    if (!bus_add_ram(&hostile->bus, HOSTILE_BASE, &hostile->ram, &err)) abort();
    hostile->mapped = hostile->ram.bytes;
    hostile->ram.bytes = calloc(1, HOSTILE_RAM);
    struct virtio_wiring wiring = {
        .bus = &hostile->bus, .irq = {.set = hostile_set, .owner = hostile}, .packed = true};
    hostile->device = kind->create(hostile, &wiring);
    hostile_start(hostile, feed_take(&hostile->feed, 5));
    for (unsigned step = 0; step < HOSTILE_STEPS && hostile->feed.at < size; step++)
        hostile_step(hostile);
    hostile_start(hostile, 0);
    if (hostile_load(hostile, 0x70, 4) != 15) abort(); /* no driver can use it any more */
    hostile->device->ops->destroy(hostile->device);
    share_close(hostile->share);
    free(hostile->ram.bytes);
    hostile->ram.bytes = hostile->mapped;
    ram_fini(&hostile->ram);
    free(hostile);
}

#endif
