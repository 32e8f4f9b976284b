/* machine/plug.h: what is plugged into the board: -device, and the drives and cables behind it.
 *
 * The words of the configuration become backends first (opened files, networks), then devices in
 * the board's virtio slots. Slots are taken from the last to the first: the device tree lists them
 * in that order, as QEMU's does, and so the first disk is the guest's first too.
 */
#ifndef RIVET_MACHINE_PLUG_H
#define RIVET_MACHINE_PLUG_H

#include "dev/virtio/virtio.h"
#include "host/worker.h"
#include "machine/chardev.h"
#include "machine/drive.h"
#include "machine/fsdev.h"
#include "machine/machine.h"
#include "machine/netdev.h"

#define PLUG_SLOTS    8
#define PLUG_DRIVES   16
#define PLUG_NETDEVS  8
#define PLUG_FSDEVS   8
#define PLUG_CHARDEVS 8
#define PLUG_FLASHES  2

struct plug_row;

/* One -device. */
struct plug {
    struct properties properties;
    const struct plug_row *row;
    unsigned slot;
    struct drive *drive;   /* what it takes, or NULL */
    struct netdev *netdev; /* likewise */
    struct fsdev *fsdev;   /* likewise */
    /* A virtio-serial-device and its ports: */
    struct plug *serial; /* of a port: where it is */
    struct chardev *chardev;
    unsigned port;
    unsigned port_count;   /* of a device */
    struct device *device; /* the board's; NULL until it has been made */
    uint64_t random;       /* of a deterministic entropy device */
};

struct plugs {
    struct drive drives[PLUG_DRIVES];
    unsigned drive_count;
    struct netdev netdevs[PLUG_NETDEVS];
    unsigned netdev_count;
    struct fsdev fsdevs[PLUG_FSDEVS];
    unsigned fsdev_count;
    struct chardev chardevs[PLUG_CHARDEVS + 1]; /* and one for the serial port */
    unsigned chardev_count;
    struct chardev *serial; /* the serial port's, or NULL: it is the console */
    struct plug items[MACHINE_MAX_WORDS + PLUG_DRIVES + PLUG_FSDEVS];
    unsigned count;
    struct drive *flashes[PLUG_FLASHES]; /* NULL: an empty bank */
    struct plug *slots[PLUG_SLOTS];      /* NULL: nothing is plugged in */
    struct host_workers *workers;        /* NULL: work is done where it is asked for */
    bool deterministic;                  /* all that happens is a function of the inputs */
};

/* Reads the configuration, opens all backends and gives each device its slot. False: what there is
 * already goes with plugs_close(). */
bool plugs_open(struct plugs *, const struct machine_config *, struct error *err);

/* Makes the device of a slot, an empty one if nothing is plugged in. */
struct device *plugs_create_device(struct plugs *, unsigned slot, const char *name,
                                   const struct virtio_wiring *, struct error *err);

/* The memory balloon, the first if there are several; NULL: there is none. */
struct device *plugs_balloon(const struct plugs *);

/* No thread comes to a device any more. Before the devices go. */
void plugs_stop(struct plugs *);

/* After the devices are gone. */
void plugs_close(struct plugs *);

#endif
