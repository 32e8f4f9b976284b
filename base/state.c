/* base/state.c: the state record format, written and read.
 *
 *      +----+----------------+---------------------+-----------------+
 *      | u8 | n bytes        | u64 little-endian   | m bytes         |
 *      | n  | the name       | m                   | the value       |
 *      +----+----------------+---------------------+-----------------+
 */
#include "base/state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

#define LENGTH_BYTES 8 /* of the u64 that says how long the value is */

void state_writer_init(struct state_writer *writer)
{
    *writer = (struct state_writer){0};
}

void state_writer_fini(struct state_writer *writer)
{
    free(writer->bytes);
    *writer = (struct state_writer){0};
}

/* Room for `extra` more bytes; false, for good, when the host has none. */
static bool writer_reserve(struct state_writer *writer, size_t extra)
{
    if (writer->failed) return false;
    if (extra <= writer->capacity - writer->size) return true;

    uint8_t *grown = NULL;
    if (extra <= SIZE_MAX / 2 - writer->size) {
        size_t capacity = 2 * (writer->size + extra);
        grown = realloc(writer->bytes, capacity);
        if (grown) writer->capacity = capacity;
    }
    if (!grown) {
        writer->failed = true;
        return false;
    }
    writer->bytes = grown;
    return true;
}

static void writer_append(struct state_writer *writer, const void *bytes, size_t size)
{
    if (size) memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

void state_put_bytes(struct state_writer *writer, const char *name, const void *bytes, size_t size)
{
    size_t name_size = strlen(name);
    if (name_size > UCHAR_MAX || size > SIZE_MAX - UCHAR_MAX - 1 - LENGTH_BYTES) {
        writer->failed = true;
        return;
    }
    /* Whole records or none: what was written before a failure can still be read. */
    if (!writer_reserve(writer, 1 + name_size + LENGTH_BYTES + size)) return;

    uint8_t length[LENGTH_BYTES];
    store_le(length, LENGTH_BYTES, size);
    writer->bytes[writer->size++] = (uint8_t)name_size;
    writer_append(writer, name, name_size);
    writer_append(writer, length, LENGTH_BYTES);
    writer_append(writer, bytes, size);
}

void state_put_u64(struct state_writer *writer, const char *name, uint64_t value)
{
    uint8_t bytes[8];
    store_le(bytes, sizeof bytes, value);
    state_put_bytes(writer, name, bytes, sizeof bytes);
}

void state_reader_init(struct state_reader *reader, const void *bytes, size_t size)
{
    *reader = (struct state_reader){.bytes = bytes, .size = size};
}

struct record {
    const uint8_t *name, *value;
    size_t name_size, value_size;
    size_t end; /* offset of the record after it */
};

/* The record at the reader's offset; false: the state ends inside it. */
static bool record_parse(const struct state_reader *reader, struct record *record)
{
    size_t at = reader->offset;
    if (!range_contains(reader->size, at, 1)) return false;
    record->name_size = reader->bytes[at++];
    if (!range_contains(reader->size, at, record->name_size + LENGTH_BYTES)) return false;
    record->name = reader->bytes + at;
    at += record->name_size;
    uint64_t value_size = load_le(reader->bytes + at, LENGTH_BYTES);
    at += LENGTH_BYTES;
    if (!range_contains(reader->size, at, value_size)) return false;
    record->value = reader->bytes + at;
    record->value_size = (size_t)value_size;
    record->end = at + record->value_size;
    return true;
}

/* A name out of a file may hold anything; the message stays one printable line. */
static const char *record_name(const struct record *record, char text[UCHAR_MAX + 1])
{
    for (size_t i = 0; i < record->name_size; i++) {
        uint8_t c = record->name[i];
        text[i] = c >= ' ' && c <= '~' ? (char)c : '?';
    }
    text[record->name_size] = '\0';
    return text;
}

bool state_get_bytes(struct state_reader *reader, const char *name, void *bytes, size_t size,
                     struct error *err)
{
    char found[UCHAR_MAX + 1];
    struct record record;
    if (reader->offset == reader->size) return error_set(err, "state: ends before '%s'", name);
    if (!record_parse(reader, &record))
        return error_set(err, "state: cut short at byte %zu, where '%s' should be", reader->offset,
                         name);
    if (record.name_size != strlen(name) || memcmp(record.name, name, record.name_size) != 0)
        return error_set(err, "state: found '%s' where '%s' should be", record_name(&record, found),
                         name);
    if (record.value_size != size)
        return error_set(err, "state: '%s' has %zu bytes and should have %zu", name,
                         record.value_size, size);
    if (size) memcpy(bytes, record.value, size);
    reader->offset = record.end;
    return true;
}

bool state_get_u64(struct state_reader *reader, const char *name, uint64_t *value,
                   struct error *err)
{
    uint8_t bytes[8];
    if (!state_get_bytes(reader, name, bytes, sizeof bytes, err)) return false;
    *value = load_le(bytes, sizeof bytes);
    return true;
}
