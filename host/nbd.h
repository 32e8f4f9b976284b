/* host/nbd.h: a disk that another program serves: NBD, through libnbd. */
#ifndef RIVET_HOST_NBD_H
#define RIVET_HOST_NBD_H

#include "base/block.h"
#include "base/error.h"
#include "base/notice.h"

struct host_nbd;

struct host_nbd_options {
    bool read_only;
    struct notice notice;
};

/* Is `name` one of these, "nbd://HOST/..." or "nbd+unix:///EXPORT?socket=PATH", rather than a file?
 */
bool host_nbd_is_uri(const char *name);

/* Connects. NULL: `err` says why not. A server that ends later is an I/O error from then on, told
 * once through the notice: what it had not flushed is lost, and a new one would not know. */
struct host_nbd *host_nbd_open(const char *uri, const struct host_nbd_options *, struct error *err);

const struct block *host_nbd_block(const struct host_nbd *);

void host_nbd_close(struct host_nbd *);

#endif
