/* tests/dev/test_virtio_mmio.c: what the transport and its queues promise, shown by the RNG. */
#include "tests/dev/driver.h"

#include "dev/virtio/rng.h"

#define BUFFER DATA_BASE

static void count_up(void *owner, uint8_t *bytes, size_t size)
{
    uint8_t *next = owner;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (*next)++;
}

struct bench {
    struct driver driver;
    uint8_t next;
};

static struct device *make_rng(struct bench *bench)
{
    struct virtio_wiring wiring = driver_wiring(&bench->driver);
    struct entropy entropy = {.fill = count_up, .owner = &bench->next};
    return virtio_rng_create("virtio0", &wiring, entropy, NULL);
}

static void bench_init(struct bench *bench)
{
    driver_init(&bench->driver);
    bench->next = 1;
    bench->driver.device = make_rng(bench);
}

static const struct piece one_byte = {.addr = BUFFER, .size = 1, .writable = true};

static void virtio_shows_what_it_is(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    assert_int_equal(driver_reg(&bench.driver, 0x00), 0x74726976);
    assert_int_equal(driver_reg(&bench.driver, 0x04), 2);
    assert_int_equal(driver_reg(&bench.driver, 0x08), 4);
    assert_int_equal(driver_reg(&bench.driver, 0xb0), 0xffffffff);
    assert_int_equal(driver_reg(&bench.driver, 0x34), 256);
    driver_set(&bench.driver, 0x30, 1);
    assert_int_equal(driver_reg(&bench.driver, 0x34), 0);
    assert_int_equal(reg_load(bench.driver.device, 0x00, 1), 0); /* registers are 32 bits wide */
    driver_fini(&bench.driver);
}

static void virtio_empty_slot_has_device_id_0(void **state)
{
    (void)state;
    struct driver driver;
    driver_init(&driver);
    driver.device = virtio_empty_create("virtio7", NULL);
    assert_int_equal(driver_reg(&driver, 0x00), 0x74726976);
    assert_int_equal(driver_reg(&driver, 0x08), 0);
    driver_set(&driver, REG_STATUS, 15);
    assert_int_equal(driver_reg(&driver, REG_STATUS), 0);
    assert_int_equal(driver_offered(&driver), 0);
    driver_fini(&driver);
}

static void virtio_refuses_features_it_lacks_and_drivers_for_legacy(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    static const uint64_t wrong[] = {0, FEATURE(VIRTIO_F_VERSION_1) | 1};
    for (unsigned i = 0; i < 2; i++) {
        driver_set(&bench.driver, REG_STATUS, 0);
        driver_set(&bench.driver, REG_STATUS, 3);
        driver_set(&bench.driver, 0x24, 0);
        driver_set(&bench.driver, 0x20, wrong[i]);
        driver_set(&bench.driver, 0x24, 1);
        driver_set(&bench.driver, 0x20, wrong[i] >> 32);
        driver_set(&bench.driver, REG_STATUS, 11);
        assert_int_equal(driver_reg(&bench.driver, REG_STATUS), 3);
        driver_set(&bench.driver, REG_STATUS, 7);
        assert_int_equal(driver_reg(&bench.driver, REG_STATUS), 3);
    }
    driver_fini(&bench.driver);
}

static void virtio_serves_many_rounds_on_every_kind_of_ring(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        bench_init(&bench);
        driver_start(&bench.driver, ring_kinds[kind], 1);
        for (unsigned round = 0; round < 100; round++) {
            struct piece pieces[3] = {
                {BUFFER, 2, true}, {BUFFER + 100, 1, true}, {BUFFER + 200, 3, true}};
            bench.next = (uint8_t)round;
            assert_int_equal(driver_do(&bench.driver, 0, pieces, 3), 6);
            assert_int_equal(*driver_at(&bench.driver, BUFFER + 1), (uint8_t)(round + 1));
            assert_int_equal(*driver_at(&bench.driver, BUFFER + 100), (uint8_t)(round + 2));
            assert_int_equal(*driver_at(&bench.driver, BUFFER + 202), (uint8_t)(round + 5));
        }
        assert_true(bench.driver.probe.level[0]);
        driver_fini(&bench.driver);
    }
}

static void virtio_takes_direct_descriptors_followed_by_a_table(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, FEATURE(VIRTIO_F_INDIRECT_DESC), 1);
    struct piece inner[2] = {{BUFFER + 10, 1, true}, {BUFFER + 20, 1, true}};
    struct piece table = driver_table(&bench.driver, 0, inner, 2);
    uint8_t *ring = driver_at(&bench.driver, area_desc(0));
    descriptor_write(ring, BUFFER, 1, DESCRIPTOR_WRITE | DESCRIPTOR_NEXT, 1);
    descriptor_write(ring + 16, table.addr, table.size, DESCRIPTOR_INDIRECT, 0);
    store_le(driver_at(&bench.driver, area_driver(0)) + 2, 2, 1);
    driver_kick(&bench.driver, 0);
    uint32_t written;
    assert_true(driver_used(&bench.driver, 0, &written));
    assert_int_equal(written, 3);
    assert_int_equal(*driver_at(&bench.driver, BUFFER + 20), 3);
    driver_fini(&bench.driver);
}

