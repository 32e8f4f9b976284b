/* monitor/see_device.c: dev: the board's devices, their registers, a virtio device's rings.
 *
 * A guest's load of some registers changes the device (a UART's data, its line status): here they
 * are looked at, which changes nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/state.h"
#include "dev/virtio/virtio.h"
#include "machine/board.h"
#include "monitor/command.h"

/* "edssi:3 erbfi:0" with the register's value: " edssi=0 erbfi=1". */
static void fields_show(struct monitor *mon, const char *fields, uint64_t value)
{
    while (fields && *fields) {
        char name[32];
        unsigned high, low;
        int used = 0;
        if (sscanf(fields, "%31[^:]:%u%n", name, &high, &used) != 2) return;
        fields += used;
        low = high;
        if (*fields == ':' && sscanf(fields, ":%u%n", &low, &used) == 1) fields += used;
        fields += strspn(fields, " ");
        out_text(&mon->out, " %s=%" PRIu64, name, bits_get(value, high, low));
    }
}

static void registers_show(struct monitor *mon, struct device *device)
{
    for (const struct reg_row *row = device->ops->regs; row && row->name; row++) {
        uint64_t value;
        out_text(&mon->out, "  +0x%06x %-18s", row->offset, row->name);
        out_row(&mon->out);
        out_string(&mon->out, "register", row->name);
        out_hex(&mon->out, "offset", row->offset);
        if (!device_peek(device, row->offset, row->width, &value)) {
            out_text(&mon->out, " (not readable)\n");
            continue;
        }
        out_text(&mon->out, " 0x%0*" PRIx64, (int)row->width * 2, value);
        out_hex(&mon->out, "value", value);
        fields_show(mon, row->fields, value);
        out_text(&mon->out, "\n");
    }
}

#define BYTES_SHOWN 16

/* base/state.h: u8 length of the name, the name, u64 length of the bytes, the bytes. */
static void state_show(struct monitor *mon, struct device *device)
{
    struct state_writer writer;
    state_writer_init(&writer);
    if (!device->ops->save || !device->ops->save(device, &writer)) {
        state_writer_fini(&writer);
        return;
    }
    out_text(&mon->out, "  inside:");
    size_t column = 0;
    for (size_t at = 0; at < writer.size;) {
        unsigned name_length = writer.bytes[at++];
        const char *name = (const char *)writer.bytes + at;
        at += name_length;
        uint64_t size = load_le(writer.bytes + at, 8);
        at += 8;
        if (size > 8 && size <= BYTES_SHOWN) {
            out_text(&mon->out, "\n          %.*s=", (int)name_length, name);
            for (uint64_t i = 0; i < size; i++)
                out_text(&mon->out, "%s%02x", i ? " " : "", writer.bytes[at + i]);
            column = 1;
        }
        if (size <= 8) {
            out_text(&mon->out, "%s %.*s=0x%" PRIx64,
                     column && column % 6 == 0 ? "\n         " : "", (int)name_length, name,
                     load_le(writer.bytes + at, (unsigned)size));
            column++;
        }
        at += size;
    }
    out_text(&mon->out, "\n");
    state_writer_fini(&writer);
}

static void descriptors_show(struct monitor *mon, const struct virtqueue_state *q)
{
    const struct bus *bus = &mon->machine->bus;
    const uint8_t *avail = bus_ram_at(bus, q->driver, 4 + 2u * q->size);
    const uint8_t *used = bus_ram_at(bus, q->device, 4 + 8u * q->size);
    if (!avail || !used) return;
    unsigned made = (unsigned)load_le(avail + 2, 2);
    out_text(&mon->out, "      available idx %u, used idx %u; the device stands at %u\n", made,
             (unsigned)load_le(used + 2, 2), q->next_avail);
    for (unsigned i = q->next_avail, n = 0; i != made && n < 8; i = (i + 1) & 0xffff, n++) {
        unsigned head = (unsigned)load_le(avail + 4 + 2 * (i % q->size), 2);
        const uint8_t *d = bus_ram_at(bus, q->desc + 16u * head, 16);
        if (!d || head >= q->size) break;
        out_text(&mon->out, "      waiting: descriptor %u, 0x%" PRIx64 ", %u bytes%s%s\n", head,
                 load_le(d, 8), (unsigned)load_le(d + 8, 4),
                 d[12] & 2 ? ", for the device to write" : "", d[12] & 1 ? ", more follow" : "");
    }
}

static void rings_show(struct monitor *mon, struct device *device)
{
    struct virtio *virtio = virtio_of(device);
    for (unsigned i = 0; i < virtio->queue_count; i++) {
        const struct virtqueue_state *q = &virtio->queues[i].state;
        out_text(&mon->out,
                 "  queue %u: %s%s, %s, %u entries, descriptors 0x%" PRIx64 ", driver 0x%" PRIx64
                 ", device 0x%" PRIx64 "\n",
                 i, q->ready ? "ready" : "not ready", q->broken ? ", broken" : "",
                 virtio->queues[i].packed ? "packed" : "split", q->size, q->desc, q->driver,
                 q->device);
        out_row(&mon->out);
        out_number(&mon->out, "queue", i);
        out_bool(&mon->out, "ready", q->ready);
        out_number(&mon->out, "size", q->size);
        if (q->ready && q->size && !virtio->queues[i].packed) descriptors_show(mon, q);
    }
}

static void devices_list(struct monitor *mon)
{
    const struct machine *machine = mon->machine;
    for (unsigned i = 0; i < machine->device_count; i++) {
        const struct board_device *item = &machine->devices[i];
        uint64_t base = board_base(item);
        out_text(&mon->out, "%-10s 0x%08" PRIx64 "-0x%08" PRIx64, item->device->name, base,
                 base + item->device->region.size - 1);
        if (board_irq(item)) out_text(&mon->out, "  PLIC source %u", board_irq(item));
        out_text(&mon->out, "\n");
        out_row(&mon->out);
        out_string(&mon->out, "device", item->device->name);
        out_hex(&mon->out, "base", base);
        out_hex(&mon->out, "size", item->device->region.size);
        out_number(&mon->out, "source", board_irq(item));
    }
    out_text(&mon->out, "%-10s 0x%08" PRIx64 "-0x%08" PRIx64 "\n", "ram", machine->bus.ram_base,
             machine->bus.ram_base + machine->ram.region.size - 1);
}

bool command_dev(struct monitor *mon, const char *args, struct error *err)
{
    char name[32];
    const char *start = args;
    args_take(&args, name, sizeof name);
    if (!args_end(mon, args, err)) return false;
    if (!*name) {
        devices_list(mon);
        return true;
    }
    struct device *device = board_device_by_name(mon->machine, name);
    args_skip(&start);
    if (!device) return args_fail(mon, start, err, "no device \"%s\"; dev lists them", name);
    out_text(&mon->out, "%s (%s)\n", device->name,
             device->ops->compatible ? device->ops->compatible : device->region.ops->name);
    registers_show(mon, device);
    state_show(mon, device);
    if (strncmp(name, "virtio", 6) == 0) rings_show(mon, device);
    return true;
}
