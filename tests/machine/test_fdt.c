/* tests/machine/test_fdt.c: the device tree says what the board is, and dtc finds no fault in it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "cpu/counter.h"
#include "machine/machine.h"

/* wfi for ever */
static const uint8_t firmware[] = {0x73, 0x00, 0x50, 0x10, 0x6f, 0xf0, 0xdf, 0xff};
static char firmware_path[] = "/tmp/rivet-fdt-XXXXXX";

static int setup(void **state)
{
    (void)state;
    int fd = mkstemp(firmware_path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, firmware, sizeof firmware), sizeof firmware);
    return close(fd);
}

static int teardown(void **state)
{
    (void)state;
    return unlink(firmware_path);
}

static struct machine *machine_make(unsigned harts, const char *append)
{
    struct error err = {0};
    struct machine_config config = machine_config_default();
    config.bios = firmware_path;
    config.harts = harts;
    config.append = append;
    struct machine *machine = machine_create(&config, &err);
    if (!machine) fail_msg("%s", err.text);
    return machine;
}

/* Each event of the SBI's PMU extension that a counter can count is in a list of the node, and each
 * other in another. */
static void the_pmu_lists_every_event(void **state)
{
    (void)state;
    size_t size_of_tree;
    struct machine *machine = machine_make(1, NULL);
    const void *fdt = machine_device_tree(machine, &size_of_tree);
    int pmu = fdt_path_offset(fdt, "/pmu"), listed = 0, raw = 0;
    assert_string_equal(fdt_getprop(fdt, pmu, "compatible", NULL), "riscv,pmu");
    const fdt32_t *cells = fdt_getprop(fdt, pmu, "riscv,event-to-mhpmcounters", &listed);
    for (int i = 0; i < listed / 12; i++) {
        assert_int_equal(fdt32_ld(&cells[3 * i]), fdt32_ld(&cells[3 * i + 1]));
        assert_true(hpm_event_of(fdt32_ld(&cells[3 * i])) != HPM_EVENT_COUNT);
        assert_int_equal(fdt32_ld(&cells[3 * i + 2]) & ~5u, COUNTERS_HPM);
    }
    cells = fdt_getprop(fdt, pmu, "riscv,raw-event-to-mhpmcounters", &raw);
    for (int i = 0; i < raw / 20; i++)
        assert_true(hpm_event_of(fdt32_ld(&cells[5 * i + 1])) != HPM_EVENT_COUNT);
    assert_int_equal(listed / 12 + raw / 20, HPM_EVENT_COUNT - 1);
    machine_destroy(machine);
}

/* The first cell of a property. */
static uint32_t cell_of(const void *fdt, const char *path, const char *name)
{
    int size = 0;
    const void *cell = fdt_getprop(fdt, fdt_path_offset(fdt, path), name, &size);
    if (!cell || size < 4) fail_msg("%s has no %s", path, name);
    return fdt32_ld(cell);
}

static const char *bootargs_of(unsigned harts, unsigned at_boot, const char *append, char *copy)
{
    struct error err = {0};
    struct machine_config config = machine_config_default();
    config.bios = firmware_path;
    config.harts = harts;
    config.harts_at_boot = at_boot;
    config.append = append;
    struct machine *machine = machine_create(&config, &err);
    if (!machine) fail_msg("%s", err.text);
    size_t size;
    const void *fdt = machine_device_tree(machine, &size);
    const char *bootargs = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL);
    if (bootargs) strcpy(copy, bootargs);
    machine_destroy(machine);
    return bootargs ? copy : NULL;
}

static void harts_for_later_are_in_the_tree_and_the_kernel_is_told(void **state)
{
    (void)state;
    char text[64];
    assert_null(bootargs_of(4, 0, NULL, text));
    assert_string_equal(bootargs_of(4, 2, NULL, text), "maxcpus=2");
    assert_string_equal(bootargs_of(4, 2, "quiet", text), "quiet maxcpus=2");
    assert_string_equal(bootargs_of(4, 2, "maxcpus=3", text), "maxcpus=3");
}

static void the_tree_describes_the_board(void **state)
{
    (void)state;
    size_t size;
    struct machine *machine = machine_make(2, "console=ttyS0 quiet");
    const void *fdt = machine_device_tree(machine, &size);
    assert_int_equal(fdt_check_full(fdt, size), 0);
    assert_string_equal(fdt_getprop(fdt, 0, "compatible", NULL), "riscv-virtio");
    int chosen = fdt_path_offset(fdt, "/chosen");
    assert_string_equal(fdt_getprop(fdt, chosen, "bootargs", NULL), "console=ttyS0 quiet");
    assert_string_equal(fdt_getprop(fdt, chosen, "stdout-path", NULL), "/soc/serial@10000000");
    assert_int_equal(cell_of(fdt, "/cpus", "timebase-frequency"), 10000000);
    int cpu = fdt_path_offset(fdt, "/cpus/cpu@1");
    const char *isa = fdt_getprop(fdt, cpu, "riscv,isa", NULL);
    assert_non_null(isa);
    assert_int_equal(strncmp(isa, "rv64imafdc_", 11), 0);
    assert_int_equal(fdt_stringlist_search(fdt, cpu, "riscv,isa-extensions", "i"), 0);
    assert_true(fdt_stringlist_search(fdt, cpu, "riscv,isa-extensions", "sstc") > 0);
    assert_int_equal(cell_of(fdt, "/soc/serial@10000000", "interrupts"), 10);
    assert_int_equal(cell_of(fdt, "/soc/rtc@101000", "interrupts"), 11);
    assert_int_equal(cell_of(fdt, "/poweroff", "regmap"),
                     fdt_get_phandle(fdt, fdt_path_offset(fdt, "/soc/test@100000")));
    assert_int_equal(cell_of(fdt, "/cpus/cpu-map/cluster0/core1", "cpu"),
                     fdt_get_phandle(fdt, cpu));
    machine_destroy(machine);
}

