/* dev/virtio/blk.c: virtio block device (virtio 1.2, 5.2).
 *
 * A request is 16 readable bytes, the data, and one writable byte for the status:
 *
 *    +--------+----------+------------------+- - - - - - - -+--------+
 *    | type 4 | reserved |  sector 8        |  data          | status |
 *    +--------+----------+------------------+- - - - - - - -+--------+
 *
 * The layout in descriptors is the driver's business (2.7.4), so both ends are cut by bytes.
 */
#include "dev/virtio/blk.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum {
    BLK_F_SEG_MAX = 2,
    BLK_F_RO = 5,
    BLK_F_BLK_SIZE = 6,
    BLK_F_FLUSH = 9,
    BLK_F_TOPOLOGY = 10,
    BLK_F_CONFIG_WCE = 11,
    BLK_F_MQ = 12,
    BLK_F_DISCARD = 13,
    BLK_F_WRITE_ZEROES = 14,
};

enum {
    BLK_IN = 0,
    BLK_OUT = 1,
    BLK_FLUSH = 4,
    BLK_GET_ID = 8,
    BLK_DISCARD = 11,
    BLK_WRITE_ZEROES = 13,
};

enum { BLK_OK = 0, BLK_IOERR = 1, BLK_UNSUPPORTED = 2 };

/* The configuration space (5.2.4), as far as it is in use. */
enum {
    CONFIG_CAPACITY = 0,
    CONFIG_SEG_MAX = 12,
    CONFIG_BLK_SIZE = 20,
    CONFIG_PHYSICAL_EXP = 24,
    CONFIG_OPT_IO_SIZE = 28,
    CONFIG_WRITEBACK = 32,
    CONFIG_NUM_QUEUES = 34,
    CONFIG_MAX_DISCARD = 36,
    CONFIG_MAX_DISCARD_SEG = 40,
    CONFIG_DISCARD_ALIGNMENT = 44,
    CONFIG_MAX_WRITE_ZEROES = 48,
    CONFIG_MAX_WRITE_ZEROES_SEG = 52,
    CONFIG_WRITE_ZEROES_UNMAP = 56,
    CONFIG_SIZE = 60,
};

#define HEADER_BYTES  16
#define SEGMENT_BYTES 16
#define SECTOR_SHIFT  9
#define MAX_SEGMENTS  64
#define MAX_RANGE     (UINT32_C(1) << 21) /* sectors in one discard: a hart waits for it */
#define UNMAP         1u
/* What the host has at hand is copied by the hart itself, up to this size: waking another thread
 * would take as long. */
#define READY_BYTES 131072

struct virtio_blk;

/* One request under way; the executor's thread has it until it is back under the lock. */
struct blk_request {
    struct job job;
    struct virtio_blk *blk;
    struct blk_request *next; /* of the free ones */
    unsigned queue;
    bool write_through;
    uint8_t status;
    uint64_t written; /* bytes for the driver, the status included */
    struct virtio_chain chain;
    struct span spans[VIRTQUEUE_MAX_SIZE];
};

struct virtio_blk {
    struct virtio virtio;
    struct block block;
    struct executor executor;
    char serial[VIRTIO_BLK_SERIAL];
    uint8_t config[CONFIG_SIZE];
    struct blk_request *spare;
    unsigned under_way;
    bool draining;
    struct host_event idle;
};

static struct virtio_blk *blk_of(struct virtio *virtio)
{
    return CONTAINER_OF(virtio, struct virtio_blk, virtio);
}

static const struct virtio_blk *blk_of_const(const struct virtio *virtio)
{
    return CONTAINER_OF(virtio, const struct virtio_blk, virtio);
}

/* ---- carrying out a request, without the lock ---- */

/* The range is inside the disk and of whole sectors. */
static bool blk_range(const struct block *block, uint64_t sector, uint64_t size)
{
    return size % (1u << SECTOR_SHIFT) == 0 && sector <= block->size >> SECTOR_SHIFT &&
           range_contains(block->size & ~mask_low(SECTOR_SHIFT), sector << SECTOR_SHIFT, size);
}

static uint8_t blk_result(bool done)
{
    return done ? BLK_OK : BLK_IOERR;
}

static uint8_t blk_read(struct blk_request *request, uint64_t sector)
{
    const struct block *block = &request->blk->block;
    const struct virtio_chain *chain = &request->chain;
    uint64_t size = chain->writable_bytes - 1;
    if (!blk_range(block, sector, size)) return BLK_IOERR;
    unsigned count =
        chain_spans(chain->spans + chain->readable, chain->writable, 0, size, request->spans);
    if (!block->ops->read(block->owner, sector << SECTOR_SHIFT, request->spans, count))
        return BLK_IOERR;
    request->written = size + 1;
    return BLK_OK;
}

