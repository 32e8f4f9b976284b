/* base/fields.h: the state of a thing as a table of its members, so that save and load cannot drift
 * apart.
 *
 * A row names one member, an unsigned integer of 1, 2, 4 or 8 bytes or an array of them. Each row
 * becomes one record of base/state.h whose numbers are little-endian on every host.
 */
#ifndef RIVET_BASE_FIELDS_H
#define RIVET_BASE_FIELDS_H

#include <stddef.h>

#include "base/state.h"

#define FIELDS_MAX_BYTES 8192 /* the largest row */

struct field {
    const char *name; /* NULL ends the table */
    size_t offset;
    size_t width; /* bytes of one element */
    size_t count; /* elements */
};

/* A row for member `member` of `type`; the second for an array. */
#define FIELD(type, member)                                                                        \
    {                                                                                              \
        .name = #member, .offset = offsetof(type, member), .width = sizeof(((type *)0)->member),   \
        .count = 1                                                                                 \
    }
#define FIELD_ARRAY(type, member)                                                                  \
    {                                                                                              \
        .name = #member, .offset = offsetof(type, member),                                         \
        .width = sizeof(((type *)0)->member[0]),                                                   \
        .count = sizeof(((type *)0)->member) / sizeof(((type *)0)->member[0])                      \
    }

/* False: the writer is out of host memory. */
bool fields_save(const struct field *, const void *object, struct state_writer *);
/* False: a record is missing or of another size; `object` may be half filled then, so load into a
 * copy, judge it, and only then make it the real one. */
bool fields_load(const struct field *, void *object, struct state_reader *, struct error *err);

#endif
