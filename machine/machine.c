/* machine/machine.c: creating and destroying a machine. */
#include "machine/machine.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/isa_config.h"
#include "host/clock.h"
#include "host/entropy.h"
#include "machine/board.h"
#include "machine/run.h"

struct machine_config machine_config_default(void)
{
    const struct isa_config isa = isa_config_default();
    return (struct machine_config){
        .xlen = isa.xlen,
        .extensions = isa.extensions,
        .harts = 1,
        .ram_bytes = UINT64_C(128) << 20,
        .bios = "default",
        .engine = engine_by_name("cached"),
    };
}

/* One step of the generator of that name: bits that look random, out of any number. */
static uint64_t splitmix64(uint64_t word)
{
    word += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
    return word ^ word >> 31;
}

/* What the seed CSR gives: secrets rest on it, so the host's best, or what stands for it where runs
 * must repeat. */
static bool hart_entropy(void *owner, uint16_t *bits)
{
    const struct machine *machine = owner;
    const struct hart *asks = machine->clock.hart; /* NULL under the host's clock */
    if (machine->config.entropy)
        *bits = (uint16_t)machine->config.entropy();
    else if (asks && machine->clock.by_insn)
        *bits = (uint16_t)splitmix64(asks->instret * MACHINE_MAX_HARTS + asks->id);
    else
        return host_entropy(bits, sizeof *bits);
    return true;
}

static bool harts_create(struct machine *machine, struct error *err)
{
    const struct machine_config *config = &machine->config;
    machine->harts = calloc(config->harts, sizeof *machine->harts);
    if (!machine->harts) return error_set(err, "%u harts: out of host memory", config->harts);
    for (unsigned id = 0; id < config->harts; id++) {
        struct machine_hart *item = &machine->harts[id];
        item->machine = machine;
        if (!hart_init(&item->hart, id, machine->isa, &machine->bus, &machine->timebase, err))
            return false;
        host_event_init(&item->wake);
        item->hart.wake = run_hart_wake;
        item->hart.wake_owner = item;
        item->hart.entropy = hart_entropy;
        item->hart.entropy_owner = machine;
        machine->harts_ready++;
        item->attached = config->engine->attach(&item->hart, err);
        if (!item->attached) return false;
    }
    return true;
}

static void harts_destroy(struct machine *machine)
{
    while (machine->harts_ready) {
        struct machine_hart *item = &machine->harts[--machine->harts_ready];
        if (item->attached) machine->config.engine->detach(&item->hart);
        host_event_fini(&item->wake);
        hart_fini(&item->hart);
    }
    free(machine->harts);
}

/* Physical addresses: 56 bits of PPN and offset for XLEN 64, and what the board leaves of 4 GiB for
 * XLEN 32, whose kernels take no device tree address beyond. */
static bool ram_create(struct machine *machine, struct error *err)
{
    const struct machine_config *config = &machine->config;
    unsigned address_bits = config->xlen == 64 ? 56 : 32;
    if (config->ram_bytes > (UINT64_C(1) << address_bits) - BOARD_RAM_BASE)
        return error_set(err, "-m: %llu bytes are more than a %u-bit machine can address",
                         (unsigned long long)config->ram_bytes, config->xlen);
    struct error reason = {0};
    if (!ram_init(&machine->ram, config->ram_bytes, &reason))
        return error_set(err, "-m: %s", reason.text);
    return bus_add_ram(&machine->bus, BOARD_RAM_BASE, &machine->ram, err);
}

/* A seed for the guest's random numbers: splitmix64 over the host's clocks. The kernel adds its own
 * sources; nothing secret may rest on this alone. */
static void rng_seed_fill(struct machine *machine)
{
    uint64_t state = machine->config.entropy  ? machine->config.entropy()
                     : machine->clock.by_insn ? 0
                                              : host_wall_ns() ^ (host_now_ns() << 20);
    for (unsigned i = 0; i < sizeof machine->rng_seed; i += 8) {
        store_le(machine->rng_seed + i, 8, splitmix64(state));
        state += UINT64_C(0x9e3779b97f4a7c15);
    }
}

static bool machine_build(struct machine *machine, struct error *err)
{
    const struct machine_config *config = &machine->config;
    machine->isa = isa_create(config->xlen, &config->extensions, err);
    if (!machine->isa || !ram_create(machine, err) || !harts_create(machine, err) ||
        !plugs_open(&machine->plugs, config, err) || !board_create(machine, err))
        return false;
    machine->input.uart = machine->uart;
    return machine_reset(machine, err);
}

struct machine *machine_create(const struct machine_config *config, struct error *err)
{
    struct machine *machine = calloc(1, sizeof *machine);
    if (!machine) {
        error_set(err, "out of host memory");
        return NULL;
    }
    machine->config = *config;
    if (config->harts_at_boot && strcmp(config->bios, "none") == 0) {
        machine->config.harts = config->harts_at_boot;
        machine->config.harts_at_boot = 0;
    }
    clock_init(&machine->clock, config->clock_ips);
    input_init(&machine->input);
    output_init(&machine->output);
    if (machine_build(machine, err)) return machine;
    machine_destroy(machine);
    return NULL;
}

void machine_destroy(struct machine *machine)
{
    if (!machine) return;
    if (machine->harts) harts_destroy(machine);
    htif_disconnect(machine);
    plugs_stop(&machine->plugs);
    board_destroy(machine);
    plugs_close(&machine->plugs);
    if (machine->ram.bytes) ram_fini(&machine->ram);
    if (machine->isa) isa_destroy(machine->isa);
    output_fini(&machine->output);
    input_fini(&machine->input);
    free(machine->fdt);
    free(machine);
}

bool machine_reset(struct machine *machine, struct error *err)
{
    board_reset(machine);
    for (unsigned id = 0; id < machine->config.harts; id++)
        hart_reset(&machine->harts[id].hart, BOARD_ROM_BASE);
    rng_seed_fill(machine);
    return boot_load(machine, err);
}

const void *machine_device_tree(const struct machine *machine, size_t *size)
{
    *size = machine->fdt_size;
    return machine->fdt;
}

struct host_chars *machine_serial(struct machine *machine)
{
    return machine->plugs.serial ? machine->plugs.serial->chars : NULL;
}

struct hart *machine_hart(struct machine *machine, unsigned id)
{
    return id < machine->config.harts ? &machine->harts[id].hart : NULL;
}

const struct engine *machine_engine(const struct machine *machine)
{
    return machine->config.engine;
}

unsigned machine_hart_count(const struct machine *machine)
{
    return machine->config.harts;
}
