/* host/lock.h: an image file is written by one machine at a time, and read by none meanwhile. */
#ifndef RIVET_HOST_LOCK_H
#define RIVET_HOST_LOCK_H

#include <stdbool.h>

#include "base/error.h"

/* Locks the open file `fd`, as its writer or one of its readers, until it is closed. False: another
 * program has it; `path` is for the message. A file system without locks is no failure. */
bool host_lock_image(int fd, const char *path, bool writer, struct error *err);

#endif
