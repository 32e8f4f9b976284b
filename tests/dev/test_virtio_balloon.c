/* tests/dev/test_virtio_balloon.c: what the memory balloon promises. */
#include "tests/dev/driver.h"

#include "dev/virtio/balloon.h"
#include "host/memory.h"

enum { INFLATE = 0, DEFLATE = 1, REPORTING = 2, STATS = 2, F_STATS = 1, F_REPORTING = 5 };

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

/* The driver's buffer of two statistics, and a tag that nobody knows. */
static struct piece tell(struct bench *bench, uint64_t free_bytes, uint64_t faults)
{
    const uint64_t told[][2] = {
        {BALLOON_FREE, free_bytes}, {1000, 5}, {BALLOON_MAJOR_FAULTS, faults}};
    for (unsigned i = 0; i < 3; i++) {
        store_le(driver_at(&bench->driver, DATA_BASE + 10 * i), 2, told[i][0]);
        store_le(driver_at(&bench->driver, DATA_BASE + 10 * i + 2), 8, told[i][1]);
    }
    return (struct piece){DATA_BASE, 34, false}; /* and four bytes of another one */
}

static void balloon_gives_the_buffer_back_to_hear_newer_statistics(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        struct virtio_balloon_stats stats;
        uint32_t written = 1;
        bench_init(&bench);
        driver_start(&bench.driver, FEATURE(F_STATS) | ring_kinds[kind], 3);
        virtio_balloon_stats(bench.driver.device, &stats);
        assert_int_equal(stats.known, 0);
        for (unsigned i = 1; i < 40; i++) {
            struct piece piece = tell(&bench, i * 4096, i);
            driver_add(&bench.driver, STATS, &piece, 1);
            driver_kick(&bench.driver, STATS);
            assert_false(driver_used(&bench.driver, STATS, &written));
            virtio_balloon_stats(bench.driver.device, &stats);
            assert_int_equal(stats.known, 1u << BALLOON_FREE | 1u << BALLOON_MAJOR_FAULTS);
            assert_int_equal(stats.values[BALLOON_FREE], i * 4096);
            assert_int_equal(stats.values[BALLOON_MAJOR_FAULTS], i);
            assert_true(driver_used(&bench.driver, STATS, &written));
            assert_int_equal(written, 0);
            /* With event index the driver is asked to tell of the next one (2.7.10). */
            if (ring_kinds[kind] == FEATURE(VIRTIO_F_EVENT_IDX))
                assert_int_equal(
                    load_le(driver_at(&bench.driver, area_device(STATS) + 4 + 8 * RING_SIZE), 2),
                    i);
        }
        driver_set(&bench.driver, REG_STATUS, 0);
        virtio_balloon_stats(bench.driver.device, &stats);
        assert_int_equal(stats.known, 0);
        driver_fini(&bench.driver);
    }
}

static void balloon_reports_behind_the_queues_that_were_negotiated(void **state)
{
    (void)state;
    struct bench bench;
    const struct piece piece = {DATA_BASE + 0x100000, 0x10000, true};
    bench_init(&bench);
    driver_start(&bench.driver, FEATURE(F_STATS) | FEATURE(F_REPORTING), 4);
    assert_int_equal(driver_do(&bench.driver, REPORTING + 1, &piece, 1), 0);
    assert_int_equal(bench.bytes, 0x10000);
    driver_fini(&bench.driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balloon_gives_pages_back_and_neighbours_together),
        cmocka_unit_test(balloon_leaves_alone_what_is_not_ram),
        cmocka_unit_test(balloon_gives_reported_memory_back),
        cmocka_unit_test(balloon_asks_and_hears),
        cmocka_unit_test(balloon_gives_the_buffer_back_to_hear_newer_statistics),
        cmocka_unit_test(balloon_reports_behind_the_queues_that_were_negotiated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
