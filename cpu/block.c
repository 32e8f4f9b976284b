/* cpu/block.c: making, finding, chaining and dropping blocks.
 *
 * Memory is a ring of chunks filled one after the other. When the ring comes round, the blocks of
 * the oldest chunk are dropped, and only those.
 */
#include "cpu/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/debug.h"
#include "cpu/decode.h"
#include "cpu/tlb.h"
#include "cpu/trigger.h"
#include "host/memory.h"
#include "host/thread.h"
#include "mem/guest.h"

#ifndef CHUNK_BYTES
#define CHUNK_BYTES (4u << 20)
#endif
#ifndef HASH_SIZE
#define HASH_SIZE (1u << 18)
#endif
#define CHUNKS     16
#define PAGES_SIZE (1u << 13)
#define LINE_SHIFT 6

#ifdef RIVET_PROFILE
#define PAIRS_ON false /* what is counted is single ops */
#else
#define PAIRS_ON true
#endif

/* What other threads ask of this cache, served by its hart between two blocks. */
struct request {
    enum { REQUEST_DROP, REQUEST_FORGET_STORES } kind;
    uint64_t offset, size; /* of RAM */
};

#define REQUESTS_MAX  64
#define UNSETTLED_MAX 256

struct requests {
    struct mutex lock;
    unsigned count; /* more than REQUESTS_MAX: some were lost, so all is dropped and forgotten */
    struct request list[REQUESTS_MAX];
    _Atomic bool posted;
};

struct code_cache {
    struct hart *hart;
    uint8_t *memory; /* CHUNKS * CHUNK_BYTES */
    unsigned chunk;  /* being filled */
    size_t used;     /* bytes of it */
    size_t filled[CHUNKS];
    struct block *by_key[HASH_SIZE];
    struct block *by_page[PAGES_SIZE];
    struct code_cache_stats stats;
    struct code_map *map; /* which lines of RAM are in blocks; RAM owns it */
    struct requests requests;
    /* Pages decoded while another hart's store TLB may have held them: what was decoded is only to
     * be trusted until the next FENCE.I. */
    uint64_t unsettled[UNSETTLED_MAX];
    unsigned unsettled_count;
    bool outside; /* some blocks are of pages that are not RAM: good until the next FENCE.I too */
};

static struct block **key_bucket(struct code_cache *cache, uint64_t key)
{
    return &cache->by_key[key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (HASH_SIZE - 1)];
}

static struct block **page_bucket(struct code_cache *cache, uint64_t address)
{
    return &cache->by_page[address >> PAGE_SHIFT & (PAGES_SIZE - 1)];
}

/* The code that runs two neighbours; 0, which no pair has, for none. */
static const uint16_t pair_codes[OP_SINGLE_COUNT][OP_SINGLE_COUNT] = {
#define PAIR(a, b) [OP_##a][OP_##b] = OP_##a##__##b,
#include "cpu/pairs.def"
#undef PAIR
};

unsigned op_code_first(unsigned code)
{
    static const uint16_t firsts[OP_COUNT - OP_SINGLE_COUNT + 1] = {
#define PAIR(a, b) [OP_##a##__##b - OP_SINGLE_COUNT] = OP_##a,
#include "cpu/pairs.def"
#undef PAIR
    };
    return code < OP_SINGLE_COUNT ? code : firsts[code - OP_SINGLE_COUNT];
}

bool op_has_chain(unsigned code)
{
    code = op_code_first(code);
    if (code == OP_END) return true;
    if (code == OP_BREAK) return false;
    enum format_kind kind = op_kind(code);
    return kind == KIND_BRANCH || kind == KIND_JUMP;
}

void code_cache_link(struct code_cache *cache, struct chain *chain, struct block *block)
{
    cache->stats.linked++;
    chain->next = block->ops;
    chain->in_next = block->in;
    block->in = chain;
}

/* Takes a chain out of its target's list. */
static void chain_unlink(struct chain *chain)
{
    if (!chain->next) return;
    struct block *target = CONTAINER_OF(chain->next, struct block, ops);
    for (struct chain **at = &target->in; *at; at = &(*at)->in_next) {
        if (*at != chain) continue;
        *at = chain->in_next;
        break;
    }
    *chain = (struct chain){0};
}

