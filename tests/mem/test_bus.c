/* tests/mem/test_bus.c: who answers at which physical address, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bits.h"
#include "mem/bus.h"

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE (4u * PAGE_SIZE)

/* A device that remembers its last access and can refuse. */
struct probe {
    struct region region;
    uint64_t offset, value;
    unsigned size, calls;
    bool refuse;
};

static bool probe_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct probe *probe = CONTAINER_OF(region, struct probe, region);
    probe->offset = offset;
    probe->size = size;
    probe->calls++;
    if (probe->refuse) return false;
    *value = probe->value;
    return true;
}

static bool probe_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct probe *probe = CONTAINER_OF(region, struct probe, region);
    probe->offset = offset;
    probe->size = size;
    probe->calls++;
    if (probe->refuse) return false;
    probe->value = value;
    return true;
}

static const struct region_ops words_only = {
    .name = "words", .widths = 4, .load = probe_load, .store = probe_store};
static const struct region_ops all_widths = {
    .name = "all", .widths = 1 | 2 | 4 | 8, .load = probe_load, .store = probe_store};

static struct probe probe_of(const struct region_ops *ops, uint64_t size)
{
    return (struct probe){.region = {.ops = ops, .size = size}};
}

struct fixture {
    struct bus bus;
    struct ram ram;
    struct error err;
};

static int setup(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    *state = &fixture;
    if (!ram_init(&fixture.ram, RAM_SIZE, &fixture.err)) return -1;
    return bus_add_ram(&fixture.bus, RAM_BASE, &fixture.ram, &fixture.err) ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ram_fini(&f->ram);
    return 0;
}

static void bus_finds_each_of_many_regions_at_both_edges(void **state)
{
    struct fixture *f = *state;
    struct probe probes[20];
    /* Added out of order (7 is prime to 20): the bus sorts. */
    for (unsigned i = 0; i < 20; i++) {
        unsigned n = i * 7 % 20;
        probes[n] = probe_of(&all_widths, 0x100 + n);
        assert_true(bus_add(&f->bus, 0x10000 + 0x1000 * n, &probes[n].region, &f->err));
    }
    for (unsigned n = 0; n < 20; n++) {
        uint64_t base = 0x10000 + 0x1000 * n, offset = 99;
        assert_ptr_equal(bus_find(&f->bus, base, &offset), &probes[n].region);
        assert_int_equal(offset, 0);
        assert_ptr_equal(bus_find(&f->bus, base + 0xff + n, &offset), &probes[n].region);
        assert_int_equal(offset, 0xff + n);
        assert_null(bus_find(&f->bus, base + 0x100 + n, &offset));
        assert_null(bus_find(&f->bus, base - 1, &offset));
    }
}

static void bus_finds_nothing_in_an_empty_space(void **state)
{
    (void)state;
    struct bus bus = {0};
    uint64_t value;
    assert_null(bus_find(&bus, 0, &value));
    assert_null(bus_find(&bus, UINT64_MAX, &value));
    assert_false(bus_load(&bus, 0x1000, 4, &value));
    assert_false(bus_store(&bus, 0x1000, 4, 0));
    assert_null(bus_ram_at(&bus, 0, 1));
    bus_ram_written(&bus, 0, 1);
}

static void bus_refuses_every_kind_of_overlap_and_names_both(void **state)
{
    struct fixture *f = *state;
    struct probe first = probe_of(&words_only, 0x1000), second = probe_of(&all_widths, 0x1000);
    assert_true(bus_add(&f->bus, 0x10000, &first.region, &f->err));
    static const uint64_t overlapping[] = {0x10000, 0xf001, 0x10fff, 0x10800};
    for (unsigned i = 0; i < ARRAY_COUNT(overlapping); i++) {
        assert_false(bus_add(&f->bus, overlapping[i], &second.region, &f->err));
        assert_non_null(strstr(f->err.text, "words"));
        assert_non_null(strstr(f->err.text, "all"));
    }
    struct probe around = probe_of(&all_widths, 0x3000), inside = probe_of(&all_widths, 4);
    assert_false(bus_add(&f->bus, 0xf000, &around.region, &f->err));
    assert_false(bus_add(&f->bus, 0x10800, &inside.region, &f->err));
    assert_int_equal(f->bus.count, 2); /* RAM and the first */

    assert_true(bus_add(&f->bus, 0xf000, &second.region, &f->err)); /* touching is no overlap */
}

static void bus_refuses_a_region_that_wraps_round_but_takes_one_that_ends_at_the_end(void **state)
{
    struct fixture *f = *state;
    struct probe probe = probe_of(&all_widths, 0x1001);
    assert_false(bus_add(&f->bus, UINT64_C(0xfffffffffffff000), &probe.region, &f->err));
    assert_non_null(strstr(f->err.text, "wraps"));
    probe.region.size = 0x1000;
    assert_true(bus_add(&f->bus, UINT64_C(0xfffffffffffff000), &probe.region, &f->err));
    uint64_t offset, value;
    assert_ptr_equal(bus_find(&f->bus, UINT64_MAX, &offset), &probe.region);
    assert_int_equal(offset, 0xfff);
    assert_true(bus_load(&f->bus, UINT64_MAX - 7, 8, &value));
    assert_false(bus_load(&f->bus, UINT64_MAX, 2, &value));
}

