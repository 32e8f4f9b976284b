/* machine/plug.c: what is plugged into the board: one row a kind of device. */
#include "machine/plug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "machine/plug_row.h"

#define MOST_WORKERS 16

/* clang-format off */
static const struct plug_row rows[] = {
    {"virtio-9p-device",  "virtio-9p",  plug_9p_connect,  plug_9p_create},
    {"virtio-balloon-device", "virtio-balloon", NULL, plug_balloon_create},
    {"virtio-blk-device", "virtio-blk", plug_blk_connect, plug_blk_create},
    {"virtio-net-device", "virtio-net", plug_net_connect, plug_net_create},
    {"virtio-rng-device", "virtio-rng", NULL,             plug_rng_create},
    {"virtio-serial-device", "virtio-serial", plug_serial_connect, plug_serial_create},
    {"virtconsole",       NULL,         plug_port_connect, NULL},
    {"virtserialport",    NULL,         plug_port_connect, NULL},
};
/* clang-format on */

/* ---- finding the row ---- */

/* "virtio-blk-pci" and "virtio-blk-device" both begin with a row's alias. */
static const struct plug_row *row_on_pci(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        size_t length = rows[i].alias ? strlen(rows[i].alias) : 0;
        if (length && strncmp(name, rows[i].alias, length) == 0 &&
            strncmp(name + length, "-pci", 4) == 0)
            return &rows[i];
    }
    return NULL;
}

static bool no_such_device(const char *text, const char *name, struct error *err)
{
    char known[256] = "";
    size_t used = 0;
    const struct plug_row *row = row_on_pci(name);
    if (row)
        return error_set(err, "-device %s: there is no PCI on this board; %s does the same", text,
                         row->name);
    for (unsigned i = 0; i < ARRAY_COUNT(rows) && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, " %s", rows[i].name);
    return error_set(err, "-device %s: no such device; there are%s", text, known);
}

static bool plug_find_row(struct plug *plug, struct error *err)
{
    const char *name = properties_get(&plug->properties, "driver");
    if (!name) name = "";
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0 || (rows[i].alias && !strcmp(rows[i].alias, name)))
            plug->row = &rows[i];
    return plug->row || no_such_device(plug->properties.whole, name, err);
}

/* ---- slots ---- */

#define BUS_NAME "virtio-mmio-bus."

static bool plug_take_slot(struct plugs *plugs, struct plug *plug, struct error *err)
{
    const char *bus = properties_get(&plug->properties, "bus");
    unsigned slot = PLUG_SLOTS;
    if (bus) {
        const char *digit = strncmp(bus, BUS_NAME, strlen(BUS_NAME)) ? "" : bus + strlen(BUS_NAME);
        if (digit[0] < '0' || digit[0] >= '0' + PLUG_SLOTS || digit[1])
            return error_set(err, "-device %s: no such bus; there are " BUS_NAME "0 to 7",
                             plug->properties.whole);
        slot = (unsigned)(digit[0] - '0');
        if (plugs->slots[slot])
            return error_set(err, "-device %s: the slot is taken", plug->properties.whole);
    } else {
        while (slot > 0 && plugs->slots[slot - 1])
            slot--;
        if (slot-- == 0)
            return error_set(err, "-device %s: all %d virtio slots are taken",
                             plug->properties.whole, PLUG_SLOTS);
    }
    plug->slot = slot;
    plugs->slots[slot] = plug;
    return true;
}

/* ---- opening ---- */

bool plugs_need_workers(struct plugs *plugs, struct error *err)
{
    if (!plugs->deterministic && !plugs->workers)
        plugs->workers = host_workers_create(MOST_WORKERS, err);
    return plugs->deterministic || plugs->workers;
}

/* `drive`, `fsdev`: what it takes, when the text doesn't name it. */
static bool plug_add(struct plugs *plugs, const char *text, struct drive *drive,
                     struct fsdev *fsdev, struct error *err)
{
    struct plug *plug = &plugs->items[plugs->count];
    if (!properties_parse(&plug->properties, "-device", text, "driver", err)) return false;
    plugs->count++;
    plug->drive = drive;
    plug->fsdev = fsdev;
    return plug_find_row(plug, err) && (!plug->row->create || plug_take_slot(plugs, plug, err)) &&
           (!plug->row->connect || plug->row->connect(plugs, plug, err));
}

/* The bank `unit` names, or the first free one. */
static bool flash_take(struct plugs *plugs, struct drive *drive, struct error *err)
{
    unsigned unit = drive->unit != DRIVE_NO_UNIT ? drive->unit : plugs->flashes[0] != NULL;
    if (plugs->flashes[unit])
        return error_set(err, "-drive %s: flash bank %u is taken", drive->properties.whole, unit);
    plugs->flashes[unit] = drive;
    return true;
}

static bool drives_open(struct plugs *plugs, const struct machine_config *config, struct error *err)
{
    for (unsigned i = 0; i < config->drives.count; i++) {
        if (plugs->drive_count == PLUG_DRIVES)
            return error_set(err, "-drive: more than %d of them", PLUG_DRIVES);
        struct drive *drive = &plugs->drives[plugs->drive_count];
        if (!drive_parse(drive, config->drives.items[i], err)) return false;
        plugs->drive_count++;
        if (!drive_open(drive, config->snapshot, &config->notice, err)) return false;
        if (drive->interface == DRIVE_PFLASH && !flash_take(plugs, drive, err)) return false;
    }
    return true;
}

