/* machine/plug_net.c: -device virtio-net-device,netdev=ID. */
#include <stdio.h>
#include <string.h>

#include "dev/virtio/net.h"
#include "machine/plug_row.h"

struct net_properties {
    const char *netdev, *mac;
    unsigned mtu;
};

#define FIELD_OF(member) offsetof(struct net_properties, member)

static const struct property_row rows[] = {
    PLUG_COMMON_ROWS,
    {"netdev", PROPERTY_TEXT, FIELD_OF(netdev), NULL},
    {"mac", PROPERTY_TEXT, FIELD_OF(mac), NULL},
    {"host_mtu", PROPERTY_NUMBER, FIELD_OF(mtu), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};

static struct netdev *netdev_by_id(struct plugs *plugs, const char *id)
{
    for (unsigned i = 0; i < plugs->netdev_count; i++)
        if (strcmp(plugs->netdevs[i].id, id) == 0) return &plugs->netdevs[i];
    return NULL;
}

bool plug_net_connect(struct plugs *plugs, struct plug *plug, struct error *err)
{
    struct net_properties net = {0};
    const char *text = plug->properties.whole;
    if (!properties_fill(&plug->properties, rows, &net, err)) return false;
    if (!net.netdev) return error_set(err, "-device %s: needs netdev=ID, a -netdev's id", text);
    plug->netdev = netdev_by_id(plugs, net.netdev);
    if (!plug->netdev)
        return error_set(err, "-device %s: there is no -netdev with id=%s", text, net.netdev);
    if (plug->netdev->taken)
        return error_set(err, "-device %s: netdev %s is in another card already", text, net.netdev);
    plug->netdev->taken = true;
    return true;
}

static void send(void *owner, const uint8_t *frame, size_t size)
{
    struct plug *plug = owner;
    host_net_send(plug->netdev->net, frame, size);
}

static void room(void *owner)
{
    struct plug *plug = owner;
    host_net_room(plug->netdev->net);
}

static bool deliver(void *owner, const uint8_t *frame, size_t size)
{
    struct plug *plug = owner;
    return virtio_net_deliver(plug->device, frame, size);
}

/* "52:54:00:12:34:56"; the first byte's lowest bit is for groups of cards. */
static bool parse_mac(const char *text, uint8_t mac[6])
{
    unsigned bytes[6];
    int end = 0;
    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &bytes[0], &bytes[1], &bytes[2], &bytes[3],
               &bytes[4], &bytes[5], &end) != 6 ||
        text[end] || bytes[0] & 1)
        return false;
    for (unsigned i = 0; i < 6; i++)
        mac[i] = (uint8_t)bytes[i];
    return true;
}

struct device *plug_net_create(struct plugs *plugs, struct plug *plug, const char *name,
                               const struct virtio_wiring *wiring, struct error *err)
{
    /* QEMU's first card has ...:56, the next ...:57. */
    struct virtio_net_options options = {.mac = {0x52, 0x54, 0x00, 0x12, 0x34}};
    struct net_port port = {.send = send, .room = room, .owner = plug, .checksums_valid = true};
    struct host_net_card card = {.deliver = deliver, .owner = plug};
    struct net_properties net = {.mtu = host_net_mtu(plug->netdev->net)};
    if (!properties_fill(&plug->properties, rows, &net, err)) return NULL;
    options.mac[5] = (uint8_t)(0x56 + (plug->netdev - plugs->netdevs));
    if (net.mac && !parse_mac(net.mac, options.mac)) {
        error_set(err, "-device %s: mac=%s: not like 52:54:00:12:34:56", plug->properties.whole,
                  net.mac);
        return NULL;
    }
    options.mtu = (uint16_t)net.mtu;
    plug->device = virtio_net_create(name, wiring, &port, &options, err);
    if (plug->device && !host_net_start(plug->netdev->net, &card, err)) {
        plug->device->ops->destroy(plug->device);
        plug->device = NULL;
    }
    return plug->device;
}
