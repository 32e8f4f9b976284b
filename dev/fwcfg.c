/* dev/fwcfg.c: QEMU's fw_cfg: named pieces of data for firmware (QEMU, docs/specs/fw_cfg.rst).
 *
 *      0             8           10            16                 24
 *     +-------------+-----------+-------------+------------------+
 *     | data        | selector  |             | address of a     |   selector and address are
 *     | (a stream)  | 16 bits   |             | transfer         |   big-endian
 *     +-------------+-----------+-------------+------------------+
 *
 * A transfer in RAM, big-endian too; the device clears the flags when it is done:
 *
 *     +---------------------------+-----------+------------------+
 *     | key 31:16     flags 15:0  |  length 4 |  address 8       |
 *     +---------------------------+-----------+------------------+
 */
#include "dev/fwcfg.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/fields.h"
#include "host/thread.h"

#define FWCFG_SIZE     0x18
#define MAX_ITEMS      64
#define TRANSFER_BYTES 16
#define ENTRY_BYTES    64 /* of the directory: size 4, key 2, 0, name 56 */

enum { DATA = 0, SELECTOR = 8, TRANSFER = 16 };
enum { KEY_SIGNATURE = 0x00, KEY_ID = 0x01, KEY_DIRECTORY = 0x19 };
enum { FLAG_ERROR = 1, FLAG_READ = 2, FLAG_SKIP = 4, FLAG_SELECT = 8, FLAG_WRITE = 16 };

struct item {
    unsigned key;
    size_t size;
    uint8_t *bytes; /* owned */
    char name[FWCFG_NAME_BYTES];
};

struct fwcfg_state {
    uint16_t key;
    uint32_t at;       /* where the stream is in the item */
    uint64_t transfer; /* the address' high half, until the low one comes */
};

struct fwcfg {
    struct device device;
    const struct bus *bus;
    struct mutex lock;
    struct item items[MAX_ITEMS];
    unsigned count;
    struct fwcfg_state state;
};

static const struct field fwcfg_state_fields[] = {
    FIELD(struct fwcfg_state, key),
    FIELD(struct fwcfg_state, at),
    FIELD(struct fwcfg_state, transfer),
    {.name = NULL},
};

static uint64_t load_be(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void store_be(uint8_t *bytes, unsigned size, uint64_t value)
{
    for (unsigned i = size; i-- > 0; value >>= 8)
        bytes[i] = (uint8_t)value;
}

static uint64_t swapped(uint64_t value, unsigned size)
{
    uint8_t bytes[8];
    store_le(bytes, size, value);
    return load_be(bytes, size);
}

/* ---- the stream ---- */

static const struct item *item_by_key(const struct fwcfg *fwcfg, unsigned key)
{
    for (unsigned i = 0; i < fwcfg->count; i++)
        if (fwcfg->items[i].key == key) return &fwcfg->items[i];
    return NULL;
}

static void fwcfg_select(struct fwcfg *fwcfg, unsigned key)
{
    fwcfg->state.key = (uint16_t)key;
    fwcfg->state.at = 0;
}

/* The next bytes of the selected item, and zeroes behind its end. */
static void fwcfg_read(struct fwcfg *fwcfg, uint8_t *bytes, uint32_t size)
{
    const struct item *item = item_by_key(fwcfg, fwcfg->state.key);
    size_t left = item && fwcfg->state.at < item->size ? item->size - fwcfg->state.at : 0;
    size_t part = left < size ? left : size;
    if (bytes && part) memcpy(bytes, item->bytes + fwcfg->state.at, part);
    if (bytes) memset(bytes + part, 0, size - part);
    fwcfg->state.at += (uint32_t)part;
}

/* ---- transfers ---- */

static uint32_t fwcfg_move(struct fwcfg *fwcfg, uint32_t control, uint32_t length, uint64_t addr)
{
    if (control & FLAG_SELECT) fwcfg_select(fwcfg, control >> 16);
    if (control & FLAG_READ && length) {
        uint8_t *bytes = bus_ram_at(fwcfg->bus, addr, length);
        if (!bytes) return FLAG_ERROR;
        fwcfg_read(fwcfg, bytes, length);
        bus_ram_written(fwcfg->bus, addr, length);
        return 0;
    }
    if (control & FLAG_SKIP) {
        fwcfg_read(fwcfg, NULL, length);
        return 0;
    }
    return control & FLAG_WRITE ? FLAG_ERROR : 0;
}

static void fwcfg_transfer(struct fwcfg *fwcfg, uint64_t addr)
{
    uint8_t transfer[TRANSFER_BYTES];
    if (!bus_read_ram(fwcfg->bus, addr, transfer, sizeof(transfer))) return;
    uint32_t result = fwcfg_move(fwcfg, (uint32_t)load_be(transfer, 4),
                                 (uint32_t)load_be(transfer + 4, 4), load_be(transfer + 8, 8));
    store_be(transfer, 4, result);
    bus_write_ram(fwcfg->bus, addr, transfer, 4);
}

/* ---- registers ---- */

static bool fwcfg_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct fwcfg *fwcfg = CONTAINER_OF(region, struct fwcfg, device.region);
    static const uint8_t signature[] = {'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G'};
    uint8_t bytes[8] = {0};
    mutex_lock(&fwcfg->lock);
    if (offset < SELECTOR)
        fwcfg_read(fwcfg, bytes, size);
    else if (offset >= TRANSFER)
        memcpy(bytes, signature + offset - TRANSFER, size);
    mutex_unlock(&fwcfg->lock);
    *value = load_le(bytes, size);
    return true;
}

