/* dev/virtio/p9_file.c: 9P requests on open files and directories. */
#include <string.h>

#include "dev/virtio/p9_server.h"

#define READ_HEADER_BYTES  (P9_HEADER_BYTES + 4)
#define WRITE_HEADER_BYTES (P9_HEADER_BYTES + 16)
#define READDIR_MOST       (64 * 1024)

/* ---- opening ---- */

/* What is left of the flags when the file is opened again. */
static unsigned flags_later(unsigned flags)
{
    return flags & ~(unsigned)(SHARE_EXCLUSIVE | SHARE_TRUNCATE);
}

/* The fid is an open file from now on: Rlopen and Rlcreate, qid[13] iounit[4]. */
static int opened(struct p9_call *call, struct p9_fid *fid, struct share_file *file, unsigned flags)
{
    struct share_stat info;
    int error = share_file_stat(call->server->share, file, &info);
    if (error) {
        share_file_close(file);
        return error;
    }
    struct p9_qid qid = p9_qid_of(&info);
    fid->use = P9_OPEN;
    fid->file = file;
    fid->flags = flags_later(flags);
    fid->qid_path = qid.path;
    p9_put_qid(&call->out, &qid);
    p9_put(&call->out, 4, 0); /* as much at once as a message holds */
    return 0;
}

/* Tlopen: fid[4] flags[4] */
int p9_lopen(struct p9_call *call)
{
    struct share_file *file;
    struct p9_fid *fid = p9_fid_get(call);
    unsigned flags = (unsigned)p9_get(&call->in, 4);
    if (!fid || fid->use != P9_NAMED) return P9_EBADF;
    if (call->in.bad) return P9_EINVAL;
    int error = share_file_open(call->server->share, fid->path, flags, &file);
    return error ? error : opened(call, fid, file, flags);
}

/* Tlcreate: fid[4] name[s] flags[4] mode[4] gid[4]. The directory's fid becomes the file's. */
int p9_lcreate(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1], path[SHARE_PATH_MAX];
    struct share_file *file;
    struct p9_fid *fid = p9_fid_get(call);
    bool good = p9_get_name(&call->in, name, sizeof name);
    unsigned flags = (unsigned)p9_get(&call->in, 4);
    uint32_t mode = (uint32_t)p9_get(&call->in, 4), gid = (uint32_t)p9_get(&call->in, 4);
    if (!fid || fid->use != P9_NAMED) return P9_EBADF;
    if (!good || call->in.bad) return P9_EINVAL;
    if (!p9_path_join(path, fid->path, name)) return P9_ENAMETOOLONG;
    struct share_owner owner = {.uid = fid->uid, .gid = gid};
    int error = share_file_create(call->server->share, fid->path, name, flags, mode, owner, &file);
    if (error) return error;
    error = opened(call, fid, file, flags);
    return error ? error : p9_fid_move(call->server, fid, path);
}

/* ---- contents ---- */

static int read_value(struct p9_call *call, const struct p9_fid *fid, uint64_t offset,
                      uint32_t count)
{
    if (offset > fid->value_size) offset = fid->value_size;
    size_t left = fid->value_size - (size_t)offset;
    call->data = (uint32_t)chain_write(call->chain, READ_HEADER_BYTES, fid->value + offset,
                                       left < count ? left : count);
    return 0;
}

static int read_file(struct p9_call *call, const struct p9_fid *fid, uint64_t offset,
                     uint32_t count)
{
    const struct virtio_chain *chain = call->chain;
    struct span spans[VIRTQUEUE_MAX_SIZE];
    size_t done;
    unsigned pieces = chain_spans(chain->spans + chain->readable, chain->writable,
                                  READ_HEADER_BYTES, count, spans);
    int error = share_file_read(fid->file, offset, spans, pieces, &done);
    call->data = (uint32_t)done;
    return error;
}

/* Tread: fid[4] offset[8] count[4]
 * Rread: count[4] data[count], which goes straight into the guest's memory. */
