/* dev/virtio/balloon.c: virtio memory balloon (virtio 1.2, 5.5).
 *
 * In the inflate queue (0) the driver names pages it does without, as an array of 32-bit page
 * numbers; in the deflate queue (1) those it takes back. The statistics queue (2) holds one buffer:
 * the device gives it back when it wants to hear newer ones. In the reporting queue, which comes
 * after the others that were negotiated, each buffer is itself a piece of free memory.
 *
 *      0            4         8                         12            16
 *    +------------+---------+-------------------------+-------------+
 *    | num_pages  | actual  | free_page_hint_cmd_id   | poison_val  |
 *    +------------+---------+-------------------------+-------------+
 */
#include "dev/virtio/balloon.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum { BALLOON_F_STATS_VQ = 1, BALLOON_F_DEFLATE_ON_OOM = 2, BALLOON_F_PAGE_REPORTING = 5 };

enum { QUEUE_INFLATE = 0, QUEUE_DEFLATE = 1, QUEUE_STATS = 2, QUEUES = 4 };

enum { CONFIG_NUM_PAGES = 0, CONFIG_ACTUAL = 4, CONFIG_SIZE = 16 };

#define PAGES_AT_ONCE 256   /* numbers read in one go */
#define PAGES_MOST    65536 /* of a buffer: a hart waits for them; Linux gives 256 */

/* A statistic (5.5.6.3), of which a buffer is an array:
 *
 *    +-------+----------------------+
 *    | tag 2 |  value 8             |
 *    +-------+----------------------+
 */
#define STAT_BYTES 10
#define STATS_MOST 64 /* of a buffer */

struct virtio_balloon {
    struct virtio virtio;
    struct memory_discard discard;
    struct virtio_balloon_stats stats; /* what the driver last told */
    uint8_t config[CONFIG_SIZE];
};

static struct virtio_balloon *balloon_of(struct virtio *virtio)
{
    return CONTAINER_OF(virtio, struct virtio_balloon, virtio);
}

/* ---- pages ---- */

static void balloon_discard(struct virtio_balloon *balloon, uint64_t addr, uint8_t *bytes,
                            uint64_t size)
{
    balloon->discard.discard(balloon->discard.owner, bytes, size);
    bus_ram_written(balloon->virtio.bus, addr, size); /* code that was decoded from it is gone */
}

/* Neighbours go together. A page that is no RAM is the driver's mistake, and no harm. */
static void balloon_inflate_some(struct virtio_balloon *balloon, const uint8_t *numbers,
                                 unsigned count)
{
    for (unsigned i = 0, next; i < count; i = next) {
        uint64_t first = load_le(numbers + 4 * i, 4);
        for (next = i + 1; next < count; next++)
            if (load_le(numbers + 4 * next, 4) != first + (next - i)) break;
        uint64_t addr = first * BALLOON_PAGE, size = (uint64_t)(next - i) * BALLOON_PAGE;
        uint8_t *bytes = bus_ram_at(balloon->virtio.bus, addr, size);
        if (bytes) balloon_discard(balloon, addr, bytes, size);
    }
}

static void balloon_inflate(struct virtio_balloon *balloon, const struct virtio_chain *chain)
{
    uint8_t numbers[4 * PAGES_AT_ONCE];
    size_t got;
    for (uint64_t at = 0;
         at < 4 * PAGES_MOST && (got = chain_read(chain, at, numbers, sizeof numbers)) >= 4;
         at += got)
        balloon_inflate_some(balloon, numbers, (unsigned)(got / 4));
}

/* 5.5.6.7: what was reported may read as zero, or as it was, until the driver writes to it. */
static void balloon_report(struct virtio_balloon *balloon, const struct virtio_chain *chain)
{
    for (unsigned i = 0; i < chain->writable; i++) {
        const struct virtio_span *span = &chain->spans[chain->readable + i];
        balloon_discard(balloon, span->addr, span->bytes, span->size);
    }
}

/* ---- statistics ---- */

/* Reads the buffer, and leaves it where it is until newer ones are wanted. */
static void balloon_hear(struct virtio_balloon *balloon)
{
    struct virtio_chain chain;
    uint8_t stat[STAT_BYTES];
    if (!virtio_pop(&balloon->virtio, QUEUE_STATS, &chain)) return;
    balloon->stats.known = 0;
    for (unsigned i = 0; i < STATS_MOST; i++) {
        if (chain_read(&chain, i * STAT_BYTES, stat, STAT_BYTES) < STAT_BYTES) break;
        uint64_t tag = load_le(stat, 2);
        if (tag >= BALLOON_STATS) continue; /* of a later version of the specification */
        balloon->stats.values[tag] = load_le(stat + 2, 8);
        balloon->stats.known |= 1u << tag;
    }
    virtqueue_unpop(&balloon->virtio.queues[QUEUE_STATS], &chain);
}

