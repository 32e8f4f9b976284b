/* tests/dev/test_fwcfg.c: what firmware may rely on to find data by key and by name. */
#include "tests/dev/wiring.h"

#include <stdlib.h>

#include "dev/fwcfg.h"

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE 0x4000u

enum { SELECTOR = 8, ADDRESS = 16 };
enum { ERROR = 1, READ = 2, SKIP = 4, SELECT = 8, WRITE = 16 };

struct bench {
    struct bus bus;
    struct ram ram;
    struct device *device;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_true(ram_init(&bench->ram, RAM_SIZE, NULL));
    assert_true(bus_add_ram(&bench->bus, RAM_BASE, &bench->ram, NULL));
    bench->device = fwcfg_create("fwcfg0", &bench->bus, NULL);
    *state = bench;
    return bench->device ? 0 : -1;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    bench->device->ops->destroy(bench->device);
    ram_fini(&bench->ram);
    free(bench);
    return 0;
}

static void put_be(uint8_t *at, unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> 8 * (size - 1 - i));
}

static void choose(struct bench *bench, unsigned key)
{
    reg_store(bench->device, SELECTOR, 2, (key >> 8 | key << 8) & 0xffff);
}

/* Has `length` bytes moved to RAM at `addr`; returns what the device left in the control word. */
static uint32_t transfer(struct bench *bench, uint32_t control, uint32_t length, uint64_t addr)
{
    uint8_t *at = bench->ram.bytes;
    put_be(at, 4, control);
    put_be(at + 4, 4, length);
    put_be(at + 8, 8, addr);
    reg_store(bench->device, ADDRESS, 4, 0);
    reg_store(bench->device, ADDRESS + 4, 4, 0x80); /* 0x80000000, big-endian */
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void it_says_what_it_is(void **state)
{
    struct bench *bench = *state;
    choose(bench, 0);
    assert_int_equal(reg_load(bench->device, 0, 1), 'Q');
    assert_int_equal(reg_load(bench->device, 0, 2), 'E' | 'M' << 8);
    assert_int_equal(reg_load(bench->device, 0, 1), 'U');
    assert_int_equal(reg_load(bench->device, 0, 4), 0);
    choose(bench, 1);
    assert_int_equal(reg_load(bench->device, 0, 4), 3);
    assert_int_equal(reg_load(bench->device, ADDRESS, 8), 0x47464320554d4551);
}

static void a_key_is_moved_to_memory_from_where_the_stream_stands(void **state)
{
    struct bench *bench = *state;
    uint8_t *to = bench->ram.bytes + 0x1000;
    assert_true(fwcfg_add(bench->device, FWCFG_KERNEL_DATA, "0123456789", 10, NULL));
    assert_int_equal(transfer(bench, FWCFG_KERNEL_DATA << 16 | SELECT | READ, 4, RAM_BASE + 0x1000),
                     0);
    assert_memory_equal(to, "0123", 4);
    assert_int_equal(transfer(bench, SKIP, 3, 0), 0);
    to[5] = 1;
    assert_int_equal(transfer(bench, READ, 6, RAM_BASE + 0x1000), 0);
    assert_memory_equal(to, "789\0\0\0", 6);
}

static void files_are_found_by_name(void **state)
{
    struct bench *bench = *state;
    uint8_t *to = bench->ram.bytes + 0x1000;
    assert_true(fwcfg_add_file(bench->device, "opt/one", "abc", 3, NULL));
    assert_true(fwcfg_add_file(bench->device, "opt/two", "defgh", 5, NULL));
    assert_false(fwcfg_add_file(bench->device, "opt/two", "x", 1, NULL));
    assert_int_equal(transfer(bench, 0x19 << 16 | SELECT | READ, 4 + 2 * 64, RAM_BASE + 0x1000), 0);
    assert_int_equal(to[3], 2);
    assert_int_equal(to[4 + 64 + 3], 5);
    assert_string_equal((char *)to + 4 + 64 + 8, "opt/two");
    choose(bench, (unsigned)to[4 + 64 + 4] << 8 | to[4 + 64 + 5]);
    assert_int_equal(reg_load(bench->device, 0, 1), 'd');
}

static void a_transfer_outside_ram_or_into_the_device_is_an_error(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(transfer(bench, SELECT | READ, 4, 0), ERROR);
    assert_int_equal(transfer(bench, SELECT | READ, RAM_SIZE, RAM_BASE + 4), ERROR);
    assert_int_equal(transfer(bench, SELECT | READ, UINT32_MAX, RAM_BASE), ERROR);
    assert_int_equal(transfer(bench, SELECT | WRITE, 4, RAM_BASE), ERROR);
    reg_store(bench->device, ADDRESS, 8, 0); /* the description itself isn't in RAM */
}

static void its_place_in_the_stream_comes_back(void **state)
{
    struct bench *bench = *state;
    struct device *other = fwcfg_create("fwcfg0", &bench->bus, NULL);
    choose(bench, 0);
    assert_int_equal(reg_load(bench->device, 0, 1), 'Q');
    assert_true(state_copy(bench->device, other, 0));
    assert_int_equal(reg_load(other, 0, 1), 'E');
    assert_false(state_copy(bench->device, other, 1));
    other->ops->destroy(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_says_what_it_is),
        TEST(a_key_is_moved_to_memory_from_where_the_stream_stands),
        TEST(files_are_found_by_name),
        TEST(a_transfer_outside_ram_or_into_the_device_is_an_error),
        TEST(its_place_in_the_stream_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
