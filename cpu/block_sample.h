/* cpu/block_sample.h: estimates of what the engine does too often to count.
 *
 * Each time a hart has used up its share of instructions, the block it goes on with is looked at:
 * such blocks are a fair sample of what runs.
 */
#ifndef RIVET_CPU_BLOCK_SAMPLE_H
#define RIVET_CPU_BLOCK_SAMPLE_H

#include <stdint.h>

struct block;

struct block_sample {
    uint64_t instructions, accesses, pairs;
};

/* Adds one block. */
void block_sample(const struct block *, struct block_sample *);

/* `of` times part/whole; 0 when nothing was sampled. */
uint64_t block_sample_scale(uint64_t part, uint64_t whole, uint64_t of);

#endif
