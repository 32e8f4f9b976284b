/* machine/fdt.c: the device tree, made with libfdt. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "base/bits.h"
#include "cpu/counter.h"
#include "dev/device.h"
#include "dev/plic.h"
#include "host/file.h"
#include "loader/dtb.h"
#include "machine/board.h"
#include "mem/timebase.h"

#define FDT_CAPACITY (256 * 1024) /* 64 harts take about 60 KiB */

/* Phandles: what other nodes call a node. */
#define PHANDLE_PLIC     1
#define PHANDLE_SYSCON   2
#define PHANDLE_CPU(id)  (0x100 + 2 * (id))
#define PHANDLE_INTC(id) (0x101 + 2 * (id))

/* The tree being made. The first failure sticks; everything after it is skipped. */
struct tree {
    void *fdt;
    int status;
};

static int node_at(struct tree *tree, const char *path)
{
    int node = tree->status ? tree->status : fdt_path_offset(tree->fdt, path);
    if (node < 0) tree->status = node;
    return node;
}

static void node_add(struct tree *tree, const char *parent, const char *name)
{
    int node = node_at(tree, parent);
    if (tree->status) return;
    node = fdt_add_subnode(tree->fdt, node, name);
    if (node < 0) tree->status = node;
}

static void prop_bytes(struct tree *tree, const char *path, const char *name, const void *bytes,
                       size_t size)
{
    int node = node_at(tree, path);
    if (!tree->status) tree->status = fdt_setprop(tree->fdt, node, name, bytes, (int)size);
}

static void prop_string(struct tree *tree, const char *path, const char *name, const char *text)
{
    prop_bytes(tree, path, name, text, strlen(text) + 1);
}

static void prop_empty(struct tree *tree, const char *path, const char *name)
{
    prop_bytes(tree, path, name, NULL, 0);
}

static void prop_cells(struct tree *tree, const char *path, const char *name, const uint32_t *cells,
                       unsigned count)
{
    uint32_t big_endian[4 * MACHINE_MAX_HARTS];
    if (count > ARRAY_COUNT(big_endian)) {
        tree->status = -FDT_ERR_NOSPACE;
        return;
    }
    for (unsigned i = 0; i < count; i++)
        big_endian[i] = cpu_to_fdt32(cells[i]);
    prop_bytes(tree, path, name, big_endian, count * sizeof big_endian[0]);
}

static void prop_cell(struct tree *tree, const char *path, const char *name, uint32_t cell)
{
    prop_cells(tree, path, name, &cell, 1);
}

/* An address and a size, two cells each. */
static void prop_reg(struct tree *tree, const char *path, uint64_t base, uint64_t size)
{
    const uint32_t cells[] = {(uint32_t)(base >> 32), (uint32_t)base, (uint32_t)(size >> 32),
                              (uint32_t)size};
    prop_cells(tree, path, "reg", cells, ARRAY_COUNT(cells));
}

static void address_cells(struct tree *tree, const char *path, uint32_t address, uint32_t size)
{
    prop_cell(tree, path, "#address-cells", address);
    prop_cell(tree, path, "#size-cells", size);
}

static bool is_letter_extension(enum extension ext)
{
    return extension_info[ext].name[1] == '\0';
}

/* riscv,isa: "rv64imafdc_zicsr_zifencei...": single letters first; s and u are modes, not listed.
 * riscv,isa-extensions: the same as a list of strings. Returns the list's size. */
static size_t isa_names(const struct isa *isa, char *joined, char *list, size_t capacity)
{
    size_t used = (size_t)snprintf(joined, capacity, "rv%u", isa->xlen), listed = 0;
    for (int letters = 1; letters >= 0; letters--) {
        for (unsigned ext = 0; ext < EXT_COUNT; ext++) {
            if (!isa_has(isa, ext) || is_letter_extension(ext) != letters || ext == EXT_S ||
                ext == EXT_U)
                continue;
            const char *name = extension_info[ext].name;
            size_t length = strlen(name) + 1;
            if (used + length + 1 > capacity || listed + length > capacity) return listed;
            used +=
                (size_t)snprintf(joined + used, capacity - used, "%s%s", letters ? "" : "_", name);
            memcpy(list + listed, name, length);
            listed += length;
        }
    }
    return listed;
}

