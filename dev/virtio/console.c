/* dev/virtio/console.c: virtio console (virtio 1.2, 5.3).
 *
 * Queues, receive before send: 0 and 1 of port 0, 2 and 3 for control messages, 4 + 2(n-1) and the
 * next of port n. Control messages to the driver are kept as a set of what each port has yet to
 * tell, which can't overflow whatever the driver does.
 *
 *    +--------+---------+---------+- - - - - - - - - - - -+
 *    | port 4 | event 2 | value 2 |  name, or columns rows |
 *    +--------+---------+---------+- - - - - - - - - - - -+
 */
#include "dev/virtio/console.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum { CONSOLE_F_SIZE = 0, CONSOLE_F_MULTIPORT = 1, CONSOLE_F_EMERG_WRITE = 2 };

enum { QUEUE_CONTROL_RECEIVE = 2, QUEUE_CONTROL_SEND = 3 };

enum {
    EVENT_DEVICE_READY = 0,
    EVENT_PORT_ADD = 1,
    EVENT_PORT_READY = 3,
    EVENT_CONSOLE_PORT = 4,
    EVENT_RESIZE = 5,
    EVENT_PORT_OPEN = 6,
    EVENT_PORT_NAME = 7,
    EVENTS,
};

enum { CONFIG_COLUMNS = 0, CONFIG_ROWS = 2, CONFIG_MAX_PORTS = 4, CONFIG_EMERGENCY = 8 };

#define CONFIG_SIZE   12
#define CONTROL_BYTES 8
#define PIECE_BYTES   4096                /* of a buffer, in one call of the sink */
#define MOST_BYTES    (UINT32_C(1) << 20) /* of a buffer: a hart waits while they are sent */

struct console_port {
    char name[VIRTIO_CONSOLE_NAME];
    size_t name_bytes;
    bool console;
    struct char_sink sink;
    bool (*ready)(void *owner);
    struct char_room room;
};

struct console_state {
    uint8_t pending[VIRTIO_CONSOLE_MAX_PORTS]; /* bit e: event e is to be told */
    uint8_t config[CONFIG_SIZE];
};

struct virtio_console {
    struct virtio virtio;
    unsigned count;
    struct console_port ports[VIRTIO_CONSOLE_MAX_PORTS];
    bool starved[VIRTIO_CONSOLE_MAX_PORTS]; /* the host waits for room */
    struct console_state state;
};

static const struct field console_fields[] = {
    FIELD_ARRAY(struct console_state, pending),
    FIELD_ARRAY(struct console_state, config),
    {.name = NULL},
};

static struct virtio_console *console_of(struct virtio *virtio)
{
    return CONTAINER_OF(virtio, struct virtio_console, virtio);
}

static unsigned port_queue(unsigned port)
{
    return port == 0 ? 0 : 2 + 2 * port;
}

static bool console_has_port(const struct virtio_console *console, uint64_t port)
{
    return port < (virtio_has(&console->virtio, CONSOLE_F_MULTIPORT) ? console->count : 1);
}

/* ---- control messages ---- */

static size_t console_message(const struct virtio_console *console, unsigned port, unsigned event,
                              uint8_t *message)
{
    const struct console_port *from = &console->ports[port];
    store_le(message, 4, port);
    store_le(message + 4, 2, event);
    store_le(message + 6, 2, event == EVENT_PORT_OPEN || event == EVENT_CONSOLE_PORT);
    if (event == EVENT_RESIZE) {
        memcpy(message + CONTROL_BYTES, console->state.config + CONFIG_COLUMNS, 4);
        return CONTROL_BYTES + 4;
    }
    if (event != EVENT_PORT_NAME) return CONTROL_BYTES;
    memcpy(message + CONTROL_BYTES, from->name, from->name_bytes);
    return CONTROL_BYTES + from->name_bytes;
}

/* Tells what is pending, lowest event first, as far as the driver has buffers. */
static void console_tell_port(struct virtio_console *console, unsigned port)
{
    struct virtio_chain chain;
    uint8_t message[CONTROL_BYTES + VIRTIO_CONSOLE_NAME];
    uint8_t *pending = &console->state.pending[port];
    while (*pending && virtio_pop(&console->virtio, QUEUE_CONTROL_RECEIVE, &chain)) {
        size_t size = console_message(console, port, (unsigned)__builtin_ctz(*pending), message);
        size = chain_write(&chain, 0, message, size);
        virtio_push(&console->virtio, QUEUE_CONTROL_RECEIVE, &chain, size);
        *pending &= (uint8_t)(*pending - 1);
    }
}

