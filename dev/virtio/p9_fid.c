/* dev/virtio/p9_fid.c: the client's numbers for files, and the paths behind them. */
#include <stdlib.h>
#include <string.h>

#include "dev/virtio/p9_server.h"

/* ---- the table ---- */

static struct p9_fid **bucket_of(const struct p9_server *server, uint32_t number)
{
    return (struct p9_fid **)&server->buckets[number % P9_BUCKETS];
}

struct p9_fid *p9_fid_find(const struct p9_server *server, uint32_t number)
{
    struct p9_fid *fid = *bucket_of(server, number);
    while (fid && fid->number != number)
        fid = fid->next;
    return fid;
}

struct p9_fid *p9_fid_get(struct p9_call *call)
{
    uint32_t number = (uint32_t)p9_get(&call->in, 4);
    return call->in.bad ? NULL : p9_fid_find(call->server, number);
}

static size_t fid_bytes(const struct p9_fid *fid)
{
    return sizeof *fid + strlen(fid->path) + 1 + fid->value_size;
}

int p9_fid_new(struct p9_server *server, uint32_t number, const char *path, uint32_t uid,
               struct p9_fid **out)
{
    if (p9_fid_find(server, number)) return P9_EEXIST;
    if (server->fid_bytes + sizeof(struct p9_fid) + strlen(path) > P9_FID_BYTES_MAX)
        return P9_ENFILE;
    struct p9_fid *fid = calloc(1, sizeof *fid);
    if (!fid) return P9_ENOMEM;
    fid->number = number;
    fid->uid = uid;
    fid->path = strdup(path);
    if (!fid->path) {
        free(fid);
        return P9_ENOMEM;
    }
    struct p9_fid **bucket = bucket_of(server, number);
    fid->next = *bucket;
    *bucket = fid;
    server->fid_bytes += fid_bytes(fid);
    *out = fid;
    return 0;
}

void p9_fid_drop(struct p9_server *server, struct p9_fid *fid)
{
    struct p9_fid **link = bucket_of(server, fid->number);
    while (*link != fid)
        link = &(*link)->next;
    *link = fid->next;
    server->fid_bytes -= fid_bytes(fid);
    share_file_close(fid->file);
    free(fid->value);
    free(fid->path);
    free(fid);
}

void p9_server_reset(struct p9_server *server)
{
    for (unsigned i = 0; i < P9_BUCKETS; i++)
        while (server->buckets[i])
            p9_fid_drop(server, server->buckets[i]);
    server->msize = 0;
}

/* ---- paths ---- */

bool p9_path_join(char out[SHARE_PATH_MAX], const char *parent, const char *name)
{
    size_t length = strlen(parent), more = strlen(name);
    if (length + 1 + more >= SHARE_PATH_MAX) return false;
    memcpy(out, parent, length);
    if (length) out[length++] = '/';
    memcpy(out + length, name, more + 1);
    return true;
}

bool p9_path_split(const char *path, char parent[SHARE_PATH_MAX], char name[SHARE_NAME_MAX + 1])
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (!*path || strlen(last) > SHARE_NAME_MAX || length >= SHARE_PATH_MAX) return false;
    memcpy(parent, path, length);
    parent[length] = '\0';
    strcpy(name, last);
    return true;
}

int p9_fid_move(struct p9_server *server, struct p9_fid *fid, const char *path)
{
    char *copy = strdup(path);
    if (!copy) return P9_ENOMEM;
    server->fid_bytes = server->fid_bytes - strlen(fid->path) + strlen(copy);
    free(fid->path);
    fid->path = copy;
    return 0;
}

/* A fid that can't follow, for want of memory or because its path got too long, keeps a name that
 * isn't there any more. */
void p9_fids_renamed(struct p9_server *server, const char *from, const char *to)
{
    size_t length = strlen(from);
    for (unsigned i = 0; i < P9_BUCKETS; i++)
        for (struct p9_fid *fid = server->buckets[i]; fid; fid = fid->next) {
            char path[SHARE_PATH_MAX];
            const char *rest = fid->path + length;
            if (strncmp(fid->path, from, length) != 0 || (*rest && *rest != '/')) continue;
            if (strlen(to) + strlen(rest) >= sizeof path) continue;
            strcat(strcpy(path, to), rest);
            p9_fid_move(server, fid, path);
        }
}

/* ---- state ---- */

static void fid_save(const struct p9_fid *fid, struct state_writer *writer)
{
    state_put_u64(writer, "fid", fid->number);
    state_put_u64(writer, "uid", fid->uid);
    state_put_u64(writer, "use", fid->use == P9_OPEN ? P9_OPEN : P9_NAMED);
    state_put_u64(writer, "flags", fid->flags);
    state_put_u64(writer, "length", strlen(fid->path));
    state_put_bytes(writer, "path", fid->path, strlen(fid->path));
}

bool p9_server_save(const struct p9_server *server, struct state_writer *writer)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < P9_BUCKETS; i++)
        for (const struct p9_fid *fid = server->buckets[i]; fid; fid = fid->next)
            count++;
    state_put_u64(writer, "msize", server->msize);
    state_put_u64(writer, "fids", count);
    for (unsigned i = 0; i < P9_BUCKETS; i++)
        for (const struct p9_fid *fid = server->buckets[i]; fid; fid = fid->next)
            fid_save(fid, writer);
    return !writer->failed;
}

/* A path that could have been walked to: names, one slash between two. */
static bool path_legal(const char *path, size_t length)
{
    if (strlen(path) != length) return false;
    for (const char *name = path; *path; name++) {
        size_t size = strcspn(name, "/");
        if (size == 0 || size > SHARE_NAME_MAX) return false;
        if (name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.'))) return false;
        name += size;
        if (!*name) return true;
    }
    return true;
}

static bool fid_load(struct p9_server *server, struct state_reader *reader, struct error *err)
{
    uint64_t number, uid, use, flags, length;
    char path[SHARE_PATH_MAX];
    struct p9_fid *fid;
    if (!state_get_u64(reader, "fid", &number, err) || !state_get_u64(reader, "uid", &uid, err) ||
        !state_get_u64(reader, "use", &use, err) || !state_get_u64(reader, "flags", &flags, err) ||
        !state_get_u64(reader, "length", &length, err))
        return false;
    if (length >= sizeof path) return error_set(err, "9p: a saved path is too long");
    if (!state_get_bytes(reader, "path", path, length, err)) return false;
    path[length] = '\0';
    if (!path_legal(path, length)) return error_set(err, "9p: a saved path leaves the share");
    if (p9_fid_new(server, (uint32_t)number, path, (uint32_t)uid, &fid) != 0)
        return error_set(err, "9p: the saved fids can't be had");
    fid->flags = (unsigned)flags;
    if (use != P9_OPEN) return true;
    fid->use = P9_OPEN; /* with no file, each use fails */
    share_file_open(server->share, path, fid->flags, &fid->file);
    return true;
}

bool p9_server_load(struct p9_server *server, struct state_reader *reader, struct error *err)
{
    struct p9_server loaded = {.share = server->share};
    uint64_t msize, count;
    if (!state_get_u64(reader, "msize", &msize, err) || !state_get_u64(reader, "fids", &count, err))
        return false;
    if (msize > P9_MSIZE) return error_set(err, "9p: the saved messages are too long");
    while (count--)
        if (!fid_load(&loaded, reader, err)) {
            p9_server_reset(&loaded);
            return false;
        }
    p9_server_reset(server);
    loaded.msize = (uint32_t)msize;
    *server = loaded;
    return true;
}
