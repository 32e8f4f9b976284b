/* tests/dev/test_virtio_blk.c: what the block device promises. */
#include "tests/dev/driver.h"

#include "dev/virtio/blk.h"

#define HEADER  DATA_BASE
#define DATA    (DATA_BASE + 0x1000)
#define STATUS  (DATA_BASE + 0x900)
#define SECTORS 64

enum { F_RO = 5, F_FLUSH = 9, F_WCE = 11, F_MQ = 12, F_DISCARD = 13, F_WRITE_ZEROES = 14 };

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11, ZEROES = 13 };

struct bench {
    struct driver driver;
    uint8_t disk[SECTORS * 512];
    unsigned flushes, discards;
    bool dead, at_hand; /* reads take no waiting */
    struct job *posted; /* by a lazy executor */
    struct block block;
};

static bool disk_read(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    struct bench *bench = owner;
    for (unsigned i = 0; i < count; offset += spans[i++].size)
        memcpy(spans[i].bytes, bench->disk + offset, spans[i].size);
    return !bench->dead;
}

static bool disk_write(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    struct bench *bench = owner;
    if (bench->dead) return false;
    for (unsigned i = 0; i < count; offset += spans[i++].size)
        memcpy(bench->disk + offset, spans[i].bytes, spans[i].size);
    return true;
}

static bool disk_flush(void *owner)
{
    struct bench *bench = owner;
    bench->flushes++;
    return !bench->dead;
}

static bool disk_discard(void *owner, uint64_t offset, uint64_t size)
{
    struct bench *bench = owner;
    (void)offset, (void)size;
    bench->discards++;
    return true;
}

static bool disk_zero(void *owner, uint64_t offset, uint64_t size, bool unmap)
{
    struct bench *bench = owner;
    (void)unmap;
    memset(bench->disk + offset, 0, size);
    return true;
}

static bool disk_read_ready(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    const struct bench *bench = owner;
    return bench->at_hand && disk_read(owner, offset, spans, count);
}

static const struct block_ops disk_ops = {disk_read,    disk_write, disk_flush,
                                          disk_discard, disk_zero,  disk_read_ready};

static void be_lazy(void *owner, struct job *job)
{
    struct bench *bench = owner;
    job->next = bench->posted;
    bench->posted = job;
}

static struct device *make_blk(struct bench *bench, const struct virtio_blk_options *options)
{
    struct virtio_wiring wiring = driver_wiring(&bench->driver);
    return virtio_blk_create("disk0", &wiring, &bench->block, options, NULL);
}

static void bench_init(struct bench *bench, const struct virtio_blk_options *options)
{
    memset(bench, 0, sizeof(*bench));
    driver_init(&bench->driver);
    bench->block = (struct block){&disk_ops, bench, sizeof(bench->disk), false};
    for (unsigned i = 0; i < sizeof(bench->disk); i++)
        bench->disk[i] = (uint8_t)(i / 512 + i);
    bench->driver.device = make_blk(bench, options);
}

static const struct virtio_blk_options plain = {.serial = "rivet-1"};

static void put_header(struct bench *bench, uint32_t type, uint64_t sector)
{
    uint8_t *header = driver_at(&bench->driver, HEADER);
    store_le(header, 8, type);
    store_le(header + 8, 8, sector);
    *driver_at(&bench->driver, STATUS) = 0xee;
}

static uint8_t status(struct bench *bench)
{
    return *driver_at(&bench->driver, STATUS);
}

/* One request with `size` bytes of data; returns the status. */
static uint8_t request(struct bench *bench, uint32_t type, uint64_t sector, uint32_t size)
{
    bool reads = type == IN || type == GET_ID;
    struct piece pieces[] = {{HEADER, 16, false}, {DATA, size, reads}, {STATUS, 1, true}};
    put_header(bench, type, sector);
    uint32_t written = driver_do(&bench->driver, 0, pieces, 3);
    assert_true(written >= 1);
    return status(bench);
}

