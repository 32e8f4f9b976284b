/* machine/netdev.c: -netdev: a network of the host, by name; one row a kind. */
#include "machine/netdev.h"

#include <string.h>

#include "base/bits.h"

#define COMMON_ROWS                                                                                \
    {"type", PROPERTY_NONE, 0, NULL},                                                              \
    {                                                                                              \
        "id", PROPERTY_NONE, 0, NULL                                                               \
    }
#define LAST_ROW                                                                                   \
    {                                                                                              \
        NULL, PROPERTY_NONE, 0, NULL                                                               \
    }

/* ---- user ---- */

struct user {
    struct host_slirp_options slirp;
    bool ipv4, ipv6;
    struct property_list forwards;
};

#define SLIRP(member) offsetof(struct user, slirp.member)

/* clang-format off */
static const struct property_row user_rows[] = {
    COMMON_ROWS,
    {"hostfwd",    PROPERTY_LIST,   offsetof(struct user, forwards), NULL},
    {"restrict",   PROPERTY_SWITCH, SLIRP(restricted), NULL},
    {"ipv4",       PROPERTY_SWITCH, offsetof(struct user, ipv4), NULL},
    {"ipv6",       PROPERTY_SWITCH, offsetof(struct user, ipv6), NULL},
    {"net",        PROPERTY_TEXT,   SLIRP(net), NULL},
    {"host",       PROPERTY_TEXT,   SLIRP(host), NULL},
    {"dns",        PROPERTY_TEXT,   SLIRP(dns), NULL},
    {"dhcpstart",  PROPERTY_TEXT,   SLIRP(dhcpstart), NULL},
    {"hostname",   PROPERTY_TEXT,   SLIRP(hostname), NULL},
    {"domainname", PROPERTY_TEXT,   SLIRP(domainname), NULL},
    {"tftp",       PROPERTY_TEXT,   SLIRP(tftp), NULL},
    {"bootfile",   PROPERTY_TEXT,   SLIRP(bootfile), NULL},
    LAST_ROW,
};
/* clang-format on */

static struct host_net *open_user(const struct properties *properties, const struct notice *notice,
                                  struct error *err)
{
    struct user user = {.ipv4 = true, .ipv6 = true};
    if (!properties_fill(properties, user_rows, &user, err)) return NULL;
    user.slirp.no_ipv4 = !user.ipv4;
    user.slirp.no_ipv6 = !user.ipv6;
    user.slirp.forwards = user.forwards.items;
    user.slirp.forward_count = user.forwards.count;
    user.slirp.notice = *notice;
    return host_slirp_open(&user.slirp, err);
}

/* ---- socket ---- */

struct socket_ends {
    const char *listen, *connect;
};

static const struct property_row socket_rows[] = {
    COMMON_ROWS,
    {"listen", PROPERTY_TEXT, offsetof(struct socket_ends, listen), NULL},
    {"connect", PROPERTY_TEXT, offsetof(struct socket_ends, connect), NULL},
    LAST_ROW,
};

static struct host_net *open_socket(const struct properties *properties,
                                    const struct notice *notice, struct error *err)
{
    struct socket_ends ends = {0};
    if (!properties_fill(properties, socket_rows, &ends, err)) return NULL;
    if (!ends.listen == !ends.connect) {
        error_set(err, "wants either listen=[HOST]:PORT or connect=HOST:PORT");
        return NULL;
    }
    return ends.listen ? host_cable_listen(ends.listen, notice, err)
                       : host_cable_connect(ends.connect, notice, err);
}

/* ---- tap ---- */

struct tap_names {
    const char *ifname;
    unsigned script, downscript;
};

static const struct property_row tap_rows[] = {
    COMMON_ROWS,
    {"ifname", PROPERTY_TEXT, offsetof(struct tap_names, ifname), NULL},
    {"script", PROPERTY_CHOICE, offsetof(struct tap_names, script), "no"},
    {"downscript", PROPERTY_CHOICE, offsetof(struct tap_names, downscript), "no"},
    LAST_ROW,
};

static struct host_net *open_tap(const struct properties *properties, const struct notice *notice,
                                 struct error *err)
{
    struct tap_names names = {.ifname = "tap0"};
    if (!properties_fill(properties, tap_rows, &names, err)) return NULL;
    return host_tap_open(names.ifname, notice, err);
}

static const struct {
    const char *type;
    struct host_net *(*open)(const struct properties *, const struct notice *, struct error *err);
} kinds[] = {
    {"user", open_user},
    {"socket", open_socket},
    {"tap", open_tap},
};

static bool open_kind(struct netdev *netdev, const struct notice *notice, struct error *err)
{
    const char *type = properties_get(&netdev->properties, "type");
    struct error reason = {0};
    netdev->id = properties_get(&netdev->properties, "id");
    if (!netdev->id)
        return error_set(err, "-netdev %s: needs id=NAME, by which a -device takes it",
                         netdev->properties.whole);
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (!type || strcmp(kinds[i].type, type) != 0) continue;
        netdev->net = kinds[i].open(&netdev->properties, notice, &reason);
        if (netdev->net) return true;
        if (strncmp(reason.text, "-netdev", 7) == 0) return error_set(err, "%s", reason.text);
        return error_set(err, "-netdev %s: %s", netdev->properties.whole, reason.text);
    }
    return error_set(err, "-netdev %s: no such network; there are user, socket and tap",
                     netdev->properties.whole);
}

bool netdev_open(struct netdev *netdev, const char *text, const struct notice *notice,
                 struct error *err)
{
    *netdev = (struct netdev){0};
    if (!properties_parse(&netdev->properties, "-netdev", text, "type", err)) return false;
    if (open_kind(netdev, notice, err)) return true;
    netdev_fini(netdev);
    return false;
}

void netdev_fini(struct netdev *netdev)
{
    host_net_close(netdev->net);
    properties_fini(&netdev->properties);
    *netdev = (struct netdev){0};
}
