/* dev/virtio/offload.c: what a network card does for TCP: checksums and segmentation.
 *
 *    +----------+-----------------------+------------------+----------------------+
 *    | Ethernet | IPv4 (20..60) or IPv6 |  TCP (20..60)    |  payload             |
 *    | 14       | 40                    |                  |                      |
 *    +----------+-----------------------+------------------+----------------------+
 *
 * Each segment gets a copy of the headers with its own lengths, IPv4 identification, sequence
 * number and checksums. The headers move through the frame: a segment's are laid over the end of
 * the payload before it, which is sent already, so that nothing is copied but headers.
 */
#include "dev/virtio/offload.h"

#include <string.h>

#define ETHERNET_BYTES 14
#define IPV6_BYTES     40
#define TCP_MIN_BYTES  20
#define MAX_HEADERS    (ETHERNET_BYTES + 60 + 60)
#define PROTOCOL_TCP   6

enum { TCP_FIN = 0x01, TCP_PSH = 0x08, TCP_CWR = 0x80 };

struct tcp_frame {
    bool ipv6;
    size_t ip, tcp, payload; /* offsets */
    uint8_t headers[MAX_HEADERS];
};

static uint16_t be16_get(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void be16_put(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint32_t be32_get(const uint8_t *at)
{
    return (uint32_t)be16_get(at) << 16 | be16_get(at + 2);
}

static void be32_put(uint8_t *at, uint32_t value)
{
    be16_put(at, value >> 16);
    be16_put(at + 2, value);
}

/* Adds 16-bit big-endian words; an odd last byte counts as a high one (RFC 1071). The sum is kept
 * in host order of 32-bit words, which the folding makes no difference to. */
static uint64_t sum_add(uint64_t sum, const uint8_t *bytes, size_t size)
{
    for (; size >= 4; bytes += 4, size -= 4)
        sum += be32_get(bytes);
    if (size >= 2) sum += be16_get(bytes);
    if (size & 1) sum += (uint64_t)bytes[size - 1] << 8;
    return sum;
}

static uint16_t sum_fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

bool offload_checksum(uint8_t *frame, size_t size, size_t start, size_t offset)
{
    if (start > size || offset + 2 > size - start) return false;
    uint16_t sum = sum_fold(sum_add(0, frame + start, size - start));
    /* RFC 768: UDP sends all ones for a sum of zero; for TCP the two mean the same. */
    be16_put(frame + start + offset, sum ? sum : 0xffff);
    return true;
}

/* Finds the headers. Options of IPv6 and VLAN tags are not offered to the guest as segmentable. */
static bool tcp_parse(struct tcp_frame *tcp, const uint8_t *frame, size_t size)
{
    if (size < ETHERNET_BYTES + IPV6_BYTES) return false;
    uint16_t type = be16_get(frame + 12);
    const uint8_t *ip = frame + ETHERNET_BYTES;
    tcp->ip = ETHERNET_BYTES;
    tcp->ipv6 = type == 0x86dd;
    if (tcp->ipv6) {
        if (ip[0] >> 4 != 6 || ip[6] != PROTOCOL_TCP) return false;
        tcp->tcp = tcp->ip + IPV6_BYTES;
    } else {
        size_t bytes = 4u * (ip[0] & 0xf);
        if (type != 0x0800 || ip[0] >> 4 != 4 || bytes < 20 || ip[9] != PROTOCOL_TCP) return false;
        tcp->tcp = tcp->ip + bytes;
    }
    if (size < tcp->tcp + TCP_MIN_BYTES) return false;
    size_t bytes = 4u * (frame[tcp->tcp + 12] >> 4);
    tcp->payload = tcp->tcp + bytes;
    if (bytes < TCP_MIN_BYTES || tcp->payload > size) return false;
    memcpy(tcp->headers, frame, tcp->payload);
    return true;
}

static void ip_finish(const struct tcp_frame *tcp, uint8_t *frame, size_t size, uint32_t number)
{
    uint8_t *ip = frame + tcp->ip;
    if (tcp->ipv6) {
        be16_put(ip + 4, (uint32_t)(size - tcp->tcp));
        return;
    }
    be16_put(ip + 2, (uint32_t)(size - tcp->ip));
    be16_put(ip + 4, be16_get(ip + 4) + number);
    be16_put(ip + 10, 0);
    be16_put(ip + 10, sum_fold(sum_add(0, ip, tcp->tcp - tcp->ip)));
}

static void tcp_finish(const struct tcp_frame *tcp, uint8_t *frame, size_t size, size_t done,
                       bool last)
{
    uint8_t *header = frame + tcp->tcp;
    size_t bytes = size - tcp->tcp;
    be32_put(header + 4, be32_get(header + 4) + (uint32_t)done);
    if (!last) header[13] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (done) header[13] &= (uint8_t)~TCP_CWR;
    be16_put(header + 16, 0);
    /* The pseudo-header: addresses, protocol, length. */
    const uint8_t *addresses = frame + tcp->ip + (tcp->ipv6 ? 8 : 12);
    uint64_t sum = sum_add(PROTOCOL_TCP + bytes, addresses, tcp->ipv6 ? 32 : 8);
    be16_put(header + 16, sum_fold(sum_add(sum, header, bytes)));
}

bool offload_segment(uint8_t *frame, size_t size, size_t segment_size,
                     void (*send)(void *owner, const uint8_t *frame, size_t size), void *owner)
{
    struct tcp_frame tcp;
    if (segment_size == 0 || !tcp_parse(&tcp, frame, size)) return false;
    size_t payload = size - tcp.payload, done = 0;
    uint32_t number = 0;
    do {
        size_t part = payload - done < segment_size ? payload - done : segment_size;
        uint8_t *segment = frame + done;
        memcpy(segment, tcp.headers, tcp.payload);
        ip_finish(&tcp, segment, tcp.payload + part, number++);
        tcp_finish(&tcp, segment, tcp.payload + part, done, done + part == payload);
        send(owner, segment, tcp.payload + part);
        done += part;
    } while (done < payload);
    return true;
}
