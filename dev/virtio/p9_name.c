/* dev/virtio/p9_name.c: 9P requests that make, move and remove entries of directories. */
#include <string.h>

#include "dev/virtio/p9_server.h"

/* "dfid[4] name[s]", with which most of them begin. */
static int get_entry(struct p9_call *call, const struct p9_fid **parent,
                     char name[SHARE_NAME_MAX + 1])
{
    *parent = p9_fid_get(call);
    bool good = p9_get_name(&call->in, name, SHARE_NAME_MAX + 1);
    if (!*parent) return P9_EBADF;
    return good ? 0 : P9_EINVAL;
}

/* "gid[4]", with which they end, and the uid of who attached. */
static struct share_owner get_owner(struct p9_call *call, const struct p9_fid *parent)
{
    return (struct share_owner){.uid = parent->uid, .gid = (uint32_t)p9_get(&call->in, 4)};
}

static int put_entry(struct p9_call *call, const struct p9_fid *parent, const char *name)
{
    char path[SHARE_PATH_MAX];
    struct share_stat info;
    if (!p9_path_join(path, parent->path, name)) return P9_ENAMETOOLONG;
    int error = share_stat(call->server->share, path, &info);
    if (error) return error;
    struct p9_qid qid = p9_qid_of(&info);
    p9_put_qid(&call->out, &qid);
    return 0;
}

/* Tmkdir: dfid[4] name[s] mode[4] gid[4] */
int p9_mkdir(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1];
    const struct p9_fid *parent;
    int error = get_entry(call, &parent, name);
    if (error) return error;
    uint32_t mode = (uint32_t)p9_get(&call->in, 4);
    struct share_owner owner = get_owner(call, parent);
    if (call->in.bad) return P9_EINVAL;
    error = share_make_directory(call->server->share, parent->path, name, mode, owner);
    return error ? error : put_entry(call, parent, name);
}

/* Tmknod: dfid[4] name[s] mode[4] major[4] minor[4] gid[4] */
int p9_mknod(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1];
    const struct p9_fid *parent;
    int error = get_entry(call, &parent, name);
    if (error) return error;
    uint32_t mode = (uint32_t)p9_get(&call->in, 4);
    uint32_t major = (uint32_t)p9_get(&call->in, 4), minor = (uint32_t)p9_get(&call->in, 4);
    struct share_owner owner = get_owner(call, parent);
    if (call->in.bad) return P9_EINVAL;
    error = share_make_node(call->server->share, parent->path, name, mode, major, minor, owner);
    return error ? error : put_entry(call, parent, name);
}

/* Tsymlink: dfid[4] name[s] symtgt[s] gid[4] */
int p9_symlink(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1], target[SHARE_PATH_MAX];
    const struct p9_fid *parent;
    int error = get_entry(call, &parent, name);
    if (error) return error;
    bool good = p9_get_string(&call->in, target, sizeof target);
    struct share_owner owner = get_owner(call, parent);
    if (call->in.bad) return P9_EINVAL;
    if (!good || !*target) return *target ? P9_ENAMETOOLONG : P9_ENOENT;
    error = share_make_symlink(call->server->share, parent->path, name, target, owner);
    return error ? error : put_entry(call, parent, name);
}

/* Tlink: dfid[4] fid[4] name[s] */
int p9_link(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1];
    const struct p9_fid *parent = p9_fid_get(call), *fid = p9_fid_get(call);
    bool good = p9_get_name(&call->in, name, sizeof name);
    if (!parent || !fid) return P9_EBADF;
    if (!good) return P9_EINVAL;
    return share_make_link(call->server->share, fid->path, parent->path, name);
}

/* ---- moving ---- */

static int move(struct p9_call *call, const char *parent, const char *name, const char *new_parent,
                const char *new_name)
{
    char from[SHARE_PATH_MAX], to[SHARE_PATH_MAX];
    if (!p9_path_join(from, parent, name) || !p9_path_join(to, new_parent, new_name))
        return P9_ENAMETOOLONG;
    int error = share_rename(call->server->share, parent, name, new_parent, new_name);
    if (!error) p9_fids_renamed(call->server, from, to);
    return error;
}

/* Trename: fid[4] dfid[4] name[s] */
int p9_rename(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1], old_parent[SHARE_PATH_MAX], old[SHARE_NAME_MAX + 1];
    const struct p9_fid *fid = p9_fid_get(call), *parent;
    int error = get_entry(call, &parent, name);
    if (!fid) return P9_EBADF;
    if (error) return error;
    if (!p9_path_split(fid->path, old_parent, old)) return P9_EINVAL;
    return move(call, old_parent, old, parent->path, name);
}

/* Trenameat: olddirfid[4] oldname[s] newdirfid[4] newname[s] */
int p9_renameat(struct p9_call *call)
{
    char name[SHARE_NAME_MAX + 1], new_name[SHARE_NAME_MAX + 1];
    const struct p9_fid *parent, *new_parent;
    int error = get_entry(call, &parent, name);
    if (!error) error = get_entry(call, &new_parent, new_name);
    return error ? error : move(call, parent->path, name, new_parent->path, new_name);
}

/* ---- removing ---- */

/* Tunlinkat: dirfd[4] name[s] flags[4] */
int p9_unlinkat(struct p9_call *call)
{
    enum { REMOVE_DIRECTORY = 0x200 };
    char name[SHARE_NAME_MAX + 1];
    const struct p9_fid *parent;
    int error = get_entry(call, &parent, name);
    if (error) return error;
    uint32_t flags = (uint32_t)p9_get(&call->in, 4);
    if (call->in.bad || flags & ~(uint32_t)REMOVE_DIRECTORY) return P9_EINVAL;
    return share_remove(call->server->share, parent->path, name, flags & REMOVE_DIRECTORY);
}

/* Tremove: fid[4]. The fid goes whatever comes of it. */
int p9_remove(struct p9_call *call)
{
    char parent[SHARE_PATH_MAX], name[SHARE_NAME_MAX + 1];
    struct share_stat info;
    struct p9_fid *fid = p9_fid_get(call);
    if (!fid) return P9_EBADF;
    int error = share_stat(call->server->share, fid->path, &info);
    if (!error && !p9_path_split(fid->path, parent, name)) error = P9_EINVAL;
    if (!error)
        error = share_remove(call->server->share, parent, name,
                             p9_qid_of(&info).type == P9_QID_DIRECTORY);
    p9_fid_drop(call->server, fid);
    return error;
}