static void balloon_ask(struct virtio_balloon *balloon)
{
    struct virtio_chain chain;
    if (!virtio_has(&balloon->virtio, BALLOON_F_STATS_VQ) ||
        !virtio_pop(&balloon->virtio, QUEUE_STATS, &chain))
        return;
    virtio_push(&balloon->virtio, QUEUE_STATS, &chain, 0);
    virtio_interrupt(&balloon->virtio, QUEUE_STATS);
    balloon_hear(balloon); /* an empty queue asks to be told of the next buffer */
}

void virtio_balloon_stats(struct device *device, struct virtio_balloon_stats *stats)
{
    struct virtio_balloon *balloon = balloon_of(virtio_of(device));
    mutex_lock(&balloon->virtio.lock);
    *stats = balloon->stats;
    balloon_ask(balloon);
    mutex_unlock(&balloon->virtio.lock);
}

/* ---- queues ---- */

static void balloon_notify(struct virtio *virtio, unsigned queue)
{
    struct virtio_balloon *balloon = balloon_of(virtio);
    struct virtio_chain chain;
    bool stats = virtio_has(virtio, BALLOON_F_STATS_VQ);
    bool reporting = queue == (stats ? QUEUE_STATS + 1 : QUEUE_STATS) &&
                     virtio_has(virtio, BALLOON_F_PAGE_REPORTING);
    if (stats && queue == QUEUE_STATS) {
        balloon_hear(balloon);
        return;
    }
    while (virtio_pop(virtio, queue, &chain)) {
        if (queue == QUEUE_INFLATE) balloon_inflate(balloon, &chain);
        if (reporting) balloon_report(balloon, &chain);
        virtio_push(virtio, queue, &chain, 0);
    }
    virtio_interrupt(virtio, queue);
}

/* ---- target ---- */

void virtio_balloon_set_target(struct device *device, uint32_t pages)
{
    struct virtio_balloon *balloon = balloon_of(virtio_of(device));
    mutex_lock(&balloon->virtio.lock);
    store_le(balloon->config + CONFIG_NUM_PAGES, 4, pages);
    virtio_config_changed(&balloon->virtio);
    mutex_unlock(&balloon->virtio.lock);
}

static uint32_t balloon_config(struct device *device, unsigned offset)
{
    struct virtio_balloon *balloon = balloon_of(virtio_of(device));
    mutex_lock(&balloon->virtio.lock);
    uint32_t pages = (uint32_t)load_le(balloon->config + offset, 4);
    mutex_unlock(&balloon->virtio.lock);
    return pages;
}

uint32_t virtio_balloon_target(struct device *device)
{
    return balloon_config(device, CONFIG_NUM_PAGES);
}

uint32_t virtio_balloon_pages(struct device *device)
{
    return balloon_config(device, CONFIG_ACTUAL);
}

/* ---- device ---- */

static void balloon_config_store(struct virtio *virtio, uint64_t offset, unsigned size,
                                 uint64_t value)
{
    if (offset == CONFIG_ACTUAL && size == 4)
        store_le(balloon_of(virtio)->config + CONFIG_ACTUAL, 4, value & 0xffffffff);
}

/* A driver that starts anew has an empty balloon. */
static void balloon_reset(struct virtio *virtio)
{
    balloon_of(virtio)->stats.known = 0;
    store_le(balloon_of(virtio)->config + CONFIG_ACTUAL, 4, 0);
}

static bool balloon_save(const struct virtio *virtio, struct state_writer *writer)
{
    const struct virtio_balloon *balloon =
        CONTAINER_OF(virtio, const struct virtio_balloon, virtio);
    state_put_bytes(writer, "config", balloon->config, sizeof balloon->config);
    return !writer->failed;
}

static bool balloon_load(struct virtio *virtio, struct state_reader *reader, struct error *err)
{
    struct virtio_balloon *balloon = balloon_of(virtio);
    return state_get_bytes(reader, "config", balloon->config, sizeof balloon->config, err);
}

static void balloon_destroy(struct virtio *virtio)
{
    free(balloon_of(virtio));
}

static const struct virtio_kind balloon_kind = {
    .name = "virtio-balloon",
    .id = 5,
    .notify = balloon_notify,
    .config_store = balloon_config_store,
    .reset = balloon_reset,
    .save = balloon_save,
    .load = balloon_load,
    .destroy = balloon_destroy,
};

struct device *virtio_balloon_create(const char *name, const struct virtio_wiring *wiring,
                                     const struct virtio_balloon_options *options,
                                     struct error *err)
{
    struct virtio_balloon *balloon = calloc(1, sizeof *balloon);
    if (!balloon) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    balloon->discard = options->discard;
    balloon->virtio.config = balloon->config;
    balloon->virtio.config_size = CONFIG_SIZE;
    balloon->virtio.features = FEATURE(BALLOON_F_STATS_VQ);
    if (options->reporting) balloon->virtio.features |= FEATURE(BALLOON_F_PAGE_REPORTING);
    if (options->deflate_on_oom) balloon->virtio.features |= FEATURE(BALLOON_F_DEFLATE_ON_OOM);
    virtio_init(&balloon->virtio, name, &balloon_kind, wiring, QUEUES);
    return &balloon->virtio.device;
}
