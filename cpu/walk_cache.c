/* cpu/walk_cache.c: page walks remembered. */
#include "cpu/walk_cache.h"

#include <string.h>

#define GENERATION_LAST (~PAGE_MASK)

#define LEAF_SHIFT  0x3f
#define LEAF_LOAD   0x40
#define LEAF_STORE  0x80
#define LEAF_FETCH  0x100
#define LEAF_GLOBAL 0x200

static unsigned walk_index(uint64_t va)
{
    return va >> PAGE_SHIFT & (WALK_ENTRIES - 1);
}

static uint64_t tag_of(const struct walk_cache *cache, uint64_t va)
{
    return (va & PAGE_MASK) | cache->generation;
}

void walk_cache_clear(struct walk_cache *cache)
{
    if (cache->generation == GENERATION_LAST) {
        memset(cache->entries, 0, sizeof cache->entries);
        cache->generation = 0;
    }
    cache->generation++;
}

void walk_cache_forget(struct walk_cache *cache, uint64_t va)
{
    struct walk_entry *entry = &cache->entries[walk_index(va)];
    if (entry->tag == tag_of(cache, va)) entry->tag = 0;
}

void walk_cache_keep(struct walk_cache *cache, uint64_t va, const struct mapping *mapping)
{
    if (mapping->page_shift >= 64) return;
    cache->entries[walk_index(va)] = (struct walk_entry){
        .tag = tag_of(cache, va),
        .leaf = (mapping->paddr & PAGE_MASK) | mapping->page_shift |
                (mapping->load ? LEAF_LOAD : 0) | (mapping->store ? LEAF_STORE : 0) |
                (mapping->fetch ? LEAF_FETCH : 0) | (mapping->global ? LEAF_GLOBAL : 0),
    };
}

bool walk_cache_find(const struct walk_cache *cache, uint64_t va, enum access access,
                     struct mapping *mapping)
{
    static const uint16_t right_for[] = {
        [ACCESS_LOAD] = LEAF_LOAD, [ACCESS_STORE] = LEAF_STORE, [ACCESS_FETCH] = LEAF_FETCH};
    const struct walk_entry *entry = &cache->entries[walk_index(va)];
    const uint64_t leaf = entry->leaf;
    if (entry->tag != tag_of(cache, va) || !(leaf & right_for[access])) return false;
    *mapping = (struct mapping){
        .paddr = (leaf & PAGE_MASK) | (va & ~PAGE_MASK),
        .page_shift = leaf & LEAF_SHIFT,
        .load = leaf & LEAF_LOAD,
        .store = leaf & LEAF_STORE,
        .fetch = leaf & LEAF_FETCH,
        .global = leaf & LEAF_GLOBAL,
    };
    return true;
}
