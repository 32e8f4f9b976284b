/* dev/rom.c: read-only bytes, such as the reset vector. */
#include "dev/rom.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

struct rom {
    struct device device;
    uint8_t *bytes; /* region.size of them */
};

static struct rom *rom_of(struct device *device)
{
    return CONTAINER_OF(device, struct rom, device);
}

static bool rom_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    *value = load_le(CONTAINER_OF(region, struct rom, device.region)->bytes + offset, size);
    return true;
}

/* No refusal: on QEMU's virt a store here goes nowhere, and firmware may rely on not trapping. */
static bool rom_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)region, (void)offset, (void)size, (void)value;
    return true;
}

static void rom_reset(struct device *device)
{
    (void)device;
}

static void rom_describe(const struct device *device, void *fdt, int node)
{
    (void)device, (void)fdt, (void)node;
}

static bool rom_save(const struct device *device, struct state_writer *writer)
{
    const struct rom *rom = CONTAINER_OF(device, const struct rom, device);
    state_put_bytes(writer, "bytes", rom->bytes, rom->device.region.size);
    return !writer->failed;
}

static bool rom_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct rom *rom = rom_of(device);
    return state_get_bytes(reader, "bytes", rom->bytes, rom->device.region.size, err);
}

static void rom_destroy(struct device *device)
{
    struct rom *rom = rom_of(device);
    free(rom->bytes);
    free(rom);
}

static const struct region_ops rom_region_ops = {
    .name = "rom",
    .widths = 1 | 2 | 4 | 8,
    .load = rom_load,
    .store = rom_store,
};

static const struct device_ops rom_ops = {
    .reset = rom_reset,
    .describe = rom_describe,
    .save = rom_save,
    .load = rom_restore,
    .destroy = rom_destroy,
};

struct device *rom_create(const char *name, uint64_t size, const void *bytes, size_t count,
                          struct error *err)
{
    if (count > size) {
        error_set(err, "%s: %zu bytes do not fit in a ROM of %llu", name, count,
                  (unsigned long long)size);
        return NULL;
    }
    struct rom *rom = calloc(1, sizeof(*rom));
    uint8_t *copy = calloc(1, size ? size : 1);
    if (!rom || !copy) {
        free(rom);
        free(copy);
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    if (count) memcpy(copy, bytes, count);
    rom->device = (struct device){
        .ops = &rom_ops, .name = name, .region = {.ops = &rom_region_ops, .size = size}};
    rom->bytes = copy;
    return &rom->device;
}

uint8_t *rom_bytes(struct device *device)
{
    return rom_of(device)->bytes;
}
