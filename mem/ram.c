/* mem/ram.c: main memory, with the map of what has been translated from it. */
#include "mem/ram.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "host/memory.h"

#define LINE_SHIFT     6 /* a code line is 64 bytes, so that a page's lines fit one word */
#define LINES_PER_PAGE (1u << (PAGE_SHIFT - LINE_SHIFT))

static bool ram_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct ram *ram = CONTAINER_OF(region, struct ram, region);
    if (size > sizeof *value || !range_contains(region->size, offset, size)) return false;
    *value = load_le(ram->bytes + offset, size);
    return true;
}

static bool ram_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct ram *ram = CONTAINER_OF(region, struct ram, region);
    if (size > sizeof value || !range_contains(region->size, offset, size)) return false;
    store_le(ram->bytes + offset, size, value);
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
    if (ram->bytes) ram->code_lines = host_memory_map(pages * sizeof *ram->code_lines);
    if (ram->code_lines) ram->page_writable = host_memory_map(pages * sizeof *ram->page_writable);
    if (ram->page_writable) return true;

    error_set(err, "RAM of %" PRIu64 " MiB: %s", size >> 20, strerror(errno));
    ram_fini(ram);
    return false;
}

void ram_fini(struct ram *ram)
{
    uint64_t size = ram->region.size, pages = size / PAGE_SIZE;
    host_memory_unmap(ram->bytes, size);
    host_memory_unmap(ram->code_lines, pages * sizeof *ram->code_lines);
    host_memory_unmap(ram->page_writable, pages * sizeof *ram->page_writable);
    *ram = (struct ram){0};
}

bool ram_holds_code(const struct ram *ram, uint64_t offset, uint64_t size)
{
    if (size == 0 || !range_contains(ram->region.size, offset, size)) return false;
    uint64_t last = offset + size - 1;
    for (uint64_t page = offset >> PAGE_SHIFT; page <= last >> PAGE_SHIFT; page++) {
        uint64_t lines = atomic_load_explicit(&ram->code_lines[page], memory_order_relaxed);
        if (LIKELY(lines == 0)) continue;
        if (page == offset >> PAGE_SHIFT)
            lines &= ~mask_low((offset >> LINE_SHIFT) % LINES_PER_PAGE);
        if (page == last >> PAGE_SHIFT)
            lines &= mask_low((last >> LINE_SHIFT) % LINES_PER_PAGE + 1);
        if (lines) return true;
    }
    return false;
}

void ram_written(struct ram *ram, uint64_t offset, uint64_t size)
{
    if (ram_holds_code(ram, offset, size) && ram->code_written)
        ram->code_written(ram->code_owner, offset, size);
}