static void add_cpu(struct tree *tree, const struct machine *machine, unsigned id)
{
    char name[32], path[64], intc[96], joined[2048], list[2048];
    size_t listed = isa_names(machine->isa, joined, list, sizeof joined);
    const bool wide = machine->isa->xlen == 64;
    snprintf(name, sizeof name, "cpu@%x", id);
    snprintf(path, sizeof path, "/cpus/%s", name);
    snprintf(intc, sizeof intc, "%s/interrupt-controller", path);
    node_add(tree, "/cpus", name);
    prop_string(tree, path, "device_type", "cpu");
    prop_cell(tree, path, "reg", id);
    prop_string(tree, path, "status", "okay");
    prop_string(tree, path, "compatible", "riscv");
    prop_string(tree, path, "riscv,isa", joined);
    prop_string(tree, path, "riscv,isa-base", wide ? "rv64i" : "rv32i");
    prop_bytes(tree, path, "riscv,isa-extensions", list, listed);
    if (isa_has(machine->isa, EXT_Zicbom)) prop_cell(tree, path, "riscv,cbom-block-size", 64);
    if (isa_has(machine->isa, EXT_Zicbop)) prop_cell(tree, path, "riscv,cbop-block-size", 64);
    if (isa_has(machine->isa, EXT_Zicboz)) prop_cell(tree, path, "riscv,cboz-block-size", 64);
    prop_string(tree, path, "mmu-type", wide ? "riscv,sv57" : "riscv,sv32");
    prop_cell(tree, path, "phandle", PHANDLE_CPU(id));
    node_add(tree, path, "interrupt-controller");
    prop_cell(tree, intc, "#interrupt-cells", 1);
    prop_empty(tree, intc, "interrupt-controller");
    prop_string(tree, intc, "compatible", "riscv,cpu-intc");
    prop_cell(tree, intc, "phandle", PHANDLE_INTC(id));
}

/* libfdt puts each new node before its older sisters; Linux numbers what it finds from the front.
 * Hence the harts from the last to the first. */
static void add_cpus(struct tree *tree, const struct machine *machine)
{
    char path[64], name[32];
    node_add(tree, "/", "cpus");
    address_cells(tree, "/cpus", 1, 0);
    prop_cell(tree, "/cpus", "timebase-frequency", TIMEBASE_HZ);
    node_add(tree, "/cpus", "cpu-map");
    node_add(tree, "/cpus/cpu-map", "cluster0");
    for (unsigned id = machine->config.harts; id-- > 0;) {
        snprintf(name, sizeof name, "core%u", id);
        snprintf(path, sizeof path, "/cpus/cpu-map/cluster0/%s", name);
        node_add(tree, "/cpus/cpu-map/cluster0", name);
        prop_cell(tree, path, "cpu", PHANDLE_CPU(id));
    }
    for (unsigned id = machine->config.harts; id-- > 0;)
        add_cpu(tree, machine, id);
}

/* One pair (hart's interrupt controller, its line) for each of the two lines of each hart. */
static void prop_hart_lines(struct tree *tree, const struct machine *machine, const char *path,
                            uint32_t first_line, uint32_t second_line)
{
    uint32_t cells[4 * MACHINE_MAX_HARTS];
    for (unsigned id = 0; id < machine->config.harts; id++) {
        cells[4 * id] = cells[4 * id + 2] = PHANDLE_INTC(id);
        cells[4 * id + 1] = first_line;
        cells[4 * id + 3] = second_line;
    }
    prop_cells(tree, path, "interrupts-extended", cells, 4 * machine->config.harts);
}

static void add_plic_wiring(struct tree *tree, const struct machine *machine, const char *path)
{
    enum { SEIP = 9, MEIP = 11 };
    prop_hart_lines(tree, machine, path, MEIP, SEIP);
    prop_cell(tree, path, "#interrupt-cells", 1);
    prop_cell(tree, path, "#address-cells", 0);
    prop_empty(tree, path, "interrupt-controller");
    prop_cell(tree, path, "riscv,ndev", PLIC_SOURCES);
    prop_cell(tree, path, "phandle", PHANDLE_PLIC);
}

static void add_clint_wiring(struct tree *tree, const struct machine *machine, const char *path)
{
    enum { MSIP = 3, MTIP = 7 };
    prop_hart_lines(tree, machine, path, MSIP, MTIP);
}

static void add_syscon_wiring(struct tree *tree, const struct machine *machine, const char *path)
{
    (void)machine;
    prop_cell(tree, path, "phandle", PHANDLE_SYSCON);
}

/* What a node says of the board rather than of its device. */
static const struct {
    const char *node;
    void (*add)(struct tree *, const struct machine *, const char *path);
} wirings[] = {
    {"plic", add_plic_wiring},
    {"clint", add_clint_wiring},
    {"test", add_syscon_wiring},
};

