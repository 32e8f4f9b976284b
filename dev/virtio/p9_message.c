/* dev/virtio/p9_message.c: taking 9P messages apart and putting them together. */
#include "dev/virtio/p9_message.h"

#include <string.h>

#include "base/bits.h"

/* ---- reading ---- */

static const uint8_t *take(struct p9_reader *reader, size_t size)
{
    if (reader->bad || size > reader->size - reader->at) {
        reader->bad = true;
        return NULL;
    }
    const uint8_t *bytes = reader->bytes + reader->at;
    reader->at += size;
    return bytes;
}

uint64_t p9_get(struct p9_reader *reader, unsigned width)
{
    const uint8_t *bytes = take(reader, width);
    return bytes ? load_le(bytes, width) : 0;
}

bool p9_get_string(struct p9_reader *reader, char *out, size_t size)
{
    size_t length = p9_get(reader, 2);
    const uint8_t *bytes = take(reader, length);
    out[0] = '\0';
    if (!bytes || length >= size || memchr(bytes, '\0', length)) return false;
    memcpy(out, bytes, length);
    out[length] = '\0';
    return true;
}

bool p9_get_name(struct p9_reader *reader, char *out, size_t size)
{
    return p9_get_string(reader, out, size) && *out && !strchr(out, '/') && strcmp(out, ".") != 0 &&
           strcmp(out, "..") != 0;
}

/* ---- writing ---- */

static uint8_t *room(struct p9_writer *writer, size_t size)
{
    if (writer->full || size > writer->size - writer->at) {
        writer->full = true;
        return NULL;
    }
    uint8_t *bytes = writer->bytes + writer->at;
    writer->at += size;
    return bytes;
}

void p9_put(struct p9_writer *writer, unsigned width, uint64_t value)
{
    uint8_t *bytes = room(writer, width);
    if (bytes) store_le(bytes, width, value);
}

void p9_put_bytes(struct p9_writer *writer, const void *bytes, size_t size)
{
    uint8_t *to = room(writer, size);
    if (to && size) memcpy(to, bytes, size);
}

void p9_put_string(struct p9_writer *writer, const char *text)
{
    size_t length = strlen(text);
    p9_put(writer, 2, length);
    p9_put_bytes(writer, text, length);
}

void p9_put_qid(struct p9_writer *writer, const struct p9_qid *qid)
{
    p9_put(writer, 1, qid->type);
    p9_put(writer, 4, qid->version);
    p9_put(writer, 8, qid->path);
}
