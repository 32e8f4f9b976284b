/* dev/virtio/net.c: virtio network card (virtio 1.2, 5.1).
 *
 * Each frame has a header before it:
 *
 *      0       1          2         4          6            8             10
 *    +-------+----------+---------+----------+------------+-------------+-------------+
 *    | flags | gso_type | hdr_len | gso_size | csum_start | csum_offset | num_buffers |
 *    +-------+----------+---------+----------+------------+-------------+-------------+
 *
 * What the guest need not compute it need not emulate: checksums and the cutting of TCP streams are
 * done by the host.
 */
#include "dev/virtio/net.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/virtio/offload.h"

enum {
    NET_F_CSUM = 0,
    NET_F_GUEST_CSUM = 1,
    NET_F_MTU = 3,
    NET_F_MAC = 5,
    NET_F_HOST_TSO4 = 11,
    NET_F_HOST_TSO6 = 12,
    NET_F_HOST_ECN = 13,
    NET_F_MRG_RXBUF = 15,
    NET_F_STATUS = 16,
};

enum { QUEUE_RECEIVE, QUEUE_SEND, NET_QUEUES };

enum {
    HEADER_FLAGS = 0,
    HEADER_GSO_TYPE = 1,
    HEADER_GSO_SIZE = 4,
    HEADER_CSUM_START = 6,
    HEADER_CSUM_OFFSET = 8,
    HEADER_NUM_BUFFERS = 10,
    HEADER_BYTES = 12,
};

enum { FLAG_NEEDS_CSUM = 1, FLAG_DATA_VALID = 2 };

enum { GSO_NONE = 0, GSO_TCPV4 = 1, GSO_TCPV6 = 4, GSO_ECN = 0x80 };

enum { CONFIG_MAC = 0, CONFIG_STATUS = 6, CONFIG_MTU = 10, CONFIG_SIZE = 12 };

#define LINK_UP 1

/* A frame is spread over at most this many receive buffers: 64 KiB in pages, and some. */
#define MAX_BUFFERS 32

struct virtio_net {
    struct virtio virtio;
    struct net_port port;
    uint8_t config[CONFIG_SIZE];
    bool starved; /* the port waits for room */
    struct virtio_chain chains[MAX_BUFFERS];
    uint8_t frame[OFFLOAD_MAX_FRAME];
};

static struct virtio_net *net_of(struct virtio *virtio)
{
    return CONTAINER_OF(virtio, struct virtio_net, virtio);
}

/* ---- sending ---- */

static void net_send_frame(struct virtio_net *net, const uint8_t *header, size_t size)
{
    const struct net_port *port = &net->port;
    uint8_t gso = header[HEADER_GSO_TYPE] & (uint8_t)~GSO_ECN;
    if (!(net->config[CONFIG_STATUS] & LINK_UP)) return;
    if (gso == GSO_TCPV4 || gso == GSO_TCPV6) {
        offload_segment(net->frame, size, load_le(header + HEADER_GSO_SIZE, 2), port->send,
                        port->owner);
        return;
    }
    if (header[HEADER_FLAGS] & FLAG_NEEDS_CSUM &&
        !offload_checksum(net->frame, size, load_le(header + HEADER_CSUM_START, 2),
                          load_le(header + HEADER_CSUM_OFFSET, 2)))
        return;
    if (gso == GSO_NONE) port->send(port->owner, net->frame, size);
}

static void net_send(struct virtio_net *net)
{
    struct virtio_chain *chain = &net->chains[0];
    while (virtio_pop(&net->virtio, QUEUE_SEND, chain)) {
        uint8_t header[HEADER_BYTES];
        /* The guest may still change its buffers: the frame that is parsed is a copy. */
        if (chain->readable_bytes > HEADER_BYTES &&
            chain->readable_bytes <= HEADER_BYTES + sizeof(net->frame)) {
            chain_read(chain, 0, header, sizeof(header));
            size_t size = chain_read(chain, HEADER_BYTES, net->frame, sizeof(net->frame));
            net_send_frame(net, header, size);
        }
        virtio_push(&net->virtio, QUEUE_SEND, chain, 0);
    }
    virtio_interrupt(&net->virtio, QUEUE_SEND);
}

/* ---- receiving ---- */

/* Takes buffers for `size` bytes; 0 when there are not enough, and none is taken. `too_long`: no
 * buffers of the size that the driver uses will do (it breaks 5.1.6.3.1). */
static unsigned net_take_buffers(struct virtio_net *net, uint64_t size, bool *too_long)
{
    unsigned limit = virtio_has(&net->virtio, NET_F_MRG_RXBUF) ? MAX_BUFFERS : 1;
    uint64_t room = 0;
    unsigned count = 0;
    *too_long = false;
    while (count < limit && virtio_pop(&net->virtio, QUEUE_RECEIVE, &net->chains[count])) {
        room += net->chains[count++].writable_bytes;
        if (room >= size) return count;
    }
    *too_long = count == limit;
    while (count)
        virtqueue_unpop(&net->virtio.queues[QUEUE_RECEIVE], &net->chains[--count]);
    return 0;
}

