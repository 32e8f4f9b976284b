/* monitor/gdb.c: the connection to gdb: bytes to packets and back. */
#include "monitor/gdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "host/tcp.h"

#define PATIENCE_NS (5 * HOST_NS_PER_SECOND) /* a peer that takes nothing for so long is gone */

/* Everything goes out, or the peer is given up. */
static void put(struct gdb *gdb, const char *bytes, size_t count)
{
    while (count && gdb->connection >= 0) {
        struct host_poll_fd room = {.fd = gdb->connection, .write = true};
        size_t taken = 0;
        enum host_write wrote = host_tcp_write(gdb->connection, bytes, count, &taken);
        if (wrote == HOST_WRITE_END ||
            (wrote == HOST_WRITE_LATER && !host_poll_wait(&room, 1, NULL, PATIENCE_NS))) {
            gdb_disconnect(gdb);
            return;
        }
        bytes += taken;
        count -= taken;
    }
}

void gdb_send(struct gdb *gdb, const char *text, size_t length)
{
    struct text packet = {0};
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += (uint8_t)text[i];
    text_put(&packet, "$", 1);
    text_put(&packet, text, length);
    const uint8_t low = (uint8_t)sum;
    text_put(&packet, "#", 1);
    text_hex(&packet, &low, 1);
    put(gdb, packet.bytes, packet.length);
    text_fini(&packet);
}

void gdb_send_text(struct gdb *gdb, const char *text)
{
    gdb_send(gdb, text, strlen(text));
}

static int hex_digit(uint8_t c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    if (!at) return -1;
    return at - digits < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

static void packet_done(struct gdb *gdb)
{
    bool right = gdb->sum_given == (gdb->sum & 0xff) && !gdb->too_long;
    gdb->state = GDB_IDLE;
    if (!gdb->no_ack) put(gdb, right ? "+" : "-", 1);
    if (!right) return;
    gdb->packet[gdb->length] = '\0';
    gdb_packet(gdb, gdb->packet, gdb->length);
}

static void begin(struct gdb *gdb)
{
    gdb->state = GDB_TEXT;
    gdb->length = gdb->sum = gdb->sum_given = 0;
    gdb->too_long = false;
}

static void take_byte(struct gdb *gdb, uint8_t c)
{
    switch (gdb->state) {
    case GDB_IDLE:
        if (c == '$') begin(gdb);
        if (c == 0x03) gdb->interrupted = true;
        break;
    case GDB_TEXT:
        if (c == '#') {
            gdb->state = GDB_SUM1;
        } else if (c == '$') {
            begin(gdb); /* the packet before was cut off */
        } else {
            gdb->sum += c;
            if (gdb->length < GDB_PACKET_MAX)
                gdb->packet[gdb->length++] = (char)c;
            else
                gdb->too_long = true;
        }
        break;
    case GDB_SUM1:
    case GDB_SUM2:
        if (hex_digit(c) < 0) {
            gdb->too_long = true; /* wrong in any case */
            gdb->sum_given = 0;
        }
        gdb->sum_given = gdb->sum_given << 4 | (unsigned)(hex_digit(c) & 15);
        if (gdb->state == GDB_SUM2)
            packet_done(gdb);
        else
            gdb->state = GDB_SUM2;
        break;
    }
}

/* Packets already here, one after the other; each may let the guest run. */
static void take_bytes(struct gdb *gdb)
{
    while (gdb->byte_count && !gdb->mon->quit) {
        gdb->byte_count--;
        take_byte(gdb, gdb->bytes[gdb->byte_at++]);
    }
}

void gdb_feed(struct gdb *gdb, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count && !gdb->mon->quit; i++)
        take_byte(gdb, bytes[i]);
}

static void polls_set(struct gdb *gdb)
{
    gdb->polls[0] = (struct host_poll_fd){.fd = gdb->listener};
    gdb->polls[1] = (struct host_poll_fd){.fd = gdb->connection};
}