static void bus_refuses_an_empty_region_a_second_ram_and_one_region_too_many(void **state)
{
    struct fixture *f = *state;
    struct probe empty = probe_of(&all_widths, 0), probes[BUS_SLOTS];
    assert_false(bus_add(&f->bus, 0x1000, &empty.region, &f->err));

    struct ram other = {.region = f->ram.region};
    assert_false(bus_add_ram(&f->bus, 0x1000, &other, &f->err));

    for (unsigned i = 0; i < BUS_SLOTS - 1; i++) {
        probes[i] = probe_of(&all_widths, 16);
        assert_true(bus_add(&f->bus, 0x100000 - 16 * (i + 1), &probes[i].region, &f->err));
    }
    probes[BUS_SLOTS - 1] = probe_of(&all_widths, 16);
    assert_false(bus_add(&f->bus, 0x100000, &probes[BUS_SLOTS - 1].region, &f->err));
    assert_non_null(strstr(f->err.text, "slots"));
}

static void bus_gives_a_device_only_widths_it_takes_aligned_and_inside(void **state)
{
    struct fixture *f = *state;
    struct probe probe = probe_of(&words_only, 0xa); /* the last two bytes fit no word */
    assert_true(bus_add(&f->bus, 0x1000, &probe.region, &f->err));
    uint64_t value = 0;
    static const unsigned wrong[] = {0, 1, 2, 3, 5, 6, 7, 8, 12, 16};
    for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_false(bus_load(&f->bus, 0x1000, wrong[i], &value));
        assert_false(bus_store(&f->bus, 0x1000, wrong[i], 0));
    }
    assert_false(bus_load(&f->bus, 0x1002, 4, &value));
    assert_false(bus_load(&f->bus, 0x1008, 4, &value));
    assert_int_equal(probe.calls, 0);

    assert_true(bus_store(&f->bus, 0x1004, 4, 0x12345678));
    assert_int_equal(probe.offset, 4);
    assert_int_equal(probe.size, 4);
    assert_true(bus_load(&f->bus, 0x1004, 4, &value));
    assert_int_equal(value, 0x12345678);
}

static void bus_judges_alignment_by_offset_not_by_address(void **state)
{
    struct fixture *f = *state;
    struct probe probe = probe_of(&words_only, 0x10);
    assert_true(bus_add(&f->bus, 0x1002, &probe.region, &f->err));
    uint64_t value;
    assert_true(bus_load(&f->bus, 0x1006, 4, &value));
    assert_false(bus_load(&f->bus, 0x1004, 4, &value));
}

static void bus_passes_on_a_devices_refusal(void **state)
{
    struct fixture *f = *state;
    struct probe probe = probe_of(&words_only, 0x10);
    probe.refuse = true;
    assert_true(bus_add(&f->bus, 0x1000, &probe.region, &f->err));
    uint64_t value;
    assert_false(bus_load(&f->bus, 0x1000, 4, &value));
    assert_false(bus_store(&f->bus, 0x1000, 4, 1));
    assert_int_equal(probe.calls, 2);
}

static void bus_reaches_ram_at_any_alignment_little_endian(void **state)
{
    struct fixture *f = *state;
    uint64_t value;
    for (unsigned misalignment = 0; misalignment < 8; misalignment++) {
        uint64_t addr = RAM_BASE + PAGE_SIZE - 4 + misalignment; /* across a page too */
        assert_true(bus_store(&f->bus, addr, 8, UINT64_C(0x8877665544332211)));
        assert_int_equal(f->ram.bytes[addr - RAM_BASE], 0x11);
        assert_int_equal(f->ram.bytes[addr - RAM_BASE + 7], 0x88);
        for (unsigned size = 1; size <= 8; size *= 2) {
            assert_true(bus_load(&f->bus, addr, size, &value));
            assert_int_equal(value, UINT64_C(0x8877665544332211) & mask_low(8 * size));
        }
        assert_true(bus_store(&f->bus, addr, 2, 0xffffabcd));
        assert_true(bus_load(&f->bus, addr, 8, &value));
        assert_int_equal(value, UINT64_C(0x887766554433abcd));
    }
}

static void bus_refuses_an_access_across_either_end_of_ram(void **state)
{
    struct fixture *f = *state;
    uint64_t value = 7;
    for (unsigned size = 2; size <= 8; size *= 2) {
        assert_false(bus_load(&f->bus, RAM_BASE - 1, size, &value));
        assert_false(bus_load(&f->bus, RAM_BASE + RAM_SIZE - 1, size, &value));
        assert_false(bus_store(&f->bus, RAM_BASE - 1, size, 0));
        assert_false(bus_store(&f->bus, RAM_BASE + RAM_SIZE - 1, size, 0));
        assert_true(bus_load(&f->bus, RAM_BASE + RAM_SIZE - size, size, &value));
    }
    assert_false(bus_load(&f->bus, RAM_BASE, 16, &value));
    assert_false(bus_store(&f->bus, RAM_BASE, 16, 0));
}

