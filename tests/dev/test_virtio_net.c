/* tests/dev/test_virtio_net.c: what the network card and its offloads promise. */
#include "tests/dev/driver.h"

#include "dev/virtio/net.h"
#include "dev/virtio/offload.h"

enum { RX = 0, TX = 1 };

enum {
    F_CSUM = 0,
    F_GUEST_CSUM = 1,
    F_MTU = 3,
    F_TSO4 = 11,
    F_TSO6 = 12,
    F_MRG = 15,
    F_STATUS = 16
};

#define FRAME  DATA_BASE
#define HEADER (DATA_BASE + 0x20000)
#define RXBUF  (DATA_BASE + 0x30000)

struct bench {
    struct driver driver;
    unsigned frames, room_calls;
    size_t sizes[64];
    uint8_t sent[64][2048];
};

static void take_frame(void *owner, const uint8_t *frame, size_t size)
{
    struct bench *bench = owner;
    unsigned at = bench->frames++ % 64;
    bench->sizes[at] = size;
    memcpy(bench->sent[at], frame, size < 2048 ? size : 2048);
}

static void count_room(void *owner)
{
    ((struct bench *)owner)->room_calls++;
}

static const struct virtio_net_options options = {.mac = {0x52, 0x54, 0, 0x12, 0x34, 0x56},
                                                  .mtu = 9000};

static struct bench *bench_new(void)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));
    driver_init(&bench->driver);
    struct virtio_wiring wiring = driver_wiring(&bench->driver);
    struct net_port port = {
        .send = take_frame, .room = count_room, .owner = bench, .checksums_valid = true};
    bench->driver.device = virtio_net_create("net0", &wiring, &port, &options, NULL);
    return bench;
}

static void bench_free(struct bench *bench)
{
    driver_fini(&bench->driver);
    test_free(bench);
}

static void send(struct bench *bench, uint32_t size)
{
    struct piece pieces[] = {{HEADER, 12, false}, {FRAME, size, false}};
    driver_do(&bench->driver, TX, pieces, 2);
}

static void add_rx(struct bench *bench, unsigned slot, uint32_t size)
{
    struct piece piece = {RXBUF + 0x1000 * slot, size, true};
    driver_add(&bench->driver, RX, &piece, 1);
    driver_kick(&bench->driver, RX);
}

static bool deliver(struct bench *bench, const void *frame, size_t size)
{
    return virtio_net_deliver(bench->driver.device, frame, size);
}

static void net_shows_mac_link_and_mtu(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(reg_load(bench->driver.device, 0x100 + i, 1), options.mac[i]);
    assert_int_equal(reg_load(bench->driver.device, 0x106, 2), 1);
    assert_int_equal(reg_load(bench->driver.device, 0x10a, 2), 9000);
    driver_start(&bench->driver, FEATURE(F_STATUS), 2);
    virtio_net_set_link(bench->driver.device, false);
    assert_int_equal(driver_reg(&bench->driver, REG_ISR), 2);
    assert_int_equal(reg_load(bench->driver.device, 0x106, 2), 0);
    bench_free(bench);
}

static void net_sends_frames_on_every_kind_of_ring(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench *bench = bench_new();
        driver_start(&bench->driver, ring_kinds[kind], 2);
        for (unsigned i = 0; i < 60; i++) {
            memset(driver_at(&bench->driver, FRAME), (int)i, 60);
            send(bench, 60 + i);
            assert_int_equal(bench->frames, i + 1);
            assert_int_equal(bench->sizes[i], 60 + i);
            assert_int_equal(bench->sent[i][59], i);
        }
        bench_free(bench);
    }
}

static void net_drops_what_is_no_frame(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    driver_start(&bench->driver, 0, 2);
    struct piece tiny = {HEADER, 12, false};
    driver_do(&bench->driver, TX, &tiny, 1);
    send(bench, OFFLOAD_MAX_FRAME + 1);
    assert_int_equal(bench->frames, 0);
    virtio_net_set_link(bench->driver.device, false);
    send(bench, 60);
    assert_int_equal(bench->frames, 0);
    bench_free(bench);
}

