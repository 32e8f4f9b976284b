/* loader/dtb.h: is a file a flattened device tree that a guest could be given? */
#ifndef RIVET_LOADER_DTB_H
#define RIVET_LOADER_DTB_H

#include <stddef.h>

#include "base/error.h"
#include "loader/blob.h"

#define DTB_LARGEST (1u << 20) /* bytes of the file */

/* A copy of the tree with room for `room` bytes more, owned by the caller; libfdt may change it.
 * Every node, property and string of the file has been looked at. NULL: not a device tree, cut
 * short, damaged or larger than DTB_LARGEST; `err` names the file. */
void *dtb_open(const struct blob *, size_t room, struct error *err);

#endif
