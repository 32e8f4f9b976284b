/* machine/board.c: QEMU's virt board: one row a device. The only addresses and IRQ numbers. */
#include "machine/board.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/clint.h"
#include "dev/flash.h"
#include "dev/fwcfg.h"
#include "dev/plic.h"
#include "dev/rom.h"
#include "dev/rtc.h"
#include "dev/syscon.h"
#include "dev/uart.h"
#include "dev/virtio/virtio.h"
#include "host/clock.h"
#include "machine/run.h"

struct board_row {
    const char *name; /* what the monitor calls it */
    const char *node; /* device tree: the part before the @ */
    uint64_t base;
    unsigned irq; /* PLIC source, 0 for none */
    struct device *(*create)(struct machine *, const struct board_row *, struct error *);
};

static struct irq source_wire(struct machine *machine, const struct board_row *row)
{
    return plic_input(machine->plic, row->irq);
}

static struct irq hart_wire(struct machine *machine, unsigned id, unsigned line)
{
    return (struct irq){.set = hart_irq_set, .owner = &machine->harts[id].hart, .line = line};
}

static struct device *create_rom(struct machine *machine, const struct board_row *row,
                                 struct error *err)
{
    return machine->rom = rom_create(row->name, BOARD_ROM_SIZE, NULL, 0, err);
}

static struct device *create_syscon(struct machine *machine, const struct board_row *row,
                                    struct error *err)
{
    return syscon_create(row->name, run_syscon_request, machine, err);
}

/* Under the `insn` clock the guest's calendar starts on a day that is always the same. */
#define INSN_EPOCH_NS (UINT64_C(1767225600) * 1000000000) /* 2026-01-01 00:00 UTC */

static uint64_t wall_now_ns(void *owner)
{
    struct machine *machine = owner;
    if (!machine->clock.by_insn) return host_wall_ns();
    return INSN_EPOCH_NS + clock_now_ns(&machine->clock);
}

static struct device *create_rtc(struct machine *machine, const struct board_row *row,
                                 struct error *err)
{
    struct wall_clock clock = {.now_ns = wall_now_ns, .owner = machine};
    return rtc_create(row->name, clock, source_wire(machine, row), err);
}

static uint64_t clock_ticks(void *owner)
{
    struct machine *machine = owner;
    return clock_now_ns(&machine->clock) / TIMEBASE_NS_PER_TICK;
}

static struct device *create_clint(struct machine *machine, const struct board_row *row,
                                   struct error *err)
{
    enum { MSIP = 3, MTIP = 7 };
    struct irq software[MACHINE_MAX_HARTS], timer[MACHINE_MAX_HARTS];
    struct timebase ticks = {.now = clock_ticks, .owner = machine};
    for (unsigned id = 0; id < machine->config.harts; id++) {
        software[id] = hart_wire(machine, id, MSIP);
        timer[id] = hart_wire(machine, id, MTIP);
    }
    machine->clint = clint_create(row->name, machine->config.harts, ticks, software, timer, err);
    if (machine->clint) machine->timebase = clint_timebase(machine->clint);
    return machine->clint;
}

static struct device *create_plic(struct machine *machine, const struct board_row *row,
                                  struct error *err)
{
    enum { SEIP = 9, MEIP = 11 };
    struct irq external[2 * MACHINE_MAX_HARTS];
    for (unsigned id = 0; id < machine->config.harts; id++) {
        external[2 * id] = hart_wire(machine, id, MEIP);
        external[2 * id + 1] = hart_wire(machine, id, SEIP);
    }
    return machine->plic = plic_create(row->name, machine->config.harts, external, err);
}

static struct device *create_uart(struct machine *machine, const struct board_row *row,
                                  struct error *err)
{
    struct char_sink sink = {.write = run_output, .owner = machine};
    struct char_room room = {.room = run_input_room, .owner = machine};
    return machine->uart = uart_create(row->name, source_wire(machine, row), sink, room, err);
}