static void bus_does_not_join_two_neighbours_into_one_access(void **state)
{
    struct fixture *f = *state;
    struct probe low = probe_of(&all_widths, 4), high = probe_of(&all_widths, 0x10);
    assert_true(bus_add(&f->bus, 0x1000, &low.region, &f->err));
    assert_true(bus_add(&f->bus, 0x1004, &high.region, &f->err));
    uint64_t value;
    assert_false(bus_load(&f->bus, 0x1000, 8, &value));
    assert_int_equal(low.calls + high.calls, 0);
}

static void bus_ram_at_is_null_unless_all_of_the_range_is_ram(void **state)
{
    struct fixture *f = *state;
    assert_ptr_equal(bus_ram_at(&f->bus, RAM_BASE, RAM_SIZE), f->ram.bytes);
    assert_ptr_equal(bus_ram_at(&f->bus, RAM_BASE + 5, 1), f->ram.bytes + 5);
    assert_null(bus_ram_at(&f->bus, RAM_BASE, RAM_SIZE + 1));
    assert_null(bus_ram_at(&f->bus, RAM_BASE - 1, 2));
    assert_null(bus_ram_at(&f->bus, RAM_BASE + RAM_SIZE, 1));
    assert_null(bus_ram_at(&f->bus, RAM_BASE + 8, UINT64_MAX)); /* the end wraps */
    assert_null(bus_ram_at(&f->bus, 0, 1));
}

static void bus_copies_all_or_nothing(void **state)
{
    struct fixture *f = *state;
    char bytes[4] = "xyz";
    assert_true(bus_write_ram(&f->bus, RAM_BASE + RAM_SIZE - 4, "abc", 4));
    assert_false(bus_write_ram(&f->bus, RAM_BASE + RAM_SIZE - 2, "QRS", 4));
    assert_false(bus_read_ram(&f->bus, RAM_BASE + RAM_SIZE - 3, bytes, 4));
    assert_string_equal(bytes, "xyz");
    assert_true(bus_read_ram(&f->bus, RAM_BASE + RAM_SIZE - 4, bytes, 4));
    assert_string_equal(bytes, "abc");
}

struct heard {
    unsigned calls;
    uint64_t offset, size;
};

static void hear(void *owner, uint64_t offset, uint64_t size)
{
    struct heard *heard = owner;
    heard->calls++;
    heard->offset = offset;
    heard->size = size;
}

static void bus_tells_the_code_listener_of_each_way_to_write(void **state)
{
    struct fixture *f = *state;
    struct heard heard = {0};
    const struct code_watcher watcher = {.written = hear, .owner = &heard};
    struct code_map *map = ram_watch(&f->ram, &watcher, NULL);
    assert_non_null(map);
    map->lines[1] = 1; /* bytes 0x1000..0x103f */

    assert_true(bus_store(&f->bus, RAM_BASE + 0x1010, 4, 0));
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.offset, 0x1010);
    assert_int_equal(heard.size, 4);
    assert_true(bus_write_ram(&f->bus, RAM_BASE + 0xff0, "0123456789abcdefg", 17));
    assert_int_equal(heard.calls, 2);
    bus_ram_written(&f->bus, RAM_BASE, RAM_SIZE);
    assert_int_equal(heard.calls, 3);

    assert_true(bus_store(&f->bus, RAM_BASE + 0x1040, 8, 0));
    assert_true(bus_store(&f->bus, RAM_BASE + 0xff8, 8, 0));
    assert_int_equal(heard.calls, 3);
    assert_true(bus_store(&f->bus, RAM_BASE + 0xff9, 8, 0)); /* its last byte is code */
    assert_int_equal(heard.calls, 4);
}

int main(void)
{
#define BUS_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        BUS_TEST(bus_finds_each_of_many_regions_at_both_edges),
        BUS_TEST(bus_finds_nothing_in_an_empty_space),
        BUS_TEST(bus_refuses_every_kind_of_overlap_and_names_both),
        BUS_TEST(bus_refuses_a_region_that_wraps_round_but_takes_one_that_ends_at_the_end),
        BUS_TEST(bus_refuses_an_empty_region_a_second_ram_and_one_region_too_many),
        BUS_TEST(bus_gives_a_device_only_widths_it_takes_aligned_and_inside),
        BUS_TEST(bus_judges_alignment_by_offset_not_by_address),
        BUS_TEST(bus_passes_on_a_devices_refusal),
        BUS_TEST(bus_reaches_ram_at_any_alignment_little_endian),
        BUS_TEST(bus_refuses_an_access_across_either_end_of_ram),
        BUS_TEST(bus_does_not_join_two_neighbours_into_one_access),
        BUS_TEST(bus_ram_at_is_null_unless_all_of_the_range_is_ram),
        BUS_TEST(bus_copies_all_or_nothing),
        BUS_TEST(bus_tells_the_code_listener_of_each_way_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
