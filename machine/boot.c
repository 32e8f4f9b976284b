/* machine/boot.c: firmware, kernel, initrd, device tree and reset vector in their places. */
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "dev/fwcfg.h"
#include "dev/rom.h"
#include "host/file.h"
#include "host/thread.h"
#include "loader/image.h"
#include "loader/initrd.h"
#include "machine/board.h"

#define MIB (UINT64_C(1) << 20)

/* Where distributions put OpenSBI: Debian and Ubuntu, then QEMU's own copy, then Fedora. */
static const struct {
    unsigned xlen;
    const char *path;
} firmware_places[] = {
    {64, "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"},
    {64, "/usr/share/opensbi/lp64/generic/firmware/fw_dynamic.bin"},
    {64, "/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin"},
    {64, "/usr/share/edk2/riscv/opensbi-riscv64-generic-fw_dynamic.bin"},
    {32, "/usr/lib/riscv32-linux-gnu/opensbi/generic/fw_dynamic.bin"},
    {32, "/usr/share/qemu/opensbi-riscv32-generic-fw_dynamic.bin"},
};

const char *boot_default_firmware(unsigned xlen, struct error *err)
{
    const char *first = NULL;
    for (unsigned i = 0; i < ARRAY_COUNT(firmware_places); i++) {
        if (firmware_places[i].xlen != xlen) continue;
        if (host_file_readable(firmware_places[i].path)) return firmware_places[i].path;
        if (!first) first = firmware_places[i].path;
    }
    error_set(err,
              "-bios default: no OpenSBI found (looked for %s and others); install the package "
              "opensbi, or give -bios FILE or -bios none",
              first);
    return NULL;
}

static uint64_t align_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

static uint64_t align_down(uint64_t value, uint64_t unit)
{
    return value / unit * unit;
}

/* What came of each stage. */
struct boot {
    struct machine *machine;
    struct loaded firmware, kernel;
    bool has_firmware;
    uint64_t fdt_base;
    struct host_file initrd;
    struct host_thread judge; /* looks through the initrd while `judging` */
    bool judging, initrd_good;
    struct error initrd_reason;
};

static bool firmware_load(struct boot *boot, struct error *err)
{
    struct machine *machine = boot->machine;
    const char *path = machine->config.bios;
    struct host_file file;
    boot->firmware.high = BOARD_RAM_BASE;
    if (strcmp(path, "none") == 0) return true;
    if (strcmp(path, "default") == 0) path = boot_default_firmware(machine->config.xlen, err);
    if (!path || !host_file_map(path, &file, err)) return false;
    struct blob blob = {.name = path, .bytes = file.bytes, .size = file.size};
    boot->has_firmware = image_load_firmware(&blob, machine->isa, BOARD_RAM_BASE,
                                             &machine->placement, &boot->firmware, err) &&
                         htif_connect(machine, &blob, err);
    host_file_close(&file);
    return boot->has_firmware;
}

/* With an image in the first bank, what follows the firmware is there: EDK2, which finds kernels
 * for itself, and one given with -kernel in fw_cfg. */
static bool boot_from_flash(const struct machine *machine)
{
    return machine->plugs.flashes[0] != NULL;
}

/* A file under two of fw_cfg's keys: its size, and its bytes. */
static bool offer_file(struct machine *machine, const char *path, unsigned size_key,
                       unsigned data_key, struct error *err)
{
    struct host_file file;
    uint8_t size[4];
    if (!path) return true;
    if (!host_file_map(path, &file, err)) return false;
    store_le(size, 4, file.size);
    bool done = fwcfg_add(machine->fwcfg, size_key, size, sizeof size, err) &&
                fwcfg_add(machine->fwcfg, data_key, file.bytes, file.size, err);
    host_file_close(&file);
    return done;
}

