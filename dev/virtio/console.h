/* dev/virtio/console.h: virtio console: one or more character ports. */
#ifndef RIVET_DEV_VIRTIO_CONSOLE_H
#define RIVET_DEV_VIRTIO_CONSOLE_H

#include "dev/chars.h"
#include "dev/virtio/virtio.h"

#define VIRTIO_CONSOLE_MAX_PORTS 8
#define VIRTIO_CONSOLE_NAME      64

/* `sink` and `room` are called with the console's lock held and must not come back to it. */
struct virtio_console_port {
    const char *name; /* NULL: none; at most VIRTIO_CONSOLE_NAME bytes are told; copied */
    bool console;     /* a terminal (hvc), not a plain channel */
    struct char_sink sink;
    /* Whether the sink will take a buffer of the driver's now; if not, virtio_console_resume tells
     * when. NULL: it always does. Called like `sink`, and for the same owner. */
    bool (*ready)(void *owner);
    struct char_room room;
};

/* With one console port the device is a simple console; otherwise a multiport one. */
struct device *virtio_console_create(const char *name, const struct virtio_wiring *,
                                     const struct virtio_console_port *, unsigned count,
                                     struct error *err);

/* Bytes arrive at a port; returns how many were taken. The rest waits with the caller until `room`
 * is called. */
size_t virtio_console_receive(struct device *, unsigned port, const uint8_t *bytes, size_t count);

/* The sink of a port that was not ready takes more. */
void virtio_console_resume(struct device *, unsigned port);

/* The terminal of port 0 has another size now. */
void virtio_console_resize(struct device *, unsigned columns, unsigned rows);

#endif
