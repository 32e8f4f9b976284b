/* monitor/gdb.h: gdb's remote protocol (gdb's manual, "Remote Serial Protocol").
 *
 *      $ text # two hex digits: the sum of the text's bytes, modulo 256
 *
 * Each packet is answered by + (unless agreed otherwise) and by a packet. A byte 0x03 outside of
 * packets asks a running guest to stop. Harts are threads 1, 2... Breakpoints are the monitor's
 * own: nothing is written to the guest's memory, so they hold where nothing is mapped yet.
 */
#ifndef RIVET_MONITOR_GDB_H
#define RIVET_MONITOR_GDB_H

#include "host/poll.h"
#include "monitor/monitor.h"
#include "monitor/move.h"

#define GDB_PACKET_MAX 16384

struct gdb {
    struct monitor *mon;
    int listener, connection; /* -1: none */
    struct host_poll_fd polls[2];
    bool no_ack;
    bool running;     /* inside a packet that lets the guest run */
    bool interrupted; /* 0x03 came meanwhile */
    bool physical;    /* memory packets are about physical addresses */
    unsigned hart;    /* of g, m and their kind */
    /* The packet being received. */
    enum { GDB_IDLE, GDB_TEXT, GDB_SUM1, GDB_SUM2 } state;
    bool too_long;
    char packet[GDB_PACKET_MAX + 1];
    size_t length;
    unsigned sum, sum_given;
    /* Bytes read and not yet looked at. */
    uint8_t bytes[4096];
    size_t byte_at, byte_count;
};

/* Waits for gdb at "[HOST]:PORT"; without HOST, on the loopback. */
bool gdb_listen(struct monitor *, const char *place, struct error *err);
void gdb_close(struct monitor *);

/* True while gdb is connected. */
bool gdb_connected(const struct monitor *);

/* Looks at bytes as if they had come from gdb: for tests. Answers go to `connection`. */
void gdb_feed(struct gdb *, const uint8_t *bytes, size_t count);

/* --- between gdb.c, gdb_packet.c and gdb_registers.c --- */

/* Sends a packet. */
void gdb_send(struct gdb *, const char *text, size_t length);
void gdb_send_text(struct gdb *, const char *text);
void gdb_disconnect(struct gdb *);

/* Handles one packet, NUL-terminated; `length` counts without the NUL. */
void gdb_packet(struct gdb *, char *packet, size_t length);

/* The hart's registers by gdb's numbers. Hex, as long as the register is; false: there is none. */
bool gdb_register_get(struct gdb *, unsigned number, struct text *hex);
/* False: none such, or the value is no hex number of its size; then nothing was written. */
bool gdb_register_set(struct gdb *, unsigned number, const char *hex);
void gdb_description(struct gdb *, struct text *xml);

#endif