/* A read that takes no waiting is done at once, with the lock held. False: the executor does it. */
static bool blk_read_ready(struct blk_request *request)
{
    const struct block *block = &request->blk->block;
    const struct virtio_chain *chain = &request->chain;
    uint64_t size = chain->writable_bytes - 1;
    uint8_t header[HEADER_BYTES];
    if (!block->ops->read_ready || size > READY_BYTES) return false;
    chain_read(chain, 0, header, sizeof(header));
    uint64_t sector = load_le(header + 8, 8);
    if (load_le(header, 4) != BLK_IN || !blk_range(block, sector, size)) return false;
    unsigned count =
        chain_spans(chain->spans + chain->readable, chain->writable, 0, size, request->spans);
    if (!block->ops->read_ready(block->owner, sector << SECTOR_SHIFT, request->spans, count))
        return false;
    request->written = size + 1;
    return true;
}

static uint8_t blk_write(struct blk_request *request, uint64_t sector)
{
    const struct block *block = &request->blk->block;
    const struct virtio_chain *chain = &request->chain;
    uint64_t size = chain->readable_bytes - HEADER_BYTES;
    if (block->read_only || !blk_range(block, sector, size)) return BLK_IOERR;
    unsigned count = chain_spans(chain->spans, chain->readable, HEADER_BYTES, size, request->spans);
    return blk_result(
        block->ops->write(block->owner, sector << SECTOR_SHIFT, request->spans, count) &&
        (!request->write_through || block->ops->flush(block->owner)));
}

/* Discard and write-zeroes carry up to MAX_SEGMENTS ranges (5.2.6):
 *
 *    +----------------+-----------+--------------+
 *    |   sector 8     | sectors 4 | flags 4      |   bit 0 of flags: unmap
 *    +----------------+-----------+--------------+
 */
static uint8_t blk_ranges(struct blk_request *request, bool discard)
{
    const struct block *block = &request->blk->block;
    uint64_t size = request->chain.readable_bytes - HEADER_BYTES;
    if (discard ? !block->ops->discard : !block->ops->write_zeroes) return BLK_UNSUPPORTED;
    if (block->read_only || size == 0 || size % SEGMENT_BYTES) return BLK_IOERR;
    if (size > MAX_SEGMENTS * SEGMENT_BYTES) return BLK_IOERR;
    for (uint64_t at = 0; at < size; at += SEGMENT_BYTES) {
        uint8_t segment[SEGMENT_BYTES];
        chain_read(&request->chain, HEADER_BYTES + at, segment, sizeof(segment));
        uint64_t sector = load_le(segment, 8), sectors = load_le(segment + 8, 4);
        uint64_t flags = load_le(segment + 12, 4), length = sectors << SECTOR_SHIFT;
        if (flags & ~(uint64_t)UNMAP || (discard && flags)) return BLK_UNSUPPORTED;
        if (sectors > MAX_RANGE || !blk_range(block, sector, length)) return BLK_IOERR;
        bool done = discard ? block->ops->discard(block->owner, sector << SECTOR_SHIFT, length)
                            : block->ops->write_zeroes(block->owner, sector << SECTOR_SHIFT, length,
                                                       flags & UNMAP);
        if (!done) return BLK_IOERR;
    }
    return blk_result(!request->write_through || block->ops->flush(block->owner));
}

static uint8_t blk_get_id(struct blk_request *request)
{
    uint64_t room = request->chain.writable_bytes - 1;
    size_t size = room < VIRTIO_BLK_SERIAL ? (size_t)room : VIRTIO_BLK_SERIAL;
    request->written = chain_write(&request->chain, 0, request->blk->serial, size);
    return BLK_OK;
}

static uint8_t blk_dispatch(struct blk_request *request)
{
    const struct block *block = &request->blk->block;
    uint8_t header[HEADER_BYTES];
    chain_read(&request->chain, 0, header, sizeof(header));
    uint64_t sector = load_le(header + 8, 8);
    switch (load_le(header, 4)) {
    case BLK_IN:
        return blk_read(request, sector);
    case BLK_OUT:
        return blk_write(request, sector);
    case BLK_FLUSH:
        return blk_result(block->ops->flush(block->owner));
    case BLK_GET_ID:
        return blk_get_id(request);
    case BLK_DISCARD:
        return blk_ranges(request, true);
    case BLK_WRITE_ZEROES:
        return blk_ranges(request, false);
    default:
        return BLK_UNSUPPORTED;
    }
}

/* ---- a request's way through the device ---- */

