/* loader/blob.h: the bytes of a file, whoever owns them, with the name to say in messages. */
#ifndef RIVET_LOADER_BLOB_H
#define RIVET_LOADER_BLOB_H

#include <stdint.h>

struct blob {
    const char *name;     /* as the user typed it; borrowed */
    const uint8_t *bytes; /* borrowed; may be NULL when size is 0 */
    uint64_t size;
};

#endif