static void add_device(struct tree *tree, const struct machine *machine,
                       const struct board_device *item)
{
    char name[64], path[96];
    const struct device *device = item->device;
    snprintf(name, sizeof name, "%s@%" PRIx64, board_node_name(item), board_base(item));
    snprintf(path, sizeof path, "/soc/%s", name);
    node_add(tree, "/soc", name);
    prop_reg(tree, path, board_base(item), device->region.size);
    if (board_irq(item)) {
        prop_cell(tree, path, "interrupts", board_irq(item));
        prop_cell(tree, path, "interrupt-parent", PHANDLE_PLIC);
    }
    for (unsigned i = 0; i < ARRAY_COUNT(wirings); i++)
        if (strcmp(wirings[i].node, board_node_name(item)) == 0)
            wirings[i].add(tree, machine, path);
    int node = node_at(tree, path);
    if (!tree->status) device->ops->describe(device, tree->fdt, node);
}

static void add_soc(struct tree *tree, const struct machine *machine)
{
    node_add(tree, "/", "soc");
    address_cells(tree, "/soc", 2, 2);
    prop_string(tree, "/soc", "compatible", "simple-bus");
    prop_empty(tree, "/soc", "ranges");
    for (unsigned i = 0; i < machine->device_count; i++)
        if (machine->devices[i].device != machine->rom && machine->devices[i].device->ops->describe)
            add_device(tree, machine, &machine->devices[i]);
}

/* How the kernel switches the machine off: a value into the syscon. */
static void add_power_switch(struct tree *tree, const char *name, const char *compatible,
                             uint32_t value)
{
    char path[32];
    snprintf(path, sizeof path, "/%s", name);
    node_add(tree, "/", name);
    prop_string(tree, path, "compatible", compatible);
    prop_cell(tree, path, "regmap", PHANDLE_SYSCON);
    prop_cell(tree, path, "offset", 0);
    prop_cell(tree, path, "value", value);
}

static void add_memory(struct tree *tree, const struct machine *machine)
{
    char path[64];
    snprintf(path, sizeof path, "memory@%" PRIx64, BOARD_RAM_BASE);
    node_add(tree, "/", path);
    snprintf(path, sizeof path, "/memory@%" PRIx64, BOARD_RAM_BASE);
    prop_string(tree, path, "device_type", "memory");
    prop_reg(tree, path, BOARD_RAM_BASE, machine->ram.region.size);
}

/* The SBI's PMU extension: which counters can count which of its events. Without a property that
 * translates them, firmware writes event numbers to mhpmevent as they are. */
static void add_pmu(struct tree *tree)
{
    uint32_t events[3 * HPM_EVENT_COUNT], raw[5 * HPM_EVENT_COUNT];
    unsigned event_cells = 0, raw_cells = 0;
    for (unsigned i = HPM_NONE + 1; i < HPM_EVENT_COUNT; i++) {
        const uint32_t selector = hpm_event_info[i].selector;
        const uint32_t fixed = i == HPM_CYCLES ? 1u << 0 : i == HPM_INSTRUCTIONS ? 1u << 2 : 0;
        const uint32_t counters = (uint32_t)COUNTERS_HPM | fixed;
        if (selector <= HPM_EVENT_SBI_MAX) { /* first and last of a range, counters */
            const uint32_t cells[] = {selector, selector, counters};
            memcpy(events + event_cells, cells, sizeof cells);
            event_cells += ARRAY_COUNT(cells);
        } else { /* selector, mask of what it may vary in, counters */
            const uint32_t cells[] = {0, selector, UINT32_MAX, UINT32_MAX, counters};
            memcpy(raw + raw_cells, cells, sizeof cells);
            raw_cells += ARRAY_COUNT(cells);
        }
    }
    node_add(tree, "/", "pmu");
    prop_string(tree, "/pmu", "compatible", "riscv,pmu");
    prop_cells(tree, "/pmu", "riscv,event-to-mhpmcounters", events, event_cells);
    prop_cells(tree, "/pmu", "riscv,raw-event-to-mhpmcounters", raw, raw_cells);
}

static void prop_address(struct tree *tree, const char *path, const char *name, uint64_t address)
{
    const uint32_t cells[] = {(uint32_t)(address >> 32), (uint32_t)address};
    prop_cells(tree, path, name, cells, ARRAY_COUNT(cells));
}

