/* tests/lockstep/peer/gdb.c: gdb's remote serial protocol, from the debugger's side.
 *
 *      $ payload # two hex digits: the sum of the payload's bytes
 *
 * Registers are numbered by the target description (qXfer:features:read), in the order in which its
 * files name them unless one says regnum.
 */
#include "tests/lockstep/peer/gdb.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bits.h"

#define PACKET_MAX    4096
#define REGISTERS_MAX 4600

struct gdb_register {
    char name[24];
    unsigned number, bytes;
};

struct gdb {
    int fd;
    bool dead;
    char in[PACKET_MAX]; /* bytes received, not yet looked at */
    size_t in_used, in_at;
    char packet[PACKET_MAX + 8];
    struct gdb_register registers[REGISTERS_MAX];
    unsigned register_count, next_number, core_bytes;
};

static int connect_unix(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof name.sun_path) return -1;
    strcpy(name.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&name, sizeof name) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static int connect_tcp(const char *address)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (!colon || (size_t)(colon - address) >= sizeof host) return -1;
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    if (getaddrinfo(*host ? host : "localhost", colon + 1, &hints, &found) != 0) return -1;
    int fd = -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd < 0 || connect(fd, a->ai_addr, a->ai_addrlen) == 0) continue;
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static int receive_byte(struct gdb *g)
{
    if (g->in_at == g->in_used) {
        ssize_t got = read(g->fd, g->in, sizeof g->in);
        if (got <= 0) return -1;
        g->in_used = (size_t)got;
        g->in_at = 0;
    }
    return (unsigned char)g->in[g->in_at++];
}

static bool send_packet(struct gdb *g, const char *payload)
{
    size_t length = strlen(payload);
    unsigned char sum = 0;
    if (length > PACKET_MAX) return false;
    for (size_t i = 0; i < length; i++)
        sum += (unsigned char)payload[i];
    length = (size_t)snprintf(g->packet, sizeof g->packet, "$%s#%02x", payload, sum);
    for (size_t sent = 0; sent < length;) {
        ssize_t n = write(g->fd, g->packet + sent, length - sent);
        if (n <= 0) return false;
        sent += (size_t)n;
    }
    return true;
}

/* Into g->packet, terminated. '}' escapes a byte; acknowledgements are skipped. */
static bool receive_packet(struct gdb *g)
{
    int c;
    size_t length = 0;
    do
        c = receive_byte(g);
    while (c == '+');
    if (c != '$') return false;
    while ((c = receive_byte(g)) != '#') {
        if (c == '}') c = receive_byte(g) ^ 0x20;
        if (c < 0 || length == PACKET_MAX) return false;
        g->packet[length++] = (char)c;
    }
    g->packet[length] = '\0';
    return receive_byte(g) >= 0 && receive_byte(g) >= 0;
}

/* The answer stands in g->packet. False also when it is an error, or empty. */
static bool ask(struct gdb *g, const char *payload)
{
    g->dead = g->dead || !send_packet(g, payload) || !receive_packet(g);
    if (g->dead) return false;
    bool error = g->packet[0] == 'E' && strlen(g->packet) == 3;
    return !error && g->packet[0] != '\0';
}

static bool hex_get(const char *text, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) return false;
        bytes[i] = (uint8_t)byte;
    }
    return true;
}