static bool netdevs_open(struct plugs *plugs, const struct machine_config *config,
                         struct error *err)
{
    for (unsigned i = 0; i < config->netdevs.count; i++) {
        const char *text = config->netdevs.items[i];
        if (plugs->deterministic)
            return error_set(err,
                             "-netdev %s: under -clock insn a run depends on nothing outside, "
                             "and frames come when they come",
                             text);
        if (plugs->netdev_count == PLUG_NETDEVS)
            return error_set(err, "-netdev: more than %d of them", PLUG_NETDEVS);
        if (!netdev_open(&plugs->netdevs[plugs->netdev_count], text, &config->notice, err))
            return false;
        plugs->netdev_count++;
    }
    return true;
}

static bool fsdevs_open(struct plugs *plugs, const struct machine_words *words, bool virtfs,
                        struct error *err)
{
    for (unsigned i = 0; i < words->count; i++) {
        if (plugs->fsdev_count == PLUG_FSDEVS)
            return error_set(err, "-fsdev and -virtfs: more than %d of them", PLUG_FSDEVS);
        struct fsdev *fsdev = &plugs->fsdevs[plugs->fsdev_count];
        if (!fsdev_open(fsdev, virtfs, words->items[i], err)) return false;
        plugs->fsdev_count++;
    }
    return true;
}

static struct chardev *chardev_by_id(struct plugs *plugs, const char *id)
{
    for (unsigned i = 0; i < plugs->chardev_count; i++) {
        const char *own = plugs->chardevs[i].id;
        if (own && strcmp(own, id) == 0) return &plugs->chardevs[i];
    }
    return NULL;
}

struct chardev *plugs_take_chardev(struct plugs *plugs, const char *option, const char *text,
                                   const char *id, struct error *err)
{
    struct chardev *chardev = chardev_by_id(plugs, id);
    if (!chardev) error_set(err, "%s %s: there is no -chardev with id=%s", option, text, id);
    if (chardev && chardev->taken)
        error_set(err, "%s %s: chardev %s is in another port already", option, text, id);
    if (!chardev || chardev->taken) return NULL;
    chardev->taken = true;
    return chardev;
}

#define BY_ID "chardev:"

static bool serial_open(struct plugs *plugs, const struct machine_config *config, struct error *err)
{
    const char *text = config->serial;
    if (!text) return true;
    if (strncmp(text, BY_ID, strlen(BY_ID)) == 0) {
        plugs->serial = plugs_take_chardev(plugs, "-serial", text, text + strlen(BY_ID), err);
        return plugs->serial;
    }
    struct chardev *own = &plugs->chardevs[plugs->chardev_count];
    if (!chardev_open_serial(own, text, &config->notice, err)) return false;
    plugs->chardev_count++;
    plugs->serial = own;
    return true;
}

static bool chardevs_open(struct plugs *plugs, const struct machine_config *config,
                          struct error *err)
{
    for (unsigned i = 0; i < config->chardevs.count; i++) {
        if (plugs->chardev_count == PLUG_CHARDEVS)
            return error_set(err, "-chardev: more than %d of them", PLUG_CHARDEVS);
        struct chardev *chardev = &plugs->chardevs[plugs->chardev_count];
        if (!chardev_open(chardev, config->chardevs.items[i], &config->notice, err)) return false;
        plugs->chardev_count++;
    }
    return serial_open(plugs, config, err);
}

/* As in QEMU the drives with a device of their own come after all -device options. */
bool plugs_open(struct plugs *plugs, const struct machine_config *config, struct error *err)
{
    plugs->deterministic = config->clock_ips != 0;
    if (!drives_open(plugs, config, err) || !netdevs_open(plugs, config, err) ||
        !fsdevs_open(plugs, &config->fsdevs, false, err) ||
        !fsdevs_open(plugs, &config->virtfs, true, err) || !chardevs_open(plugs, config, err))
        return false;
    for (unsigned i = 0; i < config->devices.count; i++)
        if (!plug_add(plugs, config->devices.items[i], NULL, NULL, err)) return false;
    for (unsigned i = 0; i < plugs->drive_count; i++)
        if (plugs->drives[i].interface == DRIVE_VIRTIO &&
            !plug_add(plugs, "virtio-blk-device", &plugs->drives[i], NULL, err))
            return false;
    for (unsigned i = 0; i < plugs->fsdev_count; i++)
        if (plugs->fsdevs[i].tag &&
            !plug_add(plugs, "virtio-9p-device", NULL, &plugs->fsdevs[i], err))
            return false;
    return true;
}

struct device *plugs_create_device(struct plugs *plugs, unsigned slot, const char *name,
                                   const struct virtio_wiring *wiring, struct error *err)
{
    struct plug *plug = plugs->slots[slot];
    struct virtio_wiring own = *wiring;
    if (!plug) return virtio_empty_create(name, err);
    const char *packed = properties_get(&plug->properties, "packed");
    own.packed = packed && strcmp(packed, "on") == 0;
    return plug->device = plug->row->create(plugs, plug, name, &own, err);
}

void plugs_stop(struct plugs *plugs)
{
    for (unsigned i = 0; i < plugs->netdev_count; i++)
        host_net_stop(plugs->netdevs[i].net);
    for (unsigned i = 0; i < plugs->chardev_count; i++)
        host_chars_stop(plugs->chardevs[i].chars);
}

void plugs_close(struct plugs *plugs)
{
    host_workers_destroy(plugs->workers);
    plugs->workers = NULL;
    while (plugs->count)
        properties_fini(&plugs->items[--plugs->count].properties);
    while (plugs->netdev_count)
        netdev_fini(&plugs->netdevs[--plugs->netdev_count]);
    while (plugs->chardev_count)
        chardev_fini(&plugs->chardevs[--plugs->chardev_count]);
    while (plugs->fsdev_count)
        fsdev_fini(&plugs->fsdevs[--plugs->fsdev_count]);
    while (plugs->drive_count)
        drive_fini(&plugs->drives[--plugs->drive_count]);
}