/* The kernel's command line. Linux's own "maxcpus=N" leaves harts off that sysfs can switch on
 * later; on this board nothing else could keep a hart from it. */
static void add_bootargs(struct tree *tree, const struct machine *machine)
{
    const struct machine_config *config = &machine->config;
    const char *given = config->append ? config->append : "";
    char limit[32] = "";
    if (config->harts_at_boot && !strstr(given, "maxcpus="))
        snprintf(limit, sizeof limit, "maxcpus=%u", config->harts_at_boot);
    if (!*limit) {
        if (config->append) prop_string(tree, "/chosen", "bootargs", given);
        return;
    }
    size_t size = strlen(given) + sizeof limit + 1;
    char *text = malloc(size);
    if (text) {
        snprintf(text, size, "%s%s%s", given, *given ? " " : "", limit);
        prop_string(tree, "/chosen", "bootargs", text);
    } else {
        tree->status = -FDT_ERR_NOSPACE;
    }
    free(text);
}

static void add_initrd(struct tree *tree, const struct machine *machine)
{
    if (machine->initrd_start == machine->initrd_end) return;
    prop_address(tree, "/chosen", "linux,initrd-start", machine->initrd_start);
    prop_address(tree, "/chosen", "linux,initrd-end", machine->initrd_end);
}

static void add_chosen(struct tree *tree, const struct machine *machine)
{
    char path[64];
    node_add(tree, "/", "chosen");
    for (unsigned i = 0; i < machine->device_count; i++) {
        if (machine->devices[i].device != machine->uart) continue;
        snprintf(path, sizeof path, "/soc/%s@%" PRIx64, board_node_name(&machine->devices[i]),
                 board_base(&machine->devices[i]));
        prop_string(tree, "/chosen", "stdout-path", path);
    }
    prop_bytes(tree, "/chosen", "rng-seed", machine->rng_seed, sizeof machine->rng_seed);
    add_bootargs(tree, machine);
    add_initrd(tree, machine);
}

static void add_everything(struct tree *tree, const struct machine *machine)
{
    address_cells(tree, "/", 2, 2);
    prop_string(tree, "/", "compatible", "riscv-virtio");
    prop_string(tree, "/", "model", "riscv-virtio,rivet");
    add_chosen(tree, machine);
    add_power_switch(tree, "poweroff", "syscon-poweroff", 0x5555);
    add_power_switch(tree, "reboot", "syscon-reboot", 0x7777);
    add_memory(tree, machine);
    if (isa_has(machine->isa, EXT_Zihpm)) add_pmu(tree);
    add_cpus(tree, machine);
    add_soc(tree, machine);
}

/* The user's tree: only what the other options ask for is added. */
static bool tree_given(struct tree *tree, const struct machine *machine, struct error *err)
{
    struct host_file file;
    const char *path = machine->config.dtb;
    if (!host_file_map(path, &file, err)) return false;
    const struct blob blob = {.name = path, .bytes = file.bytes, .size = file.size};
    tree->fdt = dtb_open(&blob, FDT_CAPACITY, err);
    host_file_close(&file);
    if (!tree->fdt) return false;
    if (fdt_path_offset(tree->fdt, "/chosen") == -FDT_ERR_NOTFOUND) node_add(tree, "/", "chosen");
    add_bootargs(tree, machine);
    add_initrd(tree, machine);
    return true;
}

static bool tree_made(struct tree *tree, const struct machine *machine, struct error *err)
{
    tree->fdt = calloc(1, FDT_CAPACITY);
    if (!tree->fdt) return error_set(err, "device tree: out of host memory");
    tree->status = fdt_create_empty_tree(tree->fdt, FDT_CAPACITY);
    add_everything(tree, machine);
    return true;
}

bool fdt_build(struct machine *machine, struct error *err)
{
    struct tree tree = {.fdt = NULL};
    bool made =
        machine->config.dtb ? tree_given(&tree, machine, err) : tree_made(&tree, machine, err);
    if (!made) return false;
    void *fdt = tree.fdt;
    if (!tree.status) tree.status = fdt_pack(fdt);
    if (tree.status) {
        free(fdt);
        if (tree.status == -FDT_ERR_NOSPACE)
            return error_set(err, "device tree: more than %d bytes; is -append too long?",
                             FDT_CAPACITY);
        return error_set(err, "device tree: %s", fdt_strerror(tree.status));
    }
    free(machine->fdt);
    machine->fdt = fdt;
    machine->fdt_size = fdt_totalsize(fdt);
    return true;
}