static void console_tell(struct virtio_console *console)
{
    for (unsigned port = 0; port < console->count; port++)
        console_tell_port(console, port);
    virtio_interrupt(&console->virtio, QUEUE_CONTROL_RECEIVE);
}

static void console_hear(struct virtio_console *console, uint32_t port, unsigned event,
                         unsigned value)
{
    uint8_t *pending = console->state.pending;
    if (event == EVENT_DEVICE_READY && value == 1)
        for (unsigned i = 0; i < console->count; i++)
            pending[i] = 1 << EVENT_PORT_ADD;
    if (event != EVENT_PORT_READY || value != 1 || port >= console->count) return;
    if (console->ports[port].console) pending[port] |= 1 << EVENT_CONSOLE_PORT;
    if (console->ports[port].name_bytes) pending[port] |= 1 << EVENT_PORT_NAME;
    pending[port] |= 1 << EVENT_PORT_OPEN;
}

static void console_control(struct virtio_console *console)
{
    struct virtio_chain chain;
    while (virtio_pop(&console->virtio, QUEUE_CONTROL_SEND, &chain)) {
        uint8_t message[CONTROL_BYTES];
        if (chain_read(&chain, 0, message, sizeof(message)) == sizeof(message))
            console_hear(console, (uint32_t)load_le(message, 4), (unsigned)load_le(message + 4, 2),
                         (unsigned)load_le(message + 6, 2));
        virtio_push(&console->virtio, QUEUE_CONTROL_SEND, &chain, 0);
    }
    virtio_interrupt(&console->virtio, QUEUE_CONTROL_SEND);
    console_tell(console);
}

/* ---- characters ---- */

static void console_send(struct virtio_console *console, unsigned port)
{
    const struct char_sink *sink = &console->ports[port].sink;
    unsigned queue = port_queue(port) + 1;
    struct virtio_chain chain;
    bool (*ready)(void *) = console->ports[port].ready;
    while ((!ready || ready(sink->owner)) && virtio_pop(&console->virtio, queue, &chain)) {
        uint32_t most = MOST_BYTES;
        for (unsigned i = 0; i < chain.readable; i++) {
            const struct virtio_span *span = &chain.spans[i];
            for (uint32_t at = 0; at < span->size && most; at += PIECE_BYTES, most -= PIECE_BYTES) {
                uint32_t left = span->size - at;
                sink->write(sink->owner, span->bytes + at, left < PIECE_BYTES ? left : PIECE_BYTES);
            }
        }
        virtio_push(&console->virtio, queue, &chain, 0);
    }
    virtio_interrupt(&console->virtio, queue);
}

size_t virtio_console_receive(struct device *device, unsigned port, const uint8_t *bytes,
                              size_t count)
{
    struct virtio_console *console = console_of(virtio_of(device));
    size_t done = 0;
    if (port >= console->count) return 0;
    unsigned queue = port_queue(port);
    struct virtio_chain chain;
    mutex_lock(&console->virtio.lock);
    while (done < count && console_has_port(console, port) &&
           virtio_pop(&console->virtio, queue, &chain)) {
        size_t part = chain_write(&chain, 0, bytes + done, count - done);
        virtio_push(&console->virtio, queue, &chain, part);
        done += part;
    }
    if (done) virtio_interrupt(&console->virtio, queue);
    console->starved[port] = done < count;
    mutex_unlock(&console->virtio.lock);
    return done;
}

void virtio_console_resume(struct device *device, unsigned port)
{
    struct virtio_console *console = console_of(virtio_of(device));
    mutex_lock(&console->virtio.lock);
    if (port < console->count && console_has_port(console, port)) console_send(console, port);
    mutex_unlock(&console->virtio.lock);
}

static void console_tell_room(struct virtio_console *console, unsigned port)
{
    const struct char_room *room = &console->ports[port].room;
    if (!console->starved[port]) return;
    console->starved[port] = false;
    if (room->room) room->room(room->owner);
}

static void console_notify(struct virtio *virtio, unsigned queue)
{
    struct virtio_console *console = console_of(virtio);
    if (queue == QUEUE_CONTROL_RECEIVE) {
        console_tell(console);
    } else if (queue == QUEUE_CONTROL_SEND) {
        console_control(console);
    } else {
        unsigned port = queue < 2 ? 0 : queue / 2 - 1;
        if (!console_has_port(console, port)) return;
        if (queue % 2)
            console_send(console, port);
        else
            console_tell_room(console, port);
    }
}

