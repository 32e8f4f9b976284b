/* loader/unpack.h: gzip and zstd decompression with a bound on the result. */
#ifndef RIVET_LOADER_UNPACK_H
#define RIVET_LOADER_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "loader/blob.h"

/* The name of the compression the bytes begin like, NULL for none of them. */
const char *unpack_detect(const struct blob *);

/* Decompresses into a new buffer of at most `limit` bytes; `out->name` stays the input's. The
 * caller frees out->bytes. Bytes after the compressed stream are ignored, as kernels' wrappers pad
 * it. False: damaged, cut short, or larger than `limit`. */
bool unpack(const struct blob *, uint64_t limit, struct blob *out, struct error *err);

/* Decompresses the stream at the start of the bytes to nowhere: is it whole? *used is the size it
 * has in the input. */
bool unpack_check(const struct blob *, uint64_t *used, struct error *err);

#endif
