/* loader/initrd.h: is a file an initial file system a Linux kernel could take? */
#ifndef RIVET_LOADER_INITRD_H
#define RIVET_LOADER_INITRD_H

#include <stdbool.h>

#include "base/error.h"
#include "loader/blob.h"

/* False: empty, not an initrd at all, or cut short; `err` names the file. The guest gets the bytes
 * as they are, so that this is only to say early what the kernel would say late. */
bool initrd_check(const struct blob *, struct error *err);

#endif