static bool fwcfg_load(struct machine *machine, struct error *err)
{
    const struct machine_config *config = &machine->config;
    uint8_t harts[2], size[4];
    fwcfg_clear(machine->fwcfg);
    store_le(harts, 2, config->harts);
    if (!fwcfg_add(machine->fwcfg, FWCFG_CPUS, harts, sizeof harts, err) ||
        !fwcfg_add(machine->fwcfg, FWCFG_MAX_CPUS, harts, sizeof harts, err))
        return false;
    if (!boot_from_flash(machine)) return true;
    if (config->append) {
        store_le(size, 4, strlen(config->append) + 1);
        if (!fwcfg_add(machine->fwcfg, FWCFG_CMDLINE_SIZE, size, sizeof size, err) ||
            !fwcfg_add(machine->fwcfg, FWCFG_CMDLINE_DATA, config->append,
                       strlen(config->append) + 1, err))
            return false;
    }
    return offer_file(machine, config->kernel, FWCFG_KERNEL_SIZE, FWCFG_KERNEL_DATA, err) &&
           offer_file(machine, config->initrd, FWCFG_INITRD_SIZE, FWCFG_INITRD_DATA, err);
}

/* Linux wants to start at a megapage: 2 MiB, with Sv32 4 MiB (Documentation/arch/riscv/boot.rst).
 */
static bool kernel_load(struct boot *boot, struct error *err)
{
    struct machine *machine = boot->machine;
    struct host_file file;
    if (boot_from_flash(machine)) {
        boot->kernel.entry = BOARD_FLASH_BASE;
        return true;
    }
    if (!machine->config.kernel) return true;
    if (!host_file_map(machine->config.kernel, &file, err)) return false;
    struct blob blob = {.name = machine->config.kernel, .bytes = file.bytes, .size = file.size};
    uint64_t base = align_up(boot->firmware.high, machine->config.xlen == 64 ? 2 * MIB : 4 * MIB);
    bool loaded =
        image_load_kernel(&blob, machine->isa, base, &machine->placement, &boot->kernel, err) &&
        htif_connect(machine, &blob, err);
    host_file_close(&file);
    return loaded;
}

/* Where QEMU would put it, so far from the kernel that the kernel can't grow into it; where that is
 * not free, right after the kernel. */
static uint64_t initrd_base(const struct boot *boot, uint64_t size)
{
    const struct machine *machine = boot->machine;
    uint64_t half = machine->ram.region.size / 2;
    uint64_t far = boot->kernel.low + (half < 512 * MIB ? half : 512 * MIB);
    far = align_up(far, PAGE_SIZE);
    if (place_is_free(&machine->placement, far, size)) return far;
    return align_up(boot->kernel.high, 2 * MIB);
}

static void initrd_judge(void *owner)
{
    struct boot *boot = owner;
    const struct blob blob = {.name = boot->machine->config.initrd,
                              .bytes = boot->initrd.bytes,
                              .size = boot->initrd.size};
    boot->initrd_good = initrd_check(&blob, &boot->initrd_reason);
}

/* Opens the initrd and starts to look through it: that decompresses it, and takes about as long as
 * loading the kernel does meanwhile. */
static bool initrd_begin(struct boot *boot, struct error *err)
{
    const struct machine_config *config = &boot->machine->config;
    if (!config->initrd || boot_from_flash(boot->machine)) return true;
    if (!config->kernel)
        return error_set(err, "-initrd %s: there is no -kernel to use it", config->initrd);
    if (!host_file_map(config->initrd, &boot->initrd, err)) return false;
    boot->judging = host_thread_start(&boot->judge, "initrd", initrd_judge, boot, err);
    return boot->judging;
}

static bool initrd_load(struct boot *boot, struct error *err)
{
    struct machine *machine = boot->machine;
    struct error reason = {0};
    machine->initrd_start = machine->initrd_end = 0;
    if (!boot->judging) return true; /* there is none, or it is in fw_cfg */
    host_thread_join(&boot->judge);
    boot->judging = false;
    if (!boot->initrd_good) return error_set(err, "%s", boot->initrd_reason.text);
    uint64_t base = initrd_base(boot, boot->initrd.size);
    if (!place_bytes(&machine->placement, "initrd", base, boot->initrd.bytes, boot->initrd.size,
                     &reason))
        return error_set(err, "%s: %s", machine->config.initrd, reason.text);
    machine->initrd_start = base;
    machine->initrd_end = base + boot->initrd.size;
    return true;
}