static void net_receives_into_one_buffer_with_a_header(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench *bench = bench_new();
        uint32_t written;
        driver_start(&bench->driver, ring_kinds[kind] | FEATURE(F_GUEST_CSUM), 2);
        for (unsigned i = 0; i < 50; i++) {
            add_rx(bench, 0, 1526);
            assert_true(deliver(bench, "hello, guest", 12));
            assert_true(driver_used(&bench->driver, RX, &written));
            assert_int_equal(written, 24);
            const uint8_t *buffer = driver_at(&bench->driver, RXBUF);
            assert_int_equal(buffer[0], 2); /* DATA_VALID */
            assert_int_equal(buffer[10], 1);
            assert_memory_equal(buffer + 12, "hello, guest", 12);
        }
        bench_free(bench);
    }
}

static void net_spreads_a_frame_over_mergeable_buffers(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench *bench = bench_new();
        uint8_t frame[250];
        uint32_t written;
        for (unsigned i = 0; i < sizeof(frame); i++)
            frame[i] = (uint8_t)i;
        driver_start(&bench->driver, ring_kinds[kind] | FEATURE(F_MRG), 2);
        add_rx(bench, 0, 100);
        add_rx(bench, 1, 100);
        assert_false(deliver(bench, frame, sizeof(frame))); /* 262 bytes, and nothing is used */
        assert_false(driver_used(&bench->driver, RX, &written));
        assert_int_equal(bench->room_calls, 0);
        add_rx(bench, 2, 100);
        assert_int_equal(bench->room_calls, 1);
        assert_true(deliver(bench, frame, sizeof(frame)));
        static const uint32_t expected[] = {100, 100, 62};
        for (unsigned i = 0; i < 3; i++) {
            assert_true(driver_used(&bench->driver, RX, &written));
            assert_int_equal(written, expected[i]);
        }
        assert_int_equal(driver_at(&bench->driver, RXBUF)[10], 3);
        assert_memory_equal(driver_at(&bench->driver, RXBUF) + 12, frame, 88);
        assert_memory_equal(driver_at(&bench->driver, RXBUF + 0x1000), frame + 88, 100);
        assert_memory_equal(driver_at(&bench->driver, RXBUF + 0x2000), frame + 188, 62);
        bench_free(bench);
    }
}

/* A driver that finds the first part of a frame looks for the others at once. */
static void net_shows_all_parts_of_a_frame_together(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < ARRAY_COUNT(ring_kinds); kind++) {
        struct bench *bench = bench_new();
        struct virtio_chain chains[2];
        uint32_t written;
        driver_start(&bench->driver, ring_kinds[kind] | FEATURE(F_MRG), 2);
        struct virtqueue *queue = &virtio_of(bench->driver.device)->queues[RX];
        for (unsigned i = 0; i < 2; i++) {
            add_rx(bench, i, 100);
            assert_true(virtqueue_pop(queue, &chains[i]));
        }
        virtqueue_hold(queue);
        virtqueue_push(queue, &chains[0], 100);
        virtqueue_push(queue, &chains[1], 50);
        assert_false(driver_used(&bench->driver, RX, &written));
        virtqueue_release(queue);
        assert_true(driver_used(&bench->driver, RX, &written));
        assert_int_equal(written, 100);
        assert_true(driver_used(&bench->driver, RX, &written));
        assert_int_equal(written, 50);
        bench_free(bench);
    }
}

static void net_loses_frames_nobody_can_take(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    uint8_t frame[2000] = {0};
    assert_true(deliver(bench, frame, 60)); /* no driver */
    driver_start(&bench->driver, 0, 2);
    add_rx(bench, 0, 1526);
    assert_true(deliver(bench, frame, 2000)); /* longer than a buffer, which cannot merge */
    assert_int_equal(driver_reg(&bench->driver, REG_STATUS), 15);
    uint32_t written;
    assert_false(driver_used(&bench->driver, RX, &written));
    assert_true(deliver(bench, frame, 60));
    assert_true(driver_used(&bench->driver, RX, &written));
    bench_free(bench);
}

