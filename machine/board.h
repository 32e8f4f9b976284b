/* machine/board.h: what a machine is made of. For machine/ and monitor/ only. */
#ifndef RIVET_MACHINE_BOARD_H
#define RIVET_MACHINE_BOARD_H

#include <stdatomic.h>

#include "cpu/hart.h"
#include "cpu/isa.h"
#include "dev/device.h"
#include "host/thread.h"
#include "loader/place.h"
#include "machine/clock.h"
#include "machine/htif.h"
#include "machine/input.h"
#include "machine/machine.h"
#include "machine/output.h"
#include "machine/plug.h"
#include "mem/bus.h"
#include "mem/ram.h"

/*      0x0000_1000  boot ROM (reset vector)       0x0c00_0000  PLIC
 *      0x0010_0000  syscon: poweroff, reboot      0x1000_0000  UART             irq 10
 *      0x0010_1000  RTC                  irq 11   0x8000_0000  RAM
 *      0x0200_0000  CLINT                         0x1000_1000  virtio n at + n * 0x1000, irq 1 + n
 *      0x1010_0000  fw_cfg                        0x2000_0000  two banks of flash, 32 MiB each
 */
#define BOARD_ROM_BASE    UINT64_C(0x1000)
#define BOARD_ROM_SIZE    UINT64_C(0xf000)
#define BOARD_FLASH_BASE  UINT64_C(0x20000000)
#define BOARD_RAM_BASE    UINT64_C(0x80000000)
#define BOARD_MAX_DEVICES 32

/* A hart, the host thread that runs it, and what it sleeps on. */
struct machine_hart {
    struct hart hart;
    struct machine *machine;
    struct host_thread thread;
    struct host_event wake;
    bool running;  /* the thread has been started and not yet joined */
    bool attached; /* the engine has its state in the hart */
};

struct board_row;

struct board_device {
    struct device *device; /* owned */
    const struct board_row *row;
};

struct machine {
    struct machine_config config;
    struct isa *isa;
    struct ram ram;
    struct bus bus;
    struct board_device devices[BOARD_MAX_DEVICES];
    unsigned device_count;
    struct device *rom, *plic, *clint, *uart, *fwcfg; /* among the devices */
    struct plugs plugs;
    struct machine_hart *harts;
    unsigned harts_ready; /* how many of them hart_init has seen */

    struct clock clock;
    struct timebase timebase;

    struct placement placement;
    uint8_t *fdt; /* owned */
    size_t fdt_size;
    uint64_t initrd_start, initrd_end; /* equal: there is none */
    uint8_t rng_seed[32];

    struct input input;
    struct output output;
    struct htif htif;

    /* The run: set by any thread, read by all. */
    const struct console *_Atomic console; /* NULL while the machine stands */
    _Atomic bool halt;                     /* harts leave their engines and their threads end */
    _Atomic bool stop_asked;               /* by machine_stop() */
    _Atomic bool rearm;                    /* a device's deadline may have moved */
    _Atomic unsigned request;              /* what the guest asked for: see run.c */
};

/* Creates all devices of the table, puts them on the bus and connects their wires. */
bool board_create(struct machine *, struct error *err);
void board_reset(struct machine *);
void board_destroy(struct machine *);

/* Facts of the table for the device tree. */
const char *board_node_name(const struct board_device *);
uint64_t board_base(const struct board_device *);
unsigned board_irq(const struct board_device *);

/* The device called `name` ("uart0"), or NULL. */
struct device *board_device_by_name(struct machine *, const char *name);

/* Makes machine->fdt out of the board and the configuration. */
bool fdt_build(struct machine *, struct error *err);

/* Puts firmware, kernel, initrd, device tree and reset vector in place. */
bool boot_load(struct machine *, struct error *err);

/* The host's OpenSBI for `xlen`; NULL: none is installed, `err` says how to get it. */
const char *boot_default_firmware(unsigned xlen, struct error *err);

#endif
