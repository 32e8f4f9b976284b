/* tests/machine/test_options.c: the command line is understood, or the wrong word is named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "machine/options.h"

static bool parse(struct options *options, struct error *err, const char *a, const char *b)
{
    char *argv[] = {(char *)"rivet", (char *)a, (char *)b, NULL};
    return options_parse(options, b ? 3 : a ? 2 : 1, argv, err);
}

static void options_are_taken_with_one_dash_or_two(void **state)
{
    (void)state;
    struct options options;
    struct error err = {0};
    assert_true(parse(&options, &err, "-kernel", "Image"));
    assert_string_equal(options.machine.kernel, "Image");
    assert_true(parse(&options, &err, "--kernel", "Image"));
    assert_string_equal(options.machine.kernel, "Image");
    assert_true(parse(&options, &err, "-no-reboot", NULL));
    assert_true(options.no_reboot);
    assert_true(parse(&options, &err, "-M", "virt,dumpdtb=x.dtb"));
    assert_string_equal(options.dumpdtb, "x.dtb");
    assert_true(parse(&options, &err, NULL, NULL));
    assert_int_equal(options.machine.harts, 1);
    assert_int_equal(options.machine.ram_bytes, 128 << 20);
}

static void sizes_are_as_qemu_counts_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {{"1", 1 << 20},
                {"128", 128 << 20},
                {"4k", 4096},
                {"1G", 1 << 30},
                {"size=2g", UINT64_C(2) << 30},
                {"1T", UINT64_C(1) << 40},
                {"4097B", 8192},
                {"0x10", 16 << 20}};
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct options options;
        struct error err = {0};
        assert_true(parse(&options, &err, "-m", rows[i].text));
        assert_int_equal(options.machine.ram_bytes, rows[i].bytes);
    }
}

static void smp_takes_qemus_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned harts, at_boot;
    } rows[] = {{"1", 1, 0},
                {"cpus=4", 4, 0},
                {"64", 64, 0},
                {"cpus=2,maxcpus=4", 4, 2},
                {"2,maxcpus=4", 4, 2},
                {"maxcpus=4,cpus=2", 4, 2},
                {"maxcpus=3", 3, 0},
                {"4,sockets=1,cores=4,threads=1", 4, 0},
                {"cores=2,threads=2", 4, 0},
                {"2,sockets=2,cores=2", 4, 2}};
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct options options;
        struct error err = {0};
        assert_true(parse(&options, &err, "-smp", rows[i].text));
        assert_int_equal(options.machine.harts, rows[i].harts);
        assert_int_equal(options.machine.harts_at_boot, rows[i].at_boot);
    }
}

static void bad_values_are_named(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"-m", "0", "-m 0:"},
        {"-m", "1Z", "-m 1Z:"},
        {"-m", "-1", "-m -1:"},
        {"-m", "", "-m :"},
        {"-m", "1GG", "-m 1GG:"},
        {"-m", "99999999999999999999", "-m 99999999999999999999:"},
        {"-m", "16E", "-m 16E:"},
        {"-smp", "0", "-smp 0:"},
        {"-smp", "65", "-smp 65:"},
        {"-smp", "2x", "-smp 2x:"},
        {"-smp", "", "-smp :"},
        {"-smp", "2,", "-smp 2,:"},
        {"-smp", "2,3", "-smp 2,3:"},
        {"-smp", "cpus=2,maxcpus=1", "2 harts of at most 1"},
        {"-smp", "maxcpus=65", "-smp maxcpus=65:"},
        {"-smp", "maxcpus=4,sockets=5", "4 harts of at most 4 can't be"},
        {"-smp", "sockets=64,cores=64", "can't be"},
        {"-smp", "2,books=4", "-smp 2,books=4:"},
        {"-accel", "kvm", "-accel kvm: no such engine"},
        {"-cpu", "z80", "-cpu z80: no such processor"},
        {"-M", "pc", "-machine pc: no such board"},
        {"-M", "virtual", "-machine virtual: no such board"},
        {"-M", "virt,aia=on", "-machine virt,aia=on: unknown property"},
        {"-d", "int", "-d int:"},
        {"-display", "gtk", "-display gtk:"},
        {"-kernel", NULL, "-kernel: needs an argument: FILE"},
        {"-nic", "user", "-nic: an option of QEMU's that is not there yet"},
        {"--vnc", "x", "--vnc: an option of QEMU's"},
        {"-kernl", "x", "nearest known one is -kernel"},
        {"-nografic", NULL, "nearest known one is -nographic"},
        {"-initramfs", "x", "nearest known one is -initrd"},
        {"-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, "unknown option"},
        {"Image", NULL, "Image: not an option"},
        {"", NULL, "not an option"},
        {"-", NULL, "-: not an option"},
        {"--", NULL, "--: unknown option"},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct options options;
        struct error err = {0};
        assert_false(parse(&options, &err, rows[i][0], rows[i][1]));
        if (!strstr(err.text, rows[i][2])) fail_msg("\"%s\" lacks \"%s\"", err.text, rows[i][2]);
    }
}

static void the_last_of_several_counts(void **state)
{
    (void)state;
    struct options options;
    struct error err;
    char *argv[] = {(char *)"rivet", (char *)"-m", (char *)"1G", (char *)"-m", (char *)"2M", NULL};
    assert_true(options_parse(&options, 5, argv, &err));
    assert_int_equal(options.machine.ram_bytes, 2 << 20);
}

static void every_option_has_a_help_line(void **state)
{
    (void)state;
    struct option_help help;
    unsigned count = 0;
    while (options_help(count, &help)) {
        assert_true(strlen(help.text) > 3);
        count++;
    }
    assert_true(count > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_taken_with_one_dash_or_two),
        cmocka_unit_test(sizes_are_as_qemu_counts_them),
        cmocka_unit_test(smp_takes_qemus_words),
        cmocka_unit_test(bad_values_are_named),
        cmocka_unit_test(the_last_of_several_counts),
        cmocka_unit_test(every_option_has_a_help_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