static void net_reset_lets_waiting_frames_go(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    driver_start(&bench->driver, 0, 2);
    assert_false(deliver(bench, "frame", 5));
    driver_set(&bench->driver, REG_STATUS, 0);
    assert_int_equal(bench->room_calls, 1);
    assert_true(deliver(bench, "frame", 5));
    bench_free(bench);
}

static void net_state_comes_back(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    driver_start(&bench->driver, FEATURE(F_MRG), 2);
    add_rx(bench, 0, 1526);
    virtio_net_set_link(bench->driver.device, false);
    struct device *old = bench->driver.device;
    struct virtio_wiring wiring = driver_wiring(&bench->driver);
    struct net_port port = {.send = take_frame, .owner = bench, .checksums_valid = true};
    struct device *new = virtio_net_create("net0", &wiring, &port, &options, NULL);
    assert_true(state_copy(old, new, 0));
    old->ops->destroy(old);
    bench->driver.device = new;
    assert_int_equal(reg_load(new, 0x106, 2), 0);
    virtio_net_set_link(new, true);
    uint32_t written;
    assert_true(deliver(bench, "frame", 5));
    assert_true(driver_used(&bench->driver, RX, &written));
    assert_int_equal(written, 17);
    bench_free(bench);
}

/* ---- offloads ---- */

static uint16_t sum_of(const uint8_t *bytes, size_t size, uint32_t sum)
{
    for (size_t i = 0; i < size; i++)
        sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* A TCP segment over IPv4 or IPv6 with `payload` bytes; returns its size. */
static size_t make_tcp(uint8_t *frame, bool ipv6, size_t payload)
{
    size_t tcp = ipv6 ? 54 : 34;
    memset(frame, 0, tcp + 20);
    uint8_t *ip = frame + 14;
    frame[12] = ipv6 ? 0x86 : 0x08;
    frame[13] = ipv6 ? 0xdd : 0x00;
    ip[0] = ipv6 ? 0x60 : 0x45;
    ip[ipv6 ? 6 : 9] = 6;
    if (!ipv6) ip[5] = 7; /* identification */
    memset(ip + (ipv6 ? 8 : 12), 0x0a, ipv6 ? 32 : 8);
    frame[tcp + 7] = 100; /* sequence */
    frame[tcp + 12] = 0x50;
    frame[tcp + 13] = 0x80 | 0x10 | 0x08 | 0x01; /* CWR ACK PSH FIN */
    for (size_t i = 0; i < payload; i++)
        frame[tcp + 20 + i] = (uint8_t)(i * 3);
    return tcp + 20 + payload;
}

static void expect_segment(const struct bench *bench, unsigned at, bool ipv6, size_t offset,
                           size_t payload, bool first, bool last)
{
    size_t tcp = ipv6 ? 54 : 34;
    const uint8_t *frame = bench->sent[at], *ip = frame + 14;
    assert_int_equal(bench->sizes[at], tcp + 20 + payload);
    if (ipv6) {
        assert_int_equal(ip[4] << 8 | ip[5], 20 + payload);
    } else {
        assert_int_equal(ip[2] << 8 | ip[3], 40 + payload);
        assert_int_equal(ip[5], 7 + at);
        assert_int_equal(sum_of(ip, 20, 0), 0xffff);
    }
    assert_int_equal(frame[tcp + 6] << 8 | frame[tcp + 7], 100 + offset);
    assert_int_equal(frame[tcp + 13], 0x10 | (first ? 0x80 : 0) | (last ? 0x09 : 0));
    uint32_t pseudo = sum_of(ip + (ipv6 ? 8 : 12), ipv6 ? 32 : 8, 6 + 20 + (uint32_t)payload);
    assert_int_equal(sum_of(frame + tcp, 20 + payload, pseudo), 0xffff);
    for (size_t i = 0; i < payload; i++)
        assert_int_equal(frame[tcp + 20 + i], (uint8_t)((offset + i) * 3));
}

static void net_cuts_tcp_into_segments_with_right_headers(void **state)
{
    (void)state;
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        struct bench *bench = bench_new();
        driver_start(&bench->driver, FEATURE(F_CSUM) | FEATURE(F_TSO4) | FEATURE(F_TSO6), 2);
        size_t size = make_tcp(driver_at(&bench->driver, FRAME), ipv6, 3333);
        uint8_t *header = driver_at(&bench->driver, HEADER);
        header[0] = 1;
        header[1] = ipv6 ? 4 : 1;
        store_le(header + 4, 2, 1400);
        send(bench, (uint32_t)size);
        assert_int_equal(bench->frames, 3);
        expect_segment(bench, 0, ipv6, 0, 1400, true, false);
        expect_segment(bench, 1, ipv6, 1400, 1400, false, false);
        expect_segment(bench, 2, ipv6, 2800, 533, false, true);
        bench_free(bench);
    }
}

