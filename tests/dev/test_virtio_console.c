/* tests/dev/test_virtio_console.c: what the virtio console promises. */
#include "tests/dev/driver.h"

#include "dev/virtio/console.h"

enum { F_SIZE = 0, F_MULTIPORT = 1, F_EMERG = 2 };

enum { RX0 = 0, TX0 = 1, CONTROL_RX = 2, CONTROL_TX = 3, RX1 = 4, TX1 = 5 };

#define BUFFER DATA_BASE

struct end {
    char text[256];
    size_t size;
    unsigned room_calls;
};

struct bench {
    struct driver driver;
    struct end ends[2];
    bool picky; /* a sink is full at 6 bytes */
};

static void end_take(void *owner, const uint8_t *bytes, size_t count)
{
    struct end *end = owner;
    assert_true(end->size + count < sizeof(end->text));
    memcpy(end->text + end->size, bytes, count);
    end->size += count;
}

static void end_room(void *owner)
{
    ((struct end *)owner)->room_calls++;
}

static bool end_ready(void *owner)
{
    return ((struct end *)owner)->size < 6;
}

static struct device *make_console(struct bench *bench, unsigned count)
{
    struct virtio_wiring wiring = driver_wiring(&bench->driver);
    struct virtio_console_port ports[2] = {{.console = true}, {.name = "org.rivet.1"}};
    for (unsigned i = 0; i < 2; i++) {
        ports[i].sink = (struct char_sink){.write = end_take, .owner = &bench->ends[i]};
        ports[i].ready = bench->picky ? end_ready : NULL;
        ports[i].room = (struct char_room){.room = end_room, .owner = &bench->ends[i]};
    }
    return virtio_console_create("console0", &wiring, ports, count, NULL);
}

static void bench_init(struct bench *bench, unsigned count)
{
    memset(bench, 0, sizeof(*bench));
    driver_init(&bench->driver);
    bench->driver.device = make_console(bench, count);
}

static void send(struct bench *bench, unsigned queue, const char *text)
{
    struct piece piece = {BUFFER, (uint32_t)strlen(text), false};
    memcpy(driver_at(&bench->driver, BUFFER), text, strlen(text));
    driver_do(&bench->driver, queue, &piece, 1);
}

static void add_rx(struct bench *bench, unsigned queue, unsigned slot, uint32_t size)
{
    struct piece piece = {BUFFER + 0x1000 + 0x100 * slot, size, true};
    driver_add(&bench->driver, queue, &piece, 1);
    driver_kick(&bench->driver, queue);
}

static const char *rx(struct bench *bench, unsigned slot)
{
    return (const char *)driver_at(&bench->driver, BUFFER + 0x1000 + 0x100 * slot);
}

static size_t receive(struct bench *bench, unsigned port, const char *text)
{
    return virtio_console_receive(bench->driver.device, port, (const uint8_t *)text, strlen(text));
}

static void tell(struct bench *bench, uint32_t port, uint16_t event, uint16_t value)
{
    uint8_t *message = driver_at(&bench->driver, BUFFER);
    store_le(message, 4, port);
    store_le(message + 4, 2, event);
    store_le(message + 6, 2, value);
    struct piece piece = {BUFFER, 8, false};
    driver_do(&bench->driver, CONTROL_TX, &piece, 1);
}

static void expect_told(struct bench *bench, unsigned slot, uint32_t port, uint16_t event)
{
    uint32_t written;
    assert_true(driver_used(&bench->driver, CONTROL_RX, &written));
    assert_true(written >= 8);
    assert_int_equal(load_le(rx(bench, slot), 4), port);
    assert_int_equal(load_le(rx(bench, slot) + 4, 2), event);
}

static void console_passes_text_both_ways_on_every_kind_of_ring(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench bench;
        uint32_t written;
        bench_init(&bench, 1);
        assert_false(driver_offered(&bench.driver) & FEATURE(F_MULTIPORT));
        driver_start(&bench.driver, ring_kinds[kind], 2);
        send(&bench, TX0, "login: ");
        assert_memory_equal(bench.ends[0].text, "login: ", 7);
        add_rx(&bench, RX0, 0, 64);
        assert_int_equal(receive(&bench, 0, "root\n"), 5);
        assert_true(driver_used(&bench.driver, RX0, &written));
        assert_int_equal(written, 5);
        assert_memory_equal(rx(&bench, 0), "root\n", 5);
        driver_fini(&bench.driver);
    }
}

static void console_keeps_what_the_driver_has_no_buffer_for(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    assert_int_equal(receive(&bench, 0, "early"), 0);
    driver_start(&bench.driver, 0, 2);
    assert_int_equal(bench.ends[0].room_calls, 1);
    add_rx(&bench, RX0, 0, 3);
    assert_int_equal(receive(&bench, 0, "abcdef"), 3);
    assert_int_equal(bench.ends[0].room_calls, 1);
    add_rx(&bench, RX0, 1, 3);
    assert_int_equal(bench.ends[0].room_calls, 2);
    assert_int_equal(receive(&bench, 0, "def"), 3);
    assert_int_equal(receive(&bench, 7, "x"), 0);
    driver_fini(&bench.driver);
}

static void console_keeps_what_the_sink_has_no_room_for(void **state)
{
    (void)state;
    struct bench bench;
    uint32_t written;
    bench_init(&bench, 1);
    bench.driver.device->ops->destroy(bench.driver.device);
    bench.picky = true;
    bench.driver.device = make_console(&bench, 1);
    driver_start(&bench.driver, 0, 2);
    send(&bench, TX0, "123456");
    struct piece piece = {BUFFER, 6, false};
    driver_add(&bench.driver, TX0, &piece, 1);
    driver_kick(&bench.driver, TX0);
    assert_false(driver_used(&bench.driver, TX0, &written));
    bench.ends[0].size = 0;
    virtio_console_resume(bench.driver.device, 0);
    assert_true(driver_used(&bench.driver, TX0, &written));
    assert_int_equal(bench.ends[0].size, 6);
    driver_fini(&bench.driver);
}

