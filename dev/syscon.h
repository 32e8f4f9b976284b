/* dev/syscon.h: SiFive test finisher: the guest powers off, reboots, or fails. */
#ifndef RIVET_DEV_SYSCON_H
#define RIVET_DEV_SYSCON_H

#include "dev/device.h"

enum syscon_request {
    SYSCON_POWEROFF, /* code 0 */
    SYSCON_REBOOT,   /* code 0 */
    SYSCON_FAIL,     /* code: what the guest gave, 16 bits */
};

/* `request` is called from the storing hart's thread; it only notes the request. */
struct device *syscon_create(const char *name,
                             void (*request)(void *owner, enum syscon_request, unsigned code),
                             void *owner, struct error *err);

#endif