static struct device *create_virtio(struct machine *machine, const struct board_row *row,
                                    struct error *err)
{
    struct virtio_wiring wiring = {.bus = &machine->bus, .irq = source_wire(machine, row)};
    return plugs_create_device(&machine->plugs, row->irq - 1, row->name, &wiring, err);
}

static struct device *create_flash(struct machine *machine, const struct board_row *row,
                                   struct error *err)
{
    const struct drive *drive =
        machine->plugs.flashes[(row->base - BOARD_FLASH_BASE) / FLASH_BYTES];
    return flash_create(row->name, drive ? &drive->block : NULL, err);
}

static struct device *create_fwcfg(struct machine *machine, const struct board_row *row,
                                   struct error *err)
{
    return machine->fwcfg = fwcfg_create(row->name, &machine->bus, err);
}

/* In order of creation: the PLIC before what drives its wires. */
/* clang-format off */
static const struct board_row rows[] = {
    {"rom0",    "rom",    BOARD_ROM_BASE,         0, create_rom},
    {"clint0",  "clint",  UINT64_C(0x02000000),   0, create_clint},
    {"plic0",   "plic",   UINT64_C(0x0c000000),   0, create_plic},
    {"syscon0", "test",   UINT64_C(0x00100000),   0, create_syscon},
    {"uart0",   "serial", UINT64_C(0x10000000),  10, create_uart},
    {"rtc0",    "rtc",    UINT64_C(0x00101000),  11, create_rtc},
    {"virtio0", "virtio_mmio", UINT64_C(0x10001000), 1, create_virtio},
    {"virtio1", "virtio_mmio", UINT64_C(0x10002000), 2, create_virtio},
    {"virtio2", "virtio_mmio", UINT64_C(0x10003000), 3, create_virtio},
    {"virtio3", "virtio_mmio", UINT64_C(0x10004000), 4, create_virtio},
    {"virtio4", "virtio_mmio", UINT64_C(0x10005000), 5, create_virtio},
    {"virtio5", "virtio_mmio", UINT64_C(0x10006000), 6, create_virtio},
    {"virtio6", "virtio_mmio", UINT64_C(0x10007000), 7, create_virtio},
    {"virtio7", "virtio_mmio", UINT64_C(0x10008000), 8, create_virtio},
    {"fwcfg0",  "fw-cfg", UINT64_C(0x10100000),   0, create_fwcfg},
    {"flash0",  "flash",  BOARD_FLASH_BASE,       0, create_flash},
    {"flash1",  "flash",  BOARD_FLASH_BASE + FLASH_BYTES, 0, create_flash},
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(rows) <= BOARD_MAX_DEVICES, "raise BOARD_MAX_DEVICES");

bool board_create(struct machine *machine, struct error *err)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct device *device = rows[i].create(machine, &rows[i], err);
        if (!device) return false;
        machine->devices[machine->device_count++] =
            (struct board_device){.device = device, .row = &rows[i]};
        device->rearm = run_rearm;
        device->rearm_owner = machine;
        if (!bus_add(&machine->bus, rows[i].base, &device->region, err)) return false;
    }
    return true;
}

void board_destroy(struct machine *machine)
{
    while (machine->device_count) {
        struct device *device = machine->devices[--machine->device_count].device;
        device->ops->destroy(device);
    }
}

void board_reset(struct machine *machine)
{
    for (unsigned i = 0; i < machine->device_count; i++) {
        struct device *device = machine->devices[i].device;
        if (device->ops->reset) device->ops->reset(device);
    }
}

const char *board_node_name(const struct board_device *device)
{
    return device->row->node;
}

uint64_t board_base(const struct board_device *device)
{
    return device->row->base;
}

unsigned board_irq(const struct board_device *device)
{
    return device->row->irq;
}

struct device *board_device_by_name(struct machine *machine, const char *name)
{
    for (unsigned i = 0; i < machine->device_count; i++)
        if (strcmp(machine->devices[i].row->name, name) == 0) return machine->devices[i].device;
    return NULL;
}