/* ---- device ---- */

/* 5.3.4: works at any time, also before the driver is up. */
static void console_config_store(struct virtio *virtio, uint64_t offset, unsigned size,
                                 uint64_t value)
{
    const struct char_sink *sink = &console_of(virtio)->ports[0].sink;
    uint8_t byte = (uint8_t)value;
    (void)size;
    if (offset == CONFIG_EMERGENCY) sink->write(sink->owner, &byte, 1);
}

void virtio_console_resize(struct device *device, unsigned columns, unsigned rows)
{
    struct virtio_console *console = console_of(virtio_of(device));
    mutex_lock(&console->virtio.lock);
    store_le(console->state.config + CONFIG_COLUMNS, 2, columns);
    store_le(console->state.config + CONFIG_ROWS, 2, rows);
    if (virtio_has(&console->virtio, CONSOLE_F_MULTIPORT)) {
        console->state.pending[0] |= 1 << EVENT_RESIZE;
        console_tell(console);
    }
    virtio_config_changed(&console->virtio);
    mutex_unlock(&console->virtio.lock);
}

static void console_reset(struct virtio *virtio)
{
    struct virtio_console *console = console_of(virtio);
    memset(console->state.pending, 0, sizeof(console->state.pending));
}

static bool console_save(const struct virtio *virtio, struct state_writer *writer)
{
    const struct virtio_console *console =
        CONTAINER_OF(virtio, const struct virtio_console, virtio);
    return fields_save(console_fields, &console->state, writer);
}

static bool console_load(struct virtio *virtio, struct state_reader *reader, struct error *err)
{
    struct virtio_console *console = console_of(virtio);
    struct console_state state;
    if (!fields_load(console_fields, &state, reader, err)) return false;
    store_le(state.config + CONFIG_MAX_PORTS, 4, console->count);
    for (unsigned i = console->count; i < VIRTIO_CONSOLE_MAX_PORTS; i++)
        state.pending[i] = 0;
    console->state = state;
    for (unsigned i = 0; i < console->count; i++)
        console_tell_room(console, i);
    return true;
}

static void console_destroy(struct virtio *virtio)
{
    free(console_of(virtio));
}

static const struct virtio_kind console_kind = {
    .name = "virtio-console",
    .id = 3,
    .notify = console_notify,
    .config_store = console_config_store,
    .reset = console_reset,
    .save = console_save,
    .load = console_load,
    .destroy = console_destroy,
};

static void console_plug(struct console_port *port, const struct virtio_console_port *from)
{
    port->console = from->console;
    port->sink = from->sink;
    port->ready = from->ready;
    port->room = from->room;
    if (!from->name) return;
    port->name_bytes = strnlen(from->name, sizeof(port->name));
    memcpy(port->name, from->name, port->name_bytes);
}

struct device *virtio_console_create(const char *name, const struct virtio_wiring *wiring,
                                     const struct virtio_console_port *ports, unsigned count,
                                     struct error *err)
{
    if (count < 1 || count > VIRTIO_CONSOLE_MAX_PORTS) {
        error_set(err, "%s: %u ports; 1 to %u are possible", name, count, VIRTIO_CONSOLE_MAX_PORTS);
        return NULL;
    }
    struct virtio_console *console = calloc(1, sizeof(*console));
    if (!console) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    bool simple = count == 1 && ports[0].console;
    console->count = count;
    for (unsigned i = 0; i < count; i++)
        console_plug(&console->ports[i], &ports[i]);
    store_le(console->state.config + CONFIG_COLUMNS, 2, 80);
    store_le(console->state.config + CONFIG_ROWS, 2, 25);
    store_le(console->state.config + CONFIG_MAX_PORTS, 4, count);
    console->virtio.features = FEATURE(CONSOLE_F_SIZE) | FEATURE(CONSOLE_F_EMERG_WRITE);
    if (!simple) console->virtio.features |= FEATURE(CONSOLE_F_MULTIPORT);
    console->virtio.config = console->state.config;
    console->virtio.config_size = CONFIG_SIZE;
    virtio_init(&console->virtio, name, &console_kind, wiring, simple ? 2 : 2 + 2 * count);
    return &console->virtio.device;
}