static void blk_finish(struct blk_request *request)
{
    struct virtio_blk *blk = request->blk;
    struct virtio_chain *chain = &request->chain;
    chain_write(chain, chain->writable_bytes - 1, &request->status, 1);
    struct virtio_span *last = &chain->spans[chain->readable + chain->writable - 1];
    bus_ram_written(blk->virtio.bus, last->addr + last->size - 1, 1);
    virtio_push(&blk->virtio, request->queue, chain, request->written);
    virtio_interrupt(&blk->virtio, request->queue);
    request->next = blk->spare;
    blk->spare = request;
    if (--blk->under_way == 0 && blk->draining) host_event_signal(&blk->idle);
}

/* On an executor's thread. */
static void blk_run_elsewhere(struct job *job)
{
    struct blk_request *request = CONTAINER_OF(job, struct blk_request, job);
    struct virtio_blk *blk = request->blk;
    request->status = blk_dispatch(request);
    mutex_lock(&blk->virtio.lock);
    blk_finish(request);
    mutex_unlock(&blk->virtio.lock);
}

static struct blk_request *blk_take_request(struct virtio_blk *blk)
{
    struct blk_request *request = blk->spare;
    if (request)
        blk->spare = request->next;
    else
        request = calloc(1, sizeof(*request));
    if (request) {
        request->blk = blk;
        request->job.run = blk_run_elsewhere;
        request->status = BLK_OK;
        request->written = 1;
    }
    return request;
}

/* 5.2.5.2: without FLUSH, or with the cache switched off, a write is done when it is on the disk.
 */
static bool blk_write_through(const struct virtio_blk *blk)
{
    if (virtio_has(&blk->virtio, BLK_F_CONFIG_WCE)) return !blk->config[CONFIG_WRITEBACK];
    return !virtio_has(&blk->virtio, BLK_F_FLUSH);
}

static void blk_notify(struct virtio *virtio, unsigned queue)
{
    struct virtio_blk *blk = blk_of(virtio);
    unsigned ready = 0; /* other harts may add more for ever; this one must get on */
    while (virtio_runs(virtio)) {
        struct blk_request *request = blk_take_request(blk);
        if (!request) return; /* out of host memory: the next notification tries again */
        if (!virtio_pop(virtio, queue, &request->chain)) {
            request->next = blk->spare;
            blk->spare = request;
            return;
        }
        request->queue = queue;
        request->write_through = blk_write_through(blk);
        blk->under_way++;
        if (request->chain.readable_bytes < HEADER_BYTES || request->chain.writable_bytes < 1) {
            virtio_fail(virtio); /* there is no place for a status */
            blk->under_way--;
            request->next = blk->spare;
            blk->spare = request;
        } else if (blk->executor.post && ready < VIRTQUEUE_MAX_SIZE && blk_read_ready(request)) {
            ready++;
            blk_finish(request);
        } else if (blk->executor.post) {
            executor_post(&blk->executor, &request->job);
        } else {
            request->status = blk_dispatch(request);
            blk_finish(request);
        }
    }
}

static void blk_drain(struct virtio *virtio)
{
    struct virtio_blk *blk = blk_of(virtio);
    while (blk->under_way) {
        blk->draining = true;
        mutex_unlock(&virtio->lock);
        host_event_wait(&blk->idle, HOST_FOREVER);
        mutex_lock(&virtio->lock);
    }
    blk->draining = false;
}

/* ---- configuration, state, life ---- */

static void blk_config_store(struct virtio *virtio, uint64_t offset, unsigned size, uint64_t value)
{
    if (offset == CONFIG_WRITEBACK && size == 1 && virtio_has(virtio, BLK_F_CONFIG_WCE))
        blk_of(virtio)->config[CONFIG_WRITEBACK] = value & 1;
}

/* 5.2.5.1: a driver that can't flush gets a disk that needs no flush. */
static void blk_negotiated(struct virtio *virtio)
{
    blk_of(virtio)->config[CONFIG_WRITEBACK] = virtio_has(virtio, BLK_F_FLUSH);
}

static void blk_reset(struct virtio *virtio)
{
    blk_of(virtio)->config[CONFIG_WRITEBACK] = 1;
}

static bool blk_save(const struct virtio *virtio, struct state_writer *writer)
{
    const struct virtio_blk *blk = blk_of_const(virtio);
    state_put_u64(writer, "writeback", blk->config[CONFIG_WRITEBACK]);
    state_put_u64(writer, "size", blk->block.size);
    return !writer->failed;
}

