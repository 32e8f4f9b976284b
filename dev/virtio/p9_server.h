/* dev/virtio/p9_server.h: a 9P2000.L server: what the client's numbers stand for.
 *
 * A fid is the client's number for a file: at first just a name, later perhaps an open file or an
 * extended attribute. Names are paths beneath the share, and follow the client's own renames.
 */
#ifndef RIVET_DEV_VIRTIO_P9_SERVER_H
#define RIVET_DEV_VIRTIO_P9_SERVER_H

#include "base/state.h"
#include "dev/virtio/p9_message.h"
#include "dev/virtio/queue.h"
#include "host/share.h"

#define P9_BUCKETS 1024
#define P9_MSIZE   (512 * 1024)
/* A client that never lets go of a fid must not fill the host's memory. */
#define P9_FID_BYTES_MAX (48u << 20)

/* Errors carry Linux's numbers; the server's own are these (asm-generic/errno-base.h, errno.h). */
enum {
    P9_ENOENT = 2,
    P9_EIO = 5,
    P9_EBADF = 9,
    P9_EAGAIN = 11,
    P9_ENOMEM = 12,
    P9_EEXIST = 17,
    P9_ENOTDIR = 20,
    P9_EINVAL = 22,
    P9_ENFILE = 23,
    P9_ENOSPC = 28,
    P9_ERANGE = 34,
    P9_ENAMETOOLONG = 36,
    P9_EOPNOTSUPP = 95,
};

enum p9_use { P9_NAMED, P9_OPEN, P9_XATTR_READ, P9_XATTR_WRITE };

struct p9_fid {
    struct p9_fid *next; /* in its bucket */
    uint32_t number;
    uint32_t uid; /* of who attached: owns what is made */
    enum p9_use use;
    struct share_file *file; /* P9_OPEN */
    unsigned flags;          /* P9_OPEN: as it was opened */
    bool locked;             /* P9_OPEN: had a lock */
    uint32_t locker;         /* the guest's process that did */
    uint64_t qid_path;       /* likewise */
    uint8_t *value;          /* P9_XATTR_*: allocated */
    size_t value_size, value_done;
    char value_name[SHARE_NAME_MAX + 1]; /* P9_XATTR_WRITE */
    int value_flags;
    char *path; /* allocated */
};

struct p9_server {
    const struct share *share;
    uint32_t msize; /* 0: no version has been agreed on */
    size_t fid_bytes;
    struct p9_fid *buckets[P9_BUCKETS];
};

/* One request and its reply. */
struct p9_call {
    struct p9_server *server;
    const struct virtio_chain *chain;
    uint32_t size; /* of the request, as it says */
    struct p9_reader in;
    struct p9_writer out; /* the reply's body */
    uint32_t data;        /* bytes of the reply behind `out`, written into the chain already */
};

/* Serves the request in the readable part of the chain. Returns how much was written. */
size_t p9_serve(struct p9_server *, const struct virtio_chain *);
/* Forgets all fids. */
void p9_server_reset(struct p9_server *);

/* Files are opened again by name: one that has none any more is a fid whose every use fails. */
bool p9_server_save(const struct p9_server *, struct state_writer *);
bool p9_server_load(struct p9_server *, struct state_reader *, struct error *);

/* ---- fids ---- */

struct p9_fid *p9_fid_find(const struct p9_server *, uint32_t number);
/* The fid a request names next; NULL: there is none. */
struct p9_fid *p9_fid_get(struct p9_call *);
/* A new one. 0, or EEXIST: the number is in use, or there is no memory for it. */
int p9_fid_new(struct p9_server *, uint32_t number, const char *path, uint32_t uid,
               struct p9_fid **);
void p9_fid_drop(struct p9_server *, struct p9_fid *);
/* It is at another place now. */
int p9_fid_move(struct p9_server *, struct p9_fid *, const char *path);
/* Likewise for all at and beneath `from`. */
void p9_fids_renamed(struct p9_server *, const char *from, const char *to);

/* `name` in the directory `parent`; false: too long. */
bool p9_path_join(char out[SHARE_PATH_MAX], const char *parent, const char *name);
/* Cuts a path into its directory and the last name; false: it is the root. */
bool p9_path_split(const char *path, char parent[SHARE_PATH_MAX], char name[SHARE_NAME_MAX + 1]);

/* ---- requests: 0 or an errno number; the body of the reply is in `out` ---- */

struct p9_qid p9_qid_of(const struct share_stat *);
int p9_stat(struct p9_call *, const struct p9_fid *, struct share_stat *);

int p9_statfs(struct p9_call *);
int p9_lopen(struct p9_call *);
int p9_lcreate(struct p9_call *);
int p9_symlink(struct p9_call *);
int p9_mknod(struct p9_call *);
int p9_rename(struct p9_call *);
int p9_readlink(struct p9_call *);
int p9_getattr(struct p9_call *);
int p9_setattr(struct p9_call *);
int p9_xattrwalk(struct p9_call *);
int p9_xattrcreate(struct p9_call *);
int p9_readdir(struct p9_call *);
int p9_fsync(struct p9_call *);
int p9_lock(struct p9_call *);
int p9_getlock(struct p9_call *);
int p9_link(struct p9_call *);
int p9_mkdir(struct p9_call *);
int p9_renameat(struct p9_call *);
int p9_unlinkat(struct p9_call *);
int p9_read(struct p9_call *);
int p9_write(struct p9_call *);
int p9_clunk(struct p9_call *);
int p9_remove(struct p9_call *);

#endif
