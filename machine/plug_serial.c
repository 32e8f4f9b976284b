/* machine/plug_serial.c: -device virtio-serial-device, and the virtconsole and virtserialport in
 * it.
 */
#include <string.h>

#include "dev/virtio/console.h"
#include "machine/plug_row.h"

static const struct property_row device_rows[] = {
    PLUG_COMMON_ROWS,
    {"max_ports", PROPERTY_NONE, 0, NULL}, /* there is room for as many as there can be */
    {NULL, PROPERTY_NONE, 0, NULL},
};

struct port_properties {
    const char *chardev, *name;
};

#define FIELD_OF(member) offsetof(struct port_properties, member)

static const struct property_row port_rows[] = {
    {"driver", PROPERTY_NONE, 0, NULL},
    {"id", PROPERTY_NONE, 0, NULL},
    {"chardev", PROPERTY_TEXT, FIELD_OF(chardev), NULL},
    {"name", PROPERTY_TEXT, FIELD_OF(name), NULL},
    {NULL, PROPERTY_NONE, 0, NULL},
};

bool plug_serial_connect(struct plugs *plugs, struct plug *plug, struct error *err)
{
    (void)plugs;
    return properties_fill(&plug->properties, device_rows, NULL, err);
}

/* A port belongs to the virtio-serial-device before it. */
bool plug_port_connect(struct plugs *plugs, struct plug *plug, struct error *err)
{
    struct port_properties port = {0};
    const char *text = plug->properties.whole;
    if (!properties_fill(&plug->properties, port_rows, &port, err)) return false;
    if (!port.chardev) return error_set(err, "-device %s: needs chardev=ID, a -chardev's id", text);
    if (plugs->deterministic)
        return error_set(err,
                         "-device %s: under -clock insn a run depends on nothing outside, and "
                         "bytes come when they come",
                         text);
    for (unsigned i = 0; i + 1 < plugs->count; i++)
        if (plugs->items[i].row->create == plug_serial_create) plug->serial = &plugs->items[i];
    if (!plug->serial)
        return error_set(err, "-device %s: needs a -device virtio-serial-device before it", text);
    if (plug->serial->port_count == VIRTIO_CONSOLE_MAX_PORTS)
        return error_set(err, "-device %s: its virtio-serial-device has %d ports already", text,
                         VIRTIO_CONSOLE_MAX_PORTS);
    plug->chardev = plugs_take_chardev(plugs, "-device", text, port.chardev, err);
    plug->port = plug->serial->port_count++;
    return plug->chardev;
}

/* ---- between the device and the far end ---- */

static void write_out(void *owner, const uint8_t *bytes, size_t count)
{
    struct plug *plug = owner;
    host_chars_write(plug->chardev->chars, bytes, count);
}

static bool ready(void *owner)
{
    struct plug *plug = owner;
    return host_chars_ready(plug->chardev->chars);
}

static size_t receive(void *owner, const uint8_t *bytes, size_t count)
{
    struct plug *plug = owner;
    return virtio_console_receive(plug->serial->device, plug->port, bytes, count);
}

static void resume(void *owner)
{
    struct plug *plug = owner;
    virtio_console_resume(plug->serial->device, plug->port);
}

static bool start_ports(struct plugs *plugs, const struct plug *serial, struct error *err)
{
    for (unsigned i = 0; i < plugs->count; i++) {
        struct plug *port = &plugs->items[i];
        struct host_chars_end end = {.receive = receive, .room = resume, .owner = port};
        if (port->serial == serial && !host_chars_start(port->chardev->chars, &end, err))
            return false;
    }
    return true;
}

struct device *plug_serial_create(struct plugs *plugs, struct plug *plug, const char *name,
                                  const struct virtio_wiring *wiring, struct error *err)
{
    struct virtio_console_port ports[VIRTIO_CONSOLE_MAX_PORTS];
    for (unsigned i = 0; i < plugs->count; i++) {
        struct plug *port = &plugs->items[i];
        if (port->serial != plug) continue;
        ports[port->port] = (struct virtio_console_port){
            .name = properties_get(&port->properties, "name"),
            .console = strcmp(port->row->name, "virtconsole") == 0,
            .sink = {.write = write_out, .owner = port},
            .ready = ready,
        };
    }
    if (plug->port_count == 0) {
        error_set(err, "-device %s: no virtconsole or virtserialport behind it",
                  plug->properties.whole);
        return NULL;
    }
    plug->device = virtio_console_create(name, wiring, ports, plug->port_count, err);
    if (plug->device && !start_ports(plugs, plug, err)) {
        plugs_stop(plugs);
        plug->device->ops->destroy(plug->device);
        plug->device = NULL;
    }
    return plug->device;
}
