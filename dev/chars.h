/* dev/chars.h: characters between a guest's serial device and the host. */
#ifndef RIVET_DEV_CHARS_H
#define RIVET_DEV_CHARS_H

#include <stddef.h>
#include <stdint.h>

/* Takes bytes the guest sent. Called with the device's lock held, so that bytes of two harts keep
 * their order: it must not come back to the device, and should only buffer. */
struct char_sink {
    void (*write)(void *owner, const uint8_t *bytes, size_t count);
    void *owner;
};

/* Told that a receiver that was full takes bytes again; from a hart's thread. */
struct char_room {
    void (*room)(void *owner); /* may be NULL */
    void *owner;
};

#endif