int p9_read(struct p9_call *call)
{
    const struct p9_fid *fid = p9_fid_get(call);
    uint64_t offset = p9_get(&call->in, 8), room = call->chain->writable_bytes;
    uint32_t count = (uint32_t)p9_get(&call->in, 4);
    if (call->in.bad || room < READ_HEADER_BYTES) return P9_EINVAL;
    if (count > room - READ_HEADER_BYTES) count = (uint32_t)(room - READ_HEADER_BYTES);
    if (count > call->server->msize - READ_HEADER_BYTES)
        count = call->server->msize - READ_HEADER_BYTES;
    if (!fid) return P9_EBADF;
    int error = P9_EBADF;
    if (fid->use == P9_XATTR_READ) error = read_value(call, fid, offset, count);
    if (fid->use == P9_OPEN && fid->file) error = read_file(call, fid, offset, count);
    if (!error) p9_put(&call->out, 4, call->data);
    return error;
}

static int write_value(struct p9_call *call, struct p9_fid *fid, uint64_t offset, uint32_t count,
                       size_t *done)
{
    if (offset != fid->value_done || count > fid->value_size - fid->value_done) return P9_ENOSPC;
    *done = chain_read(call->chain, WRITE_HEADER_BYTES, fid->value + offset, count);
    fid->value_done += *done;
    return 0;
}

static int write_file(struct p9_call *call, const struct p9_fid *fid, uint64_t offset,
                      uint32_t count, size_t *done)
{
    const struct virtio_chain *chain = call->chain;
    struct span spans[VIRTQUEUE_MAX_SIZE];
    unsigned pieces = chain_spans(chain->spans, chain->readable, WRITE_HEADER_BYTES, count, spans);
    return share_file_write(fid->file, offset, spans, pieces, done);
}

/* Twrite: fid[4] offset[8] count[4] data[count] */
int p9_write(struct p9_call *call)
{
    struct p9_fid *fid = p9_fid_get(call);
    uint64_t offset = p9_get(&call->in, 8);
    uint32_t count = (uint32_t)p9_get(&call->in, 4);
    if (call->in.bad || count > call->size - WRITE_HEADER_BYTES) return P9_EINVAL;
    if (!fid) return P9_EBADF;
    size_t done = 0;
    int error = P9_EBADF;
    if (fid->use == P9_XATTR_WRITE) error = write_value(call, fid, offset, count, &done);
    if (fid->use == P9_OPEN && fid->file) error = write_file(call, fid, offset, count, &done);
    if (!error) p9_put(&call->out, 4, done);
    return error;
}

/* Tfsync: fid[4] datasync[4] */
int p9_fsync(struct p9_call *call)
{
    const struct p9_fid *fid = p9_fid_get(call);
    bool data_only = call->in.size - call->in.at >= 4 && p9_get(&call->in, 4);
    if (!fid || fid->use != P9_OPEN || !fid->file) return P9_EBADF;
    return share_file_sync(fid->file, data_only);
}

/* ---- directories ---- */

static struct p9_qid entry_qid(const struct share_entry *entry)
{
    enum { DIRECTORY = 4, SYMLINK = 10 }; /* DT_DIR, DT_LNK */
    return (struct p9_qid){
        .type = entry->type == DIRECTORY ? P9_QID_DIRECTORY
                : entry->type == SYMLINK ? P9_QID_SYMLINK
                                         : P9_QID_FILE,
        .path = entry->number,
    };
}

/* Treaddir: fid[4] offset[8] count[4]
 * Rreaddir: count[4] of bytes, and entries: qid[13] offset[8] type[1] name[s] */
