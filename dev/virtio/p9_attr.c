/* dev/virtio/p9_attr.c: 9P requests about what a file is: its attributes, links and space. */
#include <stdlib.h>
#include <string.h>

#include "dev/virtio/p9_server.h"

#define GETATTR_BASIC UINT64_C(0x7ff) /* all that stat() has */

static void put_time(struct p9_writer *out, struct share_time time)
{
    p9_put(out, 8, time.seconds);
    p9_put(out, 8, time.nanoseconds);
}

/* Tgetattr: fid[4] request_mask[8]
 * Rgetattr: valid[8] qid[13] mode[4] uid[4] gid[4] nlink[8] rdev[8] size[8] blksize[8] blocks[8]
 *           atime[16] mtime[16] ctime[16] btime[16] gen[8] data_version[8] */
int p9_getattr(struct p9_call *call)
{
    struct share_stat info;
    const struct p9_fid *fid = p9_fid_get(call);
    p9_get(&call->in, 8);
    if (!fid) return P9_EBADF;
    int error = p9_stat(call, fid, &info);
    if (error) return error;
    struct p9_qid qid = p9_qid_of(&info);
    const uint64_t numbers[] = {info.links, info.rdev, info.size, info.block_size, info.blocks};
    p9_put(&call->out, 8, GETATTR_BASIC);
    p9_put_qid(&call->out, &qid);
    p9_put(&call->out, 4, info.mode);
    p9_put(&call->out, 4, info.uid);
    p9_put(&call->out, 4, info.gid);
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        p9_put(&call->out, 8, numbers[i]);
    put_time(&call->out, info.accessed);
    put_time(&call->out, info.modified);
    put_time(&call->out, info.changed);
    put_time(&call->out, (struct share_time){0});
    p9_put(&call->out, 8, 0);
    p9_put(&call->out, 8, 0);
    return 0;
}

static struct share_time get_time(struct p9_reader *in)
{
    uint64_t seconds = p9_get(in, 8);
    return (struct share_time){.seconds = seconds, .nanoseconds = p9_get(in, 8)};
}

/* Tsetattr: fid[4] valid[4] mode[4] uid[4] gid[4] size[8] atime[16] mtime[16]. The bits of `valid`
 * are those of SHARE_SET_*. */
int p9_setattr(struct p9_call *call)
{
    struct p9_fid *fid = p9_fid_get(call);
    struct share_change change = {.what = (unsigned)p9_get(&call->in, 4)};
    change.mode = (uint32_t)p9_get(&call->in, 4);
    change.uid = (uint32_t)p9_get(&call->in, 4);
    change.gid = (uint32_t)p9_get(&call->in, 4);
    change.size = p9_get(&call->in, 8);
    change.accessed = get_time(&call->in);
    change.modified = get_time(&call->in);
    if (!fid) return P9_EBADF;
    if (call->in.bad) return P9_EINVAL;
    return share_change(call->server->share, fid->path, fid->file, &change);
}

/* Tstatfs: fid[4]
 * Rstatfs: type[4] bsize[4] blocks[8] bfree[8] bavail[8] files[8] ffree[8] fsid[8] namelen[4] */
int p9_statfs(struct p9_call *call)
{
    struct share_space space;
    const struct p9_fid *fid = p9_fid_get(call);
    if (!fid) return P9_EBADF;
    int error = share_space(call->server->share, fid->path, &space);
    if (error) return error;
    const uint64_t numbers[] = {space.blocks, space.free_blocks, space.available_blocks,
                                space.files,  space.free_files,  space.id};
    p9_put(&call->out, 4, space.type);
    p9_put(&call->out, 4, space.block_size);
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        p9_put(&call->out, 8, numbers[i]);
    p9_put(&call->out, 4, space.name_max);
    return 0;
}

/* Treadlink: fid[4] */
int p9_readlink(struct p9_call *call)
{
    char target[SHARE_PATH_MAX];
    const struct p9_fid *fid = p9_fid_get(call);
    if (!fid) return P9_EBADF;
    int error = share_read_link(call->server->share, fid->path, target);
    if (!error) p9_put_string(&call->out, target);
    return error;
}

/* ---- extended attributes: a fid of their own, read or written like a file ---- */

/* Txattrwalk: fid[4] newfid[4] name[s]; no name: the list of names. */
int p9_xattrwalk(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1];
    uint8_t *value;
    size_t size;
    struct p9_fid *made, *fid = p9_fid_get(call);
    uint32_t number = (uint32_t)p9_get(&call->in, 4);
    bool good = p9_get_string(&call->in, name, sizeof name);
    if (!fid) return P9_EBADF;
    if (!good) return call->in.bad ? P9_EINVAL : P9_ERANGE;
    int error = share_get_xattr(call->server->share, fid->path, name, &value, &size);
    if (error) return error;
    error = call->server->fid_bytes + size > P9_FID_BYTES_MAX
                ? P9_ENFILE
                : p9_fid_new(call->server, number, fid->path, fid->uid, &made);
    if (error) {
        free(value);
        return error;
    }
    made->use = P9_XATTR_READ;
    made->value = value;
    made->value_size = size;
    call->server->fid_bytes += size;
    p9_put(&call->out, 8, size);
    return 0;
}

/* Txattrcreate: fid[4] name[s] attr_size[8] flags[4]. The fid becomes the attribute, which is set
 * when all of it has been written and the fid is let go. */
int p9_xattrcreate(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1];
    struct p9_fid *fid = p9_fid_get(call);
    bool good = p9_get_string(&call->in, name, sizeof name);
    uint64_t size = p9_get(&call->in, 8);
    uint32_t flags = (uint32_t)p9_get(&call->in, 4);
    if (!fid || fid->use != P9_NAMED) return P9_EBADF;
    if (call->in.bad) return P9_EINVAL;
    if (!good) return P9_ERANGE;
    if (size > SHARE_XATTR_MAX) return P9_ENOSPC;
    if (call->server->fid_bytes + size > P9_FID_BYTES_MAX) return P9_ENFILE;
    fid->value = size ? calloc(1, (size_t)size) : NULL;
    if (size && !fid->value) return P9_ENOMEM;
    fid->use = P9_XATTR_WRITE;
    fid->value_size = (size_t)size;
    fid->value_flags = (int)flags;
    strcpy(fid->value_name, name);
    call->server->fid_bytes += fid->value_size;
    return 0;
}

/* Tclunk: fid[4]. An attribute of no bytes is one that goes. */
int p9_clunk(struct p9_call *call)
{
    struct p9_fid *fid = p9_fid_get(call);
    int error = 0;
    if (!fid) return P9_EBADF;
    if (fid->use == P9_XATTR_WRITE)
        error = fid->value_done == fid->value_size
                    ? share_set_xattr(call->server->share, fid->path, fid->value_name, fid->value,
                                      fid->value_size, fid->value_flags)
                    : P9_EINVAL;
    p9_fid_drop(call->server, fid);
    return error;
}
