/* dev/syscon.c: SiFive test finisher: the guest powers off, reboots, or fails.
 *
 *      31           16 15            0
 *     +---------------+---------------+
 *     |  exit code    |    command    |   0x3333 fail with the code
 *     +---------------+---------------+   0x5555 power off, 0x7777 reboot
 */
#include "dev/syscon.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/bits.h"

#define SYSCON_SIZE 0x1000

struct syscon {
    struct device device;
    void (*request)(void *owner, enum syscon_request, unsigned code);
    void *owner;
};

static const struct reg_row syscon_regs[] = {
    {0x0, 4, "finisher", "code:31:16 command:15:0"},
    {0, 0, NULL, NULL},
};

static bool syscon_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)region, (void)offset, (void)size;
    *value = 0;
    return true;
}

static bool syscon_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    struct syscon *syscon = CONTAINER_OF(region, struct syscon, device.region);
    if (offset != 0) return true;
    switch (value & 0xffff) {
    case 0x3333:
        syscon->request(syscon->owner, SYSCON_FAIL, (unsigned)bits_get(value, 31, 16));
        break;
    case 0x5555:
        syscon->request(syscon->owner, SYSCON_POWEROFF, 0);
        break;
    case 0x7777:
        syscon->request(syscon->owner, SYSCON_REBOOT, 0);
        break;
    default:
        break;
    }
    return true;
}

static void syscon_reset(struct device *device)
{
    (void)device;
}

static void syscon_describe(const struct device *device, void *fdt, int node)
{
    (void)device;
    static const char compatible[] = "sifive,test1\0sifive,test0\0syscon";
    fdt_setprop(fdt, node, "compatible", compatible, sizeof(compatible));
}

static bool syscon_save(const struct device *device, struct state_writer *writer)
{
    (void)device;
    return !writer->failed;
}

static bool syscon_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    (void)device, (void)reader, (void)err;
    return true;
}

static void syscon_destroy(struct device *device)
{
    free(CONTAINER_OF(device, struct syscon, device));
}

static const struct region_ops syscon_region_ops = {
    .name = "syscon",
    .widths = 2 | 4,
    .load = syscon_load,
    .store = syscon_store,
};

static const struct device_ops syscon_ops = {
    .compatible = "sifive,test1",
    .regs = syscon_regs,
    .reset = syscon_reset,
    .describe = syscon_describe,
    .save = syscon_save,
    .load = syscon_restore,
    .destroy = syscon_destroy,
};

struct device *syscon_create(const char *name,
                             void (*request)(void *owner, enum syscon_request, unsigned code),
                             void *owner, struct error *err)
{
    struct syscon *syscon = calloc(1, sizeof(*syscon));
    if (!syscon) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    syscon->device = (struct device){
        .ops = &syscon_ops,
        .name = name,
        .region = {.ops = &syscon_region_ops, .size = SYSCON_SIZE},
    };
    syscon->request = request;
    syscon->owner = owner;
    return &syscon->device;
}