static void list_remove_by_key(struct code_cache *cache, struct block *block)
{
    struct block **at = key_bucket(cache, block->key);
    while (*at != block)
        at = &(*at)->hash_next;
    *at = block->hash_next;
}

static void list_remove_by_page(struct code_cache *cache, struct block *block)
{
    struct block **at = page_bucket(cache, block->key);
    while (*at != block)
        at = &(*at)->page_next;
    *at = block->page_next;
}

/* Makes a block's ops unreachable; its memory stays as it is until its chunk is filled again, so
 * that a block that writes over itself can still be left in good order. */
static void block_drop(struct code_cache *cache, struct block *block)
{
    list_remove_by_key(cache, block);
    list_remove_by_page(cache, block);
    while (block->in)
        chain_unlink(block->in);
    for (unsigned i = 0; i < block->slots; i++)
        if (op_has_chain(block->ops[i].code)) chain_unlink((struct chain *)&block->ops[++i]);
    block->ops[0].code = OP_STALE; /* some jump cache may lead here still */
    block->slots = 0;
    cache->stats.dropped++;
}

/* The lines of a page that its blocks were decoded from. */
static uint64_t block_lines(const struct block *block)
{
    uint64_t first = (block->key & ~PAGE_MASK) >> LINE_SHIFT;
    uint64_t last = ((block->key & ~PAGE_MASK) + block->bytes - 1) >> LINE_SHIFT;
    return mask_low((unsigned)(last - first + 1)) << first;
}

static uint64_t page_lines(struct code_cache *cache, uint64_t address)
{
    uint64_t lines = 0;
    for (struct block *block = *page_bucket(cache, address); block; block = block->page_next)
        if (((block->key ^ address) & PAGE_MASK) == 0) lines |= block_lines(block);
    return lines;
}

/* RAM [offset, offset+size) was written: drops the blocks decoded from it. */
static void drop_range(struct code_cache *cache, uint64_t offset, uint64_t size)
{
    struct bus *bus = cache->hart->bus;
    uint64_t start = bus->ram_base + offset, end = start + size;
    for (uint64_t page = start & PAGE_MASK; page < end; page += PAGE_SIZE) {
        struct block *next;
        for (struct block *block = *page_bucket(cache, page); block; block = next) {
            next = block->page_next;
            uint64_t first = block->key & ~BLOCK_FP_OFF;
            if (first < end && start < first + block->bytes) block_drop(cache, block);
        }
        atomic_store(&cache->map->lines[(page - bus->ram_base) >> PAGE_SHIFT],
                     page_lines(cache, page));
    }
}

/* Drops the blocks of one page, which is RAM or not. */
static void drop_page(struct code_cache *cache, uint64_t page)
{
    const struct bus *bus = cache->hart->bus;
    struct block *next;
    if (bus_ram_at(bus, page, PAGE_SIZE)) {
        drop_range(cache, page - bus->ram_base, PAGE_SIZE);
        return;
    }
    for (struct block *block = *page_bucket(cache, page); block; block = next) {
        next = block->page_next;
        if (((block->key ^ page) & PAGE_MASK) == 0) block_drop(cache, block);
    }
}

static void drop_outside(struct code_cache *cache)
{
    const struct bus *bus = cache->hart->bus;
    struct block *next;
    for (unsigned i = 0; cache->outside && i < PAGES_SIZE; i++) {
        for (struct block *block = cache->by_page[i]; block; block = next) {
            next = block->page_next;
            if (!bus_ram_at(bus, block->key & PAGE_MASK, PAGE_SIZE)) block_drop(cache, block);
        }
    }
    cache->outside = false;
}

static void request_post(struct code_cache *cache, struct request request)
{
    struct requests *requests = &cache->requests;
    mutex_lock(&requests->lock);
    if (requests->count < REQUESTS_MAX) requests->list[requests->count] = request;
    if (requests->count <= REQUESTS_MAX) requests->count++;
    atomic_store(&requests->posted, true);
    mutex_unlock(&requests->lock);
    atomic_store(&cache->hart->kick, true);
}

