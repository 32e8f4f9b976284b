/* host/slirp.c: user-mode network through libslirp: the guest's connections are this process's.
 *
 * libslirp is a small router that needs no rights: 10.0.2.2 is the host, 10.0.2.3 answers DNS
 * questions as the host would, 10.0.2.15 and up are given out by DHCP. It keeps no thread and no
 * clock: both are here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <slirp/libslirp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/net_kind.h"

#define MTU          9000 /* frames cost a guest far more than bytes do */
#define POLL_STEP    64
#define NEVER        INT64_MAX
#define PREFIX6      "fec0::"
#define PREFIX6_BITS 64

struct slirp_timer {
    SlirpTimerCb run;
    void *argument;
    int64_t due_ms;
    struct slirp_timer *next;
};

struct slirp_net {
    struct host_net net;
    Slirp *slirp;
    struct slirp_timer *timers; /* owned */
    struct pollfd *polled;      /* owned: what slirp waits for, and the waker at 0 */
    unsigned count, capacity;
};

static struct slirp_net *slirp_of(struct host_net *net)
{
    return (struct slirp_net *)net;
}

/* ---- what slirp asks for ---- */

static ssize_t send_packet(const void *bytes, size_t size, void *owner)
{
    host_net_receive(owner, bytes, size);
    return (ssize_t)size;
}

static void guest_error(const char *text, void *owner)
{
    (void)text, (void)owner; /* a guest may send nonsense as often as it likes */
}

static int64_t clock_get_ns(void *owner)
{
    (void)owner;
    return (int64_t)host_now_ns();
}

static void *timer_new(SlirpTimerCb run, void *argument, void *owner)
{
    struct slirp_net *self = owner;
    struct slirp_timer *timer = calloc(1, sizeof *timer);
    if (!timer) return NULL;
    *timer = (struct slirp_timer){run, argument, NEVER, self->timers};
    return self->timers = timer;
}

static void timer_free(void *timer, void *owner)
{
    struct slirp_net *self = owner;
    for (struct slirp_timer **at = &self->timers; *at; at = &(*at)->next) {
        if (*at != timer) continue;
        *at = (*at)->next;
        break;
    }
    free(timer);
}

static void timer_mod(void *timer, int64_t due_ms, void *owner)
{
    (void)owner;
    if (timer) ((struct slirp_timer *)timer)->due_ms = due_ms;
}

static void poll_fd_changed(int fd, void *owner)
{
    (void)fd, (void)owner; /* all are asked for anew at each turn */
}

static void notify(void *owner)
{
    (void)owner; /* slirp runs only on the thread that would be told */
}

static const SlirpCb callbacks = {
    .send_packet = send_packet,
    .guest_error = guest_error,
    .clock_get_ns = clock_get_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = poll_fd_changed,
    .unregister_poll_fd = poll_fd_changed,
    .notify = notify,
};

/* ---- a turn ---- */