static void blk_shows_its_geometry_in_the_configuration_space(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &(struct virtio_blk_options){.queues = 4});
    assert_int_equal(driver_reg(&bench.driver, 0x08), 2);
    assert_int_equal(driver_reg(&bench.driver, 0x100), SECTORS);
    assert_int_equal(driver_reg(&bench.driver, 0x10c), 254);
    assert_int_equal(driver_reg(&bench.driver, 0x114), 512);
    assert_int_equal(reg_load(bench.driver.device, 0x122, 2), 4);
    assert_int_equal(reg_load(bench.driver.device, 0x13c, 4), 0); /* behind the end */
    assert_true(driver_offered(&bench.driver) & FEATURE(F_MQ));
    driver_fini(&bench.driver);
}

static void blk_reads_and_writes_on_every_kind_of_ring(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        bench_init(&bench, &plain);
        driver_start(&bench.driver, ring_kinds[kind] | FEATURE(F_FLUSH), 1);
        for (unsigned sector = 0; sector < 40; sector++) {
            assert_int_equal(request(&bench, IN, sector, 1024), 0);
            assert_memory_equal(driver_at(&bench.driver, DATA), bench.disk + 512 * sector, 1024);
        }
        memset(driver_at(&bench.driver, DATA), 0x5a, 512);
        assert_int_equal(request(&bench, OUT, 63, 512), 0);
        assert_int_equal(bench.disk[63 * 512 + 511], 0x5a);
        assert_int_equal(bench.flushes, 0);
        assert_int_equal(request(&bench, FLUSH, 0, 0), 0);
        assert_int_equal(bench.flushes, 1);
        driver_fini(&bench.driver);
    }
}

static void blk_cuts_a_request_by_bytes_not_by_descriptors(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, 0, 1);
    /* write: header and data share pieces */
    put_header(&bench, OUT, 1);
    memset(driver_at(&bench.driver, HEADER + 16), 0x77, 512);
    struct piece write[] = {{HEADER, 5, false},
                            {HEADER + 5, 100, false},
                            {HEADER + 105, 423, false},
                            {STATUS, 1, true}};
    driver_do(&bench.driver, 0, write, 4);
    assert_int_equal(status(&bench), 0);
    assert_int_equal(bench.disk[512], 0x77);
    assert_int_equal(bench.disk[1023], 0x77);
    /* read: the status is the last byte of the last piece */
    put_header(&bench, IN, 1);
    struct piece read[] = {{HEADER, 16, false}, {DATA, 500, true}, {DATA + 500, 13, true}};
    assert_int_equal(driver_do(&bench.driver, 0, read, 3), 513);
    assert_int_equal(*driver_at(&bench.driver, DATA + 511), 0x77);
    assert_int_equal(*driver_at(&bench.driver, DATA + 512), 0);
    driver_fini(&bench.driver);
}

static void blk_refuses_ranges_outside_the_disk(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, 0, 1);
    static const struct {
        uint64_t sector;
        uint32_t size;
    } wrong[] = {{SECTORS, 512},          {SECTORS - 1, 1024},      {UINT64_MAX, 512},
                 {UINT64_MAX / 512, 512}, {UINT64_C(1) << 55, 512}, {0, 100}};
    for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_int_equal(request(&bench, IN, wrong[i].sector, wrong[i].size), 1);
        assert_int_equal(request(&bench, OUT, wrong[i].sector, wrong[i].size), 1);
    }
    assert_int_equal(request(&bench, IN, SECTORS - 1, 512), 0);
    assert_int_equal(request(&bench, 99, 0, 0), 2);
    driver_fini(&bench.driver);
}

static void blk_tells_its_serial_number(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, 0, 1);
    assert_int_equal(request(&bench, GET_ID, 0, 20), 0);
    assert_string_equal((char *)driver_at(&bench.driver, DATA), "rivet-1");
    assert_int_equal(request(&bench, GET_ID, 0, 3), 0);
    driver_fini(&bench.driver);
}

static void blk_passes_an_error_of_the_disk_on(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, FEATURE(F_FLUSH), 1);
    bench.dead = true;
    assert_int_equal(request(&bench, IN, 0, 512), 1);
    assert_int_equal(request(&bench, OUT, 0, 512), 1);
    assert_int_equal(request(&bench, FLUSH, 0, 0), 1);
    bench.dead = false;
    assert_int_equal(request(&bench, IN, 0, 512), 0);
    driver_fini(&bench.driver);
}

