/* tests/host/test_net.c: networks bring frames to the card, wait when it has no room, and say what
 * is wrong with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/net.h"
#include "host/thread.h"

/* A card that keeps what it gets, and can be full. */
struct card {
    struct mutex lock;
    struct host_event changed;
    bool full;
    unsigned count, refused;
    size_t size;
    uint8_t frame[2048];
    char said[512];
};

static bool deliver(void *owner, const uint8_t *frame, size_t size)
{
    struct card *card = owner;
    mutex_lock(&card->lock);
    bool taken = !card->full;
    if (taken) {
        card->count++;
        card->size = size;
        memcpy(card->frame, frame, size < sizeof card->frame ? size : sizeof card->frame);
    } else {
        card->refused++;
    }
    host_event_signal(&card->changed);
    mutex_unlock(&card->lock);
    return taken;
}

static void say(void *owner, const char *text)
{
    struct card *card = owner;
    mutex_lock(&card->lock);
    snprintf(card->said, sizeof card->said, "%s", text);
    host_event_signal(&card->changed);
    mutex_unlock(&card->lock);
}

static bool card_was_told(struct card *card, const char *part)
{
    mutex_lock(&card->lock);
    bool told = strstr(card->said, part) != NULL;
    mutex_unlock(&card->lock);
    return told;
}

static void card_init(struct card *card)
{
    memset(card, 0, sizeof *card);
    mutex_init(&card->lock);
    host_event_init(&card->changed);
}

static void card_fini(struct card *card)
{
    host_event_fini(&card->changed);
    mutex_fini(&card->lock);
}

static void start(struct host_net *net, struct card *card)
{
    struct error err = {0};
    struct host_net_card ends = {.deliver = deliver, .owner = card};
    if (!host_net_start(net, &ends, &err)) fail_msg("%s", err.text);
}

/* Waits until `*number`, one of the card's, is at least `least`. */
static void await(struct card *card, const unsigned *number, unsigned least)
{
    for (;;) {
        mutex_lock(&card->lock);
        bool there = *number >= least;
        mutex_unlock(&card->lock);
        if (there) return;
        if (!host_event_wait(&card->changed, 20 * HOST_NS_PER_SECOND)) fail_msg("nothing came");
    }
}

/* ---- user network ---- */

/* "Who has 10.0.2.2? Tell 10.0.2.15": an ARP question (RFC 826). */
static const uint8_t arp_question[42] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0,    0x12, 0x34, 0x56, 8,    6,
    0,    1,    8,    0,    6,    4,    0,    1,    0x52, 0x54, 0,    0x12, 0x34, 0x56,
    10,   0,    2,    15,   0,    0,    0,    0,    0,    0,    10,   0,    2,    2};