int p9_readdir(struct p9_call *call)
{
    const struct p9_fid *fid = p9_fid_get(call);
    uint64_t offset = p9_get(&call->in, 8);
    uint32_t count = (uint32_t)p9_get(&call->in, 4), used = 0;
    struct share_entry entry;
    if (call->in.bad) return P9_EINVAL;
    if (!fid || fid->use != P9_OPEN || !fid->file) return P9_EBADF;
    if (count > READDIR_MOST) count = READDIR_MOST;
    size_t start = call->out.at;
    p9_put(&call->out, 4, 0);
    int error = 0;
    while (!(error = share_file_entry(call->server->share, fid->file, offset, &entry))) {
        uint32_t size = P9_QID_BYTES + 8 + 1 + 2 + (uint32_t)strlen(entry.name);
        if (size > count - used || size > call->out.size - call->out.at) break;
        /* What is above the root is none of the client's business. */
        if (!*fid->path && strcmp(entry.name, "..") == 0) entry.number = fid->qid_path;
        struct p9_qid qid = entry_qid(&entry);
        p9_put_qid(&call->out, &qid);
        p9_put(&call->out, 8, entry.next);
        p9_put(&call->out, 1, entry.type);
        p9_put_string(&call->out, entry.name);
        offset = entry.next;
        used += size;
    }
    if (error && error != P9_ENOENT && !used) return error;
    if (!error && !used) return P9_EINVAL; /* no room for one entry, and 0 would be the end */
    struct p9_writer head = {.bytes = call->out.bytes + start, .size = 4};
    p9_put(&head, 4, used);
    return 0;
}

/* ---- locks ---- */

enum { LOCK_SUCCESS = 0, LOCK_BLOCKED = 1 };

/* POSIX: closing any descriptor of a file lets go of all the process's locks on it. The client says
 * so through the one that is closed, but the lock may have been taken through another. */
static int unlock(struct p9_call *call, const struct p9_fid *fid, uint32_t process,
                  const struct share_lock *lock)
{
    int error = share_file_lock(fid->file, lock);
    for (unsigned i = 0; i < P9_BUCKETS; i++)
        for (struct p9_fid *other = call->server->buckets[i]; other; other = other->next)
            if (other->use == P9_OPEN && other->file && other->locked && other->locker == process &&
                other->qid_path == fid->qid_path)
                share_file_lock(other->file, lock);
    return error;
}

/* Tlock: fid[4] type[1] flags[4] start[8] length[8] proc_id[4] client_id[s]
 * Rlock: status[1]. Whoever may wait for it asks again. */
int p9_lock(struct p9_call *call)
{
    struct p9_fid *fid = p9_fid_get(call);
    struct share_lock lock = {.type = (enum share_lock_type)p9_get(&call->in, 1)};
    p9_get(&call->in, 4);
    lock.start = p9_get(&call->in, 8);
    lock.length = p9_get(&call->in, 8);
    uint32_t process = (uint32_t)p9_get(&call->in, 4);
    if (call->in.bad || lock.type > SHARE_LOCK_NONE) return P9_EINVAL;
    if (!fid || fid->use != P9_OPEN || !fid->file) return P9_EBADF;
    int error = lock.type == SHARE_LOCK_NONE ? unlock(call, fid, process, &lock)
                                             : share_file_lock(fid->file, &lock);
    if (!error && lock.type != SHARE_LOCK_NONE) {
        fid->locked = true;
        fid->locker = process;
    }
    if (error && error != P9_EAGAIN) return error;
    p9_put(&call->out, 1, error ? LOCK_BLOCKED : LOCK_SUCCESS);
    return 0;
}

/* Tgetlock: fid[4] type[1] start[8] length[8] proc_id[4] client_id[s]; Rgetlock has the same. */
int p9_getlock(struct p9_call *call)
{
    char client[SHARE_NAME_MAX + 1];
    const struct p9_fid *fid = p9_fid_get(call);
    struct share_lock lock = {.type = (enum share_lock_type)p9_get(&call->in, 1)};
    lock.start = p9_get(&call->in, 8);
    lock.length = p9_get(&call->in, 8);
    uint32_t process = (uint32_t)p9_get(&call->in, 4);
    bool good = p9_get_string(&call->in, client, sizeof client);
    if (call->in.bad || !good || lock.type > SHARE_LOCK_NONE) return P9_EINVAL;
    if (!fid || fid->use != P9_OPEN || !fid->file) return P9_EBADF;
    int error = share_file_find_lock(fid->file, &lock);
    if (error) return error;
    p9_put(&call->out, 1, lock.type);
    p9_put(&call->out, 8, lock.start);
    p9_put(&call->out, 8, lock.length);
    p9_put(&call->out, 4, process);
    p9_put_string(&call->out, client);
    return 0;
}