static void blk_writes_through_when_the_driver_knows_no_flush_or_wants_no_cache(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, 0, 1);
    request(&bench, OUT, 0, 512);
    assert_int_equal(bench.flushes, 1);
    driver_start(&bench.driver, FEATURE(F_FLUSH) | FEATURE(F_WCE), 1);
    request(&bench, OUT, 0, 512);
    assert_int_equal(bench.flushes, 1);
    reg_store(bench.driver.device, 0x120, 1, 0);
    assert_int_equal(reg_load(bench.driver.device, 0x120, 1), 0);
    request(&bench, OUT, 0, 512);
    assert_int_equal(bench.flushes, 2);
    driver_start(&bench.driver, FEATURE(F_WCE), 1); /* can switch the cache on, but not flush it */
    assert_int_equal(reg_load(bench.driver.device, 0x120, 1), 0);
    request(&bench, OUT, 0, 512);
    assert_int_equal(bench.flushes, 3);
    driver_fini(&bench.driver);
}

static void blk_read_only_disk_takes_no_writes(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    bench.driver.device->ops->destroy(bench.driver.device);
    bench.block.read_only = true;
    bench.driver.device = make_blk(&bench, &plain);
    assert_true(driver_offered(&bench.driver) & FEATURE(F_RO));
    assert_false(driver_offered(&bench.driver) & FEATURE(F_DISCARD));
    driver_start(&bench.driver, 0, 1);
    uint8_t before = bench.disk[0];
    *driver_at(&bench.driver, DATA) = (uint8_t)~before;
    assert_int_equal(request(&bench, OUT, 0, 512), 1);
    assert_int_equal(request(&bench, ZEROES, 0, 16), 1);
    assert_int_equal(bench.disk[0], before);
    driver_fini(&bench.driver);
}

static void put_range(struct bench *bench, unsigned at, uint64_t sector, uint32_t count,
                      uint32_t flags)
{
    uint8_t *range = driver_at(&bench->driver, DATA + 16 * at);
    store_le(range, 8, sector);
    store_le(range + 8, 4, count);
    store_le(range + 12, 4, flags);
}

static void blk_discards_and_zeroes_ranges(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, FEATURE(F_DISCARD) | FEATURE(F_WRITE_ZEROES) | FEATURE(F_FLUSH), 1);
    put_range(&bench, 0, 2, 1, 0);
    put_range(&bench, 1, 5, 2, 0);
    assert_int_equal(request(&bench, DISCARD, 0, 32), 0);
    assert_int_equal(bench.discards, 2);
    put_range(&bench, 0, 2, 1, 1);
    assert_int_equal(request(&bench, ZEROES, 0, 32), 0);
    assert_int_equal(bench.disk[2 * 512 + 100], 0);
    assert_int_equal(bench.disk[6 * 512 + 511], 0);
    assert_int_equal(bench.disk[3 * 512], 3);
    assert_int_equal(request(&bench, DISCARD, 0, 16), 2); /* unmap is not for discard */
    put_range(&bench, 0, SECTORS, 1, 0);
    assert_int_equal(request(&bench, DISCARD, 0, 16), 1);
    put_range(&bench, 0, 0, UINT32_MAX, 0);
    assert_int_equal(request(&bench, ZEROES, 0, 16), 1);
    assert_int_equal(request(&bench, ZEROES, 0, 15), 1);
    driver_fini(&bench.driver);
}

static void blk_needs_reset_after_a_request_without_room_for_a_status(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, 0, 1);
    struct piece pieces[] = {{HEADER, 16, false}};
    put_header(&bench, FLUSH, 0);
    driver_add(&bench.driver, 0, pieces, 1);
    driver_kick(&bench.driver, 0);
    assert_true(driver_reg(&bench.driver, REG_STATUS) & VIRTIO_NEEDS_RESET);
    driver_fini(&bench.driver);
}