static bool fwcfg_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct fwcfg *fwcfg = CONTAINER_OF(region, struct fwcfg, device.region);
    struct fwcfg_state *state = &fwcfg->state;
    mutex_lock(&fwcfg->lock);
    if (offset == SELECTOR && size == 2) fwcfg_select(fwcfg, (unsigned)swapped(value, 2));
    if (offset == TRANSFER && size == 8) fwcfg_transfer(fwcfg, swapped(value, 8));
    if (offset == TRANSFER && size == 4) state->transfer = swapped(value, 4) << 32;
    if (offset == TRANSFER + 4 && size == 4) {
        fwcfg_transfer(fwcfg, state->transfer | swapped(value, 4));
        state->transfer = 0;
    }
    mutex_unlock(&fwcfg->lock);
    return true;
}

/* ---- what there is ---- */

static bool item_add(struct fwcfg *fwcfg, unsigned key, const char *name, const void *bytes,
                     size_t size, struct error *err)
{
    const char *what = name ? name : "a key";
    if (fwcfg->count == MAX_ITEMS)
        return error_set(err, "fw_cfg: %s: there are %d already", what, MAX_ITEMS);
    struct item *item = &fwcfg->items[fwcfg->count];
    *item = (struct item){.key = key, .size = size, .bytes = malloc(size ? size : 1)};
    if (!item->bytes) return error_set(err, "fw_cfg: %s: out of memory", what);
    if (size) memcpy(item->bytes, bytes, size);
    if (name) memcpy(item->name, name, strlen(name));
    fwcfg->count++;
    return true;
}

/* Files under a name, and where they are; made anew with each. */
static bool directory_make(struct fwcfg *fwcfg, struct error *err)
{
    uint8_t directory[4 + MAX_ITEMS * ENTRY_BYTES] = {0};
    unsigned files = 0;
    for (unsigned i = 0; i < fwcfg->count; i++) {
        const struct item *item = &fwcfg->items[i];
        if (!item->name[0]) continue;
        uint8_t *entry = directory + 4 + ENTRY_BYTES * files++;
        store_be(entry, 4, item->size);
        store_be(entry + 4, 2, item->key);
        memcpy(entry + 8, item->name, FWCFG_NAME_BYTES);
    }
    store_be(directory, 4, files);
    for (unsigned i = 0; i < fwcfg->count; i++) {
        struct item *item = &fwcfg->items[i];
        if (item->key != KEY_DIRECTORY) continue;
        uint8_t *grown = realloc(item->bytes, 4 + ENTRY_BYTES * files);
        if (!grown) return error_set(err, "fw_cfg: out of memory");
        item->bytes = grown;
        item->size = 4 + ENTRY_BYTES * files;
        memcpy(grown, directory, item->size);
    }
    return true;
}

