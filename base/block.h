/* base/block.h: a disk, as those who use one see it: whoever provides disks fills in the table. */
#ifndef RIVET_BASE_BLOCK_H
#define RIVET_BASE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of memory; a transfer goes through an array of them in order. */
struct span {
    uint8_t *bytes;
    size_t size;
};

/* All calls are synchronous and may come from several threads at once. Ranges are in bytes and lie
 * inside the disk; false is an I/O error that the guest gets to see. */
struct block_ops {
    bool (*read)(void *owner, uint64_t offset, const struct span *, unsigned count);
    bool (*write)(void *owner, uint64_t offset, const struct span *, unsigned count);
    bool (*flush)(void *owner); /* what was written survives the host's power cut */
    /* The contents no longer matter. NULL: not offered to the guest. */
    bool (*discard)(void *owner, uint64_t offset, uint64_t size);
    /* Reads as zero from now on; `unmap`: may give the space back. NULL: not offered. */
    bool (*write_zeroes)(void *owner, uint64_t offset, uint64_t size, bool unmap);
    /* Reads when that takes no waiting. False is no error: `read` must be asked, and the spans may
     * hold anything. NULL: it always takes waiting. */
    bool (*read_ready)(void *owner, uint64_t offset, const struct span *, unsigned count);
};

struct block {
    const struct block_ops *ops;
    void *owner;
    uint64_t size; /* bytes */
    bool read_only;
};

/* Work that may run on another thread: embedded in what it works on. */
struct job {
    void (*run)(struct job *);
    struct job *next; /* the executor's */
};

/* Where jobs run. Without `post` the poster runs them itself, in order: that is the deterministic
 * way. */
struct executor {
    void (*post)(void *owner, struct job *);
    void *owner;
};

static inline void executor_post(const struct executor *executor, struct job *job)
{
    if (executor->post)
        executor->post(executor->owner, job);
    else
        job->run(job);
}

#endif