static void virtio_interrupt_stays_until_acknowledged(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 1);
    driver_do(&bench.driver, 0, &one_byte, 1);
    assert_int_equal(driver_reg(&bench.driver, REG_ISR), 1);
    driver_set(&bench.driver, REG_ACK, 2);
    assert_true(bench.driver.probe.level[0]);
    driver_set(&bench.driver, REG_ACK, 1);
    assert_false(bench.driver.probe.level[0]);
    assert_int_equal(driver_reg(&bench.driver, REG_ISR), 0);
    driver_fini(&bench.driver);
}

static void virtio_split_ring_obeys_the_no_interrupt_flag(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 1);
    store_le(driver_at(&bench.driver, area_driver(0)), 2, 1);
    driver_do(&bench.driver, 0, &one_byte, 1);
    assert_false(bench.driver.probe.level[0]);
    driver_fini(&bench.driver);
}

static void virtio_split_ring_interrupts_at_used_event_and_asks_for_the_next_buffer(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, FEATURE(VIRTIO_F_EVENT_IDX), 1);
    driver_do(&bench.driver, 0, &one_byte, 1); /* the first one always */
    driver_set(&bench.driver, REG_ACK, 1);
    store_le(driver_at(&bench.driver, area_driver(0)) + 4 + 2 * RING_SIZE, 2, 3);
    for (unsigned used = 2; used <= 5; used++) {
        driver_do(&bench.driver, 0, &one_byte, 1);
        assert_int_equal(bench.driver.probe.level[0], used == 4);
        driver_set(&bench.driver, REG_ACK, 1);
        uint8_t *avail_event = driver_at(&bench.driver, area_device(0)) + 4 + 8 * RING_SIZE;
        assert_int_equal(load_le(avail_event, 2), used);
    }
    driver_fini(&bench.driver);
}

static void virtio_packed_ring_obeys_event_suppression(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, FEATURE(VIRTIO_F_RING_PACKED) | FEATURE(VIRTIO_F_EVENT_IDX), 1);
    uint8_t *suppress = driver_at(&bench.driver, area_driver(0));
    store_le(suppress + 2, 2, 1); /* disable */
    driver_do(&bench.driver, 0, &one_byte, 1);
    assert_false(bench.driver.probe.level[0]);
    store_le(suppress, 2, 0x8000 | 3); /* at slot 3 of the first round */
    store_le(suppress + 2, 2, 2);
    for (unsigned slot = 1; slot <= 5; slot++) {
        driver_do(&bench.driver, 0, &one_byte, 1);
        assert_int_equal(bench.driver.probe.level[0], slot == 3);
        driver_set(&bench.driver, REG_ACK, 1);
    }
    driver_fini(&bench.driver);
}

static void virtio_does_nothing_before_driver_ok_and_then_looks_at_once(void **state)
{
    (void)state;
    struct bench bench;
    uint32_t written;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 1);
    driver_set(&bench.driver, REG_STATUS, 11); /* takes DRIVER_OK back */
    driver_add(&bench.driver, 0, &one_byte, 1);
    driver_kick(&bench.driver, 0);
    assert_false(driver_used(&bench.driver, 0, &written));
    driver_set(&bench.driver, REG_STATUS, 15);
    assert_true(driver_used(&bench.driver, 0, &written));
    driver_fini(&bench.driver);
}

static void virtio_reset_forgets_queues_and_interrupt(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 1);
    driver_do(&bench.driver, 0, &one_byte, 1);
    driver_set(&bench.driver, REG_STATUS, 0);
    assert_false(bench.driver.probe.level[0]);
    driver_set(&bench.driver, 0x30, 0);
    assert_int_equal(driver_reg(&bench.driver, 0x44), 0);
    assert_int_equal(driver_reg(&bench.driver, REG_ISR), 0);
    driver_start(&bench.driver, FEATURE(VIRTIO_F_RING_PACKED), 1);
    driver_do(&bench.driver, 0, &one_byte, 1);
    driver_fini(&bench.driver);
}

static void virtio_one_queue_can_be_reset_alone(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, FEATURE(VIRTIO_F_RING_RESET), 1);
    driver_do(&bench.driver, 0, &one_byte, 1);
    driver_set(&bench.driver, 0xc0, 1);
    assert_int_equal(driver_reg(&bench.driver, 0xc0), 0);
    assert_int_equal(driver_reg(&bench.driver, 0x44), 0);
    driver_setup_queue(&bench.driver, 0);
    driver_do(&bench.driver, 0, &one_byte, 1);
    driver_fini(&bench.driver);
}

