/* cpu/block.h: the translation cache of one hart: blocks of decoded ops.
 *
 * A block is found by the physical address of its first instruction (bit 0: decoded with the FPU
 * off). It never leaves its 4 KiB page, may be left in the middle by a taken branch, and lives
 * until a byte it was decoded from is written. Its ops stand in a row; after each op that can go to
 * a known place there is a chain slot:
 *
 *      | op | op | branch | chain | op | ... | OP_END | chain |
 *
 * A chain is the address of the next block's first op once it is known, and only ever leads within
 * the page: a block may be entered under any virtual page, and chains stay right.
 */
#ifndef RIVET_CPU_BLOCK_H
#define RIVET_CPU_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/hart.h"
#include "cpu/op.h"

#ifndef BLOCK_INSNS_MAX
#define BLOCK_INSNS_MAX 48
#endif

struct chain {
    const struct op *next; /* NULL: not known yet, or in another page */
    struct chain *in_next; /* the next chain that leads to the same block */
};

_Static_assert(sizeof(struct chain) <= sizeof(struct op), "a chain takes an op's place");

struct block {
    struct block *hash_next;
    struct block *page_next; /* the next block of the same page */
    struct chain *in;        /* chains that lead here */
    uint64_t key;            /* physical address | FPU off */
    uint16_t bytes;          /* of code, from the key's address on */
    uint16_t slots;          /* ops and chains */
    uint32_t length;         /* the same for good: `slots` is 0 once the block is dropped */
    _Alignas(16) struct op ops[];
};

#define BLOCK_FP_OFF UINT64_C(1)

struct code_cache;

struct code_cache *code_cache_create(struct hart *, struct error *err);
void code_cache_destroy(struct code_cache *);

/* The block for `key`, decoded from the page at host address `page` if it isn't there yet. NULL
 * when its first instruction crosses the page's end. */
struct block *code_cache_get(struct code_cache *, uint64_t key, const uint8_t *page);

/* Does what other threads have asked for: drops blocks decoded from bytes they wrote, forgets store
 * translations to pages they decode. Between blocks. */
void code_cache_serve(struct code_cache *);

/* FENCE.I: what was decoded from pages that are not RAM, or that other harts could write unnoticed,
 * is dropped. */
void code_cache_fence(struct code_cache *);

/* Makes `chain` lead to `block`, until that is dropped. */
void code_cache_link(struct code_cache *, struct chain *chain, struct block *block);

/* Forgets all blocks, or those of one physical page. Not from within the block itself. */
void code_cache_drop_all(struct code_cache *);
void code_cache_drop_page(struct code_cache *, uint64_t paddr);

#define BLOCK_SINGLE_OPS 6

/* Decodes the one instruction `word` at pc_offset, with a chain that leads nowhere and an OP_END,
 * as a block that is run once; with an OP_BREAK in front if asked. */
void block_decode_single(const struct hart *, uint32_t word, unsigned pc_offset, bool with_break,
                         struct op ops[BLOCK_SINGLE_OPS]);

/* What the first op of a pair does; any other code is itself. */
unsigned op_code_first(unsigned code);

/* Does a chain follow an op of this code? */
bool op_has_chain(unsigned code);

/* For ops with a chain: set when the place to go is in another page. */
static inline bool op_leaves_page(const struct op *op)
{
    return op->rs3;
}

struct code_cache_stats {
    uint64_t made, dropped, linked, recycled, ops, pairs;
};
struct code_cache_stats code_cache_stats(const struct code_cache *);

#endif