static void blk_serves_each_of_its_queues(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &(struct virtio_blk_options){.queues = 3});
    driver_start(&bench.driver, FEATURE(F_MQ), 3);
    for (unsigned queue = 0; queue < 3; queue++) {
        struct piece pieces[] = {{HEADER, 16, false}, {DATA, 512, true}, {STATUS, 1, true}};
        put_header(&bench, IN, queue);
        driver_do(&bench.driver, queue, pieces, 3);
        assert_int_equal(status(&bench), 0);
        assert_int_equal(*driver_at(&bench.driver, DATA), queue);
    }
    driver_fini(&bench.driver);
}

static void blk_completes_later_and_in_any_order_on_an_executor(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        struct virtio_blk_options options = {.executor = {.post = be_lazy, .owner = &bench}};
        uint32_t written;
        bench_init(&bench, &options);
        driver_start(&bench.driver, ring_kinds[kind], 1);
        for (unsigned i = 0; i < 3; i++) {
            uint64_t at = HEADER + 0x100 * i;
            store_le(driver_at(&bench.driver, at), 8, IN);
            store_le(driver_at(&bench.driver, at + 8), 8, i);
            struct piece pieces[] = {
                {at, 16, false}, {DATA + 512 * i, 512, true}, {STATUS + i, 1, true}};
            driver_add(&bench.driver, 0, pieces, 3);
        }
        driver_kick(&bench.driver, 0);
        assert_false(driver_used(&bench.driver, 0, &written));
        while (bench.posted) { /* the last first */
            struct job *job = bench.posted;
            bench.posted = job->next;
            job->run(job);
            assert_true(driver_used(&bench.driver, 0, &written));
            assert_int_equal(written, 513);
        }
        assert_memory_equal(driver_at(&bench.driver, DATA), bench.disk, 3 * 512);
        driver_fini(&bench.driver);
    }
}

static void blk_reads_what_is_at_hand_without_the_executor(void **state)
{
    (void)state;
    struct bench bench;
    struct virtio_blk_options options = {.executor = {.post = be_lazy, .owner = &bench}};
    struct piece pieces[] = {{HEADER, 16, false}, {DATA, 512, true}, {STATUS, 1, true}};
    uint32_t written;
    bench_init(&bench, &options);
    bench.at_hand = true;
    driver_start(&bench.driver, 0, 1);
    put_header(&bench, IN, 7);
    assert_int_equal(driver_do(&bench.driver, 0, pieces, 3), 513);
    assert_int_equal(status(&bench), 0);
    assert_memory_equal(driver_at(&bench.driver, DATA), bench.disk + 7 * 512, 512);
    put_header(&bench, IN, SECTORS); /* an error, and a write, are the executor's */
    driver_add(&bench.driver, 0, pieces, 3);
    driver_kick(&bench.driver, 0);
    assert_false(driver_used(&bench.driver, 0, &written));
    assert_non_null(bench.posted);
    bench.posted->run(bench.posted);
    assert_true(driver_used(&bench.driver, 0, &written));
    assert_int_equal(status(&bench), 1);
    driver_fini(&bench.driver);
}

struct late {
    struct bench *bench;
    struct host_thread thread;
};

static void run_late(void *owner)
{
    struct late *late = owner;
    struct job *job = late->bench->posted;
    late->bench->posted = NULL;
    job->run(job);
}

static void blk_reset_waits_for_what_is_under_way(void **state)
{
    (void)state;
    struct bench bench;
    struct virtio_blk_options options = {.executor = {.post = be_lazy, .owner = &bench}};
    bench_init(&bench, &options);
    driver_start(&bench.driver, 0, 1);
    struct piece pieces[] = {{HEADER, 16, false}, {DATA, 512, true}, {STATUS, 1, true}};
    put_header(&bench, IN, 9);
    driver_add(&bench.driver, 0, pieces, 3);
    driver_kick(&bench.driver, 0);
    struct late late = {.bench = &bench};
    assert_true(host_thread_start(&late.thread, "late", run_late, &late, NULL));
    driver_set(&bench.driver, REG_STATUS, 0);
    assert_int_equal(status(&bench), 0);
    assert_int_equal(*driver_at(&bench.driver, DATA), 9);
    assert_false(bench.driver.probe.level[0]);
    host_thread_join(&late.thread);
    driver_fini(&bench.driver);
}