static void hex_put(char *text, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

/* The value of attribute `name` of the XML element at `element`, "" for none. */
static void attribute(const char *element, const char *name, char *value, size_t size)
{
    char key[24];
    const char *end = strchr(element, '>');
    snprintf(key, sizeof key, " %s=\"", name);
    const char *at = strstr(element, key);
    *value = '\0';
    if (!at || !end || at > end) return;
    at += strlen(key);
    snprintf(value, size, "%.*s", (int)strcspn(at, "\""), at);
}

static char *feature_file(struct gdb *g, const char *name)
{
    char command[128];
    char *text = NULL;
    size_t used = 0;
    for (;;) {
        snprintf(command, sizeof command, "qXfer:features:read:%s:%zx,7f0", name, used);
        if (!ask(g, command)) break;
        size_t length = strlen(g->packet) - 1;
        char *longer = realloc(text, used + length + 1);
        if (!longer) break;
        text = longer;
        memcpy(text + used, g->packet + 1, length + 1);
        used += length;
        if (g->packet[0] == 'l') return text;
    }
    free(text);
    return NULL;
}

static void describe_register(struct gdb *g, const char *element)
{
    char number[16], bits[16];
    if (g->register_count == REGISTERS_MAX) return;
    struct gdb_register *r = &g->registers[g->register_count++];
    attribute(element, "name", r->name, sizeof r->name);
    attribute(element, "regnum", number, sizeof number);
    attribute(element, "bitsize", bits, sizeof bits);
    if (*number) g->next_number = (unsigned)strtoul(number, NULL, 10);
    r->number = g->next_number++;
    r->bytes = (unsigned)strtoul(bits, NULL, 10) / 8;
}

/* Registers of a file and of those it includes, in their order. */
static bool describe(struct gdb *g, const char *name)
{
    char *text = feature_file(g, name);
    if (!text) return false;
    bool complete = true;
    for (const char *at = text; (at = strchr(at, '<')) && complete; at++) {
        char href[64];
        if (strncmp(at, "<reg ", 5) == 0) describe_register(g, at);
        if (strncmp(at, "<xi:include", 11) != 0) continue;
        attribute(at, "href", href, sizeof href);
        complete = describe(g, href);
    }
    free(text);
    return complete;
}

struct gdb *gdb_connect(const char *address, struct error *err)
{
    struct gdb *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    bool is_unix = strncmp(address, "unix:", 5) == 0;
    g->fd = is_unix ? connect_unix(address + 5) : connect_tcp(address);
    if (g->fd < 0) {
        error_set(err, "%s: nobody answers", address);
        free(g);
        return NULL;
    }
    if (!ask(g, "qSupported:xmlRegisters=riscv") || !describe(g, "target.xml")) {
        error_set(err, "%s: no target description", address);
        gdb_close(g);
        return NULL;
    }
    if (ask(g, "QStartNoAckMode") && strcmp(g->packet, "OK") == 0 && write(g->fd, "+", 1) != 1) {
        gdb_close(g);
        return NULL;
    }
    g->core_bytes = g->registers[0].bytes;
    return g;
}

void gdb_close(struct gdb *g)
{
    if (!g) return;
    close(g->fd);
    free(g);
}

bool gdb_alive(const struct gdb *g)
{
    return !g->dead;
}

static const struct gdb_register *find(const struct gdb *g, const char *name)
{
    for (unsigned i = 0; i < g->register_count; i++)
        if (strcmp(g->registers[i].name, name) == 0) return &g->registers[i];
    return NULL;
}

bool gdb_has_register(const struct gdb *g, const char *name)
{
    return find(g, name) != NULL;
}

void gdb_expect_csr(struct gdb *g, const char *name, unsigned number)
{
    const struct gdb_register *mstatus = find(g, "mstatus");
    if (!mstatus || find(g, name) || g->register_count == REGISTERS_MAX) return;
    struct gdb_register *r = &g->registers[g->register_count++];
    *r = (struct gdb_register){.number = mstatus->number - 0x300 + number, .bytes = mstatus->bytes};
    snprintf(r->name, sizeof r->name, "%s", name);
}

bool gdb_read_register(struct gdb *g, const char *name, uint64_t *value)
{
    const struct gdb_register *r = find(g, name);
    char command[16];
    uint8_t bytes[8] = {0};
    if (!r || r->bytes > 8) return false;
    snprintf(command, sizeof command, "p%x", r->number);
    if (!ask(g, command) || strlen(g->packet) < 2 * r->bytes) return false;
    if (!hex_get(g->packet, bytes, r->bytes)) return false;
    *value = load_le(bytes, 8);
    return true;
}

bool gdb_write_register(struct gdb *g, const char *name, uint64_t value)
{
    const struct gdb_register *r = find(g, name);
    char command[64];
    uint8_t bytes[8];
    if (!r || r->bytes > 8) return false;
    store_le(bytes, 8, value);
    int length = snprintf(command, sizeof command, "P%x=", r->number);
    hex_put(command + length, bytes, r->bytes);
    return ask(g, command);
}

bool gdb_read_core(struct gdb *g, uint64_t values[33])
{
    unsigned size = g->core_bytes;
    if (!ask(g, "g") || strlen(g->packet) < (size_t)2 * 33 * size) return false;
    for (unsigned i = 0; i < 33; i++) {
        uint8_t bytes[8] = {0};
        if (!hex_get(g->packet + (size_t)2 * i * size, bytes, size)) return false;
        values[i] = load_le(bytes, 8);
    }
    return true;
}

#define CHUNK 0x780u /* fits a packet as hex */

bool gdb_read_memory(struct gdb *g, uint64_t address, uint8_t *bytes, size_t size)
{
    char command[64];
    for (size_t at = 0, n; at < size; at += n) {
        n = size - at < CHUNK ? size - at : CHUNK;
        snprintf(command, sizeof command, "m%llx,%zx", (unsigned long long)(address + at), n);
        if (!ask(g, command) || strlen(g->packet) != 2 * n) return false;
        if (!hex_get(g->packet, bytes + at, n)) return false;
    }
    return true;
}

bool gdb_write_memory(struct gdb *g, uint64_t address, const uint8_t *bytes, size_t size)
{
    char command[PACKET_MAX];
    for (size_t at = 0, n; at < size; at += n) {
        n = size - at < CHUNK ? size - at : CHUNK;
        int length =
            snprintf(command, sizeof command, "M%llx,%zx:", (unsigned long long)(address + at), n);
        hex_put(command + length, bytes + at, n);
        if (!ask(g, command)) return false;
    }
    return true;
}

bool gdb_step(struct gdb *g)
{
    return ask(g, "s") && (g->packet[0] == 'T' || g->packet[0] == 'S');
}

void gdb_physical(struct gdb *g, bool on)
{
    (void)ask(g, on ? "Qqemu.PhyMemMode:1" : "Qqemu.PhyMemMode:0");
}

void gdb_step_interrupts(struct gdb *g)
{
    (void)ask(g, "Qqemu.sstep=0x1");
}