static void net_fill_buffers(struct virtio_net *net, unsigned count, const uint8_t *frame,
                             size_t size)
{
    uint8_t header[HEADER_BYTES] = {0};
    if (net->port.checksums_valid && virtio_has(&net->virtio, NET_F_GUEST_CSUM))
        header[HEADER_FLAGS] = FLAG_DATA_VALID;
    store_le(header + HEADER_NUM_BUFFERS, 2, count);
    size_t header_left = sizeof(header);
    struct virtqueue *queue = &net->virtio.queues[QUEUE_RECEIVE];
    virtqueue_hold(queue); /* 5.1.6.4.1: the driver takes a part of a frame for a broken one */
    for (unsigned i = 0; i < count; i++) {
        struct virtio_chain *chain = &net->chains[i];
        size_t head = chain_write(chain, 0, header + sizeof(header) - header_left, header_left);
        header_left -= head;
        size_t part = chain_write(chain, head, frame, size);
        frame += part;
        size -= part;
        virtio_push(&net->virtio, QUEUE_RECEIVE, chain, head + part);
    }
    virtqueue_release(queue);
    virtio_interrupt(&net->virtio, QUEUE_RECEIVE);
}

static bool net_deliver_locked(struct virtio_net *net, const uint8_t *frame, size_t size)
{
    struct virtqueue *queue = &net->virtio.queues[QUEUE_RECEIVE];
    if (!virtio_runs(&net->virtio) || !queue->state.ready) return true;
    if (!(net->config[CONFIG_STATUS] & LINK_UP)) return true;
    bool too_long;
    unsigned count = net_take_buffers(net, HEADER_BYTES + size, &too_long);
    if (count == 0 && !too_long) {
        virtqueue_listen(queue, true);
        count = net_take_buffers(net, HEADER_BYTES + size, &too_long);
    }
    if (too_long || !virtio_runs(&net->virtio)) return true;
    net->starved = count == 0;
    if (count == 0) return false;
    virtqueue_listen(queue, false); /* the driver refills without telling */
    net_fill_buffers(net, count, frame, size);
    return true;
}

bool virtio_net_deliver(struct device *device, const uint8_t *frame, size_t size)
{
    struct virtio_net *net = net_of(virtio_of(device));
    if (size > OFFLOAD_MAX_FRAME) return true;
    mutex_lock(&net->virtio.lock);
    bool delivered = net_deliver_locked(net, frame, size);
    mutex_unlock(&net->virtio.lock);
    return delivered;
}

static void net_tell_room(struct virtio_net *net)
{
    if (!net->starved) return;
    net->starved = false;
    if (net->port.room) net->port.room(net->port.owner);
}

/* ---- device ---- */

static void net_notify(struct virtio *virtio, unsigned queue)
{
    if (queue == QUEUE_SEND)
        net_send(net_of(virtio));
    else
        net_tell_room(net_of(virtio));
}

static void net_reset(struct virtio *virtio)
{
    net_tell_room(net_of(virtio)); /* what waits may be dropped now */
}

void virtio_net_set_link(struct device *device, bool up)
{
    struct virtio_net *net = net_of(virtio_of(device));
    mutex_lock(&net->virtio.lock);
    if (up != (net->config[CONFIG_STATUS] & LINK_UP)) {
        net->config[CONFIG_STATUS] ^= LINK_UP;
        virtio_config_changed(&net->virtio);
    }
    mutex_unlock(&net->virtio.lock);
}

static bool net_save(const struct virtio *virtio, struct state_writer *writer)
{
    const struct virtio_net *net = CONTAINER_OF(virtio, const struct virtio_net, virtio);
    state_put_bytes(writer, "config", net->config, sizeof(net->config));
    return !writer->failed;
}

static bool net_load(struct virtio *virtio, struct state_reader *reader, struct error *err)
{
    struct virtio_net *net = net_of(virtio);
    if (!state_get_bytes(reader, "config", net->config, sizeof(net->config), err)) return false;
    net->starved = true; /* whatever waits may try again */
    net_tell_room(net);
    return true;
}

static void net_destroy(struct virtio *virtio)
{
    free(net_of(virtio));
}

static const struct virtio_kind net_kind = {
    .name = "virtio-net",
    .id = 1,
    .notify = net_notify,
    .reset = net_reset,
    .save = net_save,
    .load = net_load,
    .destroy = net_destroy,
};

struct device *virtio_net_create(const char *name, const struct virtio_wiring *wiring,
                                 const struct net_port *port,
                                 const struct virtio_net_options *options, struct error *err)
{
    struct virtio_net *net = calloc(1, sizeof(*net));
    if (!net) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    net->port = *port;
    memcpy(net->config + CONFIG_MAC, options->mac, sizeof(options->mac));
    net->config[CONFIG_STATUS] = LINK_UP;
    store_le(net->config + CONFIG_MTU, 2, options->mtu);
    net->virtio.config = net->config;
    net->virtio.config_size = CONFIG_SIZE;
    net->virtio.features = FEATURE(NET_F_CSUM) | FEATURE(NET_F_MAC) | FEATURE(NET_F_HOST_TSO4) |
                           FEATURE(NET_F_HOST_TSO6) | FEATURE(NET_F_HOST_ECN) |
                           FEATURE(NET_F_MRG_RXBUF) | FEATURE(NET_F_STATUS);
    if (port->checksums_valid) net->virtio.features |= FEATURE(NET_F_GUEST_CSUM);
    if (options->mtu) net->virtio.features |= FEATURE(NET_F_MTU);
    virtio_init(&net->virtio, name, &net_kind, wiring, NET_QUEUES);
    return &net->virtio.device;
}