static void virtio_queue_in_use_cannot_be_moved(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 1);
    driver_set(&bench.driver, 0x80, 0);
    driver_set(&bench.driver, 0x38, 4);
    driver_do(&bench.driver, 0, &one_byte, 1);
    driver_fini(&bench.driver);
}

/* ---- hostile drivers ---- */

static void expect_failed(struct bench *bench)
{
    assert_int_equal(driver_reg(&bench->driver, REG_STATUS), 15 | VIRTIO_NEEDS_RESET);
    assert_int_equal(driver_reg(&bench->driver, REG_ISR) & 2, 2);
    driver_start(&bench->driver, 0, 1); /* and a reset heals it */
    driver_do(&bench->driver, 0, &one_byte, 1);
}

static void virtio_needs_reset_after_a_queue_outside_ram_or_misaligned(void **state)
{
    (void)state;
    static const uint64_t wrong[][2] = {
        {0x80, 0x1000},                  /* not RAM */
        {0x80, RAM_BASE + 8},            /* misaligned */
        {0xa0, RAM_BASE + RAM_SIZE - 8}, /* sticks out */
        {0x38, 15},                      /* no power of 2 */
        {0x38, 512},                     /* too many */
        {0x38, 0},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct bench bench;
        bench_init(&bench);
        driver_start(&bench.driver, 0, 1);
        driver_set(&bench.driver, 0x44, 0);
        driver_set(&bench.driver, wrong[i][0], wrong[i][1]);
        driver_set(&bench.driver, 0x44, 1);
        assert_int_equal(driver_reg(&bench.driver, 0x44), 0);
        expect_failed(&bench);
        driver_fini(&bench.driver);
    }
}

static void virtio_needs_reset_after_a_buffer_outside_ram(void **state)
{
    (void)state;
    static const struct piece wrong[] = {
        {0, 16, true},
        {RAM_BASE - 1, 16, true},
        {RAM_BASE + RAM_SIZE - 15, 16, true},
        {UINT64_MAX - 7, 16, true},
        {RAM_BASE, UINT32_MAX, true},
    };
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++)
        for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
            struct bench bench;
            bench_init(&bench);
            driver_start(&bench.driver, ring_kinds[kind], 1);
            driver_add(&bench.driver, 0, &wrong[i], 1);
            driver_kick(&bench.driver, 0);
            expect_failed(&bench);
            driver_fini(&bench.driver);
        }
}

static void virtio_needs_reset_after_a_loop_or_a_wrong_order(void **state)
{
    (void)state;
    /* descriptors 0 and 1, and the head */
    static const uint16_t wrong[][5] = {
        {DESCRIPTOR_WRITE | DESCRIPTOR_NEXT, 1, DESCRIPTOR_WRITE | DESCRIPTOR_NEXT, 0, 0},
        {DESCRIPTOR_WRITE | DESCRIPTOR_NEXT, 0, 0, 0, 0},
        {DESCRIPTOR_WRITE | DESCRIPTOR_NEXT, RING_SIZE, 0, 0, 0},
        {DESCRIPTOR_WRITE | DESCRIPTOR_NEXT, 1, 0, 0, 0}, /* readable behind writable */
        {0, 0, 0, 0, RING_SIZE},
        {DESCRIPTOR_INDIRECT, 0, 0, 0, 0}, /* not negotiated */
    };
    for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct bench bench;
        bench_init(&bench);
        driver_start(&bench.driver, 0, 1);
        uint8_t *ring = driver_at(&bench.driver, area_desc(0));
        descriptor_write(ring, BUFFER, 16, wrong[i][0], wrong[i][1]);
        descriptor_write(ring + 16, BUFFER, 16, wrong[i][2], wrong[i][3]);
        uint8_t *available = driver_at(&bench.driver, area_driver(0));
        store_le(available + 4, 2, wrong[i][4]);
        store_le(available + 2, 2, 1);
        driver_kick(&bench.driver, 0);
        expect_failed(&bench);
        driver_fini(&bench.driver);
    }
}

static void virtio_needs_reset_after_a_table_in_a_table_or_a_crooked_one(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct bench bench;
        bench_init(&bench);
        driver_start(&bench.driver, FEATURE(VIRTIO_F_INDIRECT_DESC), 1);
        uint32_t size = i == 1 ? 24 : i == 2 ? 0 : 16;
        uint16_t flags = DESCRIPTOR_INDIRECT | (i == 3 ? DESCRIPTOR_NEXT : 0);
        descriptor_write(driver_at(&bench.driver, area_desc(0)), TABLES_BASE, size, flags, 0);
        descriptor_write(driver_at(&bench.driver, TABLES_BASE), TABLES_BASE, 16,
                         i == 0 ? DESCRIPTOR_INDIRECT : DESCRIPTOR_WRITE, 0);
        store_le(driver_at(&bench.driver, area_driver(0)) + 2, 2, 1);
        driver_kick(&bench.driver, 0);
        expect_failed(&bench);
        driver_fini(&bench.driver);
    }
}

