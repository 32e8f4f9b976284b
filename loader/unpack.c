/* loader/unpack.c: gzip and zstd decompression with a bound on the result. */
#include "loader/unpack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "base/bits.h"

/* The growing result, and how much of the input made it. */
struct buffer {
    uint8_t *bytes;
    uint64_t size, capacity, limit;
    bool discard; /* only the fact that it decompresses is wanted: `capacity` bytes, again and again
                   */
    uint64_t used;
};

enum grown { GROWN, GROWN_TOO_LARGE, GROWN_NO_MEMORY };

/* Makes room for at least one more byte. */
static enum grown buffer_grow(struct buffer *buffer)
{
    if (buffer->discard && buffer->size == buffer->capacity) buffer->size = 0;
    if (buffer->size < buffer->capacity) return GROWN;
    if (buffer->capacity >= buffer->limit) return GROWN_TOO_LARGE;
    uint64_t capacity = buffer->capacity ? buffer->capacity * 2 : UINT64_C(1) << 20;
    if (capacity > buffer->limit) capacity = buffer->limit;
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (!bytes) return GROWN_NO_MEMORY;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return GROWN;
}

static bool grow_failed(const struct blob *in, const struct buffer *buffer, enum grown grown,
                        struct error *err)
{
    if (grown == GROWN_NO_MEMORY)
        return error_set(err, "%s: out of host memory while decompressing", in->name);
    return error_set(err, "%s: decompresses to more than the %" PRIu64 " bytes there is room for",
                     in->name, buffer->limit);
}

/* zlib's counters are 32 bits wide: longer inputs are handed over in pieces. */
static unsigned zlib_piece(uint64_t size)
{
    return size > UINT32_MAX ? UINT32_MAX : (unsigned)size;
}

static bool gzip_run(const struct blob *in, z_stream *stream, struct buffer *buffer,
                     struct error *err)
{
    uint64_t taken = 0;
    for (;;) {
        enum grown grown = buffer_grow(buffer);
        if (grown != GROWN) return grow_failed(in, buffer, grown, err);
        unsigned piece = zlib_piece(in->size - taken);
        unsigned room = zlib_piece(buffer->capacity - buffer->size);
        stream->next_in = (z_const Bytef *)(uintptr_t)(in->bytes + taken);
        stream->avail_in = piece;
        stream->next_out = buffer->bytes + buffer->size;
        stream->avail_out = room;
        int status = inflate(stream, Z_NO_FLUSH);
        taken += piece - stream->avail_in;
        buffer->size += room - stream->avail_out;
        buffer->used = taken;
        if (status == Z_STREAM_END) return true;
        if (status == Z_BUF_ERROR || (status == Z_OK && stream->avail_out && taken == in->size))
            return error_set(err, "%s: truncated gzip file", in->name);
        if (status != Z_OK)
            return error_set(err, "%s: damaged gzip file: %s", in->name,
                             stream->msg ? stream->msg : zError(status));
    }
}

static bool gzip_unpack(const struct blob *in, struct buffer *buffer, struct error *err)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) /* 16: expect a gzip header */
        return error_set(err, "%s: out of host memory while decompressing", in->name);
    bool done = gzip_run(in, &stream, buffer, err);
    inflateEnd(&stream);
    return done;
}

static bool zstd_run(const struct blob *in, ZSTD_DStream *stream, struct buffer *buffer,
                     struct error *err)
{
    ZSTD_inBuffer input = {.src = in->bytes, .size = in->size};
    for (;;) {
        enum grown grown = buffer_grow(buffer);
        if (grown != GROWN) return grow_failed(in, buffer, grown, err);
        ZSTD_outBuffer output = {
            .dst = buffer->bytes, .size = buffer->capacity, .pos = buffer->size};
        size_t status = ZSTD_decompressStream(stream, &output, &input);
        buffer->size = output.pos;
        buffer->used = input.pos;
        if (ZSTD_isError(status))
            return error_set(err, "%s: damaged zstd file: %s", in->name, ZSTD_getErrorName(status));
        if (status == 0) return true;
        if (input.pos == input.size && output.pos < output.size)
            return error_set(err, "%s: truncated zstd file", in->name);
    }
}

static bool zstd_unpack(const struct blob *in, struct buffer *buffer, struct error *err)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (!stream) return error_set(err, "%s: out of host memory while decompressing", in->name);
    /* Kernels are packed with windows of up to 128 MiB (zstd -22 --ultra --long=27). */
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27);
    bool done = zstd_run(in, stream, buffer, err);
    ZSTD_freeDStream(stream);
    return done;
}

static const struct packer {
    const char *name;
    unsigned magic_size;
    uint8_t magic[4];
    bool (*unpack)(const struct blob *, struct buffer *, struct error *);
} packers[] = {
    {"gzip", 3, {0x1f, 0x8b, 0x08}, gzip_unpack},
    {"zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}, zstd_unpack},
};

static const struct packer *packer_of(const struct blob *blob)
{
    for (unsigned i = 0; i < ARRAY_COUNT(packers); i++)
        if (blob->size >= packers[i].magic_size &&
            memcmp(blob->bytes, packers[i].magic, packers[i].magic_size) == 0)
            return &packers[i];
    return NULL;
}

const char *unpack_detect(const struct blob *blob)
{
    const struct packer *packer = packer_of(blob);
    return packer ? packer->name : NULL;
}

bool unpack(const struct blob *in, uint64_t limit, struct blob *out, struct error *err)
{
    const struct packer *packer = packer_of(in);
    if (!packer) return error_set(err, "%s: neither gzip nor zstd", in->name);
    struct buffer buffer = {.limit = limit};
    if (!packer->unpack(in, &buffer, err)) {
        free(buffer.bytes);
        return false;
    }
    *out = (struct blob){.name = in->name, .bytes = buffer.bytes, .size = buffer.size};
    return true;
}

bool unpack_check(const struct blob *in, uint64_t *used, struct error *err)
{
    enum { SCRATCH_SIZE = 256 * 1024 };
    const struct packer *packer = packer_of(in);
    if (!packer) return error_set(err, "%s: neither gzip nor zstd", in->name);
    struct buffer buffer = {.capacity = SCRATCH_SIZE, .discard = true};
    buffer.bytes = malloc(SCRATCH_SIZE);
    if (!buffer.bytes) return error_set(err, "%s: out of host memory", in->name);
    bool whole = packer->unpack(in, &buffer, err);
    *used = buffer.used;
    free(buffer.bytes);
    return whole;
}
