/* mem/ram.c: main memory, with the maps of what has been decoded from it. */
#include "mem/ram.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "host/memory.h"
#include "mem/guest.h"

#define LINE_SHIFT     6 /* a code line is 64 bytes, so that a page's lines fit one word */
#define LINES_PER_PAGE (1u << (PAGE_SHIFT - LINE_SHIFT))

static bool ram_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct ram *ram = CONTAINER_OF(region, struct ram, region);
    if (size > sizeof *value || !range_contains(region->size, offset, size)) return false;
    *value = guest_load(ram->bytes + offset, size);
    return true;
}

static bool ram_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct ram *ram = CONTAINER_OF(region, struct ram, region);
    if (size > sizeof value || !range_contains(region->size, offset, size)) return false;
    guest_store(ram->bytes + offset, size, value);
    ram_written(ram, offset, size);
    return true;
}

static const struct region_ops ram_ops = {
    .name = "ram",
    .widths = 1 | 2 | 4 | 8,
    .load = ram_load,
    .store = ram_store,
};

bool ram_init(struct ram *ram, uint64_t size, struct error *err)
{
    *ram = (struct ram){.region = {.ops = &ram_ops, .size = size}};
    if (size == 0 || size % PAGE_SIZE != 0)
        return error_set(err, "RAM of %" PRIu64 " bytes: must be a multiple of 4 KiB, not 0", size);

    /* The host would promise more than it has and end the process when the guest touches it. */
    uint64_t host_size = host_memory_physical_bytes();
    if (size > host_size)
        return error_set(err, "RAM of %" PRIu64 " MiB: this host has only %" PRIu64 " MiB",
                         size >> 20, host_size >> 20);

    uint64_t pages = size / PAGE_SIZE;
    ram->bytes = host_memory_map(size);
    if (ram->bytes) ram->store_mappers = host_memory_map(pages * sizeof *ram->store_mappers);
    if (ram->store_mappers) return true;

    error_set(err, "RAM of %" PRIu64 " MiB: %s", size >> 20, strerror(errno));
    ram_fini(ram);
    return false;
}

void ram_fini(struct ram *ram)
{
    uint64_t size = ram->region.size, pages = size / PAGE_SIZE;
    host_memory_unmap(ram->bytes, size);
    host_memory_unmap(ram->store_mappers, pages * sizeof *ram->store_mappers);
    for (unsigned i = 0; i < ram->map_count; i++)
        host_memory_unmap(ram->maps[i].lines, pages * sizeof *ram->maps[i].lines);
    *ram = (struct ram){0};
}

struct code_map *ram_watch(struct ram *ram, const struct code_watcher *watcher, struct error *err)
{
    unsigned free_slot = 0;
    while (free_slot < ram->map_count && ram->maps[free_slot].lines)
        free_slot++;
    if (free_slot == RAM_WATCHERS_MAX) {
        error_set(err, "more than %u code caches", RAM_WATCHERS_MAX);
        return NULL;
    }
    struct code_map *map = &ram->maps[free_slot];
    map->lines = host_memory_map(ram->region.size / PAGE_SIZE * sizeof *map->lines);
    if (!map->lines) {
        error_set(err, "out of memory for a code map");
        return NULL;
    }
    map->watcher = *watcher;
    if (free_slot == ram->map_count) ram->map_count++;
    return map;
}

void ram_unwatch(struct ram *ram, struct code_map *map)
{
    host_memory_unmap(map->lines, ram->region.size / PAGE_SIZE * sizeof *map->lines);
    *map = (struct code_map){0};
}

void ram_decoded(struct ram *ram, const struct code_map *map, uint64_t page)
{
    for (unsigned i = 0; i < ram->map_count; i++) {
        const struct code_map *other = &ram->maps[i];
        if (other != map && other->lines && other->watcher.decoded)
            other->watcher.decoded(other->watcher.owner, page);
    }
}

static bool map_has(const struct code_map *map, uint64_t offset, uint64_t size)
{
    uint64_t last = offset + size - 1;
    for (uint64_t page = offset >> PAGE_SHIFT; page <= last >> PAGE_SHIFT; page++) {
        uint64_t lines = atomic_load_explicit(&map->lines[page], memory_order_relaxed);
        if (LIKELY(lines == 0)) continue;
        if (page == offset >> PAGE_SHIFT)
            lines &= ~mask_low((offset >> LINE_SHIFT) % LINES_PER_PAGE);
        if (page == last >> PAGE_SHIFT)
            lines &= mask_low((last >> LINE_SHIFT) % LINES_PER_PAGE + 1);
        if (lines) return true;
    }
    return false;
}

bool ram_holds_code(const struct ram *ram, uint64_t offset, uint64_t size)
{
    if (size == 0 || !range_contains(ram->region.size, offset, size)) return false;
    for (unsigned i = 0; i < ram->map_count; i++)
        if (ram->maps[i].lines && map_has(&ram->maps[i], offset, size)) return true;
    return false;
}

bool ram_page_holds_code(const struct ram *ram, uint64_t page)
{
    return ram_holds_code(ram, page << PAGE_SHIFT, PAGE_SIZE);
}

void ram_written(struct ram *ram, uint64_t offset, uint64_t size)
{
    if (size == 0 || !range_contains(ram->region.size, offset, size)) return;
    for (unsigned i = 0; i < ram->map_count; i++) {
        const struct code_map *map = &ram->maps[i];
        if (map->lines && map_has(map, offset, size))
            map->watcher.written(map->watcher.owner, offset, size);
    }
}
