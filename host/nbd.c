/* host/nbd.c: a disk that another program serves: NBD, through libnbd.
 *
 * libnbd's plain calls wait for their answer, one at a time on a connection; several connections,
 * where the server allows them, let several of the guest's requests be under way.
 */
#include "host/nbd.h"

#include <libnbd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/spans.h"
#include "host/thread.h"

#define CONNECTIONS 4
#define PIECE_BYTES (UINT64_C(1) << 20) /* in one request */

struct connection {
    struct nbd_handle *handle;
    bool busy;
    uint8_t *piece; /* owned: PIECE_BYTES, for spans that aren't one */
};

struct host_nbd {
    struct block block;
    struct notice notice;
    char *uri;
    struct mutex lock; /* over `busy` */
    pthread_cond_t freed;
    bool can_flush, can_trim, can_zero; /* asked while it lives */
    unsigned count;
    struct connection connections[CONNECTIONS];
    atomic_bool told;
};

bool host_nbd_is_uri(const char *name)
{
    return strncmp(name, "nbd://", 6) == 0 || strncmp(name, "nbds://", 7) == 0 ||
           strncmp(name, "nbd+unix://", 11) == 0 || strncmp(name, "nbds+unix://", 12) == 0;
}

static struct connection *connection_take(struct host_nbd *nbd)
{
    struct connection *found = NULL;
    mutex_lock(&nbd->lock);
    while (!found) {
        for (unsigned i = 0; i < nbd->count && !found; i++)
            if (!nbd->connections[i].busy) found = &nbd->connections[i];
        if (!found) pthread_cond_wait(&nbd->freed, &nbd->lock.pthread);
    }
    found->busy = true;
    mutex_unlock(&nbd->lock);
    return found;
}

static void connection_give(struct host_nbd *nbd, struct connection *connection)
{
    mutex_lock(&nbd->lock);
    connection->busy = false;
    pthread_cond_signal(&nbd->freed);
    mutex_unlock(&nbd->lock);
}

/* The end of a call: its result, and the news when it failed. Right after it, on its thread. */
static bool finish(struct host_nbd *nbd, struct connection *connection, bool done)
{
    if (!done && !atomic_exchange(&nbd->told, true))
        notice_say(&nbd->notice, "%s: %s; the guest got an I/O error", nbd->uri, nbd_get_error());
    connection_give(nbd, connection);
    return done;
}

/* How much of the spans goes in the next request, and where its bytes are: in the span itself when
 * one is enough, else in the connection's piece. */
static uint64_t next_piece(const struct connection *connection, const struct span_cursor *cursor,
                           uint8_t **bytes)
{
    struct span ahead[64];
    uint64_t size;
    unsigned used = span_cursor_peek(cursor, PIECE_BYTES, ahead, 64, &size);
    *bytes = used == 1 ? ahead[0].bytes : connection->piece;
    return size;
}

static bool nbd_transfer(struct host_nbd *nbd, bool write, uint64_t offset,
                         const struct span *spans, unsigned count)
{
    struct connection *connection = connection_take(nbd);
    struct span_cursor cursor = span_cursor_start(spans, count);
    bool done = true;
    while (done && !span_cursor_done(&cursor)) {
        uint8_t *bytes;
        uint64_t size = next_piece(connection, &cursor, &bytes);
        struct span_cursor from = cursor;
        bool apart = bytes == connection->piece;
        span_cursor_advance(&cursor, size);
        if (apart && write) span_cursor_read(&from, bytes, size);
        done = (write ? nbd_pwrite(connection->handle, bytes, size, offset, 0)
                      : nbd_pread(connection->handle, bytes, size, offset, 0)) == 0;
        if (apart && !write && done) span_cursor_write(&from, bytes, size);
        offset += size;
    }
    return finish(nbd, connection, done);
}

static bool nbd_block_read(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    return nbd_transfer(owner, false, offset, spans, count);
}

static bool nbd_block_write(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    return nbd_transfer(owner, true, offset, spans, count);
}

/* A server of several connections flushes what came over all of them (the NBD protocol's
 * NBD_FLAG_CAN_MULTI_CONN). */
static bool nbd_block_flush(void *owner)
{
    struct host_nbd *nbd = owner;
    struct connection *connection = connection_take(nbd);
    return finish(nbd, connection, !nbd->can_flush || nbd_flush(connection->handle, 0) == 0);
}