/* Linux numbers what it finds from the front. */
static void harts_stand_in_order(void **state)
{
    (void)state;
    size_t size;
    struct machine *machine = machine_make(64, NULL);
    const void *fdt = machine_device_tree(machine, &size);
    uint32_t expected = 0;
    int node, cpus = fdt_path_offset(fdt, "/cpus");
    fdt_for_each_subnode(node, fdt, cpus)
    {
        const void *reg = fdt_getprop(fdt, node, "reg", NULL);
        if (reg) assert_int_equal(fdt32_ld(reg), expected++);
    }
    assert_int_equal(expected, 64);
    machine_destroy(machine);
}

/* Appends what dtc says of the blob; false: there is no dtc. */
static bool dtc_warnings(const char *blob, char *text, size_t capacity)
{
    char command[256];
    snprintf(command, sizeof command, "dtc -I dtb -O dts -o /dev/null %s 2>&1", blob);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    text[fread(text, 1, capacity - 1, pipe)] = '\0';
    return pclose(pipe) == 0;
}

/* The kind of a warning: "(interrupt_provider): /cpus/cpu@0/...: Missing ..." without the node. */
static bool same_kind(const char *warning, const char *others)
{
    const char *kind = strchr(warning, '(');
    const char *what = kind ? strrchr(warning, ':') : NULL;
    if (!what) return false;
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)(strcspn(kind, ")") + 1), kind);
    return strstr(others, key) && strstr(others, what);
}

static void dtc_warns_of_nothing_but_what_qemus_own_tree_has(void **state)
{
    (void)state;
    char path[] = "/tmp/rivet-dtb-XXXXXX", command[256];
    static char ours[65536], qemus[65536];
    size_t size;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    if (system("command -v dtc >/dev/null && command -v qemu-system-riscv64 >/dev/null") != 0)
        skip();
    snprintf(command, sizeof command,
             "qemu-system-riscv64 -M virt,dumpdtb=%s -smp 2 -nographic 2>/dev/null", path);
    assert_int_equal(system(command), 0);
    assert_true(dtc_warnings(path, qemus, sizeof qemus));

    struct machine *machine = machine_make(2, "quiet");
    const void *fdt = machine_device_tree(machine, &size);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, fdt, size, 0), size);
    assert_true(dtc_warnings(path, ours, sizeof ours));
    for (char *line = strtok(ours, "\n"); line; line = strtok(NULL, "\n"))
        if (!same_kind(line, qemus)) fail_msg("%s", line);
    machine_destroy(machine);
    close(fd);
    unlink(path);
}

/* What -append asks for is added, nothing else is touched. */
static void a_tree_of_the_users_is_the_guests(void **state)
{
    (void)state;
    char path[] = "/tmp/rivet-given-XXXXXX";
    uint8_t given[512];
    size_t size;
    assert_int_equal(fdt_create_empty_tree(given, sizeof given), 0);
    assert_int_equal(fdt_setprop_string(given, 0, "model", "mine"), 0);
    assert_int_equal(fdt_pack(given), 0);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, given, fdt_totalsize(given)), fdt_totalsize(given));
    close(fd);

    struct error err = {0};
    struct machine_config config = machine_config_default();
    config.bios = firmware_path;
    config.append = "quiet";
    config.dtb = path;
    struct machine *machine = machine_create(&config, &err);
    if (!machine) fail_msg("%s", err.text);
    const void *fdt = machine_device_tree(machine, &size);
    assert_int_equal(size, fdt_totalsize(fdt));
    assert_string_equal(fdt_getprop(fdt, 0, "model", NULL), "mine");
    assert_int_equal(fdt_path_offset(fdt, "/soc"), -FDT_ERR_NOTFOUND);
    int chosen = fdt_path_offset(fdt, "/chosen");
    assert_string_equal(fdt_getprop(fdt, chosen, "bootargs", NULL), "quiet");
    machine_destroy(machine);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_describes_the_board),
        cmocka_unit_test(harts_for_later_are_in_the_tree_and_the_kernel_is_told),
        cmocka_unit_test(harts_stand_in_order),
        cmocka_unit_test(the_pmu_lists_every_event),
        cmocka_unit_test(a_tree_of_the_users_is_the_guests),
        cmocka_unit_test(dtc_warns_of_nothing_but_what_qemus_own_tree_has),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
