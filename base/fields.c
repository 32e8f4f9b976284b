/* base/fields.c: the state of a thing as a table of its members. */
#include "base/fields.h"

#include "base/bits.h"

static uint64_t element_get(const uint8_t *at, size_t width)
{
    switch (width) {
    case 1:
        return *at;
    case 2:
        return *(const uint16_t *)(const void *)at;
    case 4:
        return *(const uint32_t *)(const void *)at;
    default:
        return *(const uint64_t *)(const void *)at;
    }
}

static void element_set(uint8_t *at, size_t width, uint64_t value)
{
    switch (width) {
    case 1:
        *at = (uint8_t)value;
        break;
    case 2:
        *(uint16_t *)(void *)at = (uint16_t)value;
        break;
    case 4:
        *(uint32_t *)(void *)at = (uint32_t)value;
        break;
    default:
        *(uint64_t *)(void *)at = value;
    }
}

bool fields_save(const struct field *field, const void *object, struct state_writer *writer)
{
    uint8_t bytes[FIELDS_MAX_BYTES];
    for (; field->name; field++) {
        const uint8_t *at = (const uint8_t *)object + field->offset;
        for (size_t i = 0; i < field->count; i++)
            store_le(bytes + i * field->width, (unsigned)field->width,
                     element_get(at + i * field->width, field->width));
        state_put_bytes(writer, field->name, bytes, field->width * field->count);
    }
    return !writer->failed;
}

bool fields_load(const struct field *field, void *object, struct state_reader *reader,
                 struct error *err)
{
    uint8_t bytes[FIELDS_MAX_BYTES];
    for (; field->name; field++) {
        uint8_t *at = (uint8_t *)object + field->offset;
        if (!state_get_bytes(reader, field->name, bytes, field->width * field->count, err))
            return false;
        for (size_t i = 0; i < field->count; i++)
            element_set(at + i * field->width, field->width,
                        load_le(bytes + i * field->width, (unsigned)field->width));
    }
    return true;
}
