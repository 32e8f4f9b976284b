/* tests/mem/test_ram.c: main memory and its map of translated code. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "host/memory.h"
#include "mem/ram.h"

#define PAGES 4u

static int setup(void **state)
{
    static struct ram ram;
    *state = &ram;
    return ram_init(&ram, PAGES * PAGE_SIZE, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    ram_fini(*state);
    return 0;
}

static void ram_is_zero_at_first(void **state)
{
    struct ram *ram = *state;
    for (unsigned i = 0; i < PAGES * PAGE_SIZE; i++)
        assert_int_equal(ram->bytes[i], 0);
    for (unsigned page = 0; page < PAGES; page++) {
        assert_false(ram_page_holds_code(ram, page));
        assert_int_equal(ram->store_mappers[page], 0);
    }
}

static void ram_refuses_sizes_that_are_not_whole_pages(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {0, 1, PAGE_SIZE - 1, PAGE_SIZE + 1, UINT64_MAX};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct ram ram;
        struct error err = {""};
        assert_false(ram_init(&ram, sizes[i], &err));
        assert_non_null(strstr(err.text, "multiple"));
        ram_fini(&ram); /* harmless after a refusal */
    }
}

static void ram_refuses_more_than_the_host_has(void **state)
{
    (void)state;
    struct ram ram;
    struct error err = {""};
    uint64_t host_size = host_memory_physical_bytes();
    assert_true(host_size >= PAGE_SIZE);
    assert_false(ram_init(&ram, (host_size & PAGE_MASK) + PAGE_SIZE, &err));
    assert_non_null(strstr(err.text, "host"));
}

static void count_call(void *owner, uint64_t offset, uint64_t size)
{
    (void)offset;
    (void)size;
    ++*(unsigned *)owner;
}

static void note_page(void *owner, uint64_t page)
{
    *(unsigned *)owner = (unsigned)page;
}

/* A cache's map whose notices are counted in *calls. */
static struct code_map *watch(struct ram *ram, unsigned *calls)
{
    const struct code_watcher watcher = {
        .written = count_call, .decoded = note_page, .owner = calls};
    struct code_map *map = ram_watch(ram, &watcher, NULL);
    assert_non_null(map);
    return map;
}

static void ram_finds_code_by_line_at_both_edges(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0;
    watch(ram, &calls)->lines[1] = UINT64_C(1) << 3; /* bytes 0x10c0..0x10ff */
    assert_true(ram_holds_code(ram, 0x10c0, 1));
    assert_true(ram_holds_code(ram, 0x10ff, 1));
    assert_true(ram_holds_code(ram, 0x10bf, 2));
    assert_true(ram_holds_code(ram, 0, PAGES * PAGE_SIZE));
    assert_false(ram_holds_code(ram, 0x10bf, 1));
    assert_false(ram_holds_code(ram, 0x1100, 1));
    assert_false(ram_holds_code(ram, 0, 0x10c0));
    assert_false(ram_holds_code(ram, 0x1100, 0x1f00));
    assert_false(ram_holds_code(ram, 0x10c0, 0));
}

static void ram_finds_code_in_the_first_and_last_line_of_a_page(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0;
    watch(ram, &calls)->lines[1] = UINT64_C(1) << 63 | 1;
    assert_true(ram_holds_code(ram, 0x1000, 1));
    assert_true(ram_holds_code(ram, 0x1fff, 1));
    assert_true(ram_holds_code(ram, 0xfff, 2));
    assert_true(ram_holds_code(ram, 0x1fff, 2));
    assert_false(ram_holds_code(ram, 0x1040, 0xf80));
    assert_false(ram_holds_code(ram, 0x2000, 1));
    assert_false(ram_holds_code(ram, 0xfff, 1));
}

static void ram_sees_code_in_a_page_between_the_ends(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0;
    watch(ram, &calls)->lines[2] = UINT64_C(1) << 20;
    assert_true(ram_holds_code(ram, 0x1fc0, 0x1080)); /* ends of both neighbours are clean */
}

static void ram_ignores_a_range_that_is_not_its_own(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0;
    memset((void *)watch(ram, &calls)->lines, 0xff, PAGES * sizeof(uint64_t));
    assert_false(ram_holds_code(ram, PAGES * PAGE_SIZE, 1));
    assert_false(ram_holds_code(ram, PAGES * PAGE_SIZE - 1, 2));
    assert_false(ram_holds_code(ram, 1, UINT64_MAX));
    ram_written(ram, UINT64_MAX, 8);
}

static void ram_tells_a_cache_only_of_lines_it_decoded(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0, others = 0;
    ram_written(ram, 64, 1); /* nobody watches yet */
    watch(ram, &calls)->lines[0] = 2;
    watch(ram, &others)->lines[1] = 1;
    ram_written(ram, 0, 64);
    assert_int_equal(calls, 0);
    ram_written(ram, 0, 65);
    assert_int_equal(calls, 1);
    assert_int_equal(others, 0);
}

static void ram_tells_every_cache_that_decoded_a_line(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0, others = 0;
    watch(ram, &calls)->lines[0] = 1;
    watch(ram, &others)->lines[0] = 1;
    ram_written(ram, 8, 4);
    assert_int_equal(calls, 1);
    assert_int_equal(others, 1);
}

static void ram_tells_the_others_who_decodes_what(void **state)
{
    struct ram *ram = *state;
    unsigned own = 99, other = 99;
    struct code_map *map = watch(ram, &own);
    watch(ram, &other);
    ram_decoded(ram, map, 3);
    assert_int_equal(own, 99);
    assert_int_equal(other, 3);
}

static void ram_forgets_a_cache_that_ended_and_its_lines(void **state)
{
    struct ram *ram = *state;
    unsigned calls = 0, others = 0;
    struct code_map *map = watch(ram, &calls);
    map->lines[0] = 1;
    watch(ram, &others)->lines[1] = 1;
    ram_unwatch(ram, map);
    assert_false(ram_page_holds_code(ram, 0));
    ram_written(ram, 0, PAGES * PAGE_SIZE);
    assert_int_equal(calls, 0);
    assert_int_equal(others, 1);
}

int main(void)
{
#define RAM_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        RAM_TEST(ram_is_zero_at_first),
        cmocka_unit_test(ram_refuses_sizes_that_are_not_whole_pages),
        cmocka_unit_test(ram_refuses_more_than_the_host_has),
        RAM_TEST(ram_finds_code_by_line_at_both_edges),
        RAM_TEST(ram_finds_code_in_the_first_and_last_line_of_a_page),
        RAM_TEST(ram_sees_code_in_a_page_between_the_ends),
        RAM_TEST(ram_ignores_a_range_that_is_not_its_own),
        RAM_TEST(ram_tells_a_cache_only_of_lines_it_decoded),
        RAM_TEST(ram_tells_every_cache_that_decoded_a_line),
        RAM_TEST(ram_tells_the_others_who_decodes_what),
        RAM_TEST(ram_forgets_a_cache_that_ended_and_its_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
