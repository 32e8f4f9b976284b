/* tests/machine/test_cpu_switches.c: each extension is a switch of -cpu: on, the device tree and
 * misa say so; off, they don't, and its instructions and CSRs are illegal. Derived from the tables.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/decode.h"
#include "cpu/encoding.h"
#include "cpu/isa_config.h"
#include "machine/machine.h"

static char firmware_path[] = "/tmp/rivet-switches-XXXXXX";

static int setup(void **state)
{
    (void)state;
    static const uint8_t wait[] = {0x73, 0x00, 0x50, 0x10};
    int fd = mkstemp(firmware_path);
    assert_true(fd >= 0 && write(fd, wait, sizeof wait) == sizeof wait);
    return close(fd);
}

static int teardown(void **state)
{
    (void)state;
    return unlink(firmware_path);
}

static struct machine *machine_of(unsigned xlen, const char *name, bool on)
{
    char text[64];
    struct isa_config isa;
    struct error err = {""};
    struct machine_config config = machine_config_default();
    snprintf(text, sizeof text, "%s,%s=%s", xlen == 64 ? "max" : "max32", name, on ? "on" : "off");
    if (!isa_config_parse(text, &isa, &err)) fail_msg("%s: %s", text, err.text);
    config.bios = firmware_path;
    config.ram_bytes = UINT64_C(1) << 20;
    config.xlen = isa.xlen;
    config.extensions = isa.extensions;
    struct machine *machine = machine_create(&config, &err);
    if (!machine) fail_msg("%s", err.text);
    return machine;
}

static const char *cpu_property(const struct machine *machine, const char *name, int *size)
{
    size_t tree_size;
    const void *fdt = machine_device_tree(machine, &tree_size);
    return fdt_getprop(fdt, fdt_path_offset(fdt, "/cpus/cpu@0"), name, size);
}

/* In riscv,isa: letters right after "rv64", names after an underscore each. */
static bool in_isa_string(const char *isa, const char *name)
{
    char wanted[32];
    if (!name[1]) {
        const char *at = strchr(isa + 4, name[0]);
        return at && at < isa + 4 + strcspn(isa + 4, "_");
    }
    size_t length = (size_t)snprintf(wanted, sizeof wanted, "_%s", name);
    for (const char *at = isa; (at = strstr(at, wanted)); at++)
        if (at[length] == '_' || at[length] == '\0') return true;
    return false;
}

static void assert_tree_says(const struct machine *machine, enum extension ext, unsigned xlen,
                             bool on)
{
    const char *name = extension_info[ext].name;
    int size;
    const char *isa = cpu_property(machine, "riscv,isa", NULL);
    const char *list = cpu_property(machine, "riscv,isa-extensions", &size);
    assert_string_equal(cpu_property(machine, "riscv,isa-base", NULL),
                        xlen == 64 ? "rv64i" : "rv32i");
    bool listed = ext != EXT_S && ext != EXT_U && on; /* modes, not in the strings */
    if (in_isa_string(isa, name) != listed) fail_msg("%s: riscv,isa is %s", name, isa);
    if (fdt_stringlist_contains(list, size, name) != listed)
        fail_msg("%s: riscv,isa-extensions is wrong", name);
}

static void assert_csrs_follow(struct hart *h)
{
    for (unsigned i = 0; csr_info_at(i); i++) {
        const struct csr_info *info = csr_info_at(i);
        uint64_t value;
        h->mstatus = UINT64_C(3) << 13;
        bool writes = bits_get(info->number, 11, 10) != 3;
        if (csr_exists(h, info->number)) continue;
        assert_false(csr_access(h, info->number, CSR_SET, 0, true, false, &value));
        assert_false(writes && csr_access(h, info->number, CSR_WRITE, 0, true, true, &value));
    }
}

/* The rows that an extension alone brings, with zeros in all operands, or ones where that is
 * reserved. */
static void assert_insns_follow(const struct isa *isa)
{
    for (unsigned i = 0; i < insn_row_count; i++) {
        const struct insn_row *row = &insn_rows[i];
        bool brought = (row->bases & (isa->xlen == 64 ? RV64 : RV32)) && isa_has(isa, row->needs);
        bool any = false;
        for (const enum extension *ext = row->brought_by; *ext != EXT_COUNT; ext++)
            any = any || isa_has(isa, *ext);
        if (brought && any) continue;
        uint32_t mask, match;
        struct op op;
        assert_true(insn_row_pattern(row, &mask, &match));
        decode(isa, match | (~mask & 0x7df0df80), true, &op);
        if (op.code == i) fail_msg("%s is still decoded", row->id);
    }
}

static void switches_do_what_they_say(void **state)
{
    (void)state;
    for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
        const struct ext_set all = isa_default_extensions(xlen);
        for (unsigned i = EXT_I + 1; i < EXT_COUNT; i++) {
            enum extension ext = (enum extension)i;
            if (!ext_has(&all, ext)) continue;
            for (int on = 0; on <= 1; on++) {
                struct machine *machine = machine_of(xlen, extension_info[ext].name, on);
                struct hart *h = machine_hart(machine, 0);
                assert_int_equal(isa_has(h->isa, ext), on);
                assert_tree_says(machine, ext, xlen, on);
                assert_csrs_follow(h);
                assert_insns_follow(h->isa);
                const char *name = extension_info[ext].name;
                uint64_t misa;
                csr_peek(h, CSR_misa, &misa);
                if (!name[1]) assert_int_equal(misa >> (name[0] - 'a') & 1, on);
                machine_destroy(machine);
            }
        }
    }
}

/* The names that distributions and QEMU's users write. */
static void every_extension_promised_is_a_switch(void **state)
{
    (void)state;
    static const char *const names[] = {
        "zba",       "zbb",       "zbc",         "zbs",      "zbkb",      "zbkc",     "zbkx",
        "zknd",      "zkne",      "zknh",        "zksed",    "zksh",      "zkr",      "zkt",
        "zicond",    "zimop",     "zcmop",       "zcb",      "zfhmin",    "zfh",      "zfa",
        "zawrs",     "zacas",     "zabha",       "zalrsc",   "zaamo",     "zicbom",   "zicboz",
        "zicbop",    "zihintntl", "zihintpause", "zicntr",   "zihpm",     "svinval",  "svnapot",
        "svpbmt",    "svade",     "svadu",       "svvptc",   "sstc",      "sscofpmf", "smstateen",
        "ssstateen", "smepmp",    "smcsrind",    "sscsrind", "smcntrpmf", "sdtrig",   "ssnpm",
        "smnpm",
    };
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        for (int on = 0; on <= 1; on++) {
            struct machine *machine = machine_of(64, names[i], on);
            const char *isa = cpu_property(machine, "riscv,isa", NULL);
            assert_int_equal(in_isa_string(isa, names[i]), on);
            machine_destroy(machine);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(switches_do_what_they_say),
        cmocka_unit_test(every_extension_promised_is_a_switch),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