static void net_completes_a_checksum_and_drops_one_outside_the_frame(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    driver_start(&bench->driver, FEATURE(F_CSUM), 2);
    uint8_t *frame = driver_at(&bench->driver, FRAME);
    uint8_t *header = driver_at(&bench->driver, HEADER);
    for (unsigned i = 0; i < 101; i++)
        frame[i] = (uint8_t)(i * 7);
    header[0] = 1;
    store_le(header + 6, 2, 34);
    store_le(header + 8, 2, 16);
    uint16_t seed = (uint16_t)(frame[50] << 8 | frame[51]);
    uint16_t before = sum_of(frame + 34, 67, 0);
    send(bench, 101);
    const uint8_t *sent = bench->sent[0];
    uint16_t sum = (uint16_t)(sent[50] << 8 | sent[51]);
    assert_int_equal(sum, (uint16_t)~before);
    assert_int_not_equal(sum, seed);
    static const uint16_t wrong[][2] = {{102, 0}, {100, 0}, {34, 66}, {0, 65535}, {65535, 65535}};
    for (unsigned i = 0; i < ARRAY_COUNT(wrong); i++) {
        store_le(header + 6, 2, wrong[i][0]);
        store_le(header + 8, 2, wrong[i][1]);
        send(bench, 101);
    }
    assert_int_equal(bench->frames, 1);
    bench_free(bench);
}

static void net_survives_random_headers_and_frames(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    uint64_t seed = 0x2545f4914f6cdd1d;
    driver_start(&bench->driver, FEATURE(F_CSUM) | FEATURE(F_TSO4) | FEATURE(F_TSO6), 2);
    for (unsigned round = 0; round < 3000; round++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        uint8_t *frame = driver_at(&bench->driver, FRAME);
        size_t size = make_tcp(frame, seed & 1, (seed >> 8) % 500);
        for (unsigned i = 0; i < 4; i++)
            frame[12 + (seed >> (9 * i)) % 64] ^= (uint8_t)(seed >> (11 * i));
        uint8_t *header = driver_at(&bench->driver, HEADER);
        store_le(header, 8, seed >> 3);
        header[1] = (uint8_t[]){0, 1, 4, 3}[seed >> 5 & 3];
        send(bench, (uint32_t)(size - (seed >> 20) % 50));
    }
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(net_shows_mac_link_and_mtu),
        cmocka_unit_test(net_sends_frames_on_every_kind_of_ring),
        cmocka_unit_test(net_drops_what_is_no_frame),
        cmocka_unit_test(net_receives_into_one_buffer_with_a_header),
        cmocka_unit_test(net_shows_all_parts_of_a_frame_together),
        cmocka_unit_test(net_spreads_a_frame_over_mergeable_buffers),
        cmocka_unit_test(net_loses_frames_nobody_can_take),
        cmocka_unit_test(net_reset_lets_waiting_frames_go),
        cmocka_unit_test(net_state_comes_back),
        cmocka_unit_test(net_cuts_tcp_into_segments_with_right_headers),
        cmocka_unit_test(net_completes_a_checksum_and_drops_one_outside_the_frame),
        cmocka_unit_test(net_survives_random_headers_and_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
