/* dev/virtio/p9_serve.c: one request of 9P2000.L: which it is, who serves it, its reply.
 *
 * The protocol is that of Linux's client (Documentation/filesystems/9p.rst and the "9P2000.L"
 * description of diod's protocol.md); a request of type t is answered with t + 1, or with Rlerror.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "dev/virtio/p9_server.h"

enum { P9_RLERROR = 7 };

#define VERSION      "9P2000.L"
#define MSIZE_LEAST  4096
#define WALK_MOST    16
#define RLERROR_SIZE (P9_HEADER_BYTES + 4)

struct p9_qid p9_qid_of(const struct share_stat *info)
{
    enum { FORMAT = 0170000, DIRECTORY = 0040000, SYMLINK = 0120000 };
    uint32_t format = info->mode & FORMAT;
    return (struct p9_qid){
        .type = format == DIRECTORY ? P9_QID_DIRECTORY
                : format == SYMLINK ? P9_QID_SYMLINK
                                    : P9_QID_FILE,
        .version =
            (uint32_t)(info->modified.seconds ^ info->modified.nanoseconds ^ info->size << 8),
        .path = info->number,
    };
}

int p9_stat(struct p9_call *call, const struct p9_fid *fid, struct share_stat *info)
{
    if (fid->use != P9_OPEN) return share_stat(call->server->share, fid->path, info);
    return fid->file ? share_file_stat(call->server->share, fid->file, info) : P9_EIO;
}

/* ---- the session ---- */

/* Tversion: msize[4] version[s]; begins anew. */
static int p9_version(struct p9_call *call)
{
    char version[32];
    uint32_t msize = (uint32_t)p9_get(&call->in, 4);
    bool known = p9_get_string(&call->in, version, sizeof version) && !strcmp(version, VERSION);
    if (call->in.bad || msize < MSIZE_LEAST) return P9_EINVAL;
    p9_server_reset(call->server);
    if (msize > P9_MSIZE) msize = P9_MSIZE;
    if (known) call->server->msize = msize;
    p9_put(&call->out, 4, msize);
    p9_put_string(&call->out, known ? VERSION : "unknown");
    return 0;
}

static int p9_auth(struct p9_call *call)
{
    (void)call;
    return P9_EOPNOTSUPP; /* whoever has the device may use it */
}

/* Tattach: fid[4] afid[4] uname[s] aname[s] n_uname[4] */
static int p9_attach(struct p9_call *call)
{
    char name[SHARE_PATH_MAX];
    struct share_stat info;
    struct p9_fid *fid;
    uint32_t number = (uint32_t)p9_get(&call->in, 4);
    p9_get(&call->in, 4);
    p9_get_string(&call->in, name, sizeof name);
    p9_get_string(&call->in, name, sizeof name); /* a tree there: there is but one */
    uint32_t uid = (uint32_t)p9_get(&call->in, 4);
    if (call->in.bad) return P9_EINVAL;
    int error = share_stat(call->server->share, "", &info);
    if (!error) error = p9_fid_new(call->server, number, "", uid, &fid);
    struct p9_qid qid = p9_qid_of(&info);
    if (!error) p9_put_qid(&call->out, &qid);
    return error;
}

/* Tflush: oldtag[2]. Requests are served in order: the old one has been answered. */
static int p9_flush(struct p9_call *call)
{
    p9_get(&call->in, 2);
    return 0;
}

/* One step of a walk from the directory `path`. */
static int walk_step(struct p9_call *call, char path[SHARE_PATH_MAX], struct share_stat *info)
{
    enum { FORMAT = 0170000, DIRECTORY = 0040000 };
    char name[SHARE_NAME_MAX + 1], next[SHARE_PATH_MAX];
    if (!p9_get_string(&call->in, name, sizeof name))
        return call->in.bad ? P9_EINVAL : P9_ENAMETOOLONG;
    if (!*name || strchr(name, '/')) return P9_ENOENT;
    if ((info->mode & FORMAT) != DIRECTORY) return P9_ENOTDIR;
    if (strcmp(name, "..") == 0) {
        if (!p9_path_split(path, next, name)) next[0] = '\0'; /* the root is its own parent */
    } else if (strcmp(name, ".") == 0) {
        strcpy(next, path);
    } else if (!p9_path_join(next, path, name)) {
        return P9_ENAMETOOLONG;
    }
    int error = share_stat(call->server->share, next, info);
    if (!error) strcpy(path, next);
    return error;
}

/* Twalk: fid[4] newfid[4] nwname[2] nwname*(wname[s]). The first step that fails is an error, a
 * later one ends the walk without making newfid. */
