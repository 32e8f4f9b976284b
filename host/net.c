/* host/net.c: a network's thread and its queues. */
#include "host/net.h"

#include "host/net_kind.h"

#define OUTGOING_BYTES (4u << 20) /* some dozens of the largest windows of TCP */
#define INCOMING_BYTES (4u << 20)

bool host_net_init(struct host_net *net, const struct host_net_kind *kind,
                   const struct notice *notice, struct error *err)
{
    net->kind = kind;
    net->notice = *notice;
    if (!host_waker_init(&net->waker, err)) return false;
    if (!frames_init(&net->outgoing, OUTGOING_BYTES) ||
        !frames_init(&net->incoming, INCOMING_BYTES)) {
        frames_fini(&net->outgoing);
        host_waker_fini(&net->waker);
        return error_set(err, "%s: out of memory", kind->name);
    }
    mutex_init(&net->lock);
    return true;
}

void host_net_fini(struct host_net *net)
{
    frames_fini(&net->outgoing);
    frames_fini(&net->incoming);
    host_waker_fini(&net->waker);
    mutex_fini(&net->lock);
}

/* ---- from the guest ---- */

void host_net_send(struct host_net *net, const uint8_t *frame, size_t size)
{
    mutex_lock(&net->lock);
    bool first = net->outgoing.count == 0;
    frames_put(&net->outgoing, frame, size);
    mutex_unlock(&net->lock);
    /* Others behind the first are seen with it. */
    if (first) host_waker_wake(&net->waker);
}

/* The first frame stays where it is while it is sent: only this thread takes frames out. */
static void send_all(struct host_net *net)
{
    for (;;) {
        size_t size = 0;
        mutex_lock(&net->lock);
        const uint8_t *frame = frames_first(&net->outgoing, &size);
        mutex_unlock(&net->lock);
        if (!frame) return;
        net->kind->send(net, frame, size);
        mutex_lock(&net->lock);
        frames_drop(&net->outgoing);
        mutex_unlock(&net->lock);
    }
}

/* ---- to the guest ---- */

void host_net_receive(struct host_net *net, const uint8_t *frame, size_t size)
{
    if (net->incoming.count || !net->card.deliver(net->card.owner, frame, size))
        frames_put(&net->incoming, frame, size); /* past megabytes it is lost, as on a wire */
}

/* True: nothing waits any more. */
static bool deliver_waiting(struct host_net *net)
{
    const uint8_t *frame;
    size_t size;
    while ((frame = frames_first(&net->incoming, &size))) {
        if (!net->card.deliver(net->card.owner, frame, size)) return false;
        frames_drop(&net->incoming);
    }
    return true;
}

void host_net_room(struct host_net *net)
{
    host_waker_wake(&net->waker);
}

/* ---- life ---- */

static void net_run(void *owner)
{
    struct host_net *net = owner;
    while (!atomic_load(&net->ending)) {
        send_all(net);
        net->kind->turn(net, deliver_waiting(net));
    }
}

bool host_net_start(struct host_net *net, const struct host_net_card *card, struct error *err)
{
    net->card = *card;
    net->started = host_thread_start(&net->thread, net->kind->name, net_run, net, err);
    return net->started;
}

void host_net_stop(struct host_net *net)
{
    if (!net->started) return;
    atomic_store(&net->ending, true);
    host_waker_wake(&net->waker);
    host_thread_join(&net->thread);
    net->started = false;
}

void host_net_close(struct host_net *net)
{
    if (!net) return;
    host_net_stop(net);
    net->kind->destroy(net);
}

unsigned host_net_mtu(const struct host_net *net)
{
    return net->mtu;
}
