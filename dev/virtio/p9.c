/* dev/virtio/p9.c: virtio file system: a queue of 9P requests (device 9, virtio 1.2, section 5).
 *
 * Each buffer is a request to read and the place for its reply. Configuration space:
 *
 *    +--------------+- - - - - - - - -+
 *    | tag length 2 |  mount tag      |
 *    +--------------+- - - - - - - - -+
 */
#include "dev/virtio/p9.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/virtio/p9_server.h"

enum { P9_F_MOUNT_TAG = 0 };

struct virtio_p9 {
    struct virtio virtio;
    struct p9_server server;
    struct executor executor;
    struct job job;
    bool busy;     /* the job is posted, or runs */
    bool draining; /* somebody waits for its end */
    struct host_event idle;
    struct virtio_chain chain; /* the job's, while busy */
    uint8_t config[2 + VIRTIO_P9_TAG_MAX];
};

static struct virtio_p9 *p9_of(struct virtio *virtio)
{
    return CONTAINER_OF(virtio, struct virtio_p9, virtio);
}

/* Serves what there is, in order; the lock is held, but not while a request is served. */
static void p9_work(struct virtio_p9 *p9, bool unlocked)
{
    struct virtio *virtio = &p9->virtio;
    while (virtio_pop(virtio, 0, &p9->chain)) {
        if (unlocked) mutex_unlock(&virtio->lock);
        size_t written = p9_serve(&p9->server, &p9->chain);
        if (unlocked) mutex_lock(&virtio->lock);
        virtio_push(virtio, 0, &p9->chain, written);
        virtio_interrupt(virtio, 0);
    }
}

static void p9_run(struct job *job)
{
    struct virtio_p9 *p9 = CONTAINER_OF(job, struct virtio_p9, job);
    mutex_lock(&p9->virtio.lock);
    p9_work(p9, true);
    p9->busy = false;
    if (p9->draining) host_event_signal(&p9->idle);
    mutex_unlock(&p9->virtio.lock);
}

static void p9_notify(struct virtio *virtio, unsigned queue)
{
    struct virtio_p9 *p9 = p9_of(virtio);
    (void)queue;
    if (p9->busy) return;
    if (!p9->executor.post) {
        p9_work(p9, false);
        return;
    }
    p9->busy = true;
    executor_post(&p9->executor, &p9->job);
}

static void p9_drain(struct virtio *virtio)
{
    struct virtio_p9 *p9 = p9_of(virtio);
    while (p9->busy) {
        p9->draining = true;
        mutex_unlock(&virtio->lock);
        host_event_wait(&p9->idle, HOST_FOREVER);
        mutex_lock(&virtio->lock);
    }
    p9->draining = false;
}

static void p9_reset(struct virtio *virtio)
{
    p9_server_reset(&p9_of(virtio)->server);
}

static bool p9_save(const struct virtio *virtio, struct state_writer *writer)
{
    return p9_server_save(&CONTAINER_OF(virtio, const struct virtio_p9, virtio)->server, writer);
}

static bool p9_load(struct virtio *virtio, struct state_reader *reader, struct error *err)
{
    return p9_server_load(&p9_of(virtio)->server, reader, err);
}

static void p9_destroy(struct virtio *virtio)
{
    struct virtio_p9 *p9 = p9_of(virtio);
    p9_server_reset(&p9->server);
    host_event_fini(&p9->idle);
    free(p9);
}

static const struct virtio_kind p9_kind = {
    .name = "virtio-9p",
    .id = 9,
    .notify = p9_notify,
    .drain = p9_drain,
    .reset = p9_reset,
    .save = p9_save,
    .load = p9_load,
    .destroy = p9_destroy,
};

struct device *virtio_p9_create(const char *name, const struct virtio_wiring *wiring,
                                const struct share *share, const char *tag,
                                struct executor executor, struct error *err)
{
    size_t length = strlen(tag);
    if (length < 1 || length > VIRTIO_P9_TAG_MAX) {
        error_set(err, "%s: mount tag \"%s\": 1 to %d characters are possible", name, tag,
                  VIRTIO_P9_TAG_MAX);
        return NULL;
    }
    struct virtio_p9 *p9 = calloc(1, sizeof *p9);
    if (!p9) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    p9->server.share = share;
    p9->executor = executor;
    p9->job.run = p9_run;
    host_event_init(&p9->idle);
    store_le(p9->config, 2, length);
    memcpy(p9->config + 2, tag, length);
    p9->virtio.config = p9->config;
    p9->virtio.config_size = (unsigned)(2 + length);
    p9->virtio.features = FEATURE(P9_F_MOUNT_TAG);
    virtio_init(&p9->virtio, name, &p9_kind, wiring, 1);
    return &p9->virtio.device;
}