static void console_emergency_write_works_before_the_driver(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    reg_store(bench.driver.device, 0x108, 4, '!');
    assert_memory_equal(bench.ends[0].text, "!", 1);
    driver_fini(&bench.driver);
}

static void console_tells_a_new_size(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    driver_start(&bench.driver, FEATURE(F_SIZE), 2);
    assert_int_equal(reg_load(bench.driver.device, 0x100, 2), 80);
    virtio_console_resize(bench.driver.device, 132, 50);
    assert_int_equal(driver_reg(&bench.driver, REG_ISR), 2);
    assert_int_equal(reg_load(bench.driver.device, 0x100, 4), 50 << 16 | 132);
    driver_fini(&bench.driver);
}

static void console_announces_its_ports(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2);
    assert_int_equal(driver_reg(&bench.driver, 0x104), 2);
    driver_start(&bench.driver, FEATURE(F_MULTIPORT), 6);
    for (unsigned slot = 0; slot < 3; slot++)
        add_rx(&bench, CONTROL_RX, slot, 128);
    tell(&bench, 0, 0, 1);
    expect_told(&bench, 0, 0, 1);
    expect_told(&bench, 1, 1, 1);
    tell(&bench, 0, 3, 1);
    expect_told(&bench, 2, 0, 4);
    add_rx(&bench, CONTROL_RX, 3, 128); /* what had no buffer comes when there is one */
    expect_told(&bench, 3, 0, 6);
    tell(&bench, 1, 3, 1);
    add_rx(&bench, CONTROL_RX, 4, 128);
    add_rx(&bench, CONTROL_RX, 5, 128);
    expect_told(&bench, 4, 1, 6);
    expect_told(&bench, 5, 1, 7);
    assert_memory_equal(rx(&bench, 5) + 8, "org.rivet.1", 11);
    virtio_console_resize(bench.driver.device, 100, 40);
    add_rx(&bench, CONTROL_RX, 6, 128);
    expect_told(&bench, 6, 0, 5);
    assert_int_equal(load_le(rx(&bench, 6) + 8, 4), 40 << 16 | 100);
    driver_fini(&bench.driver);
}

static void console_keeps_its_ports_apart(void **state)
{
    (void)state;
    struct bench bench;
    uint32_t written;
    bench_init(&bench, 2);
    driver_start(&bench.driver, FEATURE(F_MULTIPORT), 6);
    send(&bench, TX1, "one");
    send(&bench, TX0, "zero");
    assert_memory_equal(bench.ends[1].text, "one", 3);
    assert_memory_equal(bench.ends[0].text, "zero", 4);
    add_rx(&bench, RX1, 0, 16);
    assert_int_equal(receive(&bench, 0, "x"), 0);
    assert_int_equal(receive(&bench, 1, "y"), 1);
    assert_true(driver_used(&bench.driver, RX1, &written));
    driver_fini(&bench.driver);
}

static void console_ignores_nonsense_in_control_messages(void **state)
{
    (void)state;
    struct bench bench;
    uint32_t written;
    bench_init(&bench, 2);
    driver_start(&bench.driver, FEATURE(F_MULTIPORT), 6);
    add_rx(&bench, CONTROL_RX, 0, 128);
    tell(&bench, 99, 3, 1);
    tell(&bench, 0xffffffff, 3, 1);
    tell(&bench, 0, 3, 0);
    tell(&bench, 0, 0xffff, 1);
    send(&bench, CONTROL_TX, "short");
    assert_false(driver_used(&bench.driver, CONTROL_RX, &written));
    driver_fini(&bench.driver);
}

static void console_state_comes_back_with_what_is_yet_to_tell(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2);
    driver_start(&bench.driver, FEATURE(F_MULTIPORT), 6);
    tell(&bench, 0, 0, 1);
    struct device *old = bench.driver.device;
    struct device *new = make_console(&bench, 2);
    assert_false(state_copy(old, new, 1));
    assert_true(state_copy(old, new, 0));
    old->ops->destroy(old);
    bench.driver.device = new;
    add_rx(&bench, CONTROL_RX, 0, 128);
    expect_told(&bench, 0, 0, 1);
    driver_fini(&bench.driver);
}

static void console_refuses_no_ports_and_too_many(void **state)
{
    (void)state;
    struct bench bench;
    struct error err;
    bench_init(&bench, 1);
    struct virtio_wiring wiring = driver_wiring(&bench.driver);
    assert_null(virtio_console_create("c", &wiring, NULL, 0, &err));
    assert_null(virtio_console_create("c", &wiring, NULL, 9, &err));
    driver_fini(&bench.driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(console_passes_text_both_ways_on_every_kind_of_ring),
        cmocka_unit_test(console_keeps_what_the_driver_has_no_buffer_for),
        cmocka_unit_test(console_keeps_what_the_sink_has_no_room_for),
        cmocka_unit_test(console_emergency_write_works_before_the_driver),
        cmocka_unit_test(console_tells_a_new_size),
        cmocka_unit_test(console_announces_its_ports),
        cmocka_unit_test(console_keeps_its_ports_apart),
        cmocka_unit_test(console_ignores_nonsense_in_control_messages),
        cmocka_unit_test(console_state_comes_back_with_what_is_yet_to_tell),
        cmocka_unit_test(console_refuses_no_ports_and_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
