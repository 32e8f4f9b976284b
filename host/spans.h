/* host/spans.h: spans to and from an open file. */
#ifndef RIVET_HOST_SPANS_H
#define RIVET_HOST_SPANS_H

#include "base/spans.h"

/* Reads at `offset` until the spans are full or the file ends, and says in `got` how far that was.
 * False: errno says why. */
bool host_spans_read(int fd, uint64_t offset, const struct span *, unsigned count, uint64_t *got);

/* Reads all of it when the host has it in memory. False: it hasn't, or can't tell. */
bool host_spans_read_ready(int fd, uint64_t offset, const struct span *, unsigned count);

/* Writes all of it at `offset`. False: errno says why. */
bool host_spans_write(int fd, uint64_t offset, const struct span *, unsigned count);

/* Makes a hole: it reads as zeroes and takes no space. False: the host or its file system can't. */
bool host_punch(int fd, uint64_t offset, uint64_t size);

/* Makes zeroes, whatever that takes. False: errno says why. */
bool host_write_zeroes(int fd, uint64_t offset, uint64_t size);

#endif