bool fwcfg_add(struct device *device, unsigned key, const void *bytes, size_t size,
               struct error *err)
{
    return item_add((struct fwcfg *)device, key, NULL, bytes, size, err);
}

bool fwcfg_add_file(struct device *device, const char *name, const void *bytes, size_t size,
                    struct error *err)
{
    struct fwcfg *fwcfg = (struct fwcfg *)device;
    unsigned key = FWCFG_FIRST_FILE;
    if (!*name || strlen(name) >= FWCFG_NAME_BYTES)
        return error_set(err, "fw_cfg: %s: a name has 1 to %d bytes", name, FWCFG_NAME_BYTES - 1);
    for (unsigned i = 0; i < fwcfg->count; i++) {
        if (strcmp(fwcfg->items[i].name, name) == 0)
            return error_set(err, "fw_cfg: %s: there already", name);
        if (fwcfg->items[i].key >= key) key = fwcfg->items[i].key + 1;
    }
    return item_add(fwcfg, key, name, bytes, size, err) && directory_make(fwcfg, err);
}

void fwcfg_clear(struct device *device)
{
    static const uint8_t features[4] = {3}; /* the stream, and transfers */
    struct fwcfg *fwcfg = (struct fwcfg *)device;
    while (fwcfg->count)
        free(fwcfg->items[--fwcfg->count].bytes);
    item_add(fwcfg, KEY_SIGNATURE, NULL, "QEMU", 4, NULL);
    item_add(fwcfg, KEY_ID, NULL, features, sizeof(features), NULL);
    item_add(fwcfg, KEY_DIRECTORY, NULL, "\0\0\0\0", 4, NULL);
}

/* ---- device ---- */

static void fwcfg_reset(struct device *device)
{
    struct fwcfg *fwcfg = (struct fwcfg *)device;
    mutex_lock(&fwcfg->lock);
    fwcfg->state = (struct fwcfg_state){0};
    mutex_unlock(&fwcfg->lock);
}

static void fwcfg_describe(const struct device *device, void *fdt, int node)
{
    fdt_setprop_string(fdt, node, "compatible", device->ops->compatible);
    fdt_setprop_empty(fdt, node, "dma-coherent");
}

static bool fwcfg_save(const struct device *device, struct state_writer *writer)
{
    return fields_save(fwcfg_state_fields, &((const struct fwcfg *)device)->state, writer);
}

static bool fwcfg_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    return fields_load(fwcfg_state_fields, &((struct fwcfg *)device)->state, reader, err);
}

static void fwcfg_destroy(struct device *device)
{
    struct fwcfg *fwcfg = (struct fwcfg *)device;
    while (fwcfg->count)
        free(fwcfg->items[--fwcfg->count].bytes);
    mutex_fini(&fwcfg->lock);
    free(fwcfg);
}

static const struct reg_row fwcfg_regs[] = {
    {SELECTOR, 2, "selector", ""},
    {0, 0, NULL, NULL},
};

static const struct region_ops fwcfg_region_ops = {
    .name = "fw_cfg",
    .widths = 1 | 2 | 4 | 8,
    .load = fwcfg_load,
    .store = fwcfg_store,
};

static const struct device_ops fwcfg_ops = {
    .compatible = "qemu,fw-cfg-mmio",
    .regs = fwcfg_regs,
    .reset = fwcfg_reset,
    .describe = fwcfg_describe,
    .save = fwcfg_save,
    .load = fwcfg_restore,
    .destroy = fwcfg_destroy,
};

struct device *fwcfg_create(const char *name, const struct bus *bus, struct error *err)
{
    struct fwcfg *fwcfg = calloc(1, sizeof(*fwcfg));
    if (!fwcfg) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    fwcfg->bus = bus;
    mutex_init(&fwcfg->lock);
    fwcfg->device = (struct device){
        .ops = &fwcfg_ops,
        .name = name,
        .region = {.ops = &fwcfg_region_ops, .size = FWCFG_SIZE},
    };
    fwcfg_clear(&fwcfg->device);
    return &fwcfg->device;
}
