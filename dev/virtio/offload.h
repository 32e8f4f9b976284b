/* dev/virtio/offload.h: what a network card does for TCP: checksums and segmentation. */
#ifndef RIVET_DEV_VIRTIO_OFFLOAD_H
#define RIVET_DEV_VIRTIO_OFFLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OFFLOAD_MAX_FRAME 65562 /* Ethernet header, VLAN tag, and the largest IP packet */

/* Puts the Internet checksum of bytes [start, size) at start + offset, where its seed is. False:
 * that lies outside the frame. */
bool offload_checksum(uint8_t *frame, size_t size, size_t start, size_t offset);

/* Cuts a TCP frame into segments of `segment_size` bytes of payload and hands each, headers and
 * checksums in order, to `send`. False: it is no TCP over IP frame that can be cut; nothing was
 * sent. The frame is used up. */
bool offload_segment(uint8_t *frame, size_t size, size_t segment_size,
                     void (*send)(void *owner, const uint8_t *frame, size_t size), void *owner);

#endif