void gdb_disconnect(struct gdb *gdb)
{
    host_tcp_close(gdb->connection);
    gdb->connection = -1;
    gdb->state = GDB_IDLE;
    gdb->byte_count = 0;
    for (unsigned i = gdb->mon->stops.count; i-- > 0;)
        if (gdb->mon->stops.list[i]->gdb && !gdb->running)
            stops_remove(&gdb->mon->stops, gdb->mon->stops.list[i]);
    polls_set(gdb);
}

static void stop_guest(struct gdb *gdb)
{
    gdb->mon->console->asked = ASKED_GDB;
    machine_stop(gdb->mon->machine);
}

static void connect_new(struct gdb *gdb)
{
    int fd = host_tcp_accept(gdb->listener);
    if (fd < 0) return;
    if (gdb->connection >= 0) {
        host_tcp_close(fd); /* one at a time */
        return;
    }
    gdb->connection = fd;
    gdb->no_ack = gdb->physical = gdb->interrupted = false;
    gdb->state = GDB_IDLE;
    gdb->hart = gdb->mon->hart;
    polls_set(gdb);
    if (gdb->mon->running) stop_guest(gdb); /* gdb takes a target it connects to for stopped */
}

static bool read_more(struct gdb *gdb)
{
    size_t got;
    if (gdb->byte_count) return true;
    switch (host_tcp_read(gdb->connection, gdb->bytes, sizeof gdb->bytes, &got)) {
    case HOST_READ_SOME:
        gdb->byte_at = 0;
        gdb->byte_count = got;
        return true;
    case HOST_READ_LATER:
        return false;
    case HOST_READ_END:
        gdb_disconnect(gdb);
    }
    return false;
}

/* Something came. While the guest runs a packet waits until it has stopped. */
static void ready(void *owner)
{
    struct gdb *gdb = owner;
    if (gdb->polls[0].ready) connect_new(gdb);
    if (!gdb->polls[1].ready || gdb->connection < 0 || !read_more(gdb)) return;
    if (!gdb->mon->running) {
        take_bytes(gdb);
    } else if (gdb->running) {
        while (gdb->byte_count && gdb->bytes[gdb->byte_at] != '$') {
            if (gdb->bytes[gdb->byte_at] == 0x03) {
                gdb->interrupted = true;
                stop_guest(gdb);
            }
            gdb->byte_at++;
            gdb->byte_count--;
        }
        if (gdb->byte_count) stop_guest(gdb);
    } else {
        stop_guest(gdb);
    }
}

bool gdb_connected(const struct monitor *mon)
{
    return mon->gdb && mon->gdb->connection >= 0;
}

bool gdb_listen(struct monitor *mon, const char *place, struct error *err)
{
    char host[256];
    const char *colon = strrchr(place, ':');
    if (!colon || (size_t)(colon - place) >= sizeof host)
        return error_set(err, "-gdb %s: not [HOST]:PORT", place);
    snprintf(host, sizeof host, "%.*s", (int)(colon - place), place);
    struct gdb *gdb = calloc(1, sizeof *gdb);
    if (!gdb) return error_set(err, "-gdb: out of host memory");
    gdb->mon = mon;
    gdb->connection = -1;
    gdb->listener = host_tcp_listen(host, colon + 1, err);
    if (gdb->listener < 0) {
        free(gdb);
        return false;
    }
    polls_set(gdb);
    mon->gdb = gdb;
    mon->console->more = gdb->polls;
    mon->console->more_count = 2;
    mon->console->more_ready = ready;
    mon->console->more_owner = gdb;
    return true;
}

void gdb_close(struct monitor *mon)
{
    if (!mon->gdb) return;
    host_tcp_close(mon->gdb->connection);
    host_tcp_close(mon->gdb->listener);
    mon->console->more_count = 0;
    free(mon->gdb);
    mon->gdb = NULL;
}