static bool blk_load(struct virtio *virtio, struct state_reader *reader, struct error *err)
{
    struct virtio_blk *blk = blk_of(virtio);
    uint64_t writeback, size;
    if (!state_get_u64(reader, "writeback", &writeback, err) ||
        !state_get_u64(reader, "size", &size, err))
        return false;
    if (size != blk->block.size)
        return error_set(err, "%s: the disk has %llu bytes, the saved machine's had %llu",
                         virtio->device.name, (unsigned long long)blk->block.size,
                         (unsigned long long)size);
    blk->config[CONFIG_WRITEBACK] = writeback & 1;
    return true;
}

static void blk_destroy(struct virtio *virtio)
{
    struct virtio_blk *blk = blk_of(virtio);
    while (blk->spare) {
        struct blk_request *request = blk->spare;
        blk->spare = request->next;
        free(request);
    }
    host_event_fini(&blk->idle);
    free(blk);
}

static const struct virtio_kind blk_kind = {
    .name = "virtio-blk",
    .id = 2,
    .notify = blk_notify,
    .negotiated = blk_negotiated,
    .config_store = blk_config_store,
    .drain = blk_drain,
    .reset = blk_reset,
    .save = blk_save,
    .load = blk_load,
    .destroy = blk_destroy,
};

static void blk_fill_config(struct virtio_blk *blk, unsigned queues)
{
    uint8_t *config = blk->config;
    store_le(config + CONFIG_CAPACITY, 8, blk->block.size >> SECTOR_SHIFT);
    store_le(config + CONFIG_SEG_MAX, 4, VIRTQUEUE_MAX_SIZE - 2); /* header and status */
    store_le(config + CONFIG_BLK_SIZE, 4, 1u << SECTOR_SHIFT);
    config[CONFIG_PHYSICAL_EXP] = 3; /* 4 KiB, what the host's page cache works in */
    store_le(config + CONFIG_OPT_IO_SIZE, 4, 0);
    config[CONFIG_WRITEBACK] = 1;
    store_le(config + CONFIG_NUM_QUEUES, 2, queues);
    store_le(config + CONFIG_MAX_DISCARD, 4, MAX_RANGE);
    store_le(config + CONFIG_MAX_DISCARD_SEG, 4, MAX_SEGMENTS);
    store_le(config + CONFIG_DISCARD_ALIGNMENT, 4, 8);
    store_le(config + CONFIG_MAX_WRITE_ZEROES, 4, MAX_RANGE);
    store_le(config + CONFIG_MAX_WRITE_ZEROES_SEG, 4, MAX_SEGMENTS);
    config[CONFIG_WRITE_ZEROES_UNMAP] = 1;
}

static uint64_t blk_features(const struct block *block, unsigned queues)
{
    uint64_t features = FEATURE(BLK_F_SEG_MAX) | FEATURE(BLK_F_BLK_SIZE) | FEATURE(BLK_F_FLUSH) |
                        FEATURE(BLK_F_TOPOLOGY) | FEATURE(BLK_F_CONFIG_WCE);
    if (queues > 1) features |= FEATURE(BLK_F_MQ);
    if (block->read_only) return features | FEATURE(BLK_F_RO);
    if (block->ops->discard) features |= FEATURE(BLK_F_DISCARD);
    if (block->ops->write_zeroes) features |= FEATURE(BLK_F_WRITE_ZEROES);
    return features;
}

struct device *virtio_blk_create(const char *name, const struct virtio_wiring *wiring,
                                 const struct block *block,
                                 const struct virtio_blk_options *options, struct error *err)
{
    unsigned queues = options->queues ? options->queues : 1;
    if (queues > VIRTIO_BLK_MAX_QUEUES) {
        error_set(err, "%s: %u queues; 1 to %u are possible", name, queues, VIRTIO_BLK_MAX_QUEUES);
        return NULL;
    }
    struct virtio_blk *blk = calloc(1, sizeof(*blk));
    if (!blk) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    blk->block = *block;
    blk->executor = options->executor;
    if (options->serial)
        memcpy(blk->serial, options->serial, strnlen(options->serial, sizeof(blk->serial)));
    blk_fill_config(blk, queues);
    host_event_init(&blk->idle);
    blk->virtio.features = blk_features(block, queues);
    blk->virtio.config = blk->config;
    blk->virtio.config_size = CONFIG_SIZE;
    virtio_init(&blk->virtio, name, &blk_kind, wiring, queues);
    return &blk->virtio.device;
}

void virtio_blk_resize(struct device *device, uint64_t size)
{
    struct virtio_blk *blk = blk_of(virtio_of(device));
    mutex_lock(&blk->virtio.lock);
    blk_drain(&blk->virtio);
    blk->block.size = size;
    store_le(blk->config + CONFIG_CAPACITY, 8, size >> SECTOR_SHIFT);
    virtio_config_changed(&blk->virtio);
    mutex_unlock(&blk->virtio.lock);
}