static const struct {
    int slirp;
    short host;
} events[] = {
    {SLIRP_POLL_IN, POLLIN},   {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
    {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};

#define EVENTS (sizeof events / sizeof events[0])

static int add_poll(int fd, int wanted, void *owner)
{
    struct slirp_net *self = owner;
    if (self->count == self->capacity) {
        struct pollfd *grown =
            realloc(self->polled, (self->capacity + POLL_STEP) * sizeof *self->polled);
        if (!grown) return -1;
        self->polled = grown;
        self->capacity += POLL_STEP;
    }
    struct pollfd *item = &self->polled[self->count];
    *item = (struct pollfd){.fd = fd};
    for (unsigned i = 0; i < EVENTS; i++)
        if (wanted & events[i].slirp) item->events |= events[i].host;
    return (int)self->count++;
}

static int get_revents(int index, void *owner)
{
    const struct slirp_net *self = owner;
    int got = 0;
    for (unsigned i = 0; index >= 0 && i < EVENTS; i++)
        if (self->polled[index].revents & events[i].host) got |= events[i].slirp;
    return got;
}

static int timeout_ms(const struct slirp_net *self, uint32_t wanted)
{
    int64_t now_ms = (int64_t)(host_now_ns() / 1000000), timeout = wanted;
    if (wanted == UINT32_MAX) timeout = NEVER;
    for (const struct slirp_timer *timer = self->timers; timer; timer = timer->next)
        if (timer->due_ms != NEVER && timer->due_ms - now_ms < timeout)
            timeout = timer->due_ms - now_ms;
    return timeout == NEVER ? -1 : timeout < 0 ? 0 : timeout > 1000000 ? 1000000 : (int)timeout;
}

static void run_timers(struct slirp_net *self)
{
    int64_t now_ms = (int64_t)(host_now_ns() / 1000000);
    for (struct slirp_timer *timer = self->timers; timer; timer = timer->next) {
        if (timer->due_ms > now_ms) continue;
        timer->due_ms = NEVER;
        timer->run(timer->argument);
        return; /* the list may have changed; the others' time comes next turn */
    }
}

static void slirp_turn(struct host_net *net, bool listen)
{
    struct slirp_net *self = slirp_of(net);
    uint32_t wanted = UINT32_MAX;
    self->count = 0;
    if (add_poll(net->waker.read_fd, SLIRP_POLL_IN, self) < 0) return;
    if (listen) slirp_pollfds_fill(self->slirp, &wanted, add_poll, self);
    int ready = poll(self->polled, self->count, listen ? timeout_ms(self, wanted) : -1);
    if (ready < 0 && errno == EINTR) return;
    if (ready > 0 && self->polled[0].revents) host_poll_wait(NULL, 0, &net->waker, 0);
    if (!listen) return;
    slirp_pollfds_poll(self->slirp, ready < 0, get_revents, self);
    run_timers(self);
}

static void slirp_send(struct host_net *net, const uint8_t *frame, size_t size)
{
    slirp_input(slirp_of(net)->slirp, frame, (int)size);
}

static void slirp_destroy(struct host_net *net)
{
    struct slirp_net *self = slirp_of(net);
    if (self->slirp) slirp_cleanup(self->slirp);
    while (self->timers)
        timer_free(self->timers, self);
    free(self->polled);
    host_net_fini(net);
    free(self);
}

static const struct host_net_kind slirp_kind = {
    .name = "slirp", .send = slirp_send, .turn = slirp_turn, .destroy = slirp_destroy};

/* ---- opening ---- */

static bool parse_address(const char *what, const char *text, struct in_addr *address,
                          struct error *err)
{
    return !text || inet_pton(AF_INET, text, address) == 1 ||
           error_set(err, "%s=%s: not an address like 10.0.2.2", what, text);
}

/* "10.0.2.0/24", "10.0.2.0": a network; the others lie where they do in 10.0.2.0/24. */
static bool parse_net(const char *text, SlirpConfig *config, struct error *err)
{
    char address[32];
    unsigned bits = 24, used = 0;
    if (!text) text = "10.0.2.0/24";
    snprintf(address, sizeof address, "%.*s", (int)strcspn(text, "/"), text);
    const char *slash = strchr(text, '/');
    if (slash && (sscanf(slash, "/%u%n", &bits, (int *)&used) != 1 || slash[used])) bits = 0;
    if (bits < 8 || bits > 28 || inet_pton(AF_INET, address, &config->vnetwork) != 1)
        return error_set(err, "net=%s: not a network like 10.0.2.0/24, of 8 to 28 bits", text);
    uint32_t mask = 0xffffffffu << (32 - bits);
    uint32_t network = ntohl(config->vnetwork.s_addr) & mask;
    config->vnetmask.s_addr = htonl(mask);
    config->vnetwork.s_addr = htonl(network);
    config->vhost.s_addr = htonl(network + 2);
    config->vnameserver.s_addr = htonl(network + 3);
    config->vdhcp_start.s_addr = htonl(network + (bits > 27 ? 4 : 15));
    return true;
}

static bool configure(const struct host_slirp_options *options, SlirpConfig *config,
                      struct error *err)
{
    *config = (SlirpConfig){
        .version = 1,
        .restricted = options->restricted,
        .in_enabled = !options->no_ipv4,
        .in6_enabled = !options->no_ipv6,
        .vprefix_len = PREFIX6_BITS,
        .vhostname = options->hostname,
        .vdomainname = options->domainname,
        .tftp_path = options->tftp,
        .bootfile = options->bootfile,
        .if_mtu = MTU,
        .if_mru = MTU,
    };
    inet_pton(AF_INET6, PREFIX6, &config->vprefix_addr6);
    inet_pton(AF_INET6, PREFIX6 "2", &config->vhost6);
    inet_pton(AF_INET6, PREFIX6 "3", &config->vnameserver6);
    return parse_net(options->net, config, err) &&
           parse_address("host", options->host, &config->vhost, err) &&
           parse_address("dns", options->dns, &config->vnameserver, err) &&
           parse_address("dhcpstart", options->dhcpstart, &config->vdhcp_start, err);
}

/* "10.0.2.15:22": an address, which may be missing, and a port. */
static bool parse_end(const char *text, size_t length, struct in_addr *address, unsigned *port)
{
    char copy[64];
    char *end;
    if (length >= sizeof copy) return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *colon = strrchr(copy, ':');
    if (!colon) return false;
    *colon = '\0';
    unsigned long number = strtoul(colon + 1, &end, 10);
    *port = (unsigned)number;
    address->s_addr = INADDR_ANY;
    return colon[1] >= '0' && colon[1] <= '9' && !*end && number <= 65535 &&
           (!*copy || inet_pton(AF_INET, copy, address) == 1);
}

/* "tcp:[ADDRESS]:PORT-[ADDRESS]:PORT"; without a protocol it is tcp. */
static bool add_forward(Slirp *slirp, const char *text, struct error *err)
{
    const char *from = strchr(text, ':'), *dash = from ? strchr(from, '-') : NULL;
    struct in_addr host, guest;
    unsigned host_port, guest_port;
    bool udp = strncasecmp(text, "udp:", 4) == 0;
    if (!dash || (from != text && strncasecmp(text, "tcp:", 4) != 0 && !udp) ||
        !parse_end(from + 1, (size_t)(dash - from - 1), &host, &host_port) ||
        !parse_end(dash + 1, strlen(dash + 1), &guest, &guest_port) || guest_port == 0)
        return error_set(err, "hostfwd=%s: not like tcp::2222-:22", text);
    if (slirp_add_hostfwd(slirp, udp, host, (int)host_port, guest, (int)guest_port) == 0)
        return true;
    return error_set(err, "hostfwd=%s: port %u of the host: %s", text, host_port, strerror(errno));
}

static bool slirp_setup(struct slirp_net *self, const struct host_slirp_options *options,
                        struct error *err)
{
    SlirpConfig config;
    if (!configure(options, &config, err)) return false;
    self->slirp = slirp_new(&config, &callbacks, self);
    if (!self->slirp) return error_set(err, "user network: libslirp refused the configuration");
    for (unsigned i = 0; i < options->forward_count; i++)
        if (!add_forward(self->slirp, options->forwards[i], err)) return false;
    self->net.mtu = MTU;
    return true;
}

struct host_net *host_slirp_open(const struct host_slirp_options *options, struct error *err)
{
    struct slirp_net *self = calloc(1, sizeof *self);
    if (!self) {
        error_set(err, "user network: out of memory");
        return NULL;
    }
    if (!host_net_init(&self->net, &slirp_kind, &options->notice, err)) {
        free(self);
        return NULL;
    }
    if (slirp_setup(self, options, err)) return &self->net;
    slirp_destroy(&self->net);
    return NULL;
}