static void the_user_network_answers(void **state)
{
    struct card card;
    struct error err = {0};
    (void)state;
    card_init(&card);
    struct host_net *net = host_slirp_open(&(struct host_slirp_options){.no_ipv6 = true}, &err);
    if (!net) fail_msg("%s", err.text);
    start(net, &card);
    host_net_send(net, arp_question, sizeof arp_question);
    await(&card, &card.count, 1);
    static const uint8_t answer[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
    assert_memory_equal(card.frame + 12, answer, sizeof answer);
    assert_memory_equal(card.frame + 28, arp_question + 38, 4);
    host_net_close(net);
    card_fini(&card);
}

static void a_full_card_gets_its_frames_later(void **state)
{
    struct card card;
    (void)state;
    card_init(&card);
    card.full = true;
    struct host_net *net = host_slirp_open(&(struct host_slirp_options){.no_ipv6 = true}, NULL);
    start(net, &card);
    for (unsigned i = 0; i < 5; i++)
        host_net_send(net, arp_question, sizeof arp_question);
    await(&card, &card.refused, 1);
    mutex_lock(&card.lock);
    card.full = false;
    mutex_unlock(&card.lock);
    host_net_room(net);
    await(&card, &card.count, 5);
    host_net_close(net);
    card_fini(&card);
}

static void wrong_user_networks_are_named(void **state)
{
    static const struct {
        struct host_slirp_options options; /* `tftp` stands for the one hostfwd */
        const char *part;
    } rows[] = {
        {{.net = "10.0.2"}, "net=10.0.2:"},
        {{.net = "10.0.2.0/33"}, "net=10.0.2.0/33:"},
        {{.net = "10.0.2.0/24x"}, "net=10.0.2.0/24x:"},
        {{.host = "here"}, "host=here:"},
        {{.dns = "10.0.2.300"}, "dns=10.0.2.300:"},
        {{.tftp = "22"}, "hostfwd=22:"},
        {{.tftp = "tcp::0-:"}, "hostfwd=tcp::0-:"},
        {{.tftp = "sctp::0-:22"}, "hostfwd=sctp"},
        {{.tftp = "tcp::70000-:22"}, "hostfwd=tcp"},
        {{.tftp = "tcp:x:1-:22"}, "hostfwd=tcp:x"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        struct host_slirp_options options = rows[i].options;
        options.forwards = &rows[i].options.tftp;
        options.forward_count = options.tftp != NULL;
        options.tftp = NULL;
        assert_null(host_slirp_open(&options, &err));
        if (!strstr(err.text, rows[i].part)) fail_msg("%s: %s", rows[i].part, err.text);
    }
}

/* A socket that listens on a port of the host's choice. */
static int listening(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_taken_port_is_named(void **state)
{
    struct error err = {0};
    uint16_t port;
    char text[64];
    const char *forward = text;
    (void)state;
    int fd = listening(&port);
    snprintf(text, sizeof text, "tcp:127.0.0.1:%u-:22", port);
    assert_null(host_slirp_open(
        &(struct host_slirp_options){.forwards = &forward, .forward_count = 1}, &err));
    assert_non_null(strstr(err.text, "Address already in use"));
    close(fd);
}

/* ---- cable ---- */

static struct host_net *cable_pair(struct card *a, struct card *b, struct host_net **other)
{
    struct error err = {0};
    struct notice notice = {.say = say, .owner = a};
    uint16_t port;
    char address[32];
    close(listening(&port));
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    struct host_net *net = host_cable_listen(address, &notice, &err);
    if (!net) fail_msg("%s", err.text);
    start(net, a);
    *other = host_cable_connect(address, &(struct notice){0}, &err);
    if (!*other) fail_msg("%s", err.text);
    start(*other, b);
    return net;
}

static void a_cable_carries_frames_both_ways(void **state)
{
    struct card a, b;
    struct host_net *other;
    uint8_t frame[1514];
    (void)state;
    card_init(&a);
    card_init(&b);
    struct host_net *net = cable_pair(&a, &b, &other);
    for (unsigned i = 0; i < sizeof frame; i++)
        frame[i] = (uint8_t)(i * 3);
    for (unsigned i = 1; i <= 200; i++)
        host_net_send(other, frame, i == 200 ? sizeof frame : 60 + i);
    await(&a, &a.count, 200);
    assert_int_equal(a.size, sizeof frame);
    assert_memory_equal(a.frame, frame, sizeof frame);
    host_net_send(net, frame, 77);
    await(&b, &b.count, 1);
    assert_int_equal(b.size, 77);
    host_net_close(other);
    while (!card_was_told(&a, "waiting for the next"))
        assert_true(host_event_wait(&a.changed, 20 * HOST_NS_PER_SECOND));
    host_net_close(net);
    card_fini(&a);
    card_fini(&b);
}

static void a_peer_that_sends_nonsense_is_unplugged(void **state)
{
    struct card card;
    uint16_t port;
    char address[32];
    uint8_t byte;
    (void)state;
    card_init(&card);
    int listener = listening(&port);
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    struct host_net *net =
        host_cable_connect(address, &(struct notice){.say = say, .owner = &card}, NULL);
    assert_non_null(net);
    int peer = accept(listener, NULL, NULL);
    start(net, &card);
    assert_int_equal(write(peer, "\0\0\0\0\0\0\0\3abcGET / HTTP", 21), 21);
    await(&card, &card.count, 1);
    assert_memory_equal(card.frame, "abc", 3);
    ssize_t got = read(peer, &byte, 1);
    assert_true(got <= 0);
    host_net_close(net);
    assert_non_null(strstr(card.said, "no frames"));
    close(peer);
    close(listener);
    card_fini(&card);
}

static void wrong_cables_and_taps_are_named(void **state)
{
    struct error err = {0};
    struct notice nobody = {0};
    uint16_t port;
    char address[32];
    (void)state;
    assert_null(host_cable_listen("1234", &nobody, &err));
    assert_non_null(strstr(err.text, "not like"));
    close(listening(&port));
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    assert_null(host_cable_connect(address, &nobody, &err));
    assert_non_null(strstr(err.text, "refused"));
    assert_null(host_tap_open("a-name-longer-than-any-interface", &nobody, &err));
    assert_non_null(strstr(err.text, "a-name"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_user_network_answers),
        cmocka_unit_test(a_full_card_gets_its_frames_later),
        cmocka_unit_test(wrong_user_networks_are_named),
        cmocka_unit_test(a_taken_port_is_named),
        cmocka_unit_test(a_cable_carries_frames_both_ways),
        cmocka_unit_test(a_peer_that_sends_nonsense_is_unplugged),
        cmocka_unit_test(wrong_cables_and_taps_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
