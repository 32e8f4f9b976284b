/* base/state.h: saving and loading the state of a device or hart as named values.
 *
 * A writer appends records; a reader takes them back by the same names in the same order.
 * A record is: u8 length of the name, the name, u64 little-endian length of the bytes, the bytes.
 * Numbers are 8 little-endian bytes. A device's record names are its own; the machine keeps the
 * devices apart.
 */
#ifndef RIVET_BASE_STATE_H
#define RIVET_BASE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct state_writer {
    uint8_t *bytes; /* owned; free with state_writer_fini */
    size_t size, capacity;
    bool failed; /* out of host memory: everything after is ignored */
};

struct state_reader {
    const uint8_t *bytes; /* borrowed */
    size_t size, offset;
};

void state_writer_init(struct state_writer *);
void state_writer_fini(struct state_writer *);
void state_put_u64(struct state_writer *, const char *name, uint64_t value);
void state_put_bytes(struct state_writer *, const char *name, const void *bytes, size_t size);

void state_reader_init(struct state_reader *, const void *bytes, size_t size);
/* False: the next record has another name, another size, or the state is cut short. Nothing of the
 * output is written then. */
bool state_get_u64(struct state_reader *, const char *name, uint64_t *value, struct error *err);
bool state_get_bytes(struct state_reader *, const char *name, void *bytes, size_t size,
                     struct error *err);

#endif