/* Whatever became of it. */
static void initrd_end(struct boot *boot)
{
    if (boot->judging) host_thread_join(&boot->judge);
    host_file_close(&boot->initrd);
}

/* As high as RAM below 3 GiB goes, so that a 32-bit kernel's early map reaches it. */
static bool device_tree_load(struct boot *boot, struct error *err)
{
    struct machine *machine = boot->machine;
    if (!fdt_build(machine, err)) return false;
    uint64_t end = BOARD_RAM_BASE + machine->ram.region.size;
    if (end > 3072 * MIB) end = 3072 * MIB;
    uint64_t base = align_down(end - machine->fdt_size, 2 * MIB);
    if (!place_is_free(&machine->placement, base, machine->fdt_size))
        base = align_down(end - machine->fdt_size, PAGE_SIZE); /* a small RAM with much in it */
    boot->fdt_base = base;
    return place_bytes(&machine->placement, "device tree", base, machine->fdt, machine->fdt_size,
                       err);
}

/* The reset vector: a0 = mhartid, a1 = device tree, a2 = &info, then to `entry`.
 *
 *      0x00  auipc t0, 0           0x18  entry         8 bytes
 *      0x04  addi  a2, t0, 0x28    0x20  device tree   8 bytes
 *      0x08  csrr  a0, mhartid     0x28  struct fw_dynamic_info, each member XLEN wide:
 *      0x0c  ld    a1, 0x20(t0)            magic "OSBI", version, next_addr, next_mode, options,
 *      0x10  ld    t0, 0x18(t0)            boot_hart
 *      0x14  jr    t0                (OpenSBI, docs/firmware/fw_dynamic.md)
 */
#define OPENSBI_MAGIC   UINT64_C(0x4942534f)
#define OPENSBI_VERSION 2
#define NEXT_MODE_S     1

static void reset_vector_write(const struct boot *boot)
{
    enum { LW = 2, LD = 3 };
    struct machine *machine = boot->machine;
    const bool wide = machine->config.xlen == 64;
    const uint32_t funct3 = (wide ? LD : LW) << 12;
    const uint32_t code[] = {0x00000297,          0x02828613,          0xf1402573,
                             0x02028583 | funct3, 0x01828283 | funct3, 0x00028067};
    const uint64_t info[] = {OPENSBI_MAGIC, OPENSBI_VERSION, boot->kernel.entry, NEXT_MODE_S, 0, 0};
    uint8_t *rom = rom_bytes(machine->rom);
    for (unsigned i = 0; i < ARRAY_COUNT(code); i++)
        store_le(rom + 4 * i, 4, code[i]);
    store_le(rom + 0x18, 8, boot->has_firmware ? boot->firmware.entry : boot->kernel.entry);
    store_le(rom + 0x20, 8, boot->fdt_base);
    for (unsigned i = 0; i < ARRAY_COUNT(info); i++)
        store_le(rom + 0x28 + (wide ? 8 : 4) * i, wide ? 8 : 4, info[i]);
}

bool boot_load(struct machine *machine, struct error *err)
{
    const struct machine_config *config = &machine->config;
    struct boot boot = {.machine = machine};
    bool named = strcmp(config->bios, "none") != 0 && strcmp(config->bios, "default") != 0;
    if (!config->kernel && !named && !boot_from_flash(machine))
        return error_set(err, "nothing to run: give -kernel FILE, or -bios FILE");
    placement_init(&machine->placement, &machine->bus);
    htif_disconnect(machine);
    bool loaded = initrd_begin(&boot, err) && firmware_load(&boot, err) &&
                  kernel_load(&boot, err) && initrd_load(&boot, err) && fwcfg_load(machine, err) &&
                  device_tree_load(&boot, err);
    initrd_end(&boot);
    if (loaded) reset_vector_write(&boot);
    return loaded;
}