static void blk_state_comes_back_and_another_disk_is_refused(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, FEATURE(F_WCE) | FEATURE(F_FLUSH), 1);
    reg_store(bench.driver.device, 0x120, 1, 0);
    struct device *old = bench.driver.device;
    struct device *new = make_blk(&bench, &plain);
    virtio_blk_resize(new, 512);
    assert_false(state_copy(old, new, 0));
    assert_int_equal(reg_load(new, REG_STATUS, 4), 0);
    virtio_blk_resize(new, sizeof(bench.disk));
    assert_true(state_copy(old, new, 0));
    old->ops->destroy(old);
    bench.driver.device = new;
    assert_int_equal(reg_load(new, 0x120, 1), 0);
    assert_int_equal(request(&bench, IN, 5, 512), 0);
    assert_int_equal(*driver_at(&bench.driver, DATA), 5);
    driver_fini(&bench.driver);
}

static void blk_tells_of_a_new_size(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, &plain);
    driver_start(&bench.driver, 0, 1);
    uint32_t generation = driver_reg(&bench.driver, 0xfc);
    virtio_blk_resize(bench.driver.device, 1024);
    assert_int_equal(driver_reg(&bench.driver, REG_ISR), 2);
    assert_int_equal(driver_reg(&bench.driver, 0x100), 2);
    assert_int_not_equal(driver_reg(&bench.driver, 0xfc), generation);
    assert_int_equal(request(&bench, IN, 2, 512), 1);
    driver_fini(&bench.driver);
}

static void blk_survives_random_requests(void **state)
{
    (void)state;
    struct bench bench;
    uint64_t seed = 88172645463325252;
    uint32_t written;
    bench_init(&bench, &plain);
    for (unsigned round = 0; round < 2000; round++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        driver_start(&bench.driver, ring_kinds[seed % 6] | FEATURE(F_FLUSH), 1);
        put_header(&bench, (uint32_t)(seed >> 8) % 16, (seed >> 16) % (2 * SECTORS));
        struct piece pieces[4] = {{HEADER, (seed >> 24) % 20, false}};
        for (unsigned i = 1; i < 4; i++)
            pieces[i] = (struct piece){DATA + (seed >> (8 * i)) % 4096, (seed >> (10 * i)) % 1400,
                                       (seed >> i) & 1};
        driver_add(&bench.driver, 0, pieces, 4);
        driver_kick(&bench.driver, 0);
        driver_used(&bench.driver, 0, &written);
    }
    driver_fini(&bench.driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blk_shows_its_geometry_in_the_configuration_space),
        cmocka_unit_test(blk_reads_and_writes_on_every_kind_of_ring),
        cmocka_unit_test(blk_cuts_a_request_by_bytes_not_by_descriptors),
        cmocka_unit_test(blk_refuses_ranges_outside_the_disk),
        cmocka_unit_test(blk_tells_its_serial_number),
        cmocka_unit_test(blk_passes_an_error_of_the_disk_on),
        cmocka_unit_test(blk_writes_through_when_the_driver_knows_no_flush_or_wants_no_cache),
        cmocka_unit_test(blk_read_only_disk_takes_no_writes),
        cmocka_unit_test(blk_discards_and_zeroes_ranges),
        cmocka_unit_test(blk_needs_reset_after_a_request_without_room_for_a_status),
        cmocka_unit_test(blk_serves_each_of_its_queues),
        cmocka_unit_test(blk_completes_later_and_in_any_order_on_an_executor),
        cmocka_unit_test(blk_reads_what_is_at_hand_without_the_executor),
        cmocka_unit_test(blk_reset_waits_for_what_is_under_way),
        cmocka_unit_test(blk_state_comes_back_and_another_disk_is_refused),
        cmocka_unit_test(blk_tells_of_a_new_size),
        cmocka_unit_test(blk_survives_random_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