static bool nbd_block_discard(void *owner, uint64_t offset, uint64_t size)
{
    struct host_nbd *nbd = owner;
    struct connection *connection = connection_take(nbd);
    bool can = size && nbd->can_trim;
    return finish(nbd, connection, !can || nbd_trim(connection->handle, size, offset, 0) == 0);
}

static bool nbd_block_write_zeroes(void *owner, uint64_t offset, uint64_t size, bool unmap)
{
    struct host_nbd *nbd = owner;
    struct connection *connection = connection_take(nbd);
    struct nbd_handle *handle = connection->handle;
    bool can = nbd->can_zero, done = true;
    uint32_t flags = unmap ? 0 : LIBNBD_CMD_FLAG_NO_HOLE;
    if (size && can) done = nbd_zero(handle, size, offset, flags) == 0;
    if (size && !can) memset(connection->piece, 0, PIECE_BYTES);
    while (done && size && !can) {
        uint64_t part = size < PIECE_BYTES ? size : PIECE_BYTES;
        done = nbd_pwrite(handle, connection->piece, part, offset, 0) == 0;
        offset += part;
        size -= part;
    }
    return finish(nbd, connection, done);
}

static const struct block_ops nbd_ops = {
    .read = nbd_block_read,
    .write = nbd_block_write,
    .flush = nbd_block_flush,
    .discard = nbd_block_discard,
    .write_zeroes = nbd_block_write_zeroes,
};

/* ---- life ---- */

static bool connection_open(struct host_nbd *nbd, struct error *err)
{
    struct connection *connection = &nbd->connections[nbd->count];
    connection->piece = malloc(PIECE_BYTES);
    connection->handle = connection->piece ? nbd_create() : NULL;
    if (!connection->piece) return error_set(err, "%s: out of memory", nbd->uri);
    if (!connection->handle || nbd_connect_uri(connection->handle, nbd->uri) != 0) {
        error_set(err, "%s: %s", nbd->uri, nbd_get_error());
        nbd_close(connection->handle);
        free(connection->piece);
        return false;
    }
    nbd->count++;
    return true;
}

static bool nbd_setup(struct host_nbd *nbd, const char *uri, const struct host_nbd_options *options,
                      struct error *err)
{
    nbd->uri = strdup(uri);
    if (!nbd->uri) return error_set(err, "%s: out of memory", uri);
    if (!connection_open(nbd, err)) return false;
    struct nbd_handle *first = nbd->connections[0].handle;
    int64_t size = nbd_get_size(first);
    bool server_read_only = nbd_is_read_only(first) == 1;
    if (size < 0) return error_set(err, "%s: %s", uri, nbd_get_error());
    if (server_read_only && !options->read_only)
        return error_set(err, "%s: the server lets nobody write; readonly=on takes it as it is",
                         uri);
    nbd->can_flush = nbd_can_flush(first) == 1;
    nbd->can_trim = nbd_can_trim(first) == 1;
    nbd->can_zero = nbd_can_zero(first) == 1;
    bool several = nbd_can_multi_conn(first) == 1;
    while (several && nbd->count < CONNECTIONS)
        several = connection_open(nbd, NULL); /* the first alone will do */
    nbd->block = (struct block){.ops = &nbd_ops,
                                .owner = nbd,
                                .size = (uint64_t)size & ~UINT64_C(511),
                                .read_only = options->read_only};
    return true;
}

struct host_nbd *host_nbd_open(const char *uri, const struct host_nbd_options *options,
                               struct error *err)
{
    struct host_nbd *nbd = calloc(1, sizeof *nbd);
    if (!nbd) {
        error_set(err, "%s: out of memory", uri);
        return NULL;
    }
    nbd->notice = options->notice;
    mutex_init(&nbd->lock);
    pthread_cond_init(&nbd->freed, NULL);
    if (nbd_setup(nbd, uri, options, err)) return nbd;
    host_nbd_close(nbd);
    return NULL;
}

const struct block *host_nbd_block(const struct host_nbd *nbd)
{
    return &nbd->block;
}

void host_nbd_close(struct host_nbd *nbd)
{
    if (!nbd) return;
    for (unsigned i = 0; i < nbd->count; i++) {
        nbd_shutdown(nbd->connections[i].handle, 0);
        nbd_close(nbd->connections[i].handle);
        free(nbd->connections[i].piece);
    }
    pthread_cond_destroy(&nbd->freed);
    mutex_fini(&nbd->lock);
    free(nbd->uri);
    free(nbd);
}
