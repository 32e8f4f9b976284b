/* tests/dev/test_virtio_balloon.c: what the memory balloon promises. */
#include "tests/dev/driver.h"

#include "dev/virtio/balloon.h"
#include "host/memory.h"

enum { INFLATE = 0, DEFLATE = 1, REPORTING = 2, F_REPORTING = 5 };

struct bench {
    struct driver driver;
    unsigned calls;
    uint64_t bytes;
};

static void discard(void *owner, uint8_t *bytes, uint64_t size)
{
    struct bench *bench = owner;
    bench->calls++;
    bench->bytes += size;
    host_memory_discard(bytes, size);
}

static void bench_init(struct bench *bench)
{
    memset(bench, 0, sizeof *bench);
    driver_init(&bench->driver);
    struct virtio_wiring wiring = driver_wiring(&bench->driver);
    struct virtio_balloon_options options = {.reporting = true,
                                             .discard = {.discard = discard, .owner = bench}};
    bench->driver.device = virtio_balloon_create("balloon0", &wiring, &options, NULL);
    assert_non_null(bench->driver.device);
}

static void name_pages(struct bench *bench, unsigned queue, const uint32_t *pages, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        store_le(driver_at(&bench->driver, DATA_BASE + 4 * i), 4, pages[i]);
    driver_do(&bench->driver, queue, &(struct piece){DATA_BASE, 4 * count, false}, 1);
}

static void balloon_gives_pages_back_and_neighbours_together(void **state)
{
    (void)state;
    struct bench bench;
    const uint32_t page = (uint32_t)((DATA_BASE + 0x100000) / BALLOON_PAGE);
    bench_init(&bench);
    assert_int_equal(driver_reg(&bench.driver, 0x008), 5);
    driver_start(&bench.driver, FEATURE(F_REPORTING), 3);
    memset(driver_at(&bench.driver, DATA_BASE + 0x100000), 0xaa, 8 * BALLOON_PAGE);
    name_pages(&bench, INFLATE, (const uint32_t[]){page, page + 1, page + 2, page + 5}, 4);
    assert_int_equal(bench.calls, 2);
    assert_int_equal(bench.bytes, 4 * BALLOON_PAGE);
    assert_int_equal(*driver_at(&bench.driver, DATA_BASE + 0x100000 + BALLOON_PAGE), 0);
    assert_int_equal(*driver_at(&bench.driver, DATA_BASE + 0x100000 + 3 * BALLOON_PAGE), 0xaa);
    name_pages(&bench, DEFLATE, (const uint32_t[]){page + 3}, 1);
    assert_int_equal(bench.calls, 2);
    driver_fini(&bench.driver);
}

static void balloon_leaves_alone_what_is_not_ram(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 2);
    name_pages(&bench, INFLATE,
               (const uint32_t[]){0, 0xffffffff, (uint32_t)((RAM_BASE + RAM_SIZE) / BALLOON_PAGE)},
               3);
    assert_int_equal(bench.calls, 0);
    driver_fini(&bench.driver);
}

static void balloon_gives_reported_memory_back(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        bench_init(&bench);
        driver_start(&bench.driver, FEATURE(F_REPORTING) | ring_kinds[kind], 3);
        uint8_t *free_memory = driver_at(&bench.driver, DATA_BASE + 0x100000);
        memset(free_memory, 0xaa, 0x20000);
        const struct piece pieces[] = {{DATA_BASE + 0x100000, 0x10000, true},
                                       {DATA_BASE + 0x110000, 0x10000, true}};
        assert_int_equal(driver_do(&bench.driver, REPORTING, pieces, 2), 0);
        assert_int_equal(bench.bytes, 0x20000);
        assert_int_equal(free_memory[0x1ffff], 0);
        driver_fini(&bench.driver);
    }
}

static void balloon_asks_and_hears(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 2);
    virtio_balloon_set_target(bench.driver.device, 100);
    assert_int_equal(driver_reg(&bench.driver, REG_ISR), 2);
    assert_int_equal(driver_reg(&bench.driver, 0x100), 100);
    driver_set(&bench.driver, 0x104, 60);
    driver_set(&bench.driver, 0x100, 1); /* not the driver's to say */
    assert_int_equal(virtio_balloon_pages(bench.driver.device), 60);
    assert_int_equal(driver_reg(&bench.driver, 0x100), 100);
    driver_set(&bench.driver, REG_STATUS, 0);
    assert_int_equal(virtio_balloon_pages(bench.driver.device), 0);
    driver_fini(&bench.driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balloon_gives_pages_back_and_neighbours_together),
        cmocka_unit_test(balloon_leaves_alone_what_is_not_ram),
        cmocka_unit_test(balloon_gives_reported_memory_back),
        cmocka_unit_test(balloon_asks_and_hears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