/* Both are called from any thread, this cache's own hart's among them. */
static void code_written(void *owner, uint64_t offset, uint64_t size)
{
    request_post(owner, (struct request){REQUEST_DROP, offset, size});
}

static uint64_t hart_bit(const struct hart *h)
{
    return UINT64_C(1) << (h->id & 63);
}

static void code_decoded(void *owner, uint64_t page)
{
    struct code_cache *cache = owner;
    if (atomic_load(&cache->hart->bus->ram->store_mappers[page]) & hart_bit(cache->hart))
        request_post(cache, (struct request){REQUEST_FORGET_STORES, page << PAGE_SHIFT, PAGE_SIZE});
}

static void drop_everything(struct code_cache *cache)
{
    for (unsigned i = 0; i < PAGES_SIZE; i++)
        while (cache->by_page[i])
            drop_page(cache, cache->by_page[i]->key & PAGE_MASK);
}

void code_cache_drop_all(struct code_cache *cache)
{
    drop_everything(cache);
}

void code_cache_drop_page(struct code_cache *cache, uint64_t paddr)
{
    drop_page(cache, paddr & PAGE_MASK);
}

static void forget_stores(struct code_cache *cache, uint64_t offset)
{
    struct ram *ram = cache->hart->bus->ram;
    tlb_forget_stores(cache->hart, ram->bytes + offset);
    atomic_fetch_and(&ram->store_mappers[offset >> PAGE_SHIFT], ~hart_bit(cache->hart));
}

static void serve_all(struct code_cache *cache)
{
    const struct ram *ram = cache->hart->bus->ram;
    drop_everything(cache);
    tlb_flush_all(cache->hart);
    for (uint64_t page = 0; page < ram->region.size >> PAGE_SHIFT; page++)
        if (atomic_load_explicit(&ram->store_mappers[page], memory_order_relaxed))
            atomic_fetch_and(&ram->store_mappers[page], ~hart_bit(cache->hart));
}

void code_cache_serve(struct code_cache *cache)
{
    struct requests *requests = &cache->requests;
    if (!atomic_load_explicit(&requests->posted, memory_order_acquire)) return;
    mutex_lock(&requests->lock);
    if (requests->count > REQUESTS_MAX) {
        serve_all(cache);
        requests->count = 0;
    }
    for (unsigned i = 0; i < requests->count; i++) {
        const struct request *request = &requests->list[i];
        if (request->kind == REQUEST_DROP)
            drop_range(cache, request->offset, request->size);
        else
            forget_stores(cache, request->offset);
    }
    requests->count = 0;
    atomic_store(&requests->posted, false);
    mutex_unlock(&requests->lock);
}

void code_cache_fence(struct code_cache *cache)
{
    code_cache_serve(cache);
    for (unsigned i = 0; i < cache->unsettled_count; i++)
        drop_range(cache, cache->unsettled[i] << PAGE_SHIFT, PAGE_SIZE);
    cache->unsettled_count = 0;
    drop_outside(cache);
}

/* Before decoding from `offset` in `page`: from now on stores to it must be noticed. First our
 * lines, then a look at who may write; a hart that writes does it the other way round. Others can't
 * be stopped in the middle of a block: until they have forgotten the page, what was decoded from it
 * is good until the next FENCE.I, which is all the specification promises (Zifencei). Returns the
 * lines that were watched before. */
static uint64_t page_watch(struct code_cache *cache, uint64_t page, unsigned offset)
{
    struct ram *ram = cache->hart->bus->ram;
    uint64_t lines = atomic_fetch_or(&cache->map->lines[page], ~mask_low(offset >> LINE_SHIFT));
    uint64_t mappers = atomic_load(&ram->store_mappers[page]);
    if (mappers & hart_bit(cache->hart)) forget_stores(cache, page << PAGE_SHIFT);
    if (!(mappers & ~hart_bit(cache->hart))) return lines;
    ram_decoded(ram, cache->map, page);
    for (unsigned i = 0; i < cache->unsettled_count; i++)
        if (cache->unsettled[i] == page) return lines;
    if (cache->unsettled_count == UNSETTLED_MAX) code_cache_fence(cache);
    cache->unsettled[cache->unsettled_count++] = page;
    return lines;
}

