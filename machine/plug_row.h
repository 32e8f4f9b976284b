/* machine/plug_row.h: one kind of thing that can be plugged in; between plug.c and plug_*.c. */
#ifndef RIVET_MACHINE_PLUG_ROW_H
#define RIVET_MACHINE_PLUG_ROW_H

#include "machine/plug.h"

struct plug_row {
    const char *name;  /* "virtio-blk-device" */
    const char *alias; /* "virtio-blk", or NULL */
    /* Finds the backends the properties name. False: they are missing or not right. May be NULL. */
    bool (*connect)(struct plugs *, struct plug *, struct error *err);
    /* NULL: it takes no slot, but is a part of another device. */
    struct device *(*create)(struct plugs *, struct plug *, const char *name,
                             const struct virtio_wiring *, struct error *err);
};

/* What all devices have. */
#define PLUG_COMMON_ROWS                                                                           \
    {"driver", PROPERTY_NONE, 0, NULL}, {"id", PROPERTY_NONE, 0, NULL},                            \
        {"bus", PROPERTY_NONE, 0, NULL},                                                           \
    {                                                                                              \
        "packed", PROPERTY_NONE, 0, NULL                                                           \
    }

/* Threads for what a hart should not wait for, unless all must be deterministic. */
bool plugs_need_workers(struct plugs *, struct error *err);

/* The -chardev a port names. NULL: there is none, or it is another port's; `option` and `text` are
 * who asks. */
struct chardev *plugs_take_chardev(struct plugs *, const char *option, const char *text,
                                   const char *id, struct error *err);

bool plug_serial_connect(struct plugs *, struct plug *, struct error *err);
struct device *plug_serial_create(struct plugs *, struct plug *, const char *name,
                                  const struct virtio_wiring *, struct error *err);
bool plug_port_connect(struct plugs *, struct plug *, struct error *err);

struct device *plug_balloon_create(struct plugs *, struct plug *, const char *name,
                                   const struct virtio_wiring *, struct error *err);

bool plug_9p_connect(struct plugs *, struct plug *, struct error *err);
struct device *plug_9p_create(struct plugs *, struct plug *, const char *name,
                              const struct virtio_wiring *, struct error *err);

bool plug_blk_connect(struct plugs *, struct plug *, struct error *err);
struct device *plug_blk_create(struct plugs *, struct plug *, const char *name,
                               const struct virtio_wiring *, struct error *err);

bool plug_net_connect(struct plugs *, struct plug *, struct error *err);
struct device *plug_net_create(struct plugs *, struct plug *, const char *name,
                               const struct virtio_wiring *, struct error *err);

struct device *plug_rng_create(struct plugs *, struct plug *, const char *name,
                               const struct virtio_wiring *, struct error *err);

#endif
