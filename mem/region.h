/* mem/region.h: anything that answers at physical addresses.
 *
 * A region knows offsets, never addresses: the bus decides where it stands. It is embedded in the
 * thing that answers (RAM, a device), which finds itself with CONTAINER_OF.
 */
#ifndef RIVET_MEM_REGION_H
#define RIVET_MEM_REGION_H

#include <stdbool.h>
#include <stdint.h>

struct region;

struct region_ops {
    const char *name;
    unsigned widths;    /* accepted sizes in bytes: OR of 1|2|4|8; the bus checks */
    bool any_alignment; /* loads as from memory; stores are aligned all the same */
    /* `size` is one of `widths`, `offset` is a multiple of it, and the bytes lie inside the
     * region. Values are little-endian numbers in the low bits. False: the hart takes an access
     * fault. Called from any hart's thread; the owner locks. */
    bool (*load)(struct region *, uint64_t offset, unsigned size, uint64_t *value);
    bool (*store)(struct region *, uint64_t offset, unsigned size, uint64_t value);
    /* The bytes of the page at `offset` for who executes them, good as long as the region. They may
     * change; a hart need not notice before its next FENCE.I. NULL: fetched with loads. */
    const uint8_t *(*code_page)(struct region *, uint64_t offset);
};

struct region {
    const struct region_ops *ops;
    uint64_t size; /* bytes */
};

#endif