/* Drops every block of the chunk that is about to be filled again. */
static void chunk_recycle(struct code_cache *cache)
{
    cache->filled[cache->chunk] = cache->used;
    cache->chunk = (cache->chunk + 1) % CHUNKS;
    cache->used = 0;
    uint8_t *at = cache->memory + (size_t)cache->chunk * CHUNK_BYTES;
    uint8_t *end = at + cache->filled[cache->chunk];
    if (at == end) return;
    cache->stats.recycled++;
    while (at < end) {
        struct block *block = (struct block *)at;
        at += sizeof *block + (size_t)block->length * sizeof(struct op);
        if (block->slots) block_drop(cache, block);
    }
    cache->filled[cache->chunk] = 0;
    tlb_forget_jumps(cache->hart);
}

/* A chain that leads nowhere yet, after an op that goes to `target` (an offset in its page). */
static struct op *chain_emit(struct op *op, int64_t target)
{
    op->rs3 = target < 0 || target >= PAGE_SIZE;
    *(struct chain *)(op + 1) = (struct chain){0};
    return op + 2;
}

static struct op *end_emit(struct op *op, unsigned pc_offset, unsigned count)
{
    *op = (struct op){.code = OP_END, .pc_offset = (uint16_t)pc_offset, .count = (uint16_t)count};
    return chain_emit(op, pc_offset);
}

/* Places a decoded op and its chain. */
static struct op *op_emit(struct op *op, unsigned pc_offset, unsigned count)
{
    op->pc_offset = (uint16_t)pc_offset;
    op->count = (uint16_t)count;
    return op_has_chain(op->code) ? chain_emit(op, (int64_t)pc_offset + op->imm) : op + 1;
}

/* In front of an instruction where a breakpoint may be. */
static struct op *break_emit(struct op *op, unsigned pc_offset, unsigned count)
{
    *op = (struct op){.code = OP_BREAK, .pc_offset = (uint16_t)pc_offset, .count = (uint16_t)count};
    return op + 1;
}

/* Nothing after this op is reached by falling through, or seldom: loops end in a backward branch.
 */
static bool op_ends_block(const struct op *op)
{
    enum format_kind kind = op_kind(op->code);
    return kind == KIND_JUMP || kind == KIND_INDIRECT || kind == KIND_SYSTEM;
}

static bool op_loops(const struct op *op)
{
    return op_kind(op->code) == KIND_BRANCH && op->imm < 0;
}

/* Decodes from `page` at the block's offset on. False: not even one instruction lies in the page.
 */
static bool block_decode(struct code_cache *cache, struct block *block, const uint8_t *page)
{
    const struct hart *h = cache->hart;
    bool fp_on = !(block->key & BLOCK_FP_OFF);
    unsigned start = (unsigned)(block->key & ~PAGE_MASK & ~BLOCK_FP_OFF), offset = start;
    struct op *op = block->ops;
    for (unsigned count = 1; count <= BLOCK_INSNS_MAX + 1; count++) {
        uint32_t word = offset < PAGE_SIZE ? (uint32_t)guest_load(page + offset, 2) : 0;
        unsigned length = insn_length((uint16_t)word);
        if (offset + length > PAGE_SIZE || count > BLOCK_INSNS_MAX) {
            if (count == 1) return false;
            op = end_emit(op, offset, count - 1);
            break;
        }
        if (length == 4) word |= (uint32_t)guest_load(page + offset + 2, 2) << 16;
        uint64_t at = (block->key & PAGE_MASK) + offset;
        if (UNLIKELY(debug_break_at(h, at)) || trigger_break_at(h, at))
            op = break_emit(op, offset, count);
        struct op *placed = op;
        decode(h->isa, word, fp_on, placed);
        op = op_emit(placed, offset, count);
        offset += length;
        if (op_ends_block(placed)) break;
        if (op_loops(placed)) {
            op = end_emit(op, offset, count);
            break;
        }
    }
    block->bytes = (uint16_t)(offset - start);
    block->slots = (uint16_t)(op - block->ops);
    block->length = block->slots;
    return true;
}