static int p9_walk(struct p9_call *call)
{
    char path[SHARE_PATH_MAX];
    struct p9_qid qids[WALK_MOST];
    struct share_stat info;
    struct p9_fid *fid = p9_fid_get(call), *made;
    uint32_t number = (uint32_t)p9_get(&call->in, 4);
    unsigned wanted = (unsigned)p9_get(&call->in, 2), done = 0;
    if (!fid || (fid->use != P9_NAMED && number == fid->number)) return P9_EBADF;
    if (call->in.bad || wanted > WALK_MOST) return P9_EINVAL;
    strcpy(path, fid->path);
    int error = wanted ? share_stat(call->server->share, path, &info) : 0;
    while (!error && done < wanted) {
        error = walk_step(call, path, &info);
        if (!error) qids[done++] = p9_qid_of(&info);
    }
    if (error && done == 0) return error;
    if (!error)
        error = number == fid->number ? p9_fid_move(call->server, fid, path)
                                      : p9_fid_new(call->server, number, path, fid->uid, &made);
    if (error && done == wanted) return error;
    p9_put(&call->out, 2, done);
    for (unsigned i = 0; i < done; i++)
        p9_put_qid(&call->out, &qids[i]);
    return 0;
}

/* ---- one request ---- */

/* clang-format off */
static const struct request_row {
    uint8_t type;
    int (*serve)(struct p9_call *);
} rows[] = {
    {  8, p9_statfs},    { 12, p9_lopen},       { 14, p9_lcreate},  { 16, p9_symlink},
    { 18, p9_mknod},     { 20, p9_rename},      { 22, p9_readlink}, { 24, p9_getattr},
    { 26, p9_setattr},   { 30, p9_xattrwalk},   { 32, p9_xattrcreate}, { 40, p9_readdir},
    { 50, p9_fsync},     { 52, p9_lock},        { 54, p9_getlock},  { 70, p9_link},
    { 72, p9_mkdir},     { 74, p9_renameat},    { 76, p9_unlinkat}, {100, p9_version},
    {102, p9_auth},      {104, p9_attach},      {108, p9_flush},    {110, p9_walk},
    {116, p9_read},      {118, p9_write},       {120, p9_clunk},    {122, p9_remove},
};
/* clang-format on */

#define TVERSION 100

static int call_serve(struct p9_call *call, unsigned type)
{
    const struct p9_server *server = call->server;
    if (!server->msize && type != TVERSION) return P9_EINVAL;
    if (server->msize && call->size > server->msize) return P9_EINVAL;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].type == type) {
            int error = rows[i].serve(call);
            return !error && call->in.bad ? P9_EINVAL : error;
        }
    return P9_EOPNOTSUPP;
}

static size_t reply(const struct virtio_chain *chain, unsigned type, unsigned tag,
                    const struct p9_writer *body, uint32_t data)
{
    uint8_t header[P9_HEADER_BYTES];
    size_t size = sizeof header + body->at + data;
    store_le(header, 4, size);
    store_le(header + 4, 1, type);
    store_le(header + 5, 2, tag);
    chain_write(chain, 0, header, sizeof header);
    chain_write(chain, sizeof header, body->bytes, body->at);
    return size;
}

static size_t reply_error(const struct virtio_chain *chain, unsigned tag, int error)
{
    uint8_t number[4];
    struct p9_writer body = {.bytes = number, .size = sizeof number};
    if (chain->writable_bytes < RLERROR_SIZE) return 0;
    p9_put(&body, 4, (uint32_t)error);
    return reply(chain, P9_RLERROR, tag, &body, 0);
}

size_t p9_serve(struct p9_server *server, const struct virtio_chain *chain)
{
    /* The guest may still change its memory: what is judged is a copy. */
    uint8_t request[P9_REQUEST_BYTES];
    size_t got = chain_read(chain, 0, request, sizeof request);
    uint32_t size = got >= P9_HEADER_BYTES ? (uint32_t)load_le(request, 4) : 0;
    unsigned type = request[4], tag = (unsigned)load_le(request + 5, 2);
    if (size < P9_HEADER_BYTES || size > chain->readable_bytes)
        return reply_error(chain, got >= P9_HEADER_BYTES ? tag : P9_NOTAG, P9_EINVAL);

    size_t room = chain->writable_bytes > P9_HEADER_BYTES
                      ? (size_t)chain->writable_bytes - P9_HEADER_BYTES
                      : 0;
    if (room > P9_REPLY_BYTES) room = P9_REPLY_BYTES;
    uint8_t *body = malloc(P9_REPLY_BYTES);
    if (!body) return reply_error(chain, tag, P9_ENOMEM);
    struct p9_call call = {
        .server = server,
        .chain = chain,
        .size = size,
        .in = {.bytes = request, .size = size < got ? size : got, .at = P9_HEADER_BYTES},
        .out = {.bytes = body, .size = room},
    };
    int error = call_serve(&call, type);
    if (!error && call.out.full) error = P9_ENOSPC; /* the client gave no room for the reply */
    size_t written =
        error ? reply_error(chain, tag, error) : reply(chain, type + 1, tag, &call.out, call.data);
    free(body);
    return written;
}
