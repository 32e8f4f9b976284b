/* host/file.h: whole files, read or mapped. */
#ifndef RIVET_HOST_FILE_H
#define RIVET_HOST_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* The bytes of a file. An empty file is no failure: size 0, and `bytes` is not NULL. */
struct host_file {
    const uint8_t *bytes;
    uint64_t size;
    bool mapped; /* how host_file_close gives it back */
};

/* Reads all of `path`: a regular file, a block device or a pipe (until its end). False: `err` names
 * the file and says why (it is missing, may not be read, is a directory or a character device,
 * host memory is out); nothing is to be closed then. */
bool host_file_read(const char *path, struct host_file *, struct error *err);

/* The same without a copy where the host can: a read-only view that costs what is touched. The file
 * must not shrink while it is open: touching what is gone ends the process. */
bool host_file_map(const char *path, struct host_file *, struct error *err);

/* Gives the bytes back. A zeroed or already closed one is fine. */
void host_file_close(struct host_file *);

/* How many bytes `path` has; a pipe has no size and is refused. */
bool host_file_size(const char *path, uint64_t *size, struct error *err);

/* May `path` be opened for reading? For trying a list of places. */
bool host_file_readable(const char *path);

#endif