/* Lets neighbours that the list of pairs names run as one; the second keeps its own code. */
static void block_pair(struct code_cache *cache, struct block *block)
{
    for (unsigned i = 0, next; i < block->slots; i = next) {
        struct op *op = &block->ops[i];
        next = i + (op_has_chain(op->code) ? 2 : 1);
        if (next >= block->slots) break;
        uint16_t pair = pair_codes[op->code][block->ops[next].code];
        if (!pair) continue;
        next += op_has_chain(block->ops[next].code) ? 2 : 1;
        op->code = pair;
        cache->stats.pairs++;
    }
}

#define BLOCK_BYTES_MAX (sizeof(struct block) + (3 * BLOCK_INSNS_MAX + 4) * sizeof(struct op))

/* Decodes, and in RAM marks the lines it was decoded from. */
static bool block_fill(struct code_cache *cache, struct block *block, const uint8_t *page)
{
    const struct bus *bus = cache->hart->bus;
    if (!bus_ram_at(bus, block->key & PAGE_MASK, PAGE_SIZE))
        return cache->outside = true, block_decode(cache, block, page);
    uint64_t page_index = (uint64_t)(page - bus->ram->bytes) >> PAGE_SHIFT;
    uint64_t lines = page_watch(cache, page_index, block->key & ~PAGE_MASK);
    bool decoded = block_decode(cache, block, page);
    if (decoded) lines |= block_lines(block);
    atomic_store(&cache->map->lines[page_index], lines);
    return decoded;
}

struct block *code_cache_get(struct code_cache *cache, uint64_t key, const uint8_t *page)
{
    struct block **bucket = key_bucket(cache, key);
    for (struct block *block = *bucket; block; block = block->hash_next)
        if (block->key == key) return block;
    if (cache->used + BLOCK_BYTES_MAX > CHUNK_BYTES) chunk_recycle(cache);
    struct block *block =
        (struct block *)(cache->memory + (size_t)cache->chunk * CHUNK_BYTES + cache->used);
    *block = (struct block){.key = key};
    if (!block_fill(cache, block, page)) return NULL;
    if (PAIRS_ON && cache->hart->xlen == 64) block_pair(cache, block);
    cache->used += sizeof *block + block->slots * sizeof(struct op);
    block->hash_next = *bucket;
    *bucket = block;
    struct block **of_page = page_bucket(cache, key);
    block->page_next = *of_page;
    *of_page = block;
    cache->stats.made++;
    cache->stats.ops += block->slots;
    return block;
}

void block_decode_single(const struct hart *h, uint32_t word, unsigned pc_offset, bool with_break,
                         struct op ops[BLOCK_SINGLE_OPS])
{
    struct op *placed = with_break ? break_emit(ops, pc_offset, 1) : ops;
    decode(h->isa, word, !h->fp_off, placed);
    struct op *op = op_emit(placed, pc_offset, 1);
    if (op_has_chain(placed->code)) placed->rs3 = true;
    end_emit(op, pc_offset + placed->length, 1);
    op->rs3 = true; /* the chain must stay empty: nothing ever unlinks it */
}

struct code_cache *code_cache_create(struct hart *h, struct error *err)
{
    struct code_cache *cache = calloc(1, sizeof *cache);
    uint8_t *memory = cache ? host_memory_map((uint64_t)CHUNKS * CHUNK_BYTES) : NULL;
    if (!memory) {
        free(cache);
        error_set(err, "out of memory for the code cache of hart %u", h->id);
        return NULL;
    }
    const struct code_watcher watcher = {
        .written = code_written, .decoded = code_decoded, .owner = cache};
    cache->hart = h;
    host_memory_fill_soon(memory, (uint64_t)CHUNKS * CHUNK_BYTES);
    cache->memory = memory;
    mutex_init(&cache->requests.lock);
    cache->map = ram_watch(h->bus->ram, &watcher, err);
    if (cache->map) return cache;
    code_cache_destroy(cache);
    return NULL;
}

void code_cache_destroy(struct code_cache *cache)
{
    if (!cache) return;
    if (cache->map) ram_unwatch(cache->hart->bus->ram, cache->map);
    mutex_fini(&cache->requests.lock);
    host_memory_unmap(cache->memory, (uint64_t)CHUNKS * CHUNK_BYTES);
    free(cache);
}

struct code_cache_stats code_cache_stats(const struct code_cache *cache)
{
    return cache->stats;
}