static void virtio_needs_reset_after_an_index_that_leaps(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    driver_start(&bench.driver, 0, 1);
    store_le(driver_at(&bench.driver, area_driver(0)) + 2, 2, RING_SIZE + 1);
    driver_kick(&bench.driver, 0);
    expect_failed(&bench);
    driver_fini(&bench.driver);
}

static uint32_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 16);
}

static void virtio_survives_random_rings(void **state)
{
    (void)state;
    uint64_t seed = 0x9e3779b97f4a7c15;
    struct bench bench;
    bench_init(&bench);
    for (unsigned round = 0; round < 3000; round++) {
        driver_start(&bench.driver, ring_kinds[random_next(&seed) % ARRAY_COUNT(ring_kinds)], 1);
        uint8_t *area = driver_at(&bench.driver, area_desc(0));
        for (unsigned i = 0; i < RING_SIZE; i++) {
            uint64_t addr = RAM_BASE + random_next(&seed) % (RAM_SIZE + 64);
            descriptor_write(area + 16 * i, addr, random_next(&seed) % 512,
                             random_next(&seed) & 0x8087, random_next(&seed) & 0x8087);
        }
        for (unsigned i = 0; i < 8 + 2 * RING_SIZE; i++)
            area[0x2000 + i] = (uint8_t)(random_next(&seed) % RING_SIZE);
        driver_kick(&bench.driver, 0);
        if (random_next(&seed) & 1) driver_set(&bench.driver, 0xc0, 1);
        driver_kick(&bench.driver, random_next(&seed));
    }
    driver_fini(&bench.driver);
}

/* ---- state ---- */

static void virtio_state_comes_back_in_the_middle_of_a_ring(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        bench_init(&bench);
        driver_start(&bench.driver, ring_kinds[kind], 1);
        for (unsigned i = 0; i < RING_SIZE + 5; i++)
            driver_do(&bench.driver, 0, &one_byte, 1);
        driver_add(&bench.driver, 0, &one_byte, 1);
        struct device *old = bench.driver.device;
        struct device *new = make_rng(&bench);
        assert_false(state_copy(old, new, 1));
        assert_int_equal(reg_load(new, REG_STATUS, 4), 0);
        assert_true(state_copy(old, new, 0));
        old->ops->destroy(old);
        bench.driver.device = new;
        assert_int_equal(driver_reg(&bench.driver, REG_STATUS), 15);
        driver_kick(&bench.driver, 0);
        uint32_t written;
        assert_true(driver_used(&bench.driver, 0, &written));
        assert_int_equal(driver_do(&bench.driver, 0, &one_byte, 1), 1);
        driver_fini(&bench.driver);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(virtio_shows_what_it_is),
        cmocka_unit_test(virtio_empty_slot_has_device_id_0),
        cmocka_unit_test(virtio_refuses_features_it_lacks_and_drivers_for_legacy),
        cmocka_unit_test(virtio_serves_many_rounds_on_every_kind_of_ring),
        cmocka_unit_test(virtio_takes_direct_descriptors_followed_by_a_table),
        cmocka_unit_test(virtio_interrupt_stays_until_acknowledged),
        cmocka_unit_test(virtio_split_ring_obeys_the_no_interrupt_flag),
        cmocka_unit_test(virtio_split_ring_interrupts_at_used_event_and_asks_for_the_next_buffer),
        cmocka_unit_test(virtio_packed_ring_obeys_event_suppression),
        cmocka_unit_test(virtio_does_nothing_before_driver_ok_and_then_looks_at_once),
        cmocka_unit_test(virtio_reset_forgets_queues_and_interrupt),
        cmocka_unit_test(virtio_one_queue_can_be_reset_alone),
        cmocka_unit_test(virtio_queue_in_use_cannot_be_moved),
        cmocka_unit_test(virtio_needs_reset_after_a_queue_outside_ram_or_misaligned),
        cmocka_unit_test(virtio_needs_reset_after_a_buffer_outside_ram),
        cmocka_unit_test(virtio_needs_reset_after_a_loop_or_a_wrong_order),
        cmocka_unit_test(virtio_needs_reset_after_a_table_in_a_table_or_a_crooked_one),
        cmocka_unit_test(virtio_needs_reset_after_an_index_that_leaps),
        cmocka_unit_test(virtio_survives_random_rings),
        cmocka_unit_test(virtio_state_comes_back_in_the_middle_of_a_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
