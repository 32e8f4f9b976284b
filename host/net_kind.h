/* host/net_kind.h: what every network is behind host/net.h; between net.c and the kinds. */
#ifndef RIVET_HOST_NET_KIND_H
#define RIVET_HOST_NET_KIND_H

#include <stdatomic.h>

#include "host/frames.h"
#include "host/net.h"
#include "host/poll.h"
#include "host/thread.h"

struct host_net_kind {
    const char *name;
    /* A frame of the guest goes out. */
    void (*send)(struct host_net *, const uint8_t *frame, size_t size);
    /* Waits for the world and the waker and handles what came. Without `listen` the card has no
     * room: what the world sends stays where it is. */
    void (*turn)(struct host_net *, bool listen);
    void (*destroy)(struct host_net *); /* frees the object */
};

/* First member of each kind's own struct. */
struct host_net {
    const struct host_net_kind *kind;
    struct notice notice;
    unsigned mtu;
    struct host_net_card card;
    struct host_waker waker;
    struct host_thread thread;
    bool started;
    atomic_bool ending;
    struct mutex lock; /* over `outgoing` */
    struct frames outgoing;
    struct frames incoming; /* that the card had no room for; the thread's own */
};

/* False: nothing is to be undone. */
bool host_net_init(struct host_net *, const struct host_net_kind *, const struct notice *,
                   struct error *err);
void host_net_fini(struct host_net *);

/* A frame for the guest; on the network's thread. */
void host_net_receive(struct host_net *, const uint8_t *frame, size_t size);

#endif
