/* tests/host/place.h: a fresh directory for a test, and disks by bytes. */
#ifndef RIVET_TESTS_HOST_PLACE_H
#define RIVET_TESTS_HOST_PLACE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/block.h"

struct place {
    char directory[64];
    char paths[4][128];
    unsigned next;
};

/* The path of a file there; four of them live at a time. */
static inline const char *place_path(struct place *place, const char *name)
{
    char *path = place->paths[place->next++ % 4];
    strcpy(path, place->directory);
    strcat(path, "/");
    return strncat(path, name, 32);
}

static inline int place_setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->directory, "/tmp/rivet-test-XXXXXX");
    *state = place;
    return mkdtemp(place->directory) ? 0 : -1;
}

static inline int place_teardown(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"disk", "layer", "other"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(place_path(place, names[i]));
    int result = rmdir(place->directory);
    free(place);
    return result;
}

/* A file of `size` bytes, each `fill`. */
static inline const char *place_file(struct place *place, const char *name, size_t size, int fill)
{
    const char *path = place_path(place, name);
    uint8_t *bytes = malloc(size + 1);
    memset(bytes, fill, size);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) abort();
    free(bytes);
    return path;
}

static inline bool block_put(const struct block *block, uint64_t offset, const void *bytes,
                             size_t size)
{
    struct span spans[2] = {{(uint8_t *)bytes, size / 3},
                            {(uint8_t *)bytes + size / 3, size - size / 3}};
    return block->ops->write(block->owner, offset, spans, 2);
}

static inline bool block_get(const struct block *block, uint64_t offset, void *bytes, size_t size)
{
    struct span spans[2] = {{bytes, size / 2}, {(uint8_t *)bytes + size / 2, size - size / 2}};
    return block->ops->read(block->owner, offset, spans, 2);
}

#endif
