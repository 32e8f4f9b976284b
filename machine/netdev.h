/* machine/netdev.h: -netdev: a network of the host, by name. */
#ifndef RIVET_MACHINE_NETDEV_H
#define RIVET_MACHINE_NETDEV_H

#include "host/net.h"
#include "machine/properties.h"

struct netdev {
    struct properties properties;
    const char *id;
    struct host_net *net; /* owned */
    bool taken;           /* by a card */
};

/* Reads the text of a -netdev and opens what it names. False: nothing is to be freed. */
bool netdev_open(struct netdev *, const char *text, const struct notice *, struct error *err);

void netdev_fini(struct netdev *);

#endif
