/* dev/fwcfg.h: QEMU's fw_cfg: named pieces of data for firmware. */
#ifndef RIVET_DEV_FWCFG_H
#define RIVET_DEV_FWCFG_H

#include <stddef.h>

#include "dev/device.h"
#include "mem/bus.h"

/* Keys that firmware knows without asking (QEMU, docs/specs/fw_cfg.rst). */
enum {
    FWCFG_CPUS = 0x05,
    FWCFG_KERNEL_SIZE = 0x08,
    FWCFG_INITRD_SIZE = 0x0b,
    FWCFG_MAX_CPUS = 0x0f,
    FWCFG_KERNEL_DATA = 0x11,
    FWCFG_INITRD_DATA = 0x12,
    FWCFG_CMDLINE_SIZE = 0x14,
    FWCFG_CMDLINE_DATA = 0x15,
    FWCFG_FIRST_FILE = 0x20,
};

#define FWCFG_NAME_BYTES 56

struct device *fwcfg_create(const char *name, const struct bus *bus, struct error *err);

/* Adds data under a key, or under a name of at most FWCFG_NAME_BYTES - 1 bytes (the key is then a
 * free one). The bytes are copied. False: out of memory, no key is free, or the name is taken. */
bool fwcfg_add(struct device *, unsigned key, const void *bytes, size_t size, struct error *err);
bool fwcfg_add_file(struct device *, const char *name, const void *bytes, size_t size,
                    struct error *err);

/* Takes away what has been added. */
void fwcfg_clear(struct device *);

#endif
